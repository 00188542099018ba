//! The keys of an elevation's form.

use crossterm::event::KeyCode;

use super::assessment::assess;
use super::model::{ElevationDialog, Field};
use crate::domain::policy::TicketNeed;
use crate::tui::keys::{Bindings, ctrl, key};
use crate::tui::model::Model;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Go on to what is still asked; where the confirmation was typed, begin the elevation.
    Enter,
    NextField,
    PreviousField,
    /// Take the next of the usual lengths.
    NextDuration,
    /// Say that there is no ticket, or take it back.
    NoTicket,
    /// Make it a drill, or an elevation again.
    Drill,
    /// Take the reason that was used before the one shown.
    Older,
    /// Take the reason that was used after the one shown, or what was typed.
    Newer,
    Back,
}

pub(crate) fn bindings(model: &Model, dialog: &ElevationDialog) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let assessment = assess(model, dialog);
    if let Some(assessment) = assessment.filter(|assessment| assessment.refused.is_none()) {
        let (label, about) = match dialog.focus {
            Field::Confirmation => ("begin", "Begin the elevation, once the account is typed"),
            _ => ("go on", "Go on to what is still asked"),
        };
        bindings.add(&[key(KeyCode::Enter)], Command::Enter, label, about);
        bindings.add(&[key(KeyCode::Tab)], Command::NextField, "next field", "To the next field");
        bindings.add_to_help(&[key(KeyCode::BackTab)], Command::PreviousField, "To the field before");
        bindings.add(&[ctrl('d')], Command::NextDuration, "time", "The next of the usual lengths");
        if assessment.verdict.terms().ticket == TicketNeed::OrNone {
            bindings.add(
                &[ctrl('t')],
                Command::NoTicket,
                "no ticket",
                "Say that there is no ticket, which is recorded",
            );
        }
        if dialog.extends.is_none() {
            let label = if dialog.is_drill { "no drill" } else { "drill" };
            bindings.add(&[ctrl('r')], Command::Drill, label, "A drill: everything but asking AWS");
        }
        if dialog.focus == Field::Reason && !model.preferences.reasons.is_empty() {
            let older = "Take a reason that was used before";
            bindings.add(&[ctrl('p')], Command::Older, "recent reasons", older);
            bindings.add_to_help(&[ctrl('n')], Command::Newer, "Back towards what was typed");
        }
    }
    bindings.pin(&[key(KeyCode::Esc)], Command::Back, "back", "Ask for nothing; what was written is kept");
    bindings
}
