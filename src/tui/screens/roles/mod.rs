//! The roles of every SSO session: search, list, timeline, details.

pub(crate) mod banner;
mod details;
pub(crate) mod keys;
#[cfg(test)]
mod keys_tests;
mod layout;
mod list_view;
mod matrix;
mod matrix_view;
pub(crate) mod model;
pub(crate) mod rows;
mod state;
#[cfg(test)]
mod tests;
mod timeline;
pub(crate) mod update;
pub(crate) mod view;
