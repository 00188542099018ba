//! The server that the address of a calendar has to lead to.

use std::fmt;

use url::Url;

use crate::domain::text::visible;

/// The name of a server that a calendar may be fetched from, as URLs have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarHost(String);

impl CalendarHost {
    /// Takes `text` as the name of a server: no scheme, port or path.
    ///
    /// # Errors
    /// It is none, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let has_form = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte));
        let url = Url::parse(&format!("https://{text}/")).ok().filter(|url| has_form && url.port().is_none());
        match url.as_ref().and_then(Url::host_str) {
            Some(host) if host.eq_ignore_ascii_case(text) => Ok(CalendarHost(host.to_owned())),
            _ => {
                let shown = visible(&text.chars().take(80).collect::<String>());
                Err(format!("`{shown}` is no name of a server such as acme.pagerduty.com"))
            }
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CalendarHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_name_alone() {
        for (text, host) in
            [("Acme.PagerDuty.example", "acme.pagerduty.example"), ("127.0.0.1", "127.0.0.1"), ("[::1]", "[::1]")]
        {
            assert_eq!(CalendarHost::parse(text).unwrap().as_str(), host);
        }
        for none in
            ["", "https://a.example", "a.example/x", "a.example:1", "a.example:443", "me@a.example", "a b", "a?x", "*"]
        {
            assert!(CalendarHost::parse(none).is_err(), "{none}");
        }
    }
}
