//! How each task's end changes the model. A task that is no longer pending changes nothing.

use crate::domain::catalog::Catalog;
use crate::domain::on_call::Admission;
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::error::{Error, Kind};
use crate::report::Report;
use crate::tui::actions::{copying, credentials, listing, sign_in};
use crate::tui::dialogs::elevation;
use crate::tui::dialogs::error::model::{ErrorAction, ErrorDialog};
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::goal::{Goal, Purpose};
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::model::session::{Listing, SessionState};
use crate::tui::screens;
use crate::tui::task::{Place, TaskId};

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
        PendingTask::SignIn { session, place: Place::Own, then } => return signed_in(model, &session, then),
        PendingTask::SignIn { session, place: Place::Replica, .. } => signed_in_beforehand(model, &session),
        PendingTask::AddSession(session) => return session_added(model, session),
        PendingTask::ListRoles(key) => {
            if let Some(session) = model.session_mut(&key) {
                session.listing = Listing::Idle;
            }
        }
        PendingTask::Obtain(goal) => obtained(model, &goal),
        PendingTask::DropCredentials(key, target) => {
            let role = model.role_name(&key, &target);
            model.show_toast(format!("Dropped {role}"));
        }
        PendingTask::SignOut(key) => {
            let name = model.session_name(&key);
            model.show_toast(format!("Signed out of {name}"));
        }
        PendingTask::HoldDrill(described) => {
            model.show_toast(format!("A drill of {described} has begun; AWS was not asked"));
        }
        // Their progress has said all.
        PendingTask::CopyText { .. }
        | PendingTask::CopyPrivateLink
        | PendingTask::OpenLink
        | PendingTask::SavePreference
        | PendingTask::PrepareElevation
        | PendingTask::ReadElevations
        | PendingTask::RecordWarning
        | PendingTask::EndElevation(_) => {}
    }
    Effects::none()
}

fn obtained(model: &mut Model, goal: &Goal) {
    let role = model.role_name(&goal.session, &goal.target);
    let kept = model.session(&goal.session).and_then(|session| session.kept(&goal.target, model.now));
    let until = kept.map(|kept| model.clock_time(kept.ours.ends_at_local()));
    match (goal.purpose, until) {
        (Purpose::Keep, Some(until)) => model.show_toast(format!("{role}: credentials until {until}")),
        (Purpose::Keep, None) => model.show_toast(format!("{role}: credentials are here")),
        (Purpose::Extension, until) => {
            let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
            model.show_toast(format!("Extended {role}{until}"));
            model.add_notice(format!("Shells of {role} that are open keep their old keys; a new one has the new keys"));
        }
        // The shell takes the screen, and where a copy went has been said.
        (Purpose::Shell | Purpose::Copy(_), _) => {}
    }
}

fn signed_in(model: &mut Model, key: &SessionKey, then: Option<Goal>) -> Effects {
    if let Some(session) = model.session_mut(key) {
        session.listing = Listing::Idle;
    }
    if matches!(&model.screen, Screen::SignIn(sign_in) if sign_in.session == *key) {
        model.screen = Screen::Roles;
    }
    let name = model.session_name(key);
    model.show_toast(format!("Signed in to {name}"));
    let listing = listing::start_if_stale(model, key);
    match then {
        Some(goal) => listing.and(credentials::obtain(model, goal)),
        None => listing,
    }
}

fn signed_in_beforehand(model: &mut Model, key: &SessionKey) {
    if matches!(&model.screen, Screen::SignIn(sign_in) if sign_in.session == *key) {
        model.screen = Screen::Roles;
    }
    let Some(session) = model.session(key) else { return };
    let (name, region) = (session.config.name.clone(), session.config.region.clone());
    model.show_toast(format!("{name} has a standby sign-in, for when {region} does not answer"));
}

fn session_added(model: &mut Model, session: SsoSession) -> Effects {
    let key = session.key();
    let standbys = model.settings.replicas.standbys_of(&session);
    model.sessions.push(SessionState::new(session, None, Catalog::default()).with_standbys(standbys));
    sign_in::start(model, &key, None)
}

fn on_failure(model: &mut Model, id: TaskId, pending: PendingTask, error: &Error) {
    let report = match pending.session() {
        Some(key) => model.report_of(error, key),
        None => Report::of(error),
    };
    match pending {
        PendingTask::CopyPrivateLink => {
            let report = report.hint("select the link on the screen");
            model.open_dialog(Dialog::Error(ErrorDialog::new(report, ErrorAction::None)));
        }
        PendingTask::CopyText { text, .. } => copying::text_not_copied(model, text, report),
        PendingTask::SignIn { .. } => screens::sign_in::update::on_failure(model, id, error),
        PendingTask::ListRoles(key) => {
            if let Some(session) = model.session_mut(&key) {
                session.on_refusal(error);
                session.listing = Listing::Failed(report);
            }
        }
        PendingTask::Obtain(goal) => {
            let action = match report.kind() {
                Kind::LoginNeeded => {
                    if let Some(session) = model.session_mut(&goal.session) {
                        session.on_refusal(error);
                    }
                    ErrorAction::SignIn(goal)
                }
                Kind::ElevationNeeded => {
                    let admission = match error {
                        Error::NotOnCall { why, .. } => Admission::Refused(why.clone()),
                        _ => Admission::NotAsked,
                    };
                    ErrorAction::GiveReason(goal, admission)
                }
                _ => ErrorAction::None,
            };
            model.open_dialog(Dialog::Error(ErrorDialog::new(report, action)));
        }
        PendingTask::PrepareElevation => {
            // Under a policy that cannot be read nothing would come of what is typed.
            elevation::update::give_up(model);
            model.open_dialog(Dialog::Error(ErrorDialog::new(report, ErrorAction::None)));
        }
        // Nobody waits for it: a dialog would take the next keys from what is being done.
        PendingTask::SavePreference | PendingTask::RecordWarning => model.notices.push(report.message().to_owned()),
        _ => model.open_dialog(Dialog::Error(ErrorDialog::new(report, ErrorAction::None))),
    }
}
