//! The setup form: start URL and region of an SSO session, validated while they are typed.

use crate::domain::ids::{Region, StartUrl};
use crate::domain::sso_session::SsoSession;
use crate::tui::widgets::text_input::TextInput;

#[derive(Debug)]
pub(crate) struct SetupForm {
    /// A start URL, or the short name of an AWS access portal.
    pub(crate) start_url: TextInput,
    pub(crate) region: TextInput,
    pub(crate) focus: Field,
    /// Whether a submit was tried, so that empty fields are reported.
    pub(crate) tried: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    StartUrl,
    Region,
}

impl Default for SetupForm {
    fn default() -> Self {
        SetupForm { start_url: TextInput::new(300), region: TextInput::new(32), focus: Field::StartUrl, tried: false }
    }
}

impl SetupForm {
    pub(crate) fn focused(&mut self) -> &mut TextInput {
        match self.focus {
            Field::StartUrl => &mut self.start_url,
            Field::Region => &mut self.region,
        }
    }

    /// Whether nothing was typed.
    pub(crate) fn is_empty(&self) -> bool {
        self.start_url.is_empty() && self.region.is_empty()
    }

    /// The start URL that was typed; `acme` stands for `https://acme.awsapps.com/start`.
    pub(crate) fn start_url(&self) -> Result<StartUrl, String> {
        StartUrl::from_typed(self.start_url.text()).map_err(|error| error.to_string())
    }

    pub(crate) fn region(&self) -> Result<Region, String> {
        Region::parse(self.region.text().trim()).map_err(|error| error.to_string())
    }

    /// The session that the form describes, once both fields are valid.
    pub(crate) fn session(&self) -> Option<SsoSession> {
        SsoSession::named_after_portal(self.start_url().ok()?, self.region().ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_stands_for_the_aws_access_portal_of_that_name() {
        let table = [
            ("acme", Some("https://acme.awsapps.com/start")),
            (" d-1234567890 ", Some("https://d-1234567890.awsapps.com/start")),
            ("acme.awsapps.com/start", Some("https://acme.awsapps.com/start")),
            ("https://acme.awsapps.com/start#/", Some("https://acme.awsapps.com/start#/")),
            ("http://acme.awsapps.com/start", None),
            ("", None),
            ("not a url", None),
        ];
        for (typed, expected) in table {
            let mut form = SetupForm::default();
            form.start_url.insert(typed);
            assert_eq!(form.start_url().ok().as_ref().map(StartUrl::as_str), expected, "{typed}");
        }
    }
}
