//! The person's own interactive shell, with role and time left in its prompt.
//!
//! What a shell reads for that lies in `assets/shell`. It is passed as an argument where the shell takes one, and otherwise
//! written to the state folder. A shell without such a script gets the environment alone.

mod kind;
mod scripts;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use self::kind::Kind;
use self::scripts::{BASH, FISH, POWERSHELL, ZSHENV, ZSHRC, install};
use crate::adapters::elevation_marks::ElevationMarks;
use crate::domain::handout::{APP_ID_VARIABLE, changes_for_program};
use crate::domain::shell_session::ShellSession;
use crate::environment::Environment;
use crate::error::Result;
use crate::ports::UserShell;

/// The shell that `SHELL` names.
pub struct SystemShell {
    program: OsString,
    /// Where the person's own zsh files are, if not in their home folder.
    zdotdir: Option<OsString>,
    /// The application id that the shell would inherit.
    app_id: Option<String>,
    /// Where the scripts are written.
    folder: PathBuf,
}

impl SystemShell {
    /// The shell of this environment, whose scripts are written to `folder`.
    pub fn new(environment: &Environment, folder: PathBuf) -> Self {
        SystemShell {
            program: usual_program(environment),
            zdotdir: environment.get("ZDOTDIR").map(ToOwned::to_owned),
            app_id: environment.text_if_utf8(APP_ID_VARIABLE).map(ToOwned::to_owned),
            folder,
        }
    }
}

/// Windows has no variable for it: `SHELL` is set there by programs whose paths are not its own.
fn usual_program(environment: &Environment) -> OsString {
    if cfg!(windows) {
        return "powershell".into();
    }
    environment.get("SHELL").unwrap_or(OsStr::new("/bin/sh")).to_owned()
}

impl UserShell for SystemShell {
    fn command(&self, session: &ShellSession<'_>, program: Option<&OsStr>) -> Result<Command> {
        let program = program.unwrap_or(&self.program);
        let mut command = Command::new(program);
        for (name, value) in changes_for_program(&session.variables(), self.app_id.as_deref()) {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(path) = self.mark(session) {
            command.env("DAYPASS_ELEVATION_FILE", path);
        }
        match Kind::of(program) {
            Kind::Bash => {
                command.arg("--rcfile").arg(install(&self.folder, &BASH)?);
            }
            Kind::Zsh => {
                let folder = self.folder.join("zsh");
                install(&folder, &ZSHENV)?;
                install(&folder, &ZSHRC)?;
                command.env("ZDOTDIR", folder);
                match &self.zdotdir {
                    Some(persons) => command.env("DAYPASS_ZDOTDIR", persons),
                    None => command.env_remove("DAYPASS_ZDOTDIR"),
                };
            }
            Kind::Fish => {
                command.arg("--init-command").arg(FISH);
            }
            Kind::PowerShell => {
                command.args(["-NoLogo", "-NoExit", "-Command", POWERSHELL]);
            }
            Kind::Posix => {
                command.env("PS1", format!("[{}] $ ", session.prompt_label()));
            }
            Kind::Cmd => {
                command.env("PROMPT", format!("[{}] $P$G", session.prompt_label()));
            }
            Kind::Other => {}
        }
        Ok(command)
    }
}

impl SystemShell {
    /// The file whose absence tells the prompt that the elevation has ended. Without it the prompt goes by the time alone.
    fn mark(&self, session: &ShellSession<'_>) -> Option<PathBuf> {
        let put = ElevationMarks::new(&self.folder).put(session.credentials.elevation()?);
        put.inspect_err(|error| tracing::warn!(%error, "a prompt is not told when its elevation is ended early")).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::domain::handout::tests::cached;
    use crate::domain::ids::Region;
    use crate::domain::tier::Tier;

    /// The command for a shell, with the variables it sets and those it unsets.
    fn opened(shell: &SystemShell, program: Option<&str>) -> (Vec<String>, HashMap<String, Option<String>>) {
        let credentials = cached("100000023757/Admin", "SECRETCANARY");
        let region = Region::parse("eu-central-1").unwrap();
        let account_name = "prod $(id)";
        let session = ShellSession {
            credentials: &credentials,
            account_name,
            tier: Tier::Admin,
            region: &region,
            by_screen_alone: false,
        };
        let command = shell.command(&session, program.map(OsStr::new)).unwrap();
        let text = |text: &OsStr| text.to_str().unwrap().to_owned();
        let words = std::iter::once(command.get_program()).chain(command.get_args()).map(text).collect();
        let variables = command.get_envs().map(|(name, value)| (text(name), value.map(text))).collect();
        (words, variables)
    }

    fn shell(folder: &Path, variables: &[(&str, &str)]) -> SystemShell {
        SystemShell::new(&variables.iter().copied().collect(), folder.join("shell"))
    }

    #[cfg(unix)]
    #[test]
    fn without_a_choice_it_is_the_persons_shell() {
        let folder = tempfile::tempdir().unwrap();
        for (variables, expected) in [(&[("SHELL", "/opt/xonsh")][..], "/opt/xonsh"), (&[], "/bin/sh")] {
            assert_eq!(opened(&shell(folder.path(), variables), None).0, [expected]);
        }
        assert_eq!(opened(&shell(folder.path(), &[("SHELL", "/bin/bash")]), Some("nu")).0, ["nu"]);
    }

    #[test]
    fn secrets_are_in_the_environment_alone_whatever_the_shell() {
        let folder = tempfile::tempdir().unwrap();
        for program in ["bash", "zsh", "fish", "pwsh", "sh", "cmd.exe", "nu"] {
            let (words, variables) = opened(&shell(folder.path(), &[]), Some(program));
            assert!(!words.concat().contains("CANARY") && !words.concat().contains("$(id)"), "{program}: {words:?}");
            assert_eq!(variables["AWS_SECRET_ACCESS_KEY"].as_deref(), Some("SECRETCANARY"), "{program}");
            assert_eq!(variables["DAYPASS_PROMPT"].as_deref(), Some("prod id/Admin"), "{program}");
            assert_eq!(variables["AWS_PROFILE"], None, "{program}");
        }
        for file in ["bash.rc", "zsh/.zshenv", "zsh/.zshrc"] {
            let text = fs::read_to_string(folder.path().join("shell").join(file)).unwrap();
            assert!(!text.contains("CANARY") && !text.contains("prod id"), "{file}");
        }
    }

    #[test]
    fn each_shell_is_told_its_prompt_in_its_own_way() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join("shell").join(name).to_str().unwrap().to_owned();
        let plain = shell(folder.path(), &[]);
        assert_eq!(opened(&plain, Some("/bin/bash")).0, ["/bin/bash", "--rcfile", &at("bash.rc")]);
        let (_, zsh) = opened(&plain, Some("zsh"));
        assert_eq!((zsh["ZDOTDIR"].clone(), zsh["DAYPASS_ZDOTDIR"].clone()), (Some(at("zsh")), None));
        let (_, zsh) = opened(&shell(folder.path(), &[("ZDOTDIR", "/home/me/.zsh")]), Some("zsh"));
        assert_eq!(zsh["DAYPASS_ZDOTDIR"].as_deref(), Some("/home/me/.zsh"));
        assert_eq!(opened(&plain, Some("dash")).1["PS1"].as_deref(), Some("[prod id/Admin] $ "));
        assert_eq!(opened(&plain, Some("fish")).0[1], "--init-command");
        let powershell = opened(&plain, Some("pwsh")).0;
        assert!(powershell[1..4] == ["-NoLogo", "-NoExit", "-Command"] && !powershell[4].contains('"'));
    }
}
