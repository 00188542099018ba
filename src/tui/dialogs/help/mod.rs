//! Lists the keys of the screen below.

pub(crate) mod keys;
mod layout;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
