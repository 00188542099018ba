//! What identifies an Identity Center a person can sign in to: one `[sso-session]` in checked types.

use std::fmt;

use super::ids::{Region, SessionName, StartUrl};
use super::text::visible;

/// An OAuth scope, such as `sso:account:access`; safe to write into a comma list of a config file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(String);

impl Scope {
    /// The scope that lists accounts and fetches role credentials; what AWS assumes where none is named.
    pub const ACCOUNT_ACCESS: &'static str = "sso:account:access";

    /// Checks `text`: 1 to 128 printable ASCII characters (RFC 6749 §3.3) other than comma and brackets.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        let fits = (1..=128).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\,[]".contains(&byte));
        if fits { Ok(Scope(text.to_owned())) } else { Err(InvalidScope(text.chars().take(80).collect())) }
    }

    /// The scope as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Why a scope was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("scope `{}` is not 1 to 128 printable characters without comma or brackets", visible(.0))]
pub struct InvalidScope(String);

/// An SSO session as it is configured; whether someone is signed in to it is another matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SsoSession {
    /// What people call it and what keyring entries are filed under.
    pub name: SessionName,
    /// Where its Identity Center is.
    pub start_url: StartUrl,
    /// The region its Identity Center runs in; not the region of the work done with it.
    pub region: Region,
    /// What a sign-in asks for.
    pub scopes: Vec<Scope>,
}

impl SsoSession {
    /// A session that asks for access to accounts and nothing else, as AWS does by default.
    pub fn new(name: SessionName, start_url: StartUrl, region: Region) -> Self {
        SsoSession { name, start_url, region, scopes: vec![Scope(Scope::ACCOUNT_ACCESS.to_owned())] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_that_could_break_out_of_a_list_are_refused() {
        for good in ["sso:account:access", "codewhisperer:completions", "openid"] {
            assert!(Scope::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a,b", "a b", "a\nb", "[x]", "é", &"x".repeat(129)] {
            assert!(Scope::parse(bad).is_err(), "{bad}");
        }
    }
}
