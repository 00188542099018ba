//! The texts that AWS issues: keys and tokens. Each has an alphabet and a length that is checked once, where it comes
//! in, so that none can act on a shell, a header or a file afterwards.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The longest token that is taken. AWS says of its own only that they are typically under 4,096 bytes.
const LONGEST: usize = 8_192;

/// A text outside of its alphabet or length. What it was is not said: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it has characters or a length that AWS never issues")]
pub struct Malformed;

/// Defines a checked secret: its doc, its name, its longest length and the punctuation of its alphabet.
macro_rules! checked_secret {
    ($(#[$doc:meta])* $name:ident, $longest:expr, $punctuation:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Checks `text`, and wipes it where it is refused.
            ///
            /// # Errors
            /// Where it is empty, too long, or has characters outside of the alphabet.
            pub fn parse(text: impl Into<SecretString>) -> Result<Self, Malformed> {
                let text = text.into();
                let known = |byte: u8| byte.is_ascii_alphanumeric() || $punctuation.contains(&byte);
                let fits = (1..=$longest).contains(&text.expose_secret().len());
                if fits && text.expose_secret().bytes().all(known) { Ok($name(text)) } else { Err(Malformed) }
            }
        }

        impl ExposeSecret<str> for $name {
            fn expose_secret(&self) -> &str {
                self.0.expose_secret()
            }
        }
    };
}

checked_secret!(
    /// The secret key of role credentials: base64.
    SecretKey, 128, b"+/="
);

checked_secret!(
    /// The session token of role credentials: base64, or its alphabet for URLs.
    SessionToken, LONGEST, b"+/=-._~"
);

checked_secret!(
    /// What SSO-OIDC issues for itself to read: access and refresh tokens, client secrets, device codes.
    OauthSecret, LONGEST, b"+/=-._~:"
);

impl From<OauthSecret> for SecretString {
    fn from(secret: OauthSecret) -> SecretString {
        secret.0
    }
}

/// The access key id of role credentials, which CloudTrail shows; not a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// Checks `text`: 16 to 128 letters and digits.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: impl Into<String>) -> Result<Self, Malformed> {
        let text = text.into();
        let fits = (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits { Ok(AccessKeyId(text)) } else { Err(Malformed) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no key or token has in it.
    const FOREIGN: [&str; 10] = ["'", "\"", "\\", "`", " ", "\n", "\0", "\u{7f}", "\u{2019}", "é"];

    #[test]
    fn what_could_act_on_a_shell_a_header_or_a_file_is_refused() {
        for foreign in FOREIGN {
            for text in [format!("{foreign}AAAABBBBCCCCDDDD"), format!("AAAABBBBCCCCDDDD{foreign}")] {
                assert!(AccessKeyId::parse(text.as_str()).is_err(), "{foreign:?}");
                assert!(SecretKey::parse(text.as_str()).is_err(), "{foreign:?}");
                assert!(SessionToken::parse(text.as_str()).is_err(), "{foreign:?}");
                assert!(OauthSecret::parse(text.as_str()).is_err(), "{foreign:?}");
            }
        }
    }

    #[test]
    fn what_aws_issues_is_taken() {
        assert!(AccessKeyId::parse("ASIAIOSFODNN7EXAMPLE").is_ok());
        assert!(SecretKey::parse("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY").is_ok());
        assert!(SessionToken::parse("IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ+w==").is_ok());
        assert!(OauthSecret::parse("aoaAAAAAGZx:MGUCMQD+/w==").is_ok());
        assert!(OauthSecret::parse("eyJraWQiOi.eyJzZXJpYWxp-_.c2ln").is_ok());
    }

    #[test]
    fn lengths_are_bounded() {
        let table = [(0, [false; 4]), (15, [false, true, true, true]), (16, [true; 4]), (128, [true; 4])];
        let long = [(129, [false, false, true, true]), (8_192, [false, false, true, true]), (8_193, [false; 4])];
        for (length, [id, key, session, oauth]) in table.into_iter().chain(long) {
            let text = "A".repeat(length);
            assert_eq!(AccessKeyId::parse(text.as_str()).is_ok(), id, "{length}");
            assert_eq!(SecretKey::parse(text.as_str()).is_ok(), key, "{length}");
            assert_eq!(SessionToken::parse(text.as_str()).is_ok(), session, "{length}");
            assert_eq!(OauthSecret::parse(text.as_str()).is_ok(), oauth, "{length}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?}{:?}{:?}",
            SecretKey::parse("CANARY").unwrap(),
            SessionToken::parse("CANARY").unwrap(),
            OauthSecret::parse("CANARY").unwrap()
        );
        assert!(!shown.contains("CANARY"), "{shown}");
    }
}
