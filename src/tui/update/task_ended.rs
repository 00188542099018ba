//! How each task's end changes the model. A task that is no longer pending changes nothing.

use crate::domain::catalog::Catalog;
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::target::Target;
use crate::error::{Error, Kind};
use crate::report::Report;
use crate::tui::actions::{credentials, listing, sign_in};
use crate::tui::dialogs::error::model::{ErrorAction, ErrorDialog};
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::model::session::{Listing, SessionState};
use crate::tui::screens;
use crate::tui::task::TaskId;

pub(super) fn on_end(model: &mut Model, id: TaskId, result: Result<(), Error>) -> Effects {
    let Some(pending) = model.pending.remove(&id) else { return Effects::none() };
    match result {
        Ok(()) => on_success(model, pending),
        Err(error) => {
            on_failure(model, id, pending, &error);
            Effects::none()
        }
    }
}

fn on_success(model: &mut Model, pending: PendingTask) -> Effects {
    match pending {
        PendingTask::SignIn { session, then_fetch } => return signed_in(model, &session, then_fetch),
        PendingTask::AddSession(session) => return session_added(model, session),
        PendingTask::ListRoles(key) => {
            if let Some(session) = model.session_mut(&key) {
                session.listing = Listing::Idle;
            }
        }
        PendingTask::FetchCredentials(key, target) => credentials_fetched(model, &key, &target),
        PendingTask::CopyCredentials(key, target, format) => {
            let role = role_name(model, &key, &target);
            // The terminal's clipboard is not cleared for anyone.
            let copied = if model.settings.display.osc52 { "Copied the secret" } else { "Copied for a minute" };
            model.show_toast(format!("{copied}: {} for {role}", format.title()));
        }
        PendingTask::CopyText(what) => model.show_toast(format!("Copied {what}")),
        PendingTask::DropCredentials(key, target) => {
            let role = role_name(model, &key, &target);
            model.show_toast(format!("Dropped {role}"));
        }
        PendingTask::SignOut(key) => {
            let name = session_name(model, &key);
            model.show_toast(format!("Signed out of {name}"));
        }
        PendingTask::OpenLink => {}
    }
    Effects::none()
}

fn signed_in(model: &mut Model, key: &SessionKey, then_fetch: Option<Target>) -> Effects {
    if let Some(session) = model.session_mut(key) {
        session.listing = Listing::Idle;
    }
    if matches!(&model.screen, Screen::SignIn(sign_in) if sign_in.session == *key) {
        model.screen = Screen::Roles;
    }
    let name = session_name(model, key);
    model.show_toast(format!("Signed in to {name}"));
    let listing = listing::start_if_stale(model, key);
    match then_fetch {
        Some(target) => listing.and(credentials::fetch(model, key, target)),
        None => listing,
    }
}

fn session_added(model: &mut Model, session: SsoSession) -> Effects {
    let key = session.key();
    model.sessions.push(SessionState::new(session, None, Catalog::default()));
    sign_in::start(model, &key, None)
}

fn credentials_fetched(model: &mut Model, key: &SessionKey, target: &Target) {
    let Some(session) = model.session(key) else { return };
    let role = role_name(model, key, target);
    let until = session.kept(target, model.now).map(|kept| model.clock_time(kept.ours.ends_at_local()));
    match until {
        Some(until) => model.show_toast(format!("{role}: credentials until {until}")),
        None => model.show_toast(format!("{role}: credentials are here")),
    }
}

fn on_failure(model: &mut Model, id: TaskId, pending: PendingTask, error: &Error) {
    let report = match pending.session() {
        Some(key) => model.report_of(error, key),
        None => Report::of(error),
    };
    match pending {
        PendingTask::SignIn { .. } => screens::sign_in::update::on_failure(model, id, error),
        PendingTask::ListRoles(key) => {
            if let Some(session) = model.session_mut(&key) {
                session.on_refusal(error);
                session.listing = Listing::Failed(report);
            }
        }
        PendingTask::FetchCredentials(key, target) | PendingTask::CopyCredentials(key, target, _)
            if report.kind() == Kind::LoginNeeded =>
        {
            if let Some(session) = model.session_mut(&key) {
                session.on_refusal(error);
            }
            let action = ErrorAction::SignIn { session: key, then_fetch: target };
            model.open_dialog(Dialog::Error(ErrorDialog { report, action }));
        }
        PendingTask::FetchCredentials(key, target) | PendingTask::CopyCredentials(key, target, _)
            if report.kind() == Kind::ElevationNeeded =>
        {
            let action = ErrorAction::GiveReason { session: key, target };
            model.open_dialog(Dialog::Error(ErrorDialog { report, action }));
        }
        _ => model.open_dialog(Dialog::Error(ErrorDialog { report, action: ErrorAction::None })),
    }
}

fn session_name(model: &Model, key: &SessionKey) -> String {
    model.session(key).map(|session| session.config.name.to_string()).unwrap_or_default()
}

fn role_name(model: &Model, key: &SessionKey, target: &Target) -> String {
    match model.session(key) {
        Some(session) => format!("{} / {}", session.account_name(target), target.role),
        None => target.to_string(),
    }
}
