//! Actions: changes of the model that several screens and dialogs make.

pub(crate) mod credentials;
pub(crate) mod listing;
pub(crate) mod session;
pub(crate) mod sign_in;
