//! Widgets that several screens use. They know the theme, and nothing of the model.

pub(crate) mod big_code;
pub(crate) mod cells;
pub(crate) mod dialog;
pub(crate) mod gauge;
pub(crate) mod hints;
pub(crate) mod panel;
pub(crate) mod qr;
pub(crate) mod text_input;
