//! Fetching, using and dropping role credentials.

use crate::domain::elevation::Draft;
use crate::domain::on_call::Admission;
use crate::domain::source::Source;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::actions::sign_in;
use crate::tui::dialogs::elevation;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::goal::{Goal, Purpose};
use crate::tui::model::pending_task::PendingTask;
use crate::tui::task::{RoleRequest, ShellAbout, Task};

/// Gets credentials for a goal; signs in or asks for an elevation first, where that is needed.
pub(crate) fn obtain(model: &mut Model, goal: Goal) -> Effects {
    obtain_where_allowed(model, goal, false)
}

/// The same, but asks AWS for new credentials though those that are kept are fresh.
pub(crate) fn renew(model: &mut Model, key: &SessionKey, target: &Target) -> Effects {
    obtain_where_allowed(model, Goal::new(key, target, Purpose::Keep), true)
}

fn obtain_where_allowed(model: &mut Model, goal: Goal, renew: bool) -> Effects {
    let Some(session) = model.session(&goal.session) else { return Effects::none() };
    if model.is_fetching(&goal.session, &goal.target) {
        return Effects::none();
    }
    let is_kept = session.kept(&goal.target, model.now).is_some();
    if !is_kept || renew {
        if !session.is_signed_in(model.now) && !session.is_served_by_standby(model.now) {
            let key = goal.session.clone();
            return sign_in::start(model, &key, Some(goal));
        }
        let verdict = model.settings.policy.verdict_on_target(&session.catalog, &goal.target, model.now);
        if verdict.asks_for_elevation() {
            return elevation::open(model, goal, Admission::NotAsked);
        }
    }
    spawn(model, goal, None, renew)
}

/// Gets credentials under a new elevation, for which AWS is always asked anew.
pub(crate) fn obtain_for(model: &mut Model, goal: Goal, draft: Draft) -> Effects {
    spawn(model, goal, Some(Box::new(draft)), false)
}

fn spawn(model: &mut Model, goal: Goal, elevation: Option<Box<Draft>>, renew: bool) -> Effects {
    let Some(session) = model.session(&goal.session) else { return Effects::none() };
    let source = Source::portal_role(session.config.clone(), goal.target.clone());
    let request = RoleRequest { source, elevation, renew };
    let region = model.region_of(session, &goal.target).region;
    let task = match goal.purpose {
        Purpose::Keep | Purpose::Extension => Task::FetchCredentials(request),
        Purpose::Copy(format) => Task::CopyCredentials(request, format, region),
        Purpose::Shell => {
            let verdict = model.settings.policy.verdict_on_target(&session.catalog, &goal.target, model.now);
            let account_name = session.account_name(&goal.target);
            let (tier, on_end) = (verdict.tier(), verdict.terms().on_end);
            let by_screen_alone = model.settings.demo.is_some();
            Task::OpenShell(request, Box::new(ShellAbout { account_name, tier, region, on_end, by_screen_alone }))
        }
    };
    // Two shells cannot have the terminal, and one that is no longer waited for would take it from what is done instead.
    let is_shell = goal.purpose == Purpose::Shell;
    let replaced = model.cancel(|pending| is_shell && pending.is_for_shell());
    replaced.and(model.spawn(PendingTask::Obtain(goal), task).1)
}

/// Drops the credentials kept for a target.
pub(crate) fn drop_kept(model: &mut Model, key: &SessionKey, target: Target) -> Effects {
    let Some(config) = model.session(key).map(|session| session.config.clone()) else { return Effects::none() };
    let source = Source::portal_role(config, target.clone());
    model.spawn(PendingTask::DropCredentials(key.clone(), target), Task::DropCredentials(source)).1
}
