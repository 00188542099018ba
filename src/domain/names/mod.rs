//! Looks up what people call a target.
//!
//! `ACCOUNT_ID/ROLE` says everything and needs no look-up: that is the form programs use. The others (an alias,
//! `account-name/role`, an AWS profile's name) are looked up in that order through [`Names`].

mod error;
mod lookup;
mod resolve;

pub use self::error::NameError;
pub use self::lookup::{Names, ProfileTarget};
pub use self::resolve::{Resolved, resolve};
