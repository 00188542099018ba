//! Opening the reason dialog.

use super::model::ReasonDialog;
use crate::tui::model::Model;
use crate::tui::model::goal::Goal;
use crate::tui::model::screen::Dialog;

/// Opens the dialog with what was typed in it for this role the last time.
pub(crate) fn open(model: &mut Model, goal: Goal) {
    let draft = model.drafts.get(&(goal.session.clone(), goal.target.clone())).cloned();
    let mut dialog = ReasonDialog::new(goal);
    if let Some(draft) = draft {
        dialog.text = draft.text;
        model.unreviewed_paste |= draft.unreviewed_paste;
    }
    model.open_dialog(Dialog::Reason(dialog));
}
