//! What `~/.aws/config` says of an SSO session: where to sign in and with which scopes.

use std::fmt;

use sha2::{Digest, Sha256};

use super::ids::{Region, SessionName, StartUrl};

/// The scope that every SSO session needs to list accounts and fetch role credentials.
pub const DEFAULT_SCOPE: &str = "sso:account:access";

/// An `[sso-session NAME]` block, or the inline session of a legacy profile.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SsoSession {
    /// Its name in the config file.
    pub name: SessionName,
    /// The organisation's AWS access portal.
    pub start_url: StartUrl,
    /// The region Identity Center runs in.
    pub region: Region,
    /// Registration scopes, in the file's order.
    pub scopes: Vec<String>,
}

impl SsoSession {
    /// The key under which secrets, catalog and locks of this session are kept.
    ///
    /// It changes with start URL, region or scopes, so that a token is never used for another portal that
    /// happens to have the same session name.
    pub fn key(&self) -> SessionKey {
        let mut hash = Sha256::new();
        for part in [self.start_url.as_str(), self.region.as_str()] {
            hash.update(part);
            hash.update([0]);
        }
        for scope in &self.scopes {
            hash.update(scope);
            hash.update([0]);
        }
        let digest = hash.finalize();
        let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        SessionKey(format!("{}-{short}", self.name))
    }
}

/// Names one SSO session in the store, the state and the locks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(String);

impl SessionKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(url: &str) -> SsoSession {
        SsoSession {
            name: SessionName::parse("acme").unwrap(),
            start_url: StartUrl::parse(url).unwrap(),
            region: Region::parse("us-east-1").unwrap(),
            scopes: vec![DEFAULT_SCOPE.into()],
        }
    }

    #[test]
    fn the_same_name_with_another_portal_has_another_key() {
        let one = session("https://one.awsapps.com/start").key();
        let two = session("https://two.awsapps.com/start").key();
        assert_ne!(one, two);
        assert!(one.as_str().starts_with("acme-"));
    }
}
