//! Shows an error until it is closed.

pub(crate) mod keys;
mod layout;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
