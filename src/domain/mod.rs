//! The pure core: no I/O, no clock; `now` comes in as a value.

pub mod audit;
pub mod aws_error;
pub mod catalog;
pub mod credentials;
pub mod device_flow;
pub mod elevation;
pub mod endpoint;
pub mod filter;
pub mod freshness;
pub mod handout;
pub mod ids;
pub mod index;
pub mod issued;
pub mod names;
pub mod nearest;
pub mod pkce;
pub mod policy;
pub mod session;
pub mod source;
pub mod sso_session;
pub mod store_choice;
pub mod target;
pub mod text;
pub mod tier;
pub mod time;
pub mod wiped;
