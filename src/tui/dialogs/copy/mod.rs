//! Chooses the form in which a role's credentials are copied.

pub(crate) mod format;
pub(crate) mod keys;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
