//! Starting and stopping the listing of accounts and roles.

use crate::domain::sso_session::SessionKey;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::session::Listing;
use crate::tui::task::Task;

/// Lists a session's accounts and roles, unless that is running.
pub(crate) fn start(model: &mut Model, key: &SessionKey) -> Effects {
    let Some(session) = model.session_mut(key) else { return Effects::none() };
    if matches!(session.listing, Listing::Running { .. }) {
        return Effects::none();
    }
    session.listing = Listing::Running { accounts: None, done: 0 };
    let config = session.config.clone();
    model.spawn(PendingTask::ListRoles(key.clone()), Task::ListRoles(config)).1
}

/// Lists where the catalog is old or incomplete.
pub(crate) fn start_if_stale(model: &mut Model, key: &SessionKey) -> Effects {
    let now = model.now;
    match model.session(key) {
        Some(session) if session.is_signed_in(now) && session.catalog.is_stale(now.wall) => start(model, key),
        _ => Effects::none(),
    }
}

/// Stops a listing; what was listed stays.
pub(crate) fn stop(model: &mut Model, key: &SessionKey) -> Effects {
    let cancelled = model.cancel(|pending| matches!(pending, PendingTask::ListRoles(of) if of == key));
    if let Some(session) = model.session_mut(key)
        && matches!(session.listing, Listing::Running { .. })
    {
        session.listing = Listing::Idle;
    }
    cancelled
}
