//! Which policy an answer is about.

use serde::Serialize;

use crate::domain::policy::PolicyIdentity;
use crate::domain::text::visible;

/// Which policy an answer is about, for scripts.
#[derive(Debug, Serialize)]
pub struct IdentityReport {
    /// None for the built-in one.
    path: Option<String>,
    digest: String,
}

impl IdentityReport {
    /// The report of `identity`.
    pub fn of(identity: &PolicyIdentity) -> Self {
        let path = identity.path.as_ref().map(|path| path.display().to_string());
        IdentityReport { path, digest: identity.digest.to_string() }
    }
}

/// The file of `identity`, safe to show.
pub fn shown_path(identity: &PolicyIdentity) -> String {
    match &identity.path {
        Some(path) => visible(&path.display().to_string()),
        None => "built-in policy".to_owned(),
    }
}

/// `count` rules in words.
pub fn rules(count: usize) -> String {
    if count == 1 { "1 rule".to_owned() } else { format!("{count} rules") }
}
