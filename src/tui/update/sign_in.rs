//! The sign-in screen. Nothing is typed here, so that letters are keys.

use super::open;
use crate::tui::effect::{Effects, Work};
use crate::tui::keymap::Command;
use crate::tui::model::{BrowserState, Model, Pending, Screen};

pub(super) fn command(model: &mut Model, command: Command) -> Effects {
    let Screen::SignIn(sign_in) = &mut model.screen else { return Effects::none() };
    let (key, then, flow) = (sign_in.session.clone(), sign_in.then.clone(), sign_in.flow);
    let link = sign_in.phase.link().cloned();
    match (command, link) {
        (Command::NewCode, _) => open::sign_in_by(model, &key, then, flow),
        (Command::SwitchFlow(flow), _) => open::sign_in_by(model, &key, then, flow),
        (Command::OpenLink, Some(link)) => {
            sign_in.browser = BrowserState::Opening;
            model.start(Pending::OpenLink, Work::OpenLink(link)).1
        }
        (Command::CopyLink, Some(link)) => model.start(Pending::CopyText("the link"), Work::CopyText(link.into())).1,
        (Command::Back, _) => {
            model.screen = Screen::Roles;
            model.cancel(|pending| matches!(pending, Pending::SignIn { .. } | Pending::OpenLink))
        }
        _ => Effects::none(),
    }
}
