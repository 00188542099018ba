//! Everything about a role, whole, for screens where it has no room beside the list.

pub(crate) mod keys;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
