//! The names of rules.

use std::fmt;
use std::sync::Arc;

use crate::domain::text::visible;

/// The name of a rule: letters, digits, `-`, `_` and `.`, at most 64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleId(Arc<str>);

/// What is no name of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no name for a rule: 1 to 64 letters, digits, - _ and .", visible(.0))]
pub struct InvalidRuleId(String);

impl RuleId {
    /// Takes `text` as a name.
    pub fn parse(text: &str) -> Result<Self, InvalidRuleId> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            Ok(RuleId(text.into()))
        } else {
            Err(InvalidRuleId(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
