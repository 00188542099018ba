//! The outside world: each module here talks to one thing that is not ours.
pub mod aws_config;
