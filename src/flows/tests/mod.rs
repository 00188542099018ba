//! The use cases over scripted ports, on a clock that only moves when everything waits.

pub(crate) mod aws;
mod aws_time;
mod caps;
mod chained;
mod duty;
mod elevation_faults;
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
mod standby;
mod steps;
mod store;
mod tokens;
mod until_ended;
pub(crate) mod world;
