//! What the tests of all screens and dialogs share, and the tests of the UI as a whole.

mod band;
mod bindings;
mod bursts;
mod colors;
mod contrast;
mod elevations;
mod gallery;
mod hints;
mod key_script;
mod robustness;
mod startup;
pub(crate) mod test_app;
