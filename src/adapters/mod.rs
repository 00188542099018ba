//! What stands between the program and the world: the operating system's keyrings, files and locks.

pub mod files;
pub mod lock;
pub mod store;
