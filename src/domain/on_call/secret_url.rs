//! The address of a calendar that lets whoever knows it read it.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::calendar_host::CalendarHost;
use super::rota::{UnfitUrl, check_url};
use crate::domain::text::hex;

/// An address with a token in it. `Debug` leaves it out.
#[derive(Debug, Clone)]
pub struct SecretUrl(SecretString);

impl SecretUrl {
    /// The longest that is taken, in bytes: a kernel's keyring holds little more.
    pub const LIMIT: usize = 2_048;

    /// Takes `text` as such an address. Calendars are often given out as `webcal:`, which is https.
    ///
    /// # Errors
    /// It is no address that a calendar may be fetched from.
    pub fn parse(text: &str) -> Result<Self, UnfitUrl> {
        let text = text.trim();
        if text.len() > Self::LIMIT {
            return Err(UnfitUrl::TooLong);
        }
        let rest = ["webcal://", "webcals://"].into_iter().find_map(|scheme| text.strip_prefix(scheme));
        let url = rest.map_or_else(|| text.to_owned(), |rest| format!("https://{rest}"));
        check_url(&Url::parse(&url).map_err(|_| UnfitUrl::NotAUrl)?)?;
        Ok(SecretUrl(url.into()))
    }

    /// The address.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The server's name, which is no secret.
    pub fn host(&self) -> String {
        let url = Url::parse(self.expose()).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether it leads to that server.
    pub fn is_at(&self, host: &CalendarHost) -> bool {
        self.host() == host.as_str()
    }

    /// What tells it from other addresses without giving it away.
    pub fn mark(&self) -> AddressMark {
        AddressMark { host: self.host(), sha256: hex(&Sha256::digest(self.expose())) }
    }
}

/// What tells one secret address from another, for records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressMark {
    /// The server's name.
    pub host: String,
    /// The SHA-256 of the address, in hexadecimal.
    pub sha256: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_shows_nothing_of_it() {
        let url = SecretUrl::parse("https://calendar.example/private-CANARY/basic.ics?token=CANARY").unwrap();
        assert!(!format!("{url:?}").contains("CANARY") && url.expose().contains("CANARY"));
        assert_eq!(url.host(), "calendar.example");
    }

    #[test]
    fn it_leads_to_one_server_and_to_none_whose_name_begins_or_ends_like_it() {
        let host = CalendarHost::parse("acme.example").unwrap();
        let is_at = |url: &str| SecretUrl::parse(url).unwrap().is_at(&host);
        assert!(is_at("https://acme.example/x") && is_at("webcal://ACME.example:8443/x?token=1"));
        for other in
            ["https://acme.example.evil.example/x", "https://x.acme.example/", "https://evil.example/acme.example"]
        {
            assert!(!is_at(other), "{other}");
        }
    }

    #[test]
    fn another_address_has_another_mark_which_has_nothing_of_its_token() {
        let mark = |url: &str| SecretUrl::parse(url).unwrap().mark();
        let ours = mark("https://calendar.example/x");
        assert_eq!(ours.host, "calendar.example");
        // printf %s https://calendar.example/x | sha256sum
        assert_eq!(ours.sha256, "e78362d1da9789fc94c45d1afec2eb46cd8cf23fa2719873f074eb50822b0ac2");
        assert_ne!(ours, mark("https://calendar.example/y"));
        assert!(!format!("{:?}", mark("https://calendar.example/CANARY?t=CANARY")).contains("CANARY"));
    }

    #[test]
    fn a_calendar_is_fetched_by_https_or_from_this_machine() {
        for good in ["https://c.example/x?token=1", " webcal://c.example/x\n", "http://127.0.0.1:9/x", "http://[::1]/x"]
        {
            assert!(SecretUrl::parse(good).is_ok(), "{good}");
        }
        assert_eq!(SecretUrl::parse("webcal://c.example/x").unwrap().expose(), "https://c.example/x");
        let long = format!("https://c.example/{}", "x".repeat(SecretUrl::LIMIT));
        for bad in ["http://c.example/x", "https://me:CANARY@c.example/", "ftp://c.example", "c.example", "", &long] {
            let refused = SecretUrl::parse(bad).unwrap_err().to_string();
            assert!(!refused.contains("CANARY"), "{refused}");
        }
    }
}
