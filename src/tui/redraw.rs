//! How often the screen is drawn while no message arrives.

use std::time::Duration;

use super::model::Model;
use super::model::pending_task::PendingTask;
use super::model::screen::Screen;
use super::screens::sign_in::model::Phase;
use crate::domain::time::Now;

/// While a spinner turns.
const SPINNER: Duration = Duration::from_millis(100);
/// While a sign-in waits for the person.
const SIGN_IN: Duration = Duration::from_millis(250);
/// Otherwise: the header shows the time and the session's minutes.
const IDLE: Duration = Duration::from_secs(5);

/// The longest time that may pass before the next frame.
pub(crate) fn interval(model: &Model, now: Now) -> Duration {
    let has_spinner =
        |pending: &PendingTask| pending.progress_text().is_some() || matches!(pending, PendingTask::ListRoles(_));
    let counts_seconds = model.toast.is_some()
        || !model.active_elevations().is_empty()
        || model.sessions.iter().any(|session| !session.all_kept(model.now).is_empty());
    match &model.screen {
        _ if model.pending.values().any(has_spinner) => SPINNER,
        Screen::SignIn(sign_in) => match sign_in.phase {
            Phase::Requesting => SPINNER,
            Phase::DeviceCode { .. } | Phase::Browser { .. } => SIGN_IN,
            Phase::Failed(_) => IDLE,
        },
        _ if counts_seconds => until_next_second(now),
        _ => IDLE,
    }
}

/// Ends just after the second changes, so that no countdown skips one.
fn until_next_second(now: Now) -> Duration {
    let into_second = u64::try_from(now.wall.as_millisecond().rem_euclid(1_000)).unwrap_or_default();
    Duration::from_millis(1_010 - into_second)
}
