//! Beginning things: the start of the program, sign-ins, listings, fetches. Screens share these.

use crate::domain::elevation::Reason;
use crate::domain::policy::Verdict;
use crate::domain::session::Flow;
use crate::domain::source::Source;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::effect::{Effects, Wanted, Work};
use crate::tui::model::{
    BrowserState, CopyChooser, Dialog, Listing, Model, OpenSession, Pending, Phase, ReasonForm, Screen, SignIn,
};

/// What the program does first: sign in where there is nothing else to be done, list what may have changed.
pub fn begin(model: &mut Model) -> Effects {
    let Some(session) = model.session() else { return Effects::none() };
    let key = session.key.clone();
    if session.is_signed_in(model.now) {
        return list_if_stale(model, &key);
    }
    if session.all_kept(model.now).is_empty() { sign_in(model, &key, None) } else { Effects::none() }
}

/// Signs in to a session, then goes on to `then`.
pub fn sign_in(model: &mut Model, key: &SessionKey, then: Option<Target>) -> Effects {
    let flow = model.settings.flow;
    sign_in_by(model, key, then, flow)
}

/// Signs in by this flow. Another sign-in under way is given up.
pub fn sign_in_by(model: &mut Model, key: &SessionKey, then: Option<Target>, flow: Flow) -> Effects {
    let Some(at) = model.sessions.iter().position(|session| session.key == *key) else { return Effects::none() };
    let cancelled = model.cancel(|pending| matches!(pending, Pending::SignIn { .. }));
    model.current = at;
    let Some(session) = model.session().map(|open| open.session.clone()) else { return cancelled };
    let open_browser = model.settings.open_browser;
    let pending = Pending::SignIn { session: key.clone(), then: then.clone() };
    let (attempt, started) = model.start(pending, Work::SignIn { session, flow, open_browser });
    let browser = if open_browser { BrowserState::Opening } else { BrowserState::NotHere };
    let phase = Phase::Asking;
    model.screen = Screen::SignIn(Box::new(SignIn { attempt, session: key.clone(), flow, then, phase, browser }));
    cancelled.and(started)
}

/// Signs out of a session; what it was doing is given up.
pub fn sign_out(model: &mut Model, key: &SessionKey) -> Effects {
    let Some(session) = model.session_by(key).map(|open| open.session.clone()) else { return Effects::none() };
    let cancelled = stop_listing(model, key)
        .and(model.cancel(|pending| matches!(pending, Pending::Fetch(of, _) | Pending::Copy(of, ..) if of == key)));
    let (_, started) = model.start(Pending::SignOut(key.clone()), Work::SignOut(session));
    cancelled.and(started)
}

/// Lists a session's accounts and roles, unless that is under way.
pub fn list(model: &mut Model, key: &SessionKey) -> Effects {
    let Some(open) = model.session_by_mut(key) else { return Effects::none() };
    if matches!(open.listing, Listing::Running { .. }) {
        return Effects::none();
    }
    open.listing = Listing::Running { accounts: None, answered: 0 };
    let session = open.session.clone();
    model.start(Pending::List(key.clone()), Work::List(session)).1
}

/// Lists where what is known is old or incomplete.
pub fn list_if_stale(model: &mut Model, key: &SessionKey) -> Effects {
    let now = model.now;
    match model.session_by(key) {
        Some(open) if open.is_signed_in(now) && open.catalog.is_stale(now.wall) => list(model, key),
        _ => Effects::none(),
    }
}

/// Stops a listing; what was listed stays.
pub fn stop_listing(model: &mut Model, key: &SessionKey) -> Effects {
    let cancelled = model.cancel(|pending| matches!(pending, Pending::List(of) if of == key));
    if let Some(open) = model.session_by_mut(key)
        && matches!(open.listing, Listing::Running { .. })
    {
        open.listing = Listing::Idle;
    }
    cancelled
}

/// Gets credentials: asks for a reason or a sign-in first, where one is needed.
pub fn fetch(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    let Some(open) = model.session_by(key) else { return Effects::none() };
    if model.is_fetching(key, &target) {
        return Effects::none();
    }
    if !open.is_signed_in(model.now) {
        return sign_in(model, key, Some(target));
    }
    if verdict_of(model, open, &target).asks_for_elevation() {
        model.open(Dialog::Reason(ReasonForm::new(key.clone(), target)));
        return Effects::none();
    }
    fetch_with(model, key, target, None)
}

/// Gets credentials for this reason, or where none is asked for.
pub fn fetch_with(model: &mut Model, key: &SessionKey, target: Target, reason: Option<Reason>) -> Effects {
    let Some(wanted) = wanted(model, key, &target, reason) else { return Effects::none() };
    model.start(Pending::Fetch(key.clone(), target), Work::Fetch(wanted)).1
}

/// What to ask for to get credentials for `target`.
pub fn wanted(model: &Model, key: &SessionKey, target: &Target, reason: Option<Reason>) -> Option<Wanted> {
    let open = model.session_by(key)?;
    Some(Wanted { source: Source::portal_role(open.session.clone(), target.clone()), reason })
}

/// Chooses what to copy; a role that asks for a reason and is not kept is entered first.
pub fn choose_copy(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    let Some(open) = model.session_by(key) else { return Effects::none() };
    let kept = open.kept(&target, model.now).is_some();
    let asks = verdict_of(model, open, &target).asks_for_elevation();
    if !kept && (asks || !open.is_signed_in(model.now)) {
        return fetch(model, key, target);
    }
    model.open(Dialog::Copy(CopyChooser { session: key.clone(), target, selected: 0 }));
    Effects::none()
}

/// Forgets credentials.
pub fn drop_credentials(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    let Some(session) = model.session_by(key).map(|open| open.session.clone()) else { return Effects::none() };
    model.start(Pending::Drop(key.clone(), target.clone()), Work::Drop(Source::portal_role(session, target))).1
}

/// The policy's verdict on a target, though its account may not be listed.
pub fn verdict_of(model: &Model, open: &OpenSession, target: &Target) -> Verdict {
    let account_name = open.catalog.account(&target.account).map(|account| account.name.raw());
    model.settings.verdict(&target.account, account_name, &target.role, model.now)
}
