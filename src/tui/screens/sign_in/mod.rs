//! Signs in to an SSO session.

pub(crate) mod failure;
pub(crate) mod keys;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
