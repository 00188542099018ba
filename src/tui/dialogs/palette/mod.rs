//! Finds a command of the screen below, or a setting, by typing.

pub(crate) mod keys;
mod layout;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
