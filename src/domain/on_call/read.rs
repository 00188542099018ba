//! Reads a rota: a calendar, or what a program prints.

use serde::Deserialize;

use super::ical;
use super::names::PersonNames;
use super::reading::{LARGEST_ROTA, Problems, Reading, Unreadable};
use super::shift::{Shift, Shifts, Window};

/// Reads `bytes`, a calendar or JSON, as far as it is about `window`.
///
/// # Errors
/// It is neither, or too large.
pub fn read(bytes: &[u8], window: Window) -> Result<Reading, Unreadable> {
    if bytes.len() > LARGEST_ROTA {
        return Err(Unreadable::TooLarge);
    }
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => read_json(bytes, window),
        _ => ical::read(bytes, window),
    }
}

#[derive(Deserialize)]
struct Printed {
    shifts: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct PrintedShift {
    who: String,
    from: jiff::Timestamp,
    until: jiff::Timestamp,
}

fn read_json(bytes: &[u8], window: Window) -> Result<Reading, Unreadable> {
    // The parser's error would quote the text.
    let printed: Printed = serde_json::from_slice(bytes).map_err(|_| Unreadable::NeitherCalendarNorJson)?;
    let mut problems = Problems::default();
    let shifts: Vec<Shift> = printed
        .shifts
        .into_iter()
        .enumerate()
        .filter_map(|(at, value)| {
            let read: Option<PrintedShift> = serde_json::from_value(value).ok();
            let shift = read.and_then(|read| Shift::new(PersonNames::new([read.who]), read.from, read.until));
            if shift.is_none() {
                problems.add(&format!("shift {} has no `who`, or no `from` before its `until`", at + 1));
            }
            shift
        })
        .collect();
    Ok(Reading { shifts: Shifts::within(window, shifts), problems })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn window() -> Window {
        Window::around("2026-11-22T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn what_a_program_prints_is_read_shift_by_shift() {
        let text = br#" {"shifts":[
            {"who":"alice","from":"2026-11-22T09:00:00+01:00","until":"2026-11-22T17:00:00+01:00","note":"x"},
            {"who":"","from":"2026-11-22T09:00:00Z","until":"2026-11-22T17:00:00Z"},
            {"who":"bob","from":"2026-11-22T17:00:00Z","until":"2026-11-22T09:00:00Z"},
            {"who":"bob","from":"2026-11-22T09:00:00","until":"2026-11-22T17:00:00"},
            {"who":["bob"]}, 7]}"#;
        let read = read(text, window()).unwrap();
        let alice = PersonNames::new(["alice"]);
        let until: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
        assert_eq!(read.shifts.on_duty_until(&alice, "2026-11-22T08:00:00Z".parse().unwrap()), Some(until));
        assert_eq!((read.shifts.iter().count(), read.problems.count(), read.problems.first().len()), (1, 5, 3));
    }

    #[test]
    fn what_is_no_rota_is_refused_and_not_quoted() {
        for text in ["", "CANARY", "{\"CANARY\":1}", "{", "<html>CANARY</html>", "[]"] {
            let refused = read(text.as_bytes(), window()).unwrap_err().to_string();
            assert!(!refused.contains("CANARY"), "{refused}");
        }
        assert_eq!(read(&vec![b' '; LARGEST_ROTA + 1], window()), Err(Unreadable::TooLarge));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(\\{\"shifts\":\\[)?.{0,200}") {
            let _ = read(text.as_bytes(), window());
        }
    }
}
