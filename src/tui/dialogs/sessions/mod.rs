//! Switches between SSO sessions, and signs in to and out of them.

pub(crate) mod keys;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
