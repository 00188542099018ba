//! What is done with sessions as a whole: opening them and signing out.

use super::{listing, preferences, sign_in};
use crate::domain::sso_session::SessionKey;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::task::Task;

/// Opens the sessions: lists those that are signed in to where their catalogs are stale. The only session is signed in to
/// where it has nothing to show; of several, each is signed in to when it is first needed.
pub(crate) fn open(model: &mut Model) -> Effects {
    let first = std::mem::take(&mut model.first_changes);
    let written =
        first.into_iter().fold(Effects::none(), |effects, kept| effects.and(preferences::change(model, kept)));
    written.and(open_sessions(model))
}

fn open_sessions(model: &mut Model) -> Effects {
    let keys: Vec<SessionKey> = model.sessions.iter().map(|session| session.key.clone()).collect();
    if let [only] = keys.as_slice()
        && let Some(session) = model.session(only)
        && !session.is_signed_in(model.now)
    {
        let has_something = !session.all_kept(model.now).is_empty();
        return if has_something { Effects::none() } else { sign_in::start(model, only, None) };
    }
    keys.iter().fold(Effects::none(), |effects, key| effects.and(listing::start_if_stale(model, key)))
}

/// Signs out of a session and cancels its tasks.
pub(crate) fn sign_out(model: &mut Model, key: &SessionKey) -> Effects {
    let Some(config) = model.session(key).map(|session| session.config.clone()) else { return Effects::none() };
    let cancelled = listing::stop(model, key).and(model.cancel(|pending| pending.fetches_any(key)));
    let (_, spawned) = model.spawn(PendingTask::SignOut(key.clone()), Task::SignOut(config));
    cancelled.and(spawned)
}
