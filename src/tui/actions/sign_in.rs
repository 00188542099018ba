//! Starting a sign-in.

use crate::domain::session::Flow;
use crate::domain::sso_session::SessionKey;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::goal::Goal;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::Screen;
use crate::tui::screens::sign_in::model::{BrowserState, Phase, SignIn};
use crate::tui::task::{Place, Task};

/// Signs in by the configured flow, then goes on to `then`.
pub(crate) fn start(model: &mut Model, key: &SessionKey, then: Option<Goal>) -> Effects {
    let flow = model.settings.flow;
    start_with_flow(model, key, Place::Own, then, flow)
}

/// Signs in at a replica, beforehand.
pub(crate) fn start_standby(model: &mut Model, key: &SessionKey) -> Effects {
    let flow = model.settings.flow;
    start_with_flow(model, key, Place::Replica, None, flow)
}

/// Signs in by `flow`; a sign-in that is running is cancelled.
pub(crate) fn start_with_flow(
    model: &mut Model,
    key: &SessionKey,
    place: Place,
    then: Option<Goal>,
    flow: Flow,
) -> Effects {
    let Some(session) = model.session(key).map(|session| session.config.clone()) else { return Effects::none() };
    let cancelled = model.cancel(|pending| matches!(pending, PendingTask::SignIn { .. }));
    let open_browser = model.settings.open_browser;
    let pending = PendingTask::SignIn { session: key.clone(), place, then: then.clone() };
    let (task, spawned) = model.spawn(pending, Task::SignIn { session, place, flow, open_browser });
    let browser = if open_browser { BrowserState::Opening } else { BrowserState::NotOpened };
    let phase = Phase::Requesting;
    model.screen = Screen::SignIn(Box::new(SignIn { task, session: key.clone(), place, flow, then, phase, browser }));
    cancelled.and(spawned)
}
