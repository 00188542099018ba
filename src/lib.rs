//! daypass: time-limited AWS access through IAM Identity Center.
pub mod adapters;
pub mod domain;
pub mod error;
pub mod flows;
pub mod ports;
pub mod simulator;
pub mod tui;
