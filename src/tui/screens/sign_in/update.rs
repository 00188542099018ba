//! What the keys do on the sign-in screen, and how a sign-in's progress changes it.

use jiff::SignedDuration;

use super::failure::Failure;
use super::keys::Command;
use super::model::{BrowserState, Phase, SignIn};
use crate::domain::device_flow::PollOutcome;
use crate::error::Error;
use crate::flows::login;
use crate::ports::{Link, Opened};
use crate::tui::actions::sign_in;
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::effect::Effects;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::model::{Model, lifespan_from};
use crate::tui::task::{Place, Task, TaskId};

pub(crate) fn update(model: &mut Model, command: Command) -> Effects {
    let Screen::SignIn(screen) = &mut model.screen else { return Effects::none() };
    let (key, place, then, flow) = (screen.session.clone(), screen.place, screen.then.clone(), screen.flow);
    match command {
        Command::Retry => sign_in::start_with_flow(model, &key, place, then, flow),
        Command::SwitchFlow(flow) => sign_in::start_with_flow(model, &key, place, then, flow),
        Command::OpenLink => {
            let Some(link) = screen.phase.link() else { return Effects::none() };
            screen.browser = BrowserState::Opening;
            model.spawn(PendingTask::OpenLink, Task::OpenLink(link)).1
        }
        Command::CopyLink => {
            let Some(link) = screen.phase.link() else { return Effects::none() };
            let pending = match &link {
                Link::Public(url) => PendingTask::CopyText { what: "the link", text: url.to_string() },
                Link::Private(_) => PendingTask::CopyPrivateLink,
            };
            model.spawn(pending, Task::CopyLink(link)).1
        }
        Command::Help => {
            model.open_dialog(Dialog::Help(HelpDialog::default()));
            Effects::none()
        }
        Command::Back => {
            model.screen = Screen::Roles;
            model.cancel(|pending| matches!(pending, PendingTask::SignIn { .. } | PendingTask::OpenLink))
        }
    }
}

/// Shows what a sign-in reports; nothing where another sign-in is on the screen.
pub(crate) fn on_progress(model: &mut Model, task: TaskId, event: login::Event) {
    let now = model.now;
    let Some(screen) = on_screen(model, task) else { return };
    let lifespan = |expires_in| lifespan_from(now, SignedDuration::try_from(expires_in).unwrap_or(SignedDuration::MAX));
    match event {
        login::Event::CodeIssued { user_code, link_with_code: link, expires_in, .. } => {
            let last_poll = PollOutcome::Pending;
            screen.phase = Phase::DeviceCode { user_code, link, lifespan: lifespan(expires_in), last_poll };
        }
        login::Event::BrowserNeeded { link, expires_in } => {
            screen.phase = Phase::Browser { link, lifespan: lifespan(expires_in) };
        }
        login::Event::Browser(opened) => screen.browser = opened.into(),
        login::Event::StillWaiting(outcome) => {
            if let Phase::DeviceCode { last_poll, .. } = &mut screen.phase {
                *last_poll = outcome;
            }
        }
    }
}

/// Shows whether the link was opened.
pub(crate) fn on_link_opened(model: &mut Model, opened: Opened) {
    if let Screen::SignIn(screen) = &mut model.screen {
        screen.browser = opened.into();
    }
}

/// Shows why a sign-in failed.
pub(crate) fn on_failure(model: &mut Model, task: TaskId, error: &Error) {
    let Some((key, place)) = on_screen(model, task).map(|screen| (screen.session.clone(), screen.place)) else {
        return;
    };
    // What corrects the session's own address is no answer to a replica's trouble.
    let session = model.session(&key).filter(|_| place == Place::Own);
    let failure = Failure::of(error, &model.report_of(error, &key), session);
    if let Some(screen) = on_screen(model, task) {
        screen.phase = Phase::Failed(failure);
    }
}

fn on_screen(model: &mut Model, task: TaskId) -> Option<&mut SignIn> {
    match &mut model.screen {
        Screen::SignIn(screen) if screen.task == task => Some(screen),
        _ => None,
    }
}
