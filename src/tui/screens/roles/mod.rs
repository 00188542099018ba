//! The roles of a session: filter, list, details.

mod banner;
mod details;
pub(crate) mod keys;
mod layout;
pub(crate) mod model;
pub(crate) mod rows;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
