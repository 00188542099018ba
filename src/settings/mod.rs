//! What people set: command line over environment over file over default, each value with its source.
//!
//! `folders` says where our files are, `source` carries where a value came from, `toml_file` reads what people
//! wrote, `layers` puts the four together, and `policy_file` reads a team's policy.

mod choice;
mod folders;
mod layers;
mod policy_file;
mod source;
mod toml_file;

pub use crate::domain::store_choice::StoreChoice;
pub use choice::{Choice, ColorChoice, UnknownWord};
pub use folders::Folders;
pub use layers::{Flags, Settings, load};
pub use policy_file::load_policy;
pub use source::{Source, Sourced};
