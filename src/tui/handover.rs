//! How a target reaches other tools: what can be copied for it, and the lines that hold no secret.

use crate::domain::handout::{Format, credential_process_line};
use crate::domain::ids::SessionName;
use crate::domain::target::Target;

/// What can be copied for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `export` lines for bash and zsh.
    Posix,
    /// `set -gx` lines for fish.
    Fish,
    /// `$Env:` lines for PowerShell.
    PowerShell,
    /// The `credential_process` line of a profile.
    CredentialProcess,
    /// `daypass exec TARGET --`.
    Exec,
}

impl Form {
    /// Every form, in the order of the chooser.
    pub const ALL: [Form; 5] = [Form::Posix, Form::Fish, Form::PowerShell, Form::CredentialProcess, Form::Exec];

    /// Its name in the chooser.
    pub const fn title(self) -> &'static str {
        match self {
            Form::Posix => "exports for bash and zsh",
            Form::Fish => "exports for fish",
            Form::PowerShell => "exports for PowerShell",
            Form::CredentialProcess => "credential_process line",
            Form::Exec => "daypass exec command",
        }
    }

    /// The shape the credentials themselves are copied in; none where what is copied holds no secret.
    pub const fn secret(self) -> Option<Format> {
        match self {
            Form::Posix => Some(Format::Env),
            Form::Fish => Some(Format::Fish),
            Form::PowerShell => Some(Format::PowerShell),
            Form::CredentialProcess | Form::Exec => None,
        }
    }
}

/// Writes the lines that name a target, for one program and, where several exist, one session.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    /// The path to this program.
    pub program: &'a str,
    /// Named where the target alone would leave it open.
    pub session: Option<&'a SessionName>,
    /// What they are for.
    pub target: &'a Target,
}

impl Lines<'_> {
    /// For a profile in the AWS config file.
    pub fn credential_process(&self) -> String {
        let line = credential_process_line(self.program, self.target);
        match self.session {
            Some(session) => format!("{line} --session {}", quoted(session)),
            None => line,
        }
    }

    /// Runs one command with the credentials.
    pub fn exec(&self) -> String {
        format!("daypass exec {} --", self.named())
    }

    /// Puts the credentials into the shell that runs it.
    pub fn eval(&self) -> String {
        format!("eval \"$(daypass credentials {} --format env)\"", self.named())
    }

    fn named(&self) -> String {
        match self.session {
            Some(session) => format!("--session {} {}", quoted(session), self.target),
            None => self.target.to_string(),
        }
    }
}

/// Double quotes, where needed: POSIX shells, `cmd` and the SDKs agree on them. Session names hold no quotes.
fn quoted(name: &SessionName) -> String {
    if name.as_str().contains(' ') { format!("\"{name}\"") } else { name.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_program_and_session_as_shells_and_sdks_read_them() {
        let target = "123456789012/Dev".parse().unwrap();
        let session = SessionName::parse("acme prod").unwrap();
        let lines = Lines { program: "/opt/my tools/daypass", session: Some(&session), target: &target };
        assert_eq!(
            lines.credential_process(),
            "credential_process = \"/opt/my tools/daypass\" credentials 123456789012/Dev --session \"acme prod\""
        );
        let lines = Lines { program: "daypass", session: None, target: &target };
        assert_eq!(lines.exec(), "daypass exec 123456789012/Dev --");
        assert_eq!(lines.eval(), "eval \"$(daypass credentials 123456789012/Dev --format env)\"");
    }
}
