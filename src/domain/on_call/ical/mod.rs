//! Calendars (RFC 5545) as on-call tools export them, read as far as they say who is on duty when.
//!
//! `lines` makes components of the text, `zone` and `moment` read times, `recurrence` says when something recurs, `event`
//! reads one event, and `series` puts together a series and what takes the place of its occurrences. What cannot be read of
//! an event makes that event not count; what is no calendar is an error. Time and memory are bounded by `budget` and by the
//! size of what is read.

mod budget;
mod event;
mod lines;
mod moment;
mod recurrence;
mod series;
#[cfg(test)]
mod tests;
mod written;
mod zone;

use self::budget::Budget;
use self::zone::Zones;
use super::reading::{Problems, Reading, Unreadable};
use super::shift::{Shifts, Window};

/// The most shifts within a window that are looked at; fewer are kept.
const MOST_SHIFTS: usize = 10_000;

/// Reads the calendars in `bytes` as far as they are about `window`.
///
/// # Errors
/// There is none in it, or it was cut off.
pub(super) fn read(bytes: &[u8], window: Window) -> Result<Reading, Unreadable> {
    let mut budget = Budget::whole();
    let mut problems = Problems::default();
    let mut shifts = Vec::new();
    for calendar in lines::calendars(bytes)? {
        let zones = Zones::of(&calendar, window, &mut budget);
        for series in series::all(&calendar) {
            if shifts.len() > MOST_SHIFTS {
                problems.add("it has more shifts than are looked at");
                break;
            }
            series.shifts(&zones, window, &mut budget, &mut shifts, &mut problems);
        }
    }
    Ok(Reading { shifts: Shifts::within(window, shifts), problems })
}
