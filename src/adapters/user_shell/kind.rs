//! Which shell a program is.

use std::ffi::OsStr;
use std::path::Path;

/// The shells that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bash,
    Zsh,
    Fish,
    PowerShell,
    /// A small POSIX shell that takes its prompt from the environment.
    Posix,
    Cmd,
    Other,
}

impl Kind {
    /// Told by the program's name.
    pub(super) fn of(program: &OsStr) -> Self {
        let name = Path::new(program).file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "bash" => Kind::Bash,
            "zsh" => Kind::Zsh,
            "fish" => Kind::Fish,
            "pwsh" | "powershell" => Kind::PowerShell,
            "sh" | "dash" | "ash" | "ksh" | "mksh" => Kind::Posix,
            "cmd" => Kind::Cmd,
            _ => Kind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_is_told_by_its_name() {
        let table = [
            ("/bin/bash", Kind::Bash),
            ("zsh", Kind::Zsh),
            ("/usr/local/bin/fish", Kind::Fish),
            ("PowerShell.EXE", Kind::PowerShell),
            ("/opt/pwsh", Kind::PowerShell),
            ("/bin/dash", Kind::Posix),
            ("cmd.exe", Kind::Cmd),
            ("/bin/rbash", Kind::Other),
            ("/usr/bin/nu", Kind::Other),
            ("", Kind::Other),
        ];
        for (program, kind) in table {
            assert_eq!(Kind::of(OsStr::new(program)), kind, "{program}");
        }
    }
}
