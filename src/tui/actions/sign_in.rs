//! Starting a sign-in.

use crate::domain::session::Flow;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::Screen;
use crate::tui::screens::sign_in::model::{BrowserState, Phase, SignIn};
use crate::tui::task::Task;

/// Signs in by the configured flow, then fetches credentials for `then_fetch`.
pub(crate) fn start(model: &mut Model, key: &SessionKey, then_fetch: Option<Target>) -> Effects {
    let flow = model.settings.flow;
    start_with_flow(model, key, then_fetch, flow)
}

/// Signs in by `flow`; a sign-in that is running is cancelled.
pub(crate) fn start_with_flow(model: &mut Model, key: &SessionKey, then_fetch: Option<Target>, flow: Flow) -> Effects {
    let Some(at) = model.sessions.iter().position(|session| session.key == *key) else { return Effects::none() };
    let cancelled = model.cancel(|pending| matches!(pending, PendingTask::SignIn { .. }));
    model.current = at;
    let Some(session) = model.current_session().map(|session| session.config.clone()) else { return cancelled };
    let open_browser = model.settings.open_browser;
    let pending = PendingTask::SignIn { session: key.clone(), then_fetch: then_fetch.clone() };
    let (task, spawned) = model.spawn(pending, Task::SignIn { session, flow, open_browser });
    let browser = if open_browser { BrowserState::Opening } else { BrowserState::NotOpened };
    let phase = Phase::Requesting;
    model.screen = Screen::SignIn(Box::new(SignIn { task, session: key.clone(), flow, then_fetch, phase, browser }));
    cancelled.and(spawned)
}
