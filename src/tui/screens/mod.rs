//! The screens. Each folder has a screen's `model`, its keys (`keys`), what the keys do (`update`) and how it is drawn
//! (`view`).

pub(crate) mod active;
pub(crate) mod elevations;
pub(crate) mod roles;
pub(crate) mod setup;
pub(crate) mod sign_in;
