//! Asks for the reason that a tier requires.

pub(crate) mod keys;
mod layout;
pub(crate) mod model;
mod open;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;

pub(crate) use open::open;
