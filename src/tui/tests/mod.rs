//! What the tests of all screens and dialogs share, and the tests of the UI as a whole.

mod bindings;
mod colors;
mod key_script;
mod robustness;
pub(crate) mod test_app;
