//! What a policy may not say.

use crate::domain::text::visible;

/// A value that a policy may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` is `{}`; allowed: {allowed}", visible(given))]
pub struct InvalidPolicy {
    what: &'static str,
    given: String,
    allowed: &'static str,
}

impl InvalidPolicy {
    /// `what` may not be `given`.
    pub fn new(what: &'static str, given: &str, allowed: &'static str) -> Self {
        InvalidPolicy { what, given: given.chars().take(80).collect(), allowed }
    }
}
