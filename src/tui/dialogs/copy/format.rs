//! The forms in which credentials, or the commands that get them, can be copied.

use crate::domain::handout::Format;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyFormat {
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

impl CopyFormat {
    /// Every form, in the order of the dialog.
    pub(crate) const ALL: [CopyFormat; 5] =
        [CopyFormat::Posix, CopyFormat::Fish, CopyFormat::PowerShell, CopyFormat::CredentialProcess, CopyFormat::Exec];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            CopyFormat::Posix => "exports for bash and zsh",
            CopyFormat::Fish => "exports for fish",
            CopyFormat::PowerShell => "exports for PowerShell",
            CopyFormat::CredentialProcess => "credential_process line",
            CopyFormat::Exec => "daypass exec command",
        }
    }

    /// How the credentials are formatted; `None` where what is copied holds no secret.
    pub(crate) const fn secret_format(self) -> Option<Format> {
        match self {
            CopyFormat::Posix => Some(Format::Env),
            CopyFormat::Fish => Some(Format::Fish),
            CopyFormat::PowerShell => Some(Format::PowerShell),
            CopyFormat::CredentialProcess | CopyFormat::Exec => None,
        }
    }
}
