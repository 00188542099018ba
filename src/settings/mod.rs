//! Settings: command line over environment over file over default, each value with its source.
//!
//! `folders` has the paths of our files, `source` says where a value came from, `toml_file` reads TOML with line
//! numbers, `layers` merges the four sources, `sso_regions` reads the replicas, and `policy_file` a team's policy. A policy
//! that decides something is read by [`Settings::read_policy`], which adds the tags of accounts.

mod choice;
mod folders;
mod layers;
mod policy_file;
mod source;
mod sso_regions;
mod toml_file;

pub use crate::domain::store_choice::StoreChoice;
pub use choice::{BackgroundChoice, Choice, ColorChoice, NotifyChoice, StandbyChoice, UnknownWord};
pub use folders::Folders;
pub use layers::{Flags, Settings, load, policy_without_settings};
pub use policy_file::check_policy;
pub use source::{Source, Sourced};
pub use sso_regions::SsoRegions;
