//! `~/.aws/config`, the file that the AWS tools share: read into a model, and spliced without touching a byte
//! that is not ours.
//!
//! `scan` says what each line is, `model` gathers what daypass cares about, `resolve` turns that into checked
//! domain types, `bypass` finds profiles whose SDK would never call us, `splice` edits bytes, and `file` reads
//! and writes.

mod bypass;
mod file;
mod model;
mod resolve;
mod scan;
mod splice;

pub use bypass::Bypass;
pub use file::{ConfigFile, config_path, write_session};
pub use model::{Config, Profile, SsoSessionBlock, Value, parse};
pub use resolve::Sessions;
pub use splice::{SpliceError, upsert_session};
