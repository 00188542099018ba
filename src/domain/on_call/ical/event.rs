//! One event of a calendar: whose it is, when, and which occurrence of a series it takes the place of.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use super::lines::{Component, Line};
use super::moment::Moment;
use super::recurrence::Rule;
use super::zone::Zones;
use crate::domain::on_call::PersonNames;

/// What PagerDuty begins its summaries with: `On Call - NAME - SCHEDULE`.
const PAGERDUTY: &str = "On Call - ";
/// The longest that something that recurs lasts; what lasts longer is no shift.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 366);

/// An event.
#[derive(Debug)]
pub(super) struct Event {
    /// Whose it is; nobody's where it was cancelled or is not settled.
    pub(super) who: PersonNames,
    pub(super) start: Moment,
    length: Length,
    pub(super) rule: Option<Rule>,
    /// Further beginnings.
    pub(super) also: Vec<Moment>,
    /// Beginnings that do not count.
    pub(super) except: BTreeSet<Instance>,
}

/// How long it lasts.
#[derive(Debug, Clone, Copy)]
enum Length {
    /// As the clocks on the wall show it, and then this much.
    Local { days: i64, seconds: i64, then: SignedDuration },
    /// By the clock.
    Exact(SignedDuration),
}

/// An occurrence of a series, by its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Instance {
    At(Timestamp),
    On(Date),
}

impl Instance {
    fn of(moment: &Moment) -> Result<Self, String> {
        if moment.is_day { Ok(Instance::On(moment.local.date())) } else { moment.instant().map(Instance::At) }
    }

    /// The occurrence that `component` takes the place of.
    pub(super) fn replaced_by(component: &Component, zones: &Zones) -> Result<Option<Self>, String> {
        let Some(line) = component.only("RECURRENCE-ID")? else { return Ok(None) };
        Instance::of(&Moment::of(line, zones)?).map(Some)
    }

    /// What the occurrence that begins at `start` may be called.
    pub(super) fn both(start: &Moment) -> Result<[Self; 2], String> {
        Ok([Instance::At(start.instant()?), Instance::On(start.local.date())])
    }
}

impl Event {
    /// Reads a VEVENT. What says less than it seems to, in parts that cannot be read, is an error.
    pub(super) fn of(component: &Component, zones: &Zones) -> Result<Self, String> {
        if component.is_damaged {
            return Err("a line of it cannot be read".to_owned());
        }
        if component.all("EXRULE").next().is_some() {
            return Err("it has an EXRULE, which is not understood".to_owned());
        }
        let start = Moment::of(component.only("DTSTART")?.ok_or("it has no DTSTART")?, zones)?;
        let mut also = Vec::new();
        for line in component.all("RDATE") {
            // Periods have lengths of their own; no rota is written so.
            also.extend(Moment::all_of(line, zones)?);
        }
        let mut except = BTreeSet::new();
        for line in component.all("EXDATE") {
            for moment in Moment::all_of(line, zones)? {
                except.insert(Instance::of(&moment)?);
            }
        }
        let length = length(component, &start, zones)?;
        let rule = component.only("RRULE")?.map(|line| Rule::parse(&line.value)).transpose()?;
        Ok(Event { who: who(component)?, start, length, rule, also, except })
    }

    /// When an occurrence that begins at `start` ends.
    pub(super) fn end(&self, start: &Moment) -> Option<Timestamp> {
        match self.length {
            Length::Exact(length) => start.instant().ok()?.checked_add(length).ok(),
            Length::Local { days, seconds, then } => {
                let local =
                    start.local.checked_add(Span::new().try_days(days).ok()?.try_seconds(seconds).ok()?).ok()?;
                start.zone.instant(local)?.checked_add(then).ok()
            }
        }
    }

    /// Whether it lasts so long that it is no shift.
    pub(super) fn is_endless(&self) -> bool {
        let length = match self.length {
            Length::Exact(length) => length,
            Length::Local { days, seconds, then } => {
                let local = days.saturating_mul(24 * 3600).saturating_add(seconds);
                SignedDuration::from_secs(local).saturating_add(then)
            }
        };
        length > LONGEST
    }
}

