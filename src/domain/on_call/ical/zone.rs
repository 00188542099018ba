//! Time zones of a calendar: by their IANA names, or by the rules that the calendar itself gives (VTIMEZONE). A zone that is
//! neither is unknown, and nothing is guessed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use super::budget::Budget;
use super::lines::{Component, Line};
use super::recurrence::{Rule, Until};
use super::written::civil;
use crate::domain::on_call::Window;
use crate::domain::text::visible;
use crate::domain::time::later;

/// A time zone.
#[derive(Debug, Clone)]
pub(super) enum Zone {
    /// One of the IANA database.
    Named(TimeZone),
    /// One with rules of the calendar's own.
    Own(Arc<Offsets>),
}

impl Zone {
    /// Coordinated Universal Time.
    pub(super) fn utc() -> Self {
        Zone::Named(TimeZone::UTC)
    }

    /// The zone of the IANA database that is called `name`.
    fn named(name: &str) -> Option<Self> {
        TimeZoneDatabase::bundled().get(name).ok().map(Zone::Named)
    }

    /// When its clocks show `local`: where they show it twice, the first time; where they skip it, as if they had not been
    /// changed yet (RFC 5545, 3.3.5).
    pub(super) fn instant(&self, local: DateTime) -> Option<Timestamp> {
        match self {
            Zone::Named(zone) => zone.to_ambiguous_timestamp(local).compatible().ok(),
            Zone::Own(offsets) => offsets.instant(local),
        }
    }

    /// What its clocks show at `instant`.
    pub(super) fn local(&self, instant: Timestamp) -> DateTime {
        match self {
            Zone::Named(zone) => zone.to_datetime(instant),
            Zone::Own(offsets) => offsets.at(instant).to_datetime(instant),
        }
    }
}

/// The offsets of a zone from when on; before the first of them, another.
#[derive(Debug)]
pub(super) struct Offsets {
    before: Offset,
    changes: Vec<(Timestamp, Offset)>,
}

impl Offsets {
    fn at(&self, instant: Timestamp) -> Offset {
        let count = self.changes.partition_point(|(from, _)| *from <= instant);
        count.checked_sub(1).map_or(self.before, |last| self.changes[last].1)
    }

    fn instant(&self, local: DateTime) -> Option<Timestamp> {
        let day = SignedDuration::from_hours(24);
        let as_utc = Offset::UTC.to_timestamp(local).ok()?;
        let (before, after) = (self.at(later(as_utc, -day)), self.at(later(as_utc, day)));
        let (first, second) = (before.to_timestamp(local).ok()?, after.to_timestamp(local).ok()?);
        let is_right = |instant, offset| self.at(instant) == offset;
        if !is_right(first, before) && is_right(second, after) { Some(second) } else { Some(first) }
    }
}

/// The zones that a calendar names.
pub(super) struct Zones {
    /// Those that the calendar gives rules for.
    own: HashMap<String, Result<Zone, String>>,
    /// Those that were looked up already, because reading one takes a while.
    known: RefCell<HashMap<String, Result<Zone, String>>>,
    /// The calendar's own one.
    default: Result<Zone, String>,
}

impl Zones {
    /// The most zones, and the most changes of rules in one of them.
    const MOST: usize = 100;

    /// The zones that `calendar` gives rules for, which are read as far as they concern `window`, and its own one.
    pub(super) fn of(calendar: &Component, window: Window, budget: &mut Budget) -> Self {
        let mut own = HashMap::new();
        for part in calendar.parts.iter().filter(|part| part.name == "VTIMEZONE").take(Self::MOST) {
            if let Ok(Some(id)) = part.only("TZID") {
                own.insert(id.value.clone(), offsets(part, window, budget).map(|offsets| Zone::Own(Arc::new(offsets))));
            }
        }
        let mut zones = Zones { own, known: RefCell::default(), default: Ok(Zone::utc()) };
        if let Some(named) = calendar.all("X-WR-TIMEZONE").next() {
            zones.default = zones.get(named.value.trim());
        }
        zones
    }

    /// The zone called `id`.
    pub(super) fn get(&self, id: &str) -> Result<Zone, String> {
        if let Some(zone) = self.known.borrow().get(id) {
            return zone.clone();
        }
        let zone = self.find(id);
        self.known.borrow_mut().insert(id.to_owned(), zone.clone());
        zone
    }

