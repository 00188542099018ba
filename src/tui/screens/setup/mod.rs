//! Adds an SSO session to the AWS config file; the first screen where none is configured.

pub(crate) mod keys;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
