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
    if matches!(session.listing, Listing::Running(_)) {
        return Effects::none();
    }
    session.listing = Listing::Running(Default::default());
    let config = session.config.clone();
    model.spawn(PendingTask::ListRoles(key.clone()), Task::ListRoles(config)).1
}

/// Lists every session that is signed in to.
pub(crate) fn start_all(model: &mut Model) -> Effects {
    let now = model.now;
    let signed_in = model.sessions.iter().filter(|session| session.is_signed_in(now));
    let keys: Vec<SessionKey> = signed_in.map(|session| session.key.clone()).collect();
    keys.iter().fold(Effects::none(), |effects, key| effects.and(start(model, key)))
}

/// Lists where the catalog is old or incomplete.
pub(crate) fn start_if_stale(model: &mut Model, key: &SessionKey) -> Effects {
    let now = model.now;
    match model.session(key) {
        Some(session) if session.is_signed_in(now) && session.catalog.is_stale(now.wall) => start(model, key),
        _ => Effects::none(),
    }
}

/// Stops every listing that runs; what was listed stays, and how far it came is shown.
pub(crate) fn stop_all(model: &mut Model) -> Effects {
    let keys: Vec<SessionKey> = model.sessions.iter().map(|session| session.key.clone()).collect();
    keys.iter().fold(Effects::none(), |effects, key| effects.and(stop(model, key)))
}

/// Stops the listing of one session.
pub(crate) fn stop(model: &mut Model, key: &SessionKey) -> Effects {
    let cancelled = model.cancel(|pending| matches!(pending, PendingTask::ListRoles(of) if of == key));
    if let Some(session) = model.session_mut(key)
        && let Listing::Running(progress) = session.listing
    {
        session.listing = Listing::Stopped(progress);
    }
    cancelled
}