    fn find(&self, id: &str) -> Result<Zone, String> {
        if let Some(zone) = Zone::named(id) {
            return Ok(zone);
        }
        match self.own.get(id) {
            Some(zone) => zone.clone(),
            None => Err(format!("the time zone `{}` is not known", visible(id))),
        }
    }

    /// The calendar's own zone, in which days and times without a zone are.
    pub(super) fn default(&self) -> Result<Zone, String> {
        self.default.clone()
    }
}

/// The offsets that a VTIMEZONE says, from before `window` until after it.
fn offsets(zone: &Component, window: Window, budget: &mut Budget) -> Result<Offsets, String> {
    let id = zone.only("TZID").ok().flatten().map_or("", |line| line.value.as_str());
    let wrong = || format!("the rules of the time zone `{}` cannot be read", visible(id));
    let parts = zone.parts.iter().filter(|part| part.name == "STANDARD" || part.name == "DAYLIGHT");
    let mut onsets: Vec<(Timestamp, Offset, Offset)> = Vec::new();
    for part in parts.take(Zones::MOST) {
        onsets.extend(onsets_of(part, window, budget).ok_or_else(wrong)?);
    }
    onsets.sort_by_key(|(from, ..)| *from);
    let before = onsets.first().map(|(_, before, _)| *before).ok_or_else(wrong)?;
    Ok(Offsets { before, changes: onsets.into_iter().map(|(from, _, offset)| (from, offset)).collect() })
}

/// When the clocks are set as `part` says, with the offsets before and after.
fn onsets_of(part: &Component, window: Window, budget: &mut Budget) -> Option<Vec<(Timestamp, Offset, Offset)>> {
    if part.is_damaged {
        return None;
    }
    let line = |name| part.only(name).ok().flatten();
    let (before, after) = (offset(line("TZOFFSETFROM")?)?, offset(line("TZOFFSETTO")?)?);
    let start = civil(&line("DTSTART")?.value)?;
    let mut local = vec![start];
    for dates in part.all("RDATE") {
        local.extend(dates.value.split(',').map(civil).collect::<Option<Vec<_>>>()?);
    }
    let mut until = None;
    if let Some(rule) = part.only("RRULE").ok()? {
        let rule = Rule::parse(&rule.value).ok()?;
        until = rule.until().cloned();
        let end = day(window.until, 800);
        let last = match &until {
            Some(Until::Instant(until)) => end.min(day(*until, 2)),
            Some(Until::Local(until)) => end.min(until.date()),
            Some(Until::Day(until)) => end.min(*until),
            None => end,
        };
        // Rules set the clocks once a year: two years back there is an onset that still counts.
        let years = SignedDuration::from_hours(24 * 800);
        let first = day(window.from, -800).min(last.checked_sub(years).ok()?);
        let first = if rule.is_counted() { start.date() } else { first };
        local.extend(rule.between(start, first, last, budget).ok()?);
    }
    let onsets = local.into_iter().filter_map(|local| Some((local, before.to_timestamp(local).ok()?)));
    let counts = |(local, from): &(DateTime, Timestamp)| match &until {
        Some(Until::Instant(until)) => from <= until || *local == start,
        Some(Until::Local(until)) => local <= until || *local == start,
        Some(Until::Day(until)) => local.date() <= *until || *local == start,
        None => true,
    };
    Some(onsets.filter(counts).map(|(_, from)| (from, before, after)).collect())
}

/// The day of `time`, and so many on.
fn day(time: Timestamp, days: i64) -> Date {
    TimeZone::UTC.to_datetime(later(time, SignedDuration::from_hours(24 * days))).date()
}

/// `+HHMM`, `-HHMM`, with seconds or without.
fn offset(line: &Line) -> Option<Offset> {
    let text = line.value.trim();
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let is_time = (digits.len() == 4 || digits.len() == 6) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_time {
        return None;
    }
    let number = |at: usize| digits.get(at..at + 2).map_or(Ok(0), str::parse::<i8>).ok();
    let time = Time::new(number(0)?, number(2)?, number(4)?, 0).ok()?;
    let seconds = i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second());
    Offset::from_seconds(sign * seconds).ok()
}
