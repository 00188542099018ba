//! Asks for confirmation before something is dropped, signed out of or quit.

pub(crate) mod keys;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
