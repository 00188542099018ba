//! How a target reaches other tools: lines to copy that hold no secret, and exports that do.

use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::domain::credentials::CachedCredentials;
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

    /// Whether what is copied contains the credentials themselves.
    pub const fn holds_secret(self) -> bool {
        matches!(self, Form::Posix | Form::Fish | Form::PowerShell)
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
    /// For a profile in the AWS config file. botocore splits it as a shell would, Go and Rust give it to `sh -c`.
    pub fn credential_process(&self) -> String {
        format!("credential_process = {} credentials {}", quoted(self.program), self.named())
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
            Some(session) => format!("--session {} {}", quoted(session.as_str()), self.target),
            None => self.target.to_string(),
        }
    }
}

/// Double quotes, where needed: POSIX shells, `cmd` and botocore agree on them.
fn quoted(text: &str) -> String {
    let plain = |character: char| character.is_alphanumeric() || "/._-+:=@,\\".contains(character);
    if text.chars().all(plain) { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\\\"")) }
}

/// The exports of `form`, with the credentials in them. A form that holds none gives an empty text.
pub fn exports(form: Form, cached: &CachedCredentials) -> Zeroizing<String> {
    let expiry = cached.lifespan().ends_at_local().to_string();
    let pairs = [
        ("AWS_ACCESS_KEY_ID", cached.credentials.access_key_id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", cached.credentials.secret_access_key.expose_secret()),
        ("AWS_SESSION_TOKEN", cached.credentials.session_token.expose_secret()),
        ("AWS_CREDENTIAL_EXPIRATION", expiry.as_str()),
    ];
    // Room for everything at once: growing would leave copies of the secret behind.
    let mut text = Zeroizing::new(String::with_capacity(pairs.iter().map(|(_, value)| value.len() * 2 + 64).sum()));
    for (name, value) in pairs {
        push_export(&mut text, form, name, value);
    }
    text.push_str(match form {
        Form::Posix => "unset AWS_PROFILE\n",
        Form::Fish => "set -e AWS_PROFILE\n",
        Form::PowerShell => "Remove-Item Env:AWS_PROFILE -ErrorAction SilentlyContinue\n",
        Form::CredentialProcess | Form::Exec => "",
    });
    text
}

fn push_export(text: &mut Zeroizing<String>, form: Form, name: &str, value: &str) {
    let (head, escapes): (&[&str], &[(char, &str)]) = match form {
        Form::Posix => (&["export ", name, "="], &[('\'', "'\\''")]),
        Form::Fish => (&["set -gx ", name, " "], &[('\\', "\\\\"), ('\'', "\\'")]),
        Form::PowerShell => (&["$Env:", name, " = "], &[('\'', "''")]),
        Form::CredentialProcess | Form::Exec => return,
    };
    head.iter().for_each(|part| text.push_str(part));
    text.push('\'');
    for character in value.chars() {
        match escapes.iter().find(|(plain, _)| *plain == character) {
            Some((_, escaped)) => text.push_str(escaped),
            None => text.push(character),
        }
    }
    text.push_str("'\n");
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::domain::credentials::RoleCredentials;
    use crate::domain::time::{Now, Stamp};

    fn cached() -> CachedCredentials {
        CachedCredentials {
            target: Target::parse("123456789012/Dev").unwrap(),
            credentials: RoleCredentials {
                access_key_id: "ASIA1".into(),
                secret_access_key: "a/b+c'd".into(),
                session_token: "t\\t==".into(),
                expires_at: Timestamp::from_second(3_600).unwrap(),
            },
            obtained: Stamp { at: Now { wall: Timestamp::UNIX_EPOCH, boot: None }, aws_offset: SignedDuration::ZERO },
            login_id: 1,
            elevation: None,
        }
    }

    #[test]
    fn exports_quote_for_their_shell() {
        assert_eq!(
            exports(Form::Posix, &cached()).as_str(),
            "export AWS_ACCESS_KEY_ID='ASIA1'\nexport AWS_SECRET_ACCESS_KEY='a/b+c'\\''d'\n\
             export AWS_SESSION_TOKEN='t\\t=='\nexport AWS_CREDENTIAL_EXPIRATION='1970-01-01T01:00:00Z'\nunset AWS_PROFILE\n"
        );
        assert!(exports(Form::Fish, &cached()).contains("set -gx AWS_SESSION_TOKEN 't\\\\t=='\n"));
        assert!(exports(Form::PowerShell, &cached()).contains("$Env:AWS_SECRET_ACCESS_KEY = 'a/b+c''d'\n"));
    }

    #[test]
    fn lines_name_program_and_session_as_shells_and_botocore_read_them() {
        let target = Target::parse("123456789012/Dev").unwrap();
        let session = SessionName::parse("acme prod").unwrap();
        let lines = Lines { program: "/opt/my tools/daypass", session: Some(&session), target: &target };
        assert_eq!(
            lines.credential_process(),
            "credential_process = \"/opt/my tools/daypass\" credentials --session \"acme prod\" 123456789012/Dev"
        );
        let lines = Lines { program: "daypass", session: None, target: &target };
        assert_eq!(lines.exec(), "daypass exec 123456789012/Dev --");
        assert_eq!(lines.eval(), "eval \"$(daypass credentials 123456789012/Dev --format env)\"");
    }
}
