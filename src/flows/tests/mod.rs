//! The use cases over scripted ports, on a clock that only moves when everything waits.

pub(crate) mod aws;
mod aws_time;
mod caps;
mod chained;
mod duty;
mod fakes;
mod gate;
mod given_up;
mod identity;
mod listing;
mod logout;
mod meanwhile;
mod on_call;
mod retry;
mod roles;
mod sign_in;
mod store;
mod tokens;
mod until_ended;
pub(crate) mod world;
