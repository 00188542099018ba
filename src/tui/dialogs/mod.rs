//! The dialogs that open over a screen. Each folder has the same files as a screen's.

pub(crate) mod confirm;
pub(crate) mod copy;
pub(crate) mod error;
pub(crate) mod help;
pub(crate) mod reason;
pub(crate) mod sessions;
