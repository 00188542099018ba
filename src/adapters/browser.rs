//! Opening a link in the person's browser, where there is one on this machine.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::process::Command;
use url::Url;

use super::one_time_link::OneTimeLink;
use crate::adapters::command_line;
use crate::environment::Environment;
use crate::ports::{Browser, Link, Opened};

/// A launcher still running after this long has started its browser, or hangs: either way nobody waits.
const LAUNCH_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a private link waits for its browser.
const LINK_LIFETIME: Duration = Duration::from_secs(120);

/// How links are opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Launcher {
    /// By this program and its arguments; `%s` stands for the link, which is otherwise the last argument.
    Command(Vec<String>),
    /// Not at all, for this reason.
    None(String),
}

impl Launcher {
    /// Chooses: the `configured` command, which settings take from `BROWSER` or else from their file; else the
    /// platform's launcher, but none over SSH or on a Linux without a display.
    pub fn choose(configured: Option<&str>, environment: &Environment) -> Self {
        if let Some(command) = configured.and_then(words) {
            return Launcher::Command(command);
        }
        if environment.has("SSH_CONNECTION") || environment.has("SSH_TTY") {
            return Launcher::None("this is an SSH session".into());
        }
        if cfg!(target_os = "macos") {
            return Launcher::Command(vec!["open".into()]);
        }
        if cfg!(target_os = "windows") {
            return Launcher::Command(vec!["rundll32".into(), "url.dll,FileProtocolHandler".into()]);
        }
        if environment.has("WSL_DISTRO_NAME") {
            return Launcher::Command(vec!["wslview".into()]);
        }
        if environment.has("DISPLAY") || environment.has("WAYLAND_DISPLAY") {
            return Launcher::Command(vec!["xdg-open".into()]);
        }
        Launcher::None("there is no display".into())
    }
}

/// The program and arguments of a command; no shell is involved.
fn words(command: &str) -> Option<Vec<String>> {
    command_line::words(command).filter(|words| !words.is_empty())
}

/// The browser behind a launcher.
pub struct SystemBrowser {
    launcher: Launcher,
}

impl SystemBrowser {
    /// Opens links as `launcher` says.
    pub fn new(launcher: Launcher) -> Self {
        SystemBrowser { launcher }
    }
}

#[async_trait]
impl Browser for SystemBrowser {
    async fn open(&self, link: &Link) -> Opened {
        match link {
            Link::Public(url) => self.launch(url.as_str()).await,
            Link::Private(url) => self.open_privately(url).await,
        }
    }
}

impl SystemBrowser {
    /// Opens an address that leads to `url` once, and waits for the browser to come there.
    async fn open_privately(&self, url: &Url) -> Opened {
        if let Launcher::None(why) = &self.launcher {
            return Opened::No(why.clone());
        }
        let link = match OneTimeLink::to(url).await {
            Ok(link) => link,
            Err(error) => return Opened::No(error.to_string()),
        };
        let address = link.address();
        let failure = async {
            match self.launch(&address).await {
                Opened::Yes => std::future::pending().await,
                failed => failed,
            }
        };
        tokio::select! {
            biased;
            () = link.used() => Opened::Yes,
            failed = failure => failed,
            () = tokio::time::sleep(LINK_LIFETIME) => Opened::No("no browser came for the link".into()),
        }
    }

    /// Starts the launcher with `address`, which everyone on this machine can read there.
    async fn launch(&self, address: &str) -> Opened {
        let words = match &self.launcher {
            Launcher::Command(words) => words,
            Launcher::None(why) => return Opened::No(why.clone()),
        };
        let Some((program, arguments)) = words.split_first() else {
            return Opened::No("no browser is configured".into());
        };
        let mut command = Command::new(program);
        let has_placeholder = arguments.iter().any(|argument| argument.contains("%s"));
        command.args(arguments.iter().map(|argument| argument.replace("%s", address)));
        if !has_placeholder {
            command.arg(address);
        }
        // The launcher must neither write into our screen nor read our keys.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut launcher = match command.spawn() {
            Ok(launcher) => launcher,
            Err(error) => return Opened::No(format!("cannot start {program}: {error}")),
        };
        match tokio::time::timeout(LAUNCH_TIMEOUT, launcher.wait()).await {
            Ok(Ok(status)) if !status.success() => Opened::No(format!("{program} failed ({status})")),
            Ok(Err(error)) => Opened::No(format!("{program} failed: {error}")),
            Ok(Ok(_)) | Err(_) => Opened::Yes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(configured: Option<&str>, pairs: &[(&str, &str)]) -> Launcher {
        Launcher::choose(configured, &pairs.iter().copied().collect())
    }

    #[test]
    fn a_configured_browser_comes_before_the_platforms_and_ssh_has_none() {
        let command = |words: &[&str]| Launcher::Command(words.iter().map(|word| (*word).to_owned()).collect());
        let ssh = ("SSH_CONNECTION", "1.2.3.4 5 6.7.8.9 22");
        assert_eq!(choose(Some("firefox -P work"), &[ssh]), command(&["firefox", "-P", "work"]));
        assert!(matches!(choose(None, &[ssh, ("DISPLAY", ":0")]), Launcher::None(_)));
        if cfg!(target_os = "linux") {
            assert_eq!(choose(None, &[("DISPLAY", ":0")]), command(&["xdg-open"]));
            assert!(matches!(choose(None, &[]), Launcher::None(_)));
        }
    }

    #[tokio::test]
    async fn a_missing_or_failing_launcher_is_no_error_but_an_answer() {
        let url = Url::parse("https://example.com").unwrap();
        for program in ["no-such-program-anywhere", "false"] {
            for link in [Link::Public(url.clone()), Link::Private(url.clone())] {
                let browser = SystemBrowser::new(Launcher::Command(vec![program.into()]));
                assert!(matches!(browser.open(&link).await, Opened::No(_)), "{program}");
            }
        }
        let browser = SystemBrowser::new(Launcher::None("here is none".into()));
        assert_eq!(browser.open(&Link::Private(url)).await, Opened::No("here is none".into()));
    }

    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn a_private_link_that_no_browser_comes_for_ends() {
        let browser = SystemBrowser::new(Launcher::Command(vec!["true".into()]));
        let link = Link::Private(Url::parse("https://example.com").unwrap());
        assert_eq!(browser.open(&link).await, Opened::No("no browser came for the link".into()));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn a_launcher_that_hangs_is_left_alone() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("never-written");
        mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let link = Link::Public(Url::parse("https://example.com").unwrap());
        // Reads from a pipe that nobody writes to.
        let launcher = ["sh".into(), "-c".into(), "cat \"$0\"".into(), fifo.display().to_string(), "%s".into()];
        let opened = SystemBrowser::new(Launcher::Command(launcher.into())).open(&link).await;
        assert_eq!(opened, Opened::Yes);
        drop(std::fs::OpenOptions::new().read(true).write(true).open(&fifo).unwrap());
    }
}
