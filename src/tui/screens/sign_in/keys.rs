//! The keys of the sign-in screen.

use crossterm::event::KeyCode;

use super::model::{Phase, SignIn};
use crate::domain::session::Flow;
use crate::tui::keys::{Bindings, key, letter};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Start the sign-in again.
    Retry,
    OpenLink,
    CopyLink,
    /// Start again with this flow.
    SwitchFlow(Flow),
    Help,
    Back,
}

pub(crate) fn bindings(sign_in: &SignIn) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    match sign_in.phase {
        Phase::Failed(_) => {
            let (label, about) = match sign_in.flow {
                Flow::Device => ("new code", "Try again, with a new code"),
                Flow::Pkce => ("try again", "Try again"),
            };
            bindings.add(&[key(KeyCode::Enter), letter('r')], Command::Retry, label, about);
        }
        Phase::DeviceCode { .. } | Phase::Browser { .. } => {
            let about = "Open the link in a browser here";
            bindings.add(&[letter('o')], Command::OpenLink, "open browser", about);
            bindings.add(&[letter('c')], Command::CopyLink, "copy link", "Copy the link");
        }
        Phase::Requesting => {}
    }
    match sign_in.flow {
        Flow::Device => bindings.add(
            &[letter('p')],
            Command::SwitchFlow(Flow::Pkce),
            "use this browser (PKCE)",
            "Sign in with this machine's browser",
        ),
        Flow::Pkce => bindings.add(
            &[letter('d')],
            Command::SwitchFlow(Flow::Device),
            "use a code (device)",
            "Sign in with a code, in any browser",
        ),
    }
    bindings.pin(&[letter('?'), key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, "cancel", "Give up this sign-in");
    bindings
}
