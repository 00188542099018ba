//! The pure core: no I/O, no clock; `now` comes in as a value.

pub mod ids;
pub mod text;
