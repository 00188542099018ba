//! Shows text without secrets alone on the screen, to be selected with the terminal's own means.

pub(crate) mod keys;
pub(crate) mod model;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;
