//! The pure core: no I/O, no clock; `now` comes in as a value.

pub mod ids;
pub mod names;
pub mod nearest;
pub mod policy;
pub mod sso_session;
pub mod target;
pub mod text;
pub mod tier;
pub mod tier_rules;
