//! Extending and ending the elevations that are active, and holding drills.

use crate::domain::elevation::{Draft, ElevationId};
use crate::domain::source::Source;
use crate::flows::end_elevation::Ended;
use crate::ports::KeyHolders;
use crate::report::Report;
use crate::tui::actions::sign_in;
use crate::tui::dialogs::confirm::model::Confirmation;
use crate::tui::dialogs::elevation;
use crate::tui::dialogs::error::model::{ErrorAction, ErrorDialog};
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::goal::{Goal, Purpose};
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::Dialog;
use crate::tui::task::Task;

/// Opens the form of an elevation that carries this one on; signs in first, where that is needed.
pub(crate) fn extend(model: &mut Model, id: ElevationId) -> Effects {
    let Some(subject) = model.active_elevation(id).map(|elevation| elevation.subject.clone()) else {
        return Effects::none();
    };
    if subject.drill {
        return refuse(model, "a drill is not extended");
    }
    let Some(session) = model.session_of_elevation(&subject) else {
        return refuse(model, &format!("the session {} is not configured here", subject.access.session));
    };
    let key = session.key.clone();
    if !session.is_signed_in(model.now) && !session.is_served_by_standby(model.now) {
        return sign_in::start(model, &key, None);
    }
    elevation::extend(model, Goal::new(&key, &subject.target(), Purpose::Extension), &subject)
}

/// Holds a drill of the role that is wanted.
pub(crate) fn hold_drill(model: &mut Model, goal: &Goal, draft: Draft) -> Effects {
    let Some(session) = model.session(&goal.session) else { return Effects::none() };
    let source = Source::portal_role(session.config.clone(), goal.target.clone());
    let role = model.role_name(&goal.session, &goal.target);
    model.spawn(PendingTask::HoldDrill(role), Task::HoldDrill(source, Box::new(draft))).1
}

fn refuse(model: &mut Model, why: &str) -> Effects {
    model.open_dialog(Dialog::Error(ErrorDialog::new(Report::usage(why), ErrorAction::None)));
    Effects::none()
}

/// Asks whether this elevation is to end.
pub(crate) fn ask_to_end(model: &mut Model, id: ElevationId) {
    model.open_dialog(Dialog::Confirm(Confirmation::EndElevation(id)));
}

/// Ends it.
pub(crate) fn end(model: &mut Model, id: ElevationId) -> Effects {
    let Some(elevation) = model.active_elevation(id) else { return Effects::none() };
    let described = elevation.subject.described();
    model.spawn(PendingTask::EndElevation(described), Task::EndElevation(id)).1
}

/// Says what is left of an elevation that was ended.
pub(crate) fn ended(model: &mut Model, described: &str, ended: &Ended) {
    model.show_toast(format!("Ended {described}"));
    let Some(aws_ends_at) = ended.aws_ends_at else { return };
    let until = model.clock_time(aws_ends_at);
    let holders = match &ended.holders {
        KeyHolders::None => "no process of yours has them in its environment".to_owned(),
        KeyHolders::Some(holders) => {
            let names: Vec<String> = holders.iter().map(|(id, name)| format!("{name} ({id})")).collect();
            format!("{} still have them", names.join(", "))
        }
        KeyHolders::NotTold => "close the shells that were started with them".to_owned(),
    };
    model.add_notice(format!("AWS accepts the credentials of {described} until {until}; {holders}"));
}
