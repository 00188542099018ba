//! The dialogs that open over a screen. Each folder has the same files as a screen's.

pub(crate) mod confirm;
pub(crate) mod details;
pub(crate) mod elevation;
pub(crate) mod error;
pub(crate) mod help;
pub(crate) mod palette;
pub(crate) mod region;
pub(crate) mod sessions;
pub(crate) mod sheet;
pub(crate) mod text;
