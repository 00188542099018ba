//! The sign-in screen. Nothing is typed here, so that letters are keys.

use super::open;
use crate::tui::effect::{Effects, Work};
use crate::tui::keymap::Command;
use crate::tui::model::{BrowserState, Model, Pending, Screen};

pub(super) fn command(model: &mut Model, command: Command) -> Effects {
    let Screen::SignIn(sign_in) = &mut model.screen else { return Effects::none() };
    let (key, then, flow) = (sign_in.session.clone(), sign_in.then.clone(), sign_in.flow);
    match command {
        Command::NewCode => open::sign_in_by(model, &key, then, flow),
        Command::SwitchFlow(flow) => open::sign_in_by(model, &key, then, flow),
        Command::OpenLink => {
            let Some(link) = sign_in.phase.link_to_open() else { return Effects::none() };
            sign_in.browser = BrowserState::Opening;
            model.start(Pending::OpenLink, Work::OpenLink(link)).1
        }
        Command::CopyLink => {
            let Some(link) = sign_in.phase.link() else { return Effects::none() };
            let text = link.to_string();
            model.start(Pending::CopyText("the link"), Work::CopyText(text)).1
        }
        Command::Back => {
            model.screen = Screen::Roles;
            model.cancel(|pending| matches!(pending, Pending::SignIn { .. } | Pending::OpenLink))
        }
        _ => Effects::none(),
    }
}
