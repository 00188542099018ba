//! What people read when something fails: the one place where an error gets its heading, its next commands and its
//! exit code. The command line and the terminal UI both show a [`Report`].

mod hints;
#[cfg(test)]
pub(crate) mod tests;

use std::error::Error as StdError;

use self::hints::{Hint, hints};
pub(crate) use self::hints::{correct_portal, replace_section, standby_login, toml_key, word};
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::ids::SessionName;
use crate::domain::text::visible;
use crate::error::{Error, Kind};

/// A result whose error is ready to be shown.
pub type Result<T, E = Report> = std::result::Result<T, E>;

/// The longest message with its causes, in bytes.
const MESSAGE_LIMIT: usize = 700;
/// The longest hint, in bytes.
const HINT_LIMIT: usize = 240;
/// The longest report, in bytes.
const REPORT_LIMIT: usize = 1000;

/// An error as it is shown: a message with its causes, and what to do next. Its text is safe for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    kind: Kind,
    heading: &'static str,
    message: String,
    hints: Vec<Hint>,
}

impl Report {
    /// A report of `kind` that says `message`: one plain sentence without a full stop.
    pub fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        let message = shortened(visible(message.as_ref()), MESSAGE_LIMIT);
        Report { kind, heading: kind.heading(), message, hints: Vec::new() }
    }

    /// Shorthand for [`Kind::Failed`].
    pub fn failed(message: impl AsRef<str>) -> Self {
        Report::new(Kind::Failed, message)
    }

    /// Shorthand for [`Kind::Usage`].
    pub fn usage(message: impl AsRef<str>) -> Self {
        Report::new(Kind::Usage, message)
    }

    /// The report of `error`.
    pub fn of(error: &Error) -> Self {
        let report = Report::new(error.kind(), error.to_string()).because(error.source());
        Report { heading: heading(error), hints: hints(error), ..report }
    }

    /// Adds a cause and the causes behind it.
    #[must_use]
    pub fn because(self, cause: Option<&(dyn StdError + 'static)>) -> Self {
        let mut message = self.message;
        let mut next = cause;
        while let Some(error) = next {
            message.push_str(": ");
            message.push_str(&visible(&error.to_string()));
            next = error.source();
        }
        Report { message: shortened(message, MESSAGE_LIMIT), ..self }
    }

    /// Adds what to do next; hints are shown in the order they were added.
    #[must_use]
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hints.push(Hint::from(hint.as_ref()));
        self
    }

    /// The same where what came before it was done.
    #[must_use]
    pub fn after_a_part_was_done(self) -> Self {
        Report { kind: Kind::Partial, ..self }
    }

    /// The same with `hint` in place of its hints.
    #[must_use]
    pub fn with_only_hint(self, hint: impl AsRef<str>) -> Self {
        Report { hints: vec![Hint::from(hint.as_ref())], ..self }
    }

    /// Names `session` in the commands of the hints, which without it mean whichever session is chosen otherwise.
    #[must_use]
    pub fn in_session(self, session: &SessionName) -> Self {
        let hints = self.hints.into_iter().map(|hint| hint.in_session(session)).collect();
        Report { hints, ..self }
    }

    /// What the error means; decides heading and exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the terminal UI puts over it.
    pub fn heading(&self) -> &'static str {
        self.heading
    }

    /// The message and its causes on one line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn hints(&self) -> Vec<String> {
        self.hints.iter().map(|hint| shortened(visible(&hint.to_string()), HINT_LIMIT)).collect()
    }

    /// The whole report for stderr: under 1 KiB, no control characters but line feeds.
    pub fn text(&self) -> String {
        let mut text = format!("daypass: {}\n", self.message);
        for hint in self.hints() {
            if text.len() + hint.len() + "  \n".len() <= REPORT_LIMIT {
                text.push_str(&format!("  {hint}\n"));
            }
        }
        text
    }
}

impl From<Error> for Report {
    fn from(error: Error) -> Self {
        Report::of(&error)
    }
}

impl Kind {
    /// The process exit code; README, Exit codes, lists them.
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
        }
    }

    /// The heading the terminal UI puts over an error of this kind, unless its report has one of its own.
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
        }
    }
}

/// AWS that asks to slow down does answer.
fn heading(error: &Error) -> &'static str {
    match error {
        Error::Aws(AwsError { kind: AwsErrorKind::Throttled(_), .. })
        | Error::LogoutUnconfirmed { source: AwsError { kind: AwsErrorKind::Throttled(_), .. }, .. } => {
            "AWS asks to slow down"
        }
        Error::ElevationRefused(refusal) if !refusal.is_of_what_was_written() => "The policy refuses that",
        Error::NotConfirmed => "Not confirmed",
        Error::NotOnCall { .. } => "Not on call",
        other => other.kind().heading(),
    }
}

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
