//! What a person sees while signing in.

use std::io::IsTerminal;

use crate::cli::context::Context;
use crate::cli::output::{Progress, stderr};
use crate::domain::device_flow::PollOutcome;
use crate::domain::qr::{Paper, Qr};
use crate::domain::text::visible;
use crate::flows::login::Event;
use crate::ports::Opened;

/// Shows the progress of a sign-in on stderr.
pub(super) struct Reporter {
    progress: Progress,
    has_colors: bool,
}

impl Reporter {
    pub(super) fn new(context: &Context) -> Self {
        Reporter { progress: Progress::new(), has_colors: context.has_colors() }
    }

    pub(super) fn show(&self, event: Event) {
        match event {
            Event::CodeIssued { user_code, link, link_with_code, expires_in } => {
                stderr(&format!("Open     {link_with_code}"));
                if link != link_with_code {
                    stderr(&format!("or       {link}"));
                }
                stderr(&format!("and confirm the code\n\n         {user_code}\n"));
                self.show_qr(link_with_code.as_str());
                self.progress.show(&format!(
                    "waiting for the confirmation, at most {} min …",
                    expires_in.as_secs().div_ceil(60)
                ));
            }
            Event::BrowserNeeded { link, expires_in } => {
                stderr(&format!("Open on this machine\n\n  {}\n", link.url()));
                self.progress
                    .show(&format!("waiting for the browser, at most {} min …", expires_in.as_secs().div_ceil(60)));
            }
            Event::Browser(Opened::Yes) => self.progress.show("a browser was opened; waiting for the confirmation …"),
            Event::Browser(Opened::No(why)) => {
                self.progress.show(&format!("no browser was opened ({}); waiting …", visible(&why)));
            }
            Event::StillWaiting(PollOutcome::Pending | PollOutcome::SlowDown) => {
                self.progress.show("waiting for the confirmation …");
            }
            Event::StillWaiting(PollOutcome::Throttled) => self.progress.show("AWS asks to slow down; still trying …"),
            Event::StillWaiting(PollOutcome::Unreachable) => self.progress.show("AWS is not answering; still trying …"),
        }
    }

    /// Shows a QR code where stderr is a terminal.
    fn show_qr(&self, link: &str) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        if let Some(code) = Qr::new(link) {
            stderr(&qr_text(&code, self.has_colors));
        }
    }
}

/// The code dark on light, as scanners expect: where there are colours, whatever the terminal's own are.
fn qr_text(code: &Qr, has_colors: bool) -> String {
    const BLACK_ON_WHITE: &str = "\x1b[30;107m";
    const RESET: &str = "\x1b[0m";
    let lines: Vec<String> = match has_colors {
        true => code.lines(Paper::Light).map(|line| format!("{BLACK_ON_WHITE}{line}{RESET}")).collect(),
        false => code.lines(Paper::Dark).collect(),
    };
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_qr_code_is_dark_on_light() {
        let code = Qr::new("https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH").unwrap();
        let colored = qr_text(&code, true);
        assert_eq!(colored.lines().count(), code.rows());
        for line in colored.lines() {
            assert!(line.starts_with("\x1b[30;107m") && line.ends_with("\x1b[0m"), "{line:?}");
        }
        assert!(colored.contains("  █▀▀▀▀▀█"), "the dark modules are drawn: {colored}");
        let plain = qr_text(&code, false);
        assert!(
            !plain.contains('\x1b') && plain.starts_with(&"█".repeat(code.columns())),
            "the margin is light: {plain}"
        );
    }
}
