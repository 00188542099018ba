//! Answers from the executor. An answer to work that is no longer awaited is dropped.

use super::open;
use crate::domain::index::Index;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::error::Kind;
use crate::flows::{catalog, login};
use crate::ports::Opened;
use crate::tui::effect::Effects;
use crate::tui::message::{Attempt, Progress};
use crate::tui::model::{
    BrowserState, Dialog, Listing, Model, Offer, OpenSession, Pending, Phase, Problem, Screen, SignIn, life,
};

/// Takes the index as it is now.
pub(super) fn index(model: &mut Model, index: &Index) -> Effects {
    for open in &mut model.sessions {
        open.note = index.session(&open.key).cloned();
    }
    Effects::none()
}

/// Takes what work tells while it is under way.
pub(super) fn progress(model: &mut Model, attempt: Attempt, progress: Progress) -> Effects {
    match (model.pending.get(&attempt).cloned(), progress) {
        (Some(Pending::SignIn { .. }), Progress::SignIn(event)) => signing_in(model, attempt, event),
        (Some(Pending::List(key)), Progress::Listing(event)) => listing(model, &key, event),
        (Some(Pending::OpenLink), Progress::Opened(opened)) => {
            if let Screen::SignIn(sign_in) = &mut model.screen {
                sign_in.browser = browser_state(opened);
            }
        }
        _ => {}
    }
    Effects::none()
}

fn listing(model: &mut Model, key: &SessionKey, event: catalog::Event) {
    let now = model.now;
    if let Some(open) = model.session_by_mut(key) {
        open.take_listing(event, now);
    }
}

fn signing_in(model: &mut Model, attempt: Attempt, event: login::Event) {
    let now = model.now;
    let Some(sign_in) = awaited(model, attempt) else { return };
    let length = |expires_in| jiff::SignedDuration::try_from(expires_in).unwrap_or(jiff::SignedDuration::MAX);
    match event {
        login::Event::CodeIssued { user_code, link, link_with_code, expires_in } => {
            let life = life(now, length(expires_in));
            sign_in.phase = Phase::Code { user_code, link, link_with_code, life, reachable: true };
        }
        login::Event::BrowserNeeded { link, expires_in } => {
            sign_in.phase = Phase::Browser { link, life: life(now, length(expires_in)) };
        }
        login::Event::Browser(opened) => sign_in.browser = browser_state(opened),
        login::Event::StillWaiting { reachable: answered } => {
            if let Phase::Code { reachable, .. } = &mut sign_in.phase {
                *reachable = answered;
            }
        }
    }
}

fn browser_state(opened: Opened) -> BrowserState {
    match opened {
        Opened::Yes => BrowserState::Opened,
        Opened::No(why) => BrowserState::Failed(crate::domain::text::visible(&why)),
    }
}

/// The sign-in on screen, if it is this one.
fn awaited(model: &mut Model, attempt: Attempt) -> Option<&mut SignIn> {
    match &mut model.screen {
        Screen::SignIn(sign_in) if sign_in.attempt == attempt => Some(sign_in),
        _ => None,
    }
}

/// Takes the end of a piece of work.
pub(super) fn ended(model: &mut Model, attempt: Attempt, outcome: Result<(), Problem>) -> Effects {
    let Some(pending) = model.pending.remove(&attempt) else { return Effects::none() };
    match (pending, outcome) {
        (Pending::SignIn { session, then }, Ok(())) => signed_in(model, &session, then),
        (Pending::SignIn { .. }, Err(problem)) => {
            if let Some(sign_in) = awaited(model, attempt) {
                sign_in.phase = Phase::Over(problem);
            }
            Effects::none()
        }
        (Pending::List(key), outcome) => listed(model, &key, outcome),
        (Pending::Fetch(key, target), Ok(())) => {
            fetched(model, &key, &target);
            Effects::none()
        }
        (Pending::Fetch(key, target) | Pending::Copy(key, target, _), Err(problem)) => {
            refused(model, &key, target, problem);
            Effects::none()
        }
        (Pending::Copy(key, target, form), Ok(())) => {
            let name = named(model, &key, &target);
            // The terminal's clipboard is not cleared for anyone.
            let copied = if model.settings.look.osc52 { "Copied the secret" } else { "Copied for a minute" };
            model.say(format!("{copied}: {} for {name}", form.title()));
            Effects::none()
        }
        (Pending::CopyText(what), Ok(())) => {
            model.say(format!("Copied {what}"));
            Effects::none()
        }
        (Pending::Drop(key, target), Ok(())) => {
            let name = named(model, &key, &target);
            model.say(format!("Dropped {name}"));
            Effects::none()
        }
        (Pending::SignOut(key), Ok(())) => {
            let name = model.session_by(&key).map(|open| open.session.name.to_string()).unwrap_or_default();
            model.say(format!("Signed out of {name}"));
            Effects::none()
        }
        (Pending::AddSession(session), Ok(())) => {
            model.sessions.push(OpenSession::new(session.clone(), None, crate::domain::catalog::Catalog::default()));
            open::sign_in(model, &session.key(), None)
        }
        (Pending::OpenLink, Ok(())) => Effects::none(),
        (_, Err(problem)) => {
            model.open(Dialog::Problem(problem, Offer::Nothing));
            Effects::none()
        }
    }
}

fn signed_in(model: &mut Model, key: &SessionKey, then: Option<Target>) -> Effects {
    if let Some(open) = model.session_by_mut(key) {
        open.ended_by_aws = false;
        open.listing = Listing::Idle;
    }
    if matches!(&model.screen, Screen::SignIn(sign_in) if sign_in.session == *key) {
        model.screen = Screen::Roles;
    }
    let name = model.session_by(key).map(|open| open.session.name.to_string()).unwrap_or_default();
    model.say(format!("Signed in to {name}"));
    let listing = open::list_if_stale(model, key);
    match then {
        Some(target) => listing.and(open::fetch(model, key, target)),
        None => listing,
    }
}

fn listed(model: &mut Model, key: &SessionKey, outcome: Result<(), Problem>) -> Effects {
    let Some(open) = model.session_by_mut(key) else { return Effects::none() };
    open.listing = match outcome {
        Ok(()) => Listing::Idle,
        Err(problem) => {
            open.ended_by_aws |= problem.kind == Kind::LoginNeeded;
            Listing::Stopped(problem)
        }
    };
    Effects::none()
}

fn fetched(model: &mut Model, key: &SessionKey, target: &Target) {
    let Some(open) = model.session_by(key) else { return };
    let name = named(model, key, target);
    let until = open.kept(target, model.now).map(|kept| model.clock_time(kept.ours.ends_at_local()));
    match until {
        Some(until) => model.say(format!("{name}: credentials until {until}")),
        None => model.say(format!("{name}: credentials are here")),
    }
}

fn refused(model: &mut Model, key: &SessionKey, target: Target, problem: Problem) {
    let offer = if problem.kind == Kind::LoginNeeded {
        if let Some(open) = model.session_by_mut(key) {
            open.ended_by_aws = true;
        }
        Offer::SignIn(key.clone(), Some(target))
    } else {
        Offer::Nothing
    };
    model.open(Dialog::Problem(problem, offer));
}

fn named(model: &Model, key: &SessionKey, target: &Target) -> String {
    match model.session_by(key) {
        Some(open) => format!("{} / {}", open.account_name(target), target.role),
        None => target.to_string(),
    }
}
