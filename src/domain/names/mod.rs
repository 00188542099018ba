//! Finds the target that a name stands for.
//!
//! `ACCOUNT_ID/ROLE`, the form that programs use, is complete and looks nothing up. The other forms are looked up through
//! [`Names`], in this order: an alias, `account-name/role`, the name of an AWS profile.

mod lookup;
mod resolve;
mod unknown;

pub use self::lookup::{Names, ProfileTarget};
pub use self::resolve::{Resolved, resolve};
