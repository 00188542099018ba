//! Names of things AWS knows: accounts, roles, regions, start URLs, SSO sessions. Each is checked once, at
//! the boundary, and safe to show, to put in a file name and to write into a config file afterwards.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use super::text::visible;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{}` {why}", visible(given))]
pub struct InvalidName {
    what: &'static str,
    given: String,
    why: &'static str,
}

/// Defines a checked string newtype: its doc, its name, what people call it, and its check.
macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $why:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks `text`.
            pub fn parse(text: &str) -> Result<Self, InvalidName> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok($name(text.to_owned()))
                } else {
                    Err(InvalidName { what: $what, given: text.chars().take(80).collect(), why: $why })
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                $name::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

checked_name!(
    /// An AWS account's twelve digits.
    AccountId, "account id", "is not twelve digits",
    |text| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
);

checked_name!(
    /// A permission set's name, as the portal lists it: 1 to 64 of `\w+=,.@-`.
    RoleName, "role name", "is not 1 to 64 letters, digits or +=,.@-_",
    |text| (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@-_".contains(&byte))
);

checked_name!(
    /// A region's code, such as `eu-central-1`.
    Region, "region", "is not a region code such as us-east-1",
    |text| (5..=32).contains(&text.len())
        && text.contains('-')
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
);

checked_name!(
    /// The name of an `[sso-session]`, or the one daypass gives to a legacy profile's inline session.
    SessionName, "session name", "is not 1 to 64 letters, digits, spaces or +=,.@-_",
    |text| (1..=64).contains(&text.len())
        && text.trim() == text
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" +=,.@-_".contains(&byte))
);

/// An Identity Center start URL: https, or http on loopback (the simulator). Kept as it was written, because
/// AWS compares it as text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StartUrl(String);

impl StartUrl {
    /// Checks `text`.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let refuse = |why| InvalidName { what: "start URL", given: text.chars().take(80).collect(), why };
        let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
        if !is_https_or_loopback(&url) {
            return Err(refuse("does not begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("must not carry a user name"));
        }
        if text.bytes().any(|byte| byte <= b' ' || byte >= 0x7f) {
            return Err(refuse("has characters that a URL cannot have"));
        }
        Ok(StartUrl(text.to_owned()))
    }

    /// Reads what a person types: a URL, one without its `https://`, or the subdomain of AWS's own portal, such as
    /// `acme` or `d-1234567890`.
    pub fn from_typed(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let is_subdomain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_subdomain {
            StartUrl::parse(&format!("https://{text}.awsapps.com/start"))
        } else if text.contains('.') && !text.contains("://") {
            StartUrl::parse(&format!("https://{text}"))
        } else {
            StartUrl::parse(text)
        }
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, for showing.
    pub fn host(&self) -> String {
        Url::parse(&self.0).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The region that the portal's address names. Those under `awsapps.com` name none.
    pub fn region(&self) -> Option<Region> {
        let host = self.host();
        region_in(&host).and_then(|region| Region::parse(region).ok())
    }

    /// The portal's address in the region `to`, where this one names the region `from`.
    pub(super) fn in_region(&self, from: &Region, to: &Region) -> Option<Self> {
        let host = self.host();
        let region = region_in(&host).filter(|region| *region == from.as_str())?;
        // The first label is the instance's own, and no region.
        let (instance, rest) = host.split_once('.')?;
        let moved = format!("{instance}.{}", rest.replacen(region, to.as_str(), 1));
        StartUrl::parse(&self.0.replacen(&host, &moved, 1)).ok().filter(|url| url.region().as_ref() == Some(to))
    }

    /// A short name made of the host's first label: `acme` of `https://acme.awsapps.com/start`.
    pub fn short_name(&self) -> String {
        let host = self.host();
        host.split('.').next().unwrap_or_default().to_owned()
    }
}

/// The region in a portal's host, `ID.REGION.portal.amazonaws.com` or, with IPv6, `ID.portal.REGION.app.aws`.
fn region_in(host: &str) -> Option<&str> {
    let (_, rest) = host.split_once('.')?;
    let by_ipv4 = rest.strip_suffix(".portal.amazonaws.com");
    by_ipv4.or_else(|| rest.strip_prefix("portal.")?.strip_suffix(".app.aws"))
}

impl TryFrom<String> for StartUrl {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        StartUrl::parse(&text)
    }
}

impl From<StartUrl> for String {
    fn from(url: StartUrl) -> String {
        url.0
    }
}

impl fmt::Display for StartUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether `url` may be opened or spoken to: https anywhere, http on loopback only.
pub fn is_https_or_loopback(url: &Url) -> bool {
    url.scheme() == "https" && url.host().is_some() || url.scheme() == "http" && is_loopback(url)
}

/// Whether `url`'s host is this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert!(AccountId::parse("123456789012").is_ok());
        assert!(AccountId::parse("12345678901").is_err());
        assert!(AccountId::parse("１２３４５６７８９０１２").is_err());
        assert!(RoleName::parse("AWSAdministratorAccess").is_ok());
        assert!(RoleName::parse("../x").is_err());
        assert!(Region::parse("us-gov-west-1").is_ok());
        assert!(Region::parse("x.evil.com/").is_err());
        assert!(SessionName::parse("x]\ncredential_process=rm").is_err());
    }

    #[test]
    fn start_urls_are_https_or_loopback() {
        for good in ["https://acme.awsapps.com/start", "https://acme.awsapps.com/start#/", "http://127.0.0.1:9/start"] {
            assert!(StartUrl::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://acme.awsapps.com/start", "javascript:alert(1)", "https://u:p@x/", "", "https://x/\n"] {
            assert!(StartUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_portal_that_names_its_region_has_an_address_in_another_one() {
        let [from, to] = ["eu-west-1", "us-west-2"].map(|region| Region::parse(region).unwrap());
        let table = [
            (
                "https://ssoins-1a.eu-west-1.portal.amazonaws.com",
                Some("https://ssoins-1a.us-west-2.portal.amazonaws.com"),
            ),
            ("https://ssoins-1a.portal.eu-west-1.app.aws/#/", Some("https://ssoins-1a.portal.us-west-2.app.aws/#/")),
            (
                "https://eu-west-1.eu-west-1.portal.amazonaws.com",
                Some("https://eu-west-1.us-west-2.portal.amazonaws.com"),
            ),
            ("https://ssoins-1a.eu-north-1.portal.amazonaws.com", None),
            ("https://eu-west-1.portal.amazonaws.com", None),
            ("https://ssoins-1a.portal.eu-west-1.app.aws.example", None),
            ("https://acme.awsapps.com/start", None),
        ];
        for (url, moved) in table {
            let found = StartUrl::parse(url).unwrap().in_region(&from, &to);
            assert_eq!(found.as_ref().map(StartUrl::as_str), moved, "{url}");
        }
        let named = |url: &str| StartUrl::parse(url).unwrap().region();
        assert_eq!(named("https://ssoins-1a.portal.eu-west-1.app.aws"), Some(from));
        assert_eq!(named("https://acme.awsapps.com/start"), None);
    }

    #[test]
    fn a_typed_subdomain_or_host_stands_for_its_portal() {
        let table = [
            ("acme", Some("https://acme.awsapps.com/start")),
            (" d-1234567890 ", Some("https://d-1234567890.awsapps.com/start")),
            ("acme.awsapps.com/start", Some("https://acme.awsapps.com/start")),
            ("https://acme.awsapps.com/start#/", Some("https://acme.awsapps.com/start#/")),
            ("http://127.0.0.1:9/start", Some("http://127.0.0.1:9/start")),
            ("http://acme.awsapps.com/start", None),
            ("user@acme.awsapps.com/start", None),
            ("javascript:alert(1)", None),
            ("not a url", None),
            ("", None),
        ];
        for (typed, url) in table {
            assert_eq!(StartUrl::from_typed(typed).ok().as_ref().map(StartUrl::as_str), url, "{typed}");
        }
    }

    #[test]
    fn a_refusal_shows_no_control_characters() {
        let error = AccountId::parse("\u{1b}[2J").unwrap_err();
        assert_eq!(error.to_string(), "account id `\\e[2J` is not twelve digits");
    }
}
