//! Which roles can be assumed, and what their trust policies ask for.

use wildmatch::WildMatch;

use super::assume_role::{AssumeRoleCall, Checked};

/// A role that can be assumed. In its patterns `*` stands for any text and `?` for any character, as in `StringLike`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedRole {
    /// The account that it is in: twelve digits.
    pub account: String,
    /// Its name, without a path.
    pub name: String,
    /// The pattern of `sts:RoleSessionName`.
    pub session_name: String,
    /// The pattern of `sts:SourceIdentity`; `None` where a session needs none.
    pub source_identity: Option<String>,
    /// The tags that a session must have, with the patterns of their values.
    pub tags: Vec<(String, String)>,
}

impl TrustedRole {
    /// A role that whoever is signed in may assume, under any name.
    pub fn new(account: &str, name: &str) -> Self {
        TrustedRole {
            account: account.to_owned(),
            name: name.to_owned(),
            session_name: "*".to_owned(),
            source_identity: None,
            tags: Vec::new(),
        }
    }

    /// Whether this is the role that `checked` names, and its trust policy admits `call`.
    pub(super) fn admits(&self, call: &AssumeRoleCall, checked: &Checked) -> bool {
        let is_like = |pattern: &str, text: &str| WildMatch::new(pattern).matches(text);
        let has_tag = |(key, pattern): &(String, String)| {
            call.tags.iter().any(|(given, value)| given == key && is_like(pattern, value))
        };
        let is_identity_fine = match (&self.source_identity, &call.source_identity) {
            (None, _) => true,
            (Some(pattern), Some(identity)) => is_like(pattern, identity),
            (Some(_), None) => false,
        };
        self.account == checked.account
            && self.name == checked.role
            && is_like(&self.session_name, &call.session_name)
            && is_identity_fine
            && self.tags.iter().all(has_tag)
    }
}
