//! What is done with a session as a whole: opening it and signing out of it.

use super::{listing, sign_in};
use crate::domain::sso_session::SessionKey;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::task::Task;

/// Opens the current session: lists it where its catalog is stale, or signs in where it has nothing to show.
pub(crate) fn open_current(model: &mut Model) -> Effects {
    let Some(session) = model.current_session() else { return Effects::none() };
    let key = session.key.clone();
    if session.is_signed_in(model.now) {
        return listing::start_if_stale(model, &key);
    }
    if session.all_kept(model.now).is_empty() { sign_in::start(model, &key, None) } else { Effects::none() }
}

/// Signs out of a session and cancels its tasks.
pub(crate) fn sign_out(model: &mut Model, key: &SessionKey) -> Effects {
    let Some(config) = model.session(key).map(|session| session.config.clone()) else { return Effects::none() };
    let cancelled = listing::stop(model, key).and(model.cancel(|pending| pending.fetches_any(key)));
    let (_, spawned) = model.spawn(PendingTask::SignOut(key.clone()), Task::SignOut(config));
    cancelled.and(spawned)
}
