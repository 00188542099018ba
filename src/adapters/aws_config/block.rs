//! A section as daypass writes it: between two comment lines, so that it can be told from what people and other tools
//! wrote.
//!
//! ```text
//! # daypass: begin sso-session acme
//! [sso-session acme]
//! sso_start_url = https://acme.awsapps.com/start
//! # daypass: end sso-session acme
//! ```

use super::scan::Section;
use crate::domain::sso_session::SsoSession;

const BEGIN: &str = "# daypass: begin ";
const END: &str = "# daypass: end ";

/// What a section is called, in its header and in the marks around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Title<'a> {
    kind: &'a [u8],
    name: &'a [u8],
}

impl<'a> Title<'a> {
    /// The title of a section of a kind that daypass writes.
    pub(super) fn of_section(section: Section<'a>) -> Option<Self> {
        match section {
            Section::SsoSession(name) => Some(Title { kind: b"sso-session", name }),
            Section::Default | Section::Profile(_) | Section::Other => None,
        }
    }

    /// The title in a comment that begins a block.
    pub(super) fn of_begin(comment: &'a [u8]) -> Option<Self> {
        comment.strip_prefix(BEGIN.as_bytes()).map(Title::parse)
    }

    /// The title in a comment that ends a block.
    pub(super) fn of_end(comment: &'a [u8]) -> Option<Self> {
        comment.strip_prefix(END.as_bytes()).map(Title::parse)
    }

    fn parse(text: &'a [u8]) -> Self {
        let kind_end = text.iter().position(|byte| *byte == b' ').unwrap_or(text.len());
        Title { kind: &text[..kind_end], name: text.get(kind_end + 1..).unwrap_or_default() }
    }
}

/// A section to be written. Its parts come from checked names, which cannot hold what would end a line or a
/// header.
#[derive(Debug)]
pub struct Block<'a> {
    kind: &'static str,
    name: &'a str,
    properties: Vec<(&'static str, String)>,
}

impl<'a> Block<'a> {
    /// The section of an SSO session.
    pub fn sso_session(session: &'a SsoSession) -> Self {
        let scopes: Vec<&str> = session.scopes.iter().map(|scope| scope.as_str()).collect();
        let mut properties =
            vec![("sso_start_url", session.start_url.to_string()), ("sso_region", session.region.to_string())];
        if !scopes.is_empty() {
            properties.push(("sso_registration_scopes", scopes.join(",")));
        }
        Block { kind: "sso-session", name: session.name.as_str(), properties }
    }

    pub(super) fn title(&self) -> Title<'a> {
        Title { kind: self.kind.as_bytes(), name: self.name.as_bytes() }
    }

    pub(super) fn header(&self) -> String {
        let quote = if self.name.contains(' ') { "\"" } else { "" };
        format!("[{} {quote}{}{quote}]", self.kind, self.name)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>, newline: &str) {
        let mut line = |parts: &[&str]| {
            debug_assert!(!parts.iter().any(|part| part.contains(['\n', '\r'])), "a checked name held a line end");
            parts.iter().for_each(|part| out.extend_from_slice(part.as_bytes()));
            out.extend_from_slice(newline.as_bytes());
        };
        line(&[BEGIN, self.kind, " ", self.name]);
        line(&[&self.header()]);
        for (key, value) in &self.properties {
            line(&[key, " = ", value]);
        }
        line(&[END, self.kind, " ", self.name]);
    }
}
