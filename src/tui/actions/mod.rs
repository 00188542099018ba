//! Actions: changes of the model that several screens and dialogs make.

pub(crate) mod copying;
pub(crate) mod credentials;
pub(crate) mod elevation;
pub(crate) mod expiry;
pub(crate) mod listing;
pub(crate) mod preferences;
pub(crate) mod role;
pub(crate) mod session;
pub(crate) mod sign_in;
