//! The form of an elevation: what the policy asks, the reason, the ticket, the time, and the typed confirmation.

mod assessment;
pub(crate) mod keys;
mod layout;
pub(crate) mod model;
mod open;
#[cfg(test)]
mod tests;
pub(crate) mod update;
pub(crate) mod view;

pub(crate) use open::{extend, open};
