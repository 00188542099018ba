//! Fetching, copying and dropping role credentials.

use crate::domain::elevation::Reason;
use crate::domain::source::Source;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::actions::sign_in;
use crate::tui::dialogs::copy::model::CopyDialog;
use crate::tui::dialogs::reason::model::ReasonDialog;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::Dialog;
use crate::tui::task::{RoleRequest, Task};

/// Fetches credentials; signs in or asks for a reason first, where that is needed.
pub(crate) fn fetch(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    fetch_where_allowed(model, key, target, false)
}

/// The same, but asks AWS for new credentials though those that are kept are fresh.
pub(crate) fn renew(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    fetch_where_allowed(model, key, target, true)
}

fn fetch_where_allowed(model: &mut Model, key: &SessionKey, target: Target, renew: bool) -> Effects {
    let Some(session) = model.session(key) else { return Effects::none() };
    if model.is_fetching(key, &target) {
        return Effects::none();
    }
    if !session.is_signed_in(model.now) {
        return sign_in::start(model, key, Some(target));
    }
    let verdict = model.settings.policy.verdict_on_target(&session.catalog, &target, model.now);
    if verdict.asks_for_elevation() {
        model.open_dialog(Dialog::Reason(ReasonDialog::new(key.clone(), target)));
        return Effects::none();
    }
    let Some(request) = role_request(model, key, &target) else { return Effects::none() };
    spawn_fetch(model, key, target, RoleRequest { renew, ..request })
}

/// Fetches credentials for a reason, which AWS is always asked for anew.
pub(crate) fn fetch_for(model: &mut Model, key: &SessionKey, target: Target, reason: Reason) -> Effects {
    let Some(request) = role_request(model, key, &target) else { return Effects::none() };
    spawn_fetch(model, key, target, RoleRequest { reason: Some(reason), ..request })
}

fn spawn_fetch(model: &mut Model, key: &SessionKey, target: Target, request: RoleRequest) -> Effects {
    model.spawn(PendingTask::FetchCredentials(key.clone(), target), Task::FetchCredentials(request)).1
}

/// The request for a target's credentials, for which those that are kept will do.
pub(crate) fn role_request(model: &Model, key: &SessionKey, target: &Target) -> Option<RoleRequest> {
    let source = Source::portal_role(model.session(key)?.config.clone(), target.clone());
    Some(RoleRequest { source, reason: None, renew: false })
}

/// Opens the copy dialog. A role that requires a reason is fetched first, unless its credentials are kept.
pub(crate) fn choose_copy(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    let Some(session) = model.session(key) else { return Effects::none() };
    let is_kept = session.kept(&target, model.now).is_some();
    let verdict = model.settings.policy.verdict_on_target(&session.catalog, &target, model.now);
    if !is_kept && (verdict.asks_for_elevation() || !session.is_signed_in(model.now)) {
        return fetch(model, key, target);
    }
    model.open_dialog(Dialog::Copy(CopyDialog { session: key.clone(), target, selected: 0 }));
    Effects::none()
}

/// Drops the credentials kept for a target.
pub(crate) fn drop_kept(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    let Some(config) = model.session(key).map(|session| session.config.clone()) else { return Effects::none() };
    let source = Source::portal_role(config, target.clone());
    model.spawn(PendingTask::DropCredentials(key.clone(), target), Task::DropCredentials(source)).1
}
