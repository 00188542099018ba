//! Widgets that several screens use. They know the theme, and nothing of the model.

pub(crate) mod big_code;
pub(crate) mod cells;
pub(crate) mod dialog;
mod edited_text;
pub(crate) mod filtered_list;
pub(crate) mod gauge;
pub(crate) mod hints;
pub(crate) mod marked;
pub(crate) mod panel;
pub(crate) mod qr;
pub(crate) mod role_heading;
#[cfg(test)]
mod test_keys;
pub(crate) mod text_area;
pub(crate) mod text_input;
