//! The one error type people see: what happened, to what, and what to type next.
//!
//! [`Kind`] fixes the exit code and the heading; everything below it is the source chain, and every
//! text passes through [`crate::domain::text::visible`] when it is shown.

use std::error::Error as StdError;
use std::fmt;

use crate::domain::text::visible;

/// A result whose error can be shown to a person.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as far as scripts and exit codes care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Anything without a code of its own (exit 1).
    Failed,
    /// The command line or a file the user wrote is wrong (exit 2).
    Usage,
    /// The SSO session is missing, expired or was revoked (exit 3).
    LoginNeeded,
    /// AWS says no: the role is not assigned, or a person declined (exit 4).
    Denied,
    /// The target's tier asks for a reason first (exit 5).
    ElevationNeeded,
    /// AWS throttles, fails or cannot be reached (exit 6).
    Unavailable,
    /// The keyring is missing, locked, silent or refuses (exit 7).
    Keyring,
    /// Some of what was asked for was done (exit 8).
    Partial,
    /// The person interrupted (exit 130).
    Interrupted,
}

impl Kind {
    /// The process exit code of the command-line contract.
    pub const fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::LoginNeeded => 3,
            Kind::Denied => 4,
            Kind::ElevationNeeded => 5,
            Kind::Unavailable => 6,
            Kind::Keyring => 7,
            Kind::Partial => 8,
            Kind::Interrupted => 130,
        }
    }

    /// The heading the terminal UI puts over the error.
    pub const fn heading(self) -> &'static str {
        match self {
            Kind::Failed => "That did not work",
            Kind::Usage => "That cannot be used",
            Kind::LoginNeeded => "Sign-in needed",
            Kind::Denied => "Not allowed",
            Kind::ElevationNeeded => "A reason is needed",
            Kind::Unavailable => "AWS is not answering",
            Kind::Keyring => "Keyring trouble",
            Kind::Partial => "Only partly done",
            Kind::Interrupted => "Interrupted",
        }
    }
}

/// An error with its kind, its causes and the next commands to type.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hints: Vec<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of `kind` that says `message`: one plain sentence without a full stop.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hints: Vec::new(), source: None }
    }

    /// Shorthand for [`Kind::Failed`].
    pub fn failed(message: impl Into<String>) -> Self {
        Error::new(Kind::Failed, message)
    }

    /// Shorthand for [`Kind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(Kind::Usage, message)
    }

    /// Adds what to do next; hints are shown in the order they were added.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the cause, shown after the message.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind, which fixes exit code and heading.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What to do next, safe to show.
    pub fn hints(&self) -> impl Iterator<Item = String> + '_ {
        self.hints.iter().map(|hint| visible(hint))
    }

    /// The message and its causes on one line, safe to show and at most 700 characters.
    pub fn summary(&self) -> String {
        let mut text = visible(&self.message);
        let mut cause = self.source.as_deref().map(|source| source as &dyn StdError);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&visible(&error.to_string()));
            cause = error.source();
        }
        shortened(text, 700)
    }

    /// The whole report for stderr: under 1 KiB, no control characters but line feeds.
    pub fn report(&self) -> String {
        let mut text = format!("daypass: {}\n", self.summary());
        for hint in self.hints() {
            let line = format!("  {}\n", shortened(hint, 200));
            if text.len() + line.len() < 1000 {
                text.push_str(&line);
            }
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())
    }
}

impl StdError for Error {}

/// Cuts `text` to at most `limit` bytes at a character boundary, marking the cut.
fn shortened(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        let mut end = limit - '…'.len_utf8();
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_short_and_carries_cause_and_hint() {
        let error = Error::new(Kind::Denied, "x".repeat(5_000)).because("\u{1b}[2Jboom").hint("daypass login");
        let report = error.report();
        assert!(report.len() < 1024, "{}", report.len());
        assert!(report.ends_with("  daypass login\n"));
        assert!(!report.contains('\u{1b}'));
    }

    #[test]
    fn a_cause_is_made_visible() {
        let error = Error::failed("cannot list accounts").because("\u{1b}[2Jboom\r\n");
        assert_eq!(error.summary(), "cannot list accounts: \\e[2Jboom\\r\\n");
    }
}
