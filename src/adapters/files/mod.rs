//! Files as we read and write them: reads are bounded, writes are whole or not at all, and our own files are private.

mod error;
mod folder;
mod log_file;
mod open;
mod owner;
mod path;
mod platform;
mod read;
mod replace;

pub(crate) use error::{cannot, unusable};
pub(crate) use folder::ensure_private_dir;
pub(crate) use log_file::{Durability, LogFile};
pub(crate) use open::{open_private, open_private_append};
pub(crate) use path::{folder_of, hashed_name};
pub(crate) use read::{read_bounded, read_trusted};
pub(crate) use replace::{rename, replace_keeping_mode, write_cache, write_private};

#[cfg(all(test, unix))]
mod tests;
