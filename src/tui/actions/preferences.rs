//! Changing what the screen remembers.

use crate::domain::preferences::PreferenceChange;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::task::Task;

/// Makes the change on the screen at once, and has it written.
pub(crate) fn change(model: &mut Model, change: PreferenceChange) -> Effects {
    model.preferences.apply(&change);
    // The order of the rows knows of pins alone.
    if matches!(change, PreferenceChange::Pin(_) | PreferenceChange::Unpin(_)) {
        model.roles.rows_changed();
    }
    model.spawn(PendingTask::SavePreference, Task::SavePreference(change)).1
}
