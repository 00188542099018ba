//! `~/.aws/config`, the file that the AWS tools share: read into a model, and spliced without touching a byte
//! that is not ours.
//!
//! `scan` says what each line is, `model` gathers what daypass cares about, `resolve` turns that into checked
//! domain types, `bypass` finds profiles whose SDK would never call us. `block` is a section as we write it, `splice`
//! puts blocks into bytes, `file` reads the file and `editor` changes it.

mod block;
mod bypass;
mod editor;
mod file;
mod model;
mod path;
mod resolve;
mod scan;
mod splice;

pub use block::Block;
pub use bypass::Bypass;
pub use editor::ConfigEditor;
pub use file::ConfigFile;
pub use model::{Config, Profile, SsoSessionBlock, Value, parse};
pub use path::config_path;
pub use resolve::Sessions;
pub use splice::{ConfigEdit, EditError};
