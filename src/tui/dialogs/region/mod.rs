//! Chooses the region that programs get together with a role's credentials.

pub(crate) mod keys;
mod layout;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
