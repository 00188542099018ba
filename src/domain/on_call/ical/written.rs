//! How a calendar writes days and times of day.

use jiff::civil::{Date, DateTime, Time};

/// `YYYYMMDD`.
pub(super) fn date(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

/// `YYYYMMDDTHHMMSS`.
pub(super) fn civil(text: &str) -> Option<DateTime> {
    let (day, time) = text.trim().split_once('T')?;
    if time.len() != 6 || !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = Time::new(time[..2].parse().ok()?, time[2..4].parse().ok()?, time[4..].parse().ok()?, 0).ok()?;
    Some(date(day)?.to_datetime(time))
}
