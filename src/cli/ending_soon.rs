//! Warns a person at a terminal, whatever command they run, of elevations that end soon.

use super::context::Context;
use super::output::{is_attended, stderr};
use crate::domain::audit::Warned;
use crate::domain::time::left_words;
use crate::flows::elevation::record_warning;

/// Says which elevations end soon, once for each time that people are warned at, and records that it was said.
pub(super) fn warn(context: &Context) {
    if !is_attended() {
        return;
    }
    let Ok(elevations) = context.ports.audit.elevations() else { return };
    let now = context.ports.clock.now();
    for open in elevations.open() {
        let Some(active) = &open.active else { continue };
        let Some(minutes_left) = active.warning_at(now).filter(|minutes| active.is_warning_due(*minutes)) else {
            continue;
        };
        let (subject, left) = (open.subject.clone(), left_words(active.life.left(now)));
        let id = subject.elevation;
        stderr(&format!("daypass: {} ends in {left}; daypass extend {id}   carries it on", subject.described()));
        if let Err(error) = record_warning(&context.ports, Warned { subject, minutes_left }) {
            tracing::warn!(%error, "a warning could not be recorded");
        }
    }
}
