//! The world behind the ports: AWS, the keyring, files, clocks, the browser.

pub mod audit_log;
pub mod aws;
pub mod aws_config;
pub mod browser;
pub mod callback;
pub mod clipboard;
pub mod clock;
mod command_line;
mod elevation_marks;
pub mod files;
mod flock;
mod https;
#[cfg(all(test, unix))]
#[path = "../../tests/support/left_out.rs"]
mod left_out;
pub mod lock;
mod loopback;
pub mod names;
pub mod on_call;
mod one_time_link;
pub mod processes;
#[cfg(all(test, unix))]
#[path = "../../tests/support/programs.rs"]
mod programs;
pub(crate) mod shutdown;
pub mod state;
pub mod store;
pub mod user_shell;
mod uses_log;
