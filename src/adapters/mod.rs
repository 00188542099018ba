//! The world behind the ports: AWS, the keyring, files, clocks, the browser.

pub mod aws;
pub mod aws_config;
pub mod browser;
pub mod callback;
pub mod clipboard;
pub mod clock;
pub mod elevation_log;
pub mod files;
pub mod flock;
pub mod lock;
pub(crate) mod shutdown;
pub mod state;
pub mod store;
