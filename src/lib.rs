//! daypass: time-limited AWS access through IAM Identity Center.
pub mod adapters;
mod assemble;
pub mod cli;
mod demo;
pub mod domain;
pub mod error;
pub mod flows;
mod hardening;
mod logging;
pub mod ports;
mod runtime;
mod screen;
pub mod settings;
pub mod simulator;
mod start;
pub mod tui;

pub use start::start;
