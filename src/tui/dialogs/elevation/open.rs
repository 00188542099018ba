//! Opening the form of an elevation.

use super::model::{ElevationDialog, ElevationForm};
use crate::domain::audit::Subject;
use crate::domain::elevation::{ConfirmationPhrase, ElevationId};
use crate::domain::on_call::Admission;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::goal::Goal;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::Dialog;
use crate::tui::task::Task;

/// Opens the form with what was written in it for this role the last time, and has the policy read, and the list that caps
/// are counted in. `admission` is what was found of the person's duty before.
pub(crate) fn open(model: &mut Model, goal: Goal, admission: Admission) -> Effects {
    let form = model.drafts.get(&(goal.session.clone(), goal.target.clone())).cloned();
    show(model, goal, form.unwrap_or_default(), None, admission)
}

/// Opens the form of an elevation that carries another one on, with its reason and ticket.
pub(crate) fn extend(model: &mut Model, goal: Goal, before: &Subject) -> Effects {
    let mut form = ElevationForm::default();
    form.reason.set_text(before.reason.as_str());
    form.no_ticket = before.no_ticket;
    if let Some(ticket) = &before.ticket {
        form.ticket.insert(ticket.as_str());
    }
    show(model, goal, form, Some(before.elevation), Admission::NotAsked)
}

fn show(
    model: &mut Model,
    goal: Goal,
    form: ElevationForm,
    extends: Option<ElevationId>,
    admission: Admission,
) -> Effects {
    let Some(session) = model.session(&goal.session) else { return Effects::none() };
    let name = session.catalog.account(&goal.target.account).map(|account| account.name.raw().to_owned());
    let phrase = ConfirmationPhrase::of(&[(goal.target.account.clone(), name)]);
    model.open_dialog(Dialog::Elevation(Box::new(ElevationDialog::new(goal, form, extends, admission, phrase))));
    model.spawn(PendingTask::PrepareElevation, Task::PrepareElevation).1
}
