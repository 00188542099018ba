//! What running tasks report. A task that is no longer pending changes nothing.

use crate::tui::actions::{copying, elevation};
use crate::tui::message::TaskProgress;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::screens::sign_in;
use crate::tui::task::TaskId;

pub(super) fn on_progress(model: &mut Model, id: TaskId, progress: TaskProgress) {
    match (model.pending.get(&id).cloned(), progress) {
        (Some(PendingTask::SignIn { .. }), TaskProgress::SignIn(event)) => {
            sign_in::update::on_progress(model, id, event);
        }
        (Some(PendingTask::ListRoles(key)), TaskProgress::Listing(event)) => {
            if let Some(session) = model.session_mut(&key) {
                session.on_listing(event);
                model.roles.rows_changed();
            }
        }
        (Some(PendingTask::OpenLink), TaskProgress::LinkOpened(opened)) => {
            sign_in::update::on_link_opened(model, opened);
        }
        (Some(PendingTask::CopyText { what, text }), TaskProgress::Copied(copied)) => {
            copying::text_copied(model, what, text, copied);
        }
        (Some(PendingTask::CopyPrivateLink), TaskProgress::Copied(copied)) => {
            copying::secret_copied(model, "the link", copied);
        }
        (Some(PendingTask::Obtain(goal)), TaskProgress::Copied(copied)) => {
            let what = format!("exports for {}", model.role_name(&goal.session, &goal.target));
            copying::secret_copied(model, &what, copied);
        }
        (Some(PendingTask::EndElevation(described)), TaskProgress::ElevationEnded(ended)) => {
            elevation::ended(model, &described, &ended);
        }
        _ => {}
    }
}
