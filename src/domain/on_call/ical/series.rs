//! The events of one UID: a series, and what takes the place of some of its occurrences.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::budget::{Budget, Spent};
use super::event::{Event, Instance};
use super::lines::Component;
use super::moment::Moment;
use super::recurrence::Until;
use super::zone::Zones;
use crate::domain::on_call::reading::Problems;
use crate::domain::on_call::{Shift, Window};
use crate::domain::text::visible;
use crate::domain::time::later;

/// The most shifts of one event within a window, which has less than a thousand hours.
const MOST_OF_ONE: usize = 4_000;

/// The events of one UID.
pub(super) struct Series<'a> {
    events: Vec<&'a Component>,
}

/// The events of `calendar` by their UID; one without a UID stands for itself.
pub(super) fn all(calendar: &Component) -> Vec<Series<'_>> {
    let mut by_uid: BTreeMap<(&str, usize), Vec<&Component>> = BTreeMap::new();
    for (at, event) in calendar.parts.iter().filter(|part| part.name == "VEVENT").enumerate() {
        let uid = event.all("UID").next().map_or(("", at), |line| (line.value.as_str(), usize::MAX));
        by_uid.entry(uid).or_default().push(event);
    }
    by_uid.into_values().map(|events| Series { events }).collect()
}

/// What takes the place of occurrences.
#[derive(Default)]
struct Replacements<'a> {
    /// The newest for each occurrence; of several, the last.
    by_instance: BTreeMap<Instance, &'a Component>,
    /// The first occurrence, by its beginning and by its day, of which all later ones are replaced too.
    later_than: Option<Timestamp>,
    later_than_day: Option<Date>,
}

impl<'a> Replacements<'a> {
    fn add(&mut self, instance: Instance, component: &'a Component) {
        let is_newer = |known: &Component| sequence(known) <= sequence(component);
        if self.by_instance.get(&instance).is_none_or(|known| is_newer(known)) {
            self.by_instance.insert(instance, component);
        }
        if component.all("RECURRENCE-ID").all(|line| line.param("RANGE").is_none()) {
            return;
        }
        match instance {
            Instance::At(at) => self.later_than = Some(self.later_than.map_or(at, |known| known.min(at))),
            Instance::On(day) => self.later_than_day = Some(self.later_than_day.map_or(day, |known| known.min(day))),
        }
    }

    /// Whether the occurrence that is called one of `names` is replaced.
    fn has(&self, names: &[Instance; 2]) -> bool {
        names.iter().any(|name| {
            let is_later = match name {
                Instance::At(at) => self.later_than.is_some_and(|from| *at >= from),
                Instance::On(day) => self.later_than_day.is_some_and(|from| *day >= from),
            };
            is_later || self.by_instance.contains_key(name)
        })
    }
}

impl Series<'_> {
    /// Adds its shifts in `window`, and what could not be read.
    pub(super) fn shifts(
        &self,
        zones: &Zones,
        window: Window,
        budget: &mut Budget,
        shifts: &mut Vec<Shift>,
        problems: &mut Problems,
    ) {
        let (mut main, mut replacements) = (Vec::new(), Replacements::default());
        for component in &self.events {
            match Instance::replaced_by(component, zones) {
                Ok(None) => main.push(*component),
                Ok(Some(instance)) => replacements.add(instance, component),
                Err(why) => {
                    // It is not known which occurrence it takes the place of, so none of them can be relied on.
                    return problems.add(&about(component, &why));
                }
            }
        }
        for component in newest(main) {
            match occurrences(component, &replacements, zones, window, budget) {
                Ok(found) => shifts.extend(found),
                Err(why) => problems.add(&about(component, &why)),
            }
        }
        for component in replacements.by_instance.into_values() {
            match Event::of(component, zones).and_then(|event| shift(&event, &event.start, window)) {
                Ok(found) => shifts.extend(found),
                Err(why) => problems.add(&about(component, &why)),
            }
        }
    }
}

/// The components of the highest SEQUENCE: the others are older versions of the same.
fn newest(components: Vec<&Component>) -> Vec<&Component> {
    let highest = components.iter().map(|component| sequence(component)).max();
    components.into_iter().filter(|component| Some(sequence(component)) == highest).collect()
}

fn sequence(component: &Component) -> u64 {
    component.all("SEQUENCE").next().and_then(|line| line.value.trim().parse().ok()).unwrap_or(0)
}

fn about(component: &Component, why: &str) -> String {
    let summary = component.all("SUMMARY").next().map(super::lines::Line::text).unwrap_or_default();
    format!("`{}`: {why}", visible(&summary.chars().take(60).collect::<String>()))
}

/// The shifts of a series in `window`, but for the occurrences that something takes the place of.
fn occurrences(
    component: &Component,
    replacements: &Replacements<'_>,
    zones: &Zones,
    window: Window,
    budget: &mut Budget,
) -> Result<Vec<Shift>, String> {
    let event = Event::of(component, zones)?;
    if event.who.is_empty() {
        return Ok(Vec::new());
    }
    if event.is_endless() {
        return Err("it lasts longer than a year".to_owned());
    }
    let starts = starts(&event, window, budget)?;
    let mut shifts = Vec::new();
    for start in &starts {
        let names = Instance::both(start)?;
        if !replacements.has(&names) && !names.iter().any(|name| event.except.contains(name)) {
            shifts.extend(shift(&event, start, window)?);
        }
        if shifts.len() > MOST_OF_ONE {
            return Err("it recurs too often for a shift".to_owned());
        }
    }
    Ok(shifts)
}

fn shift(event: &Event, start: &Moment, window: Window) -> Result<Option<Shift>, String> {
    let (from, until) = (start.instant()?, event.end(start).ok_or("its end is beyond all calendars")?);
    Ok(if window.touches(from, until) { Shift::new(event.who.clone(), from, until) } else { None })
}

/// When the occurrences begin that may touch `window`.
fn starts(event: &Event, window: Window, budget: &mut Budget) -> Result<Vec<Moment>, String> {
    let mut starts = event.also.clone();
    let Some(rule) = &event.rule else {
        starts.push(event.start.clone());
        return Ok(starts);
    };
    let length =
        event.end(&event.start).ok_or("its end is beyond all calendars")?.duration_since(event.start.instant()?);
    let day = |time: Timestamp| TimeZone::UTC.to_datetime(time).date();
    // Two days more on either side: no zone is further from UTC, and no change of the clocks makes a day longer.
    let spare = SignedDuration::from_hours(48);
    let first: Date = day(later(later(window.from, -length), -spare));
    let last: Date = day(later(window.until, spare));
    let found = rule.between(event.start.local, first, last, budget);
    for local in found.map_err(|Spent| "more recurs in this calendar than is looked at")? {
        let start = Moment { local, ..event.start.clone() };
        let is_over = match rule.until() {
            Some(Until::Instant(until)) => start.instant()? > *until,
            Some(Until::Local(until)) => local > *until,
            Some(Until::Day(until)) => local.date() > *until,
            None => false,
        };
        if !is_over {
            starts.push(start);
        }
    }
    Ok(starts)
}
