//! The elevations: those that are active until when, and those that are over.

pub(crate) mod keys;
mod layout;
pub(crate) mod model;
mod row;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