/// How long an event lasts: up to DTEND, for DURATION, or for the whole day; nothing where it says none of these.
fn length(component: &Component, start: &Moment, zones: &Zones) -> Result<Length, String> {
    match (component.only("DTEND")?, component.only("DURATION")?) {
        (Some(_), Some(_)) => Err("it has both DTEND and DURATION".to_owned()),
        (Some(end), None) => {
            let end = Moment::of(end, zones)?;
            if end.is_day != start.is_day {
                return Err("it begins at a time and ends on a day, or the other way".to_owned());
            }
            let (from, until) = (start.instant()?, end.instant()?);
            // On the clocks of one zone it ends when they show what DTEND says, also on days on which they are changed.
            let ends_there = start.zone.instant(end.local) == Some(until) && start.zone.local(from) == start.local;
            if !ends_there {
                return Ok(Length::Exact(until.duration_since(from)));
            }
            let span = end.local.duration_since(start.local).as_secs();
            Ok(Length::Local { days: span / 86_400, seconds: span % 86_400, then: SignedDuration::ZERO })
        }
        (None, Some(duration)) => duration_of(duration),
        (None, None) => Ok(Length::Local { days: i64::from(start.is_day), seconds: 0, then: SignedDuration::ZERO }),
    }
}

/// `P1W`, `P1DT12H`: days and weeks as the clocks on the wall show them, hours and less by the clock.
fn duration_of(line: &Line) -> Result<Length, String> {
    let wrong = || "its DURATION cannot be read".to_owned();
    let text = line.value.trim().to_ascii_uppercase();
    let text = text.strip_prefix('+').unwrap_or(&text).strip_prefix('P').ok_or_else(wrong)?;
    let (dates, times) = match text.split_once('T') {
        Some((dates, times)) if !times.is_empty() => (dates, times),
        Some(_) => return Err(wrong()),
        None => (text, ""),
    };
    if dates.is_empty() && times.is_empty() {
        return Err(wrong());
    }
    let [days, weeks] = amounts(dates, ['D', 'W']).ok_or_else(wrong)?;
    let [hours, minutes, seconds] = amounts(times, ['H', 'M', 'S']).ok_or_else(wrong)?;
    let then = SignedDuration::from_secs(hours * 3600 + minutes * 60 + seconds);
    Ok(Length::Local { days: weeks * 7 + days, seconds: 0, then })
}

/// The numbers before each of `units`, which stand in any order and once at most.
fn amounts<const N: usize>(text: &str, units: [char; N]) -> Option<[i64; N]> {
    let mut amounts = [None; N];
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit())?;
        let number: i64 = rest[..end].parse().ok().filter(|number| *number <= 1_000_000)?;
        let unit = rest[end..].chars().next()?;
        let slot = &mut amounts[units.iter().position(|known| *known == unit)?];
        if slot.replace(number).is_some() {
            return None;
        }
        rest = &rest[end + unit.len_utf8()..];
    }
    Some(amounts.map(Option::unwrap_or_default))
}

/// Whose it is: by its summary, and by the addresses of those who attend.
fn who(component: &Component) -> Result<PersonNames, String> {
    let status = component.only("STATUS")?.map(|line| line.value.trim().to_ascii_uppercase());
    if status.is_some_and(|status| status != "CONFIRMED") {
        return Ok(PersonNames::default());
    }
    let summary = component.only("SUMMARY")?.map(Line::text).unwrap_or_default();
    let summary = match summary.strip_prefix(PAGERDUTY) {
        Some(rest) => rest.split_once(" - ").map_or(rest, |(name, _)| name).to_owned(),
        None => summary,
    };
    let attend = component.all("ATTENDEE").filter(|line| attends(line)).map(|line| address(&line.value).to_owned());
    Ok(PersonNames::new(std::iter::once(summary).chain(attend)))
}

/// Whether it is a person, who has not declined and is meant to be there.
fn attends(line: &Line) -> bool {
    let is = |param, value: &str| line.param(param).is_some_and(|given| given.eq_ignore_ascii_case(value));
    let is_person = line.param("CUTYPE").is_none_or(|kind| kind.eq_ignore_ascii_case("INDIVIDUAL"));
    is_person && !is("PARTSTAT", "DECLINED") && !is("PARTSTAT", "DELEGATED") && !is("ROLE", "NON-PARTICIPANT")
}

fn address(value: &str) -> &str {
    let value = value.trim();
    match value.split_at_checked("mailto:".len()) {
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto:") => address,
        _ => value,
    }
}
