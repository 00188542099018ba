//! The world behind the ports: AWS, the keyring, files, clocks, the browser.

pub mod aws;
pub mod files;
pub mod lock;
pub mod store;
