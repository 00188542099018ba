//! The first run: start URL and region, checked while they are typed.

use crate::domain::ids::{Region, StartUrl};
use crate::domain::sso_session::SsoSession;
use crate::tui::widgets::input::InputLine;

/// The setup form.
#[derive(Debug)]
pub struct Setup {
    /// The portal, or its short name.
    pub start_url: InputLine,
    /// The region.
    pub region: InputLine,
    /// The field that is typed into.
    pub field: Field,
    /// Whether complaints about empty fields are due.
    pub tried: bool,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The portal.
    StartUrl,
    /// The region.
    Region,
}

impl Default for Setup {
    fn default() -> Self {
        Setup { start_url: InputLine::new(300), region: InputLine::new(32), field: Field::StartUrl, tried: false }
    }
}

impl Setup {
    /// The field that is typed into.
    pub fn focused(&mut self) -> &mut InputLine {
        match self.field {
            Field::StartUrl => &mut self.start_url,
            Field::Region => &mut self.region,
        }
    }

    /// The start URL that was meant: `acme` stands for AWS's own portal of that name.
    pub fn start_url(&self) -> Result<StartUrl, String> {
        StartUrl::from_typed(self.start_url.text()).map_err(|error| error.to_string())
    }

    /// The region that was meant.
    pub fn region(&self) -> Result<Region, String> {
        Region::parse(self.region.text().trim()).map_err(|error| error.to_string())
    }

    /// The session that these make.
    pub fn session(&self) -> Option<SsoSession> {
        SsoSession::named_after_portal(self.start_url().ok()?, self.region().ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_stands_for_awss_own_portal() {
        let table = [
            ("acme", Some("https://acme.awsapps.com/start")),
            (" d-1234567890 ", Some("https://d-1234567890.awsapps.com/start")),
            ("acme.awsapps.com/start", Some("https://acme.awsapps.com/start")),
            ("https://acme.awsapps.com/start#/", Some("https://acme.awsapps.com/start#/")),
            ("http://acme.awsapps.com/start", None),
            ("", None),
            ("not a url", None),
        ];
        for (typed, meant) in table {
            let mut setup = Setup::default();
            setup.start_url.insert(typed);
            assert_eq!(setup.start_url().ok().as_ref().map(StartUrl::as_str), meant, "{typed}");
        }
    }
}
