//! Days and times as a calendar writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::lines::Line;
use super::written::{civil, date};
use super::zone::{Zone, Zones};

/// A day, or a time in a zone.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// What the zone's clocks show; midnight of a day.
    pub(super) local: DateTime,
    pub(super) zone: Zone,
    /// Whether it is a whole day.
    pub(super) is_day: bool,
}

impl Moment {
    /// The only value of `line`.
    pub(super) fn of(line: &Line, zones: &Zones) -> Result<Self, String> {
        Moment::parse(&line.value, line, zones)
    }

    /// Each value of a list such as EXDATE.
    pub(super) fn all_of(line: &Line, zones: &Zones) -> Result<Vec<Self>, String> {
        line.value.split(',').map(|value| Moment::parse(value, line, zones)).collect()
    }

    /// `value`, with the zone that `line` names.
    pub(super) fn parse(value: &str, line: &Line, zones: &Zones) -> Result<Self, String> {
        let value = value.trim();
        let wrong = || format!("its {} is neither a day nor a time", line.name);
        let kind = line.param("VALUE").map(str::to_ascii_uppercase);
        if let Some(day) = date(value) {
            let is_meant = kind.as_deref().is_none_or(|kind| kind == "DATE");
            let zone = zones.default()?;
            return if is_meant { Ok(Moment { local: day.into(), zone, is_day: true }) } else { Err(wrong()) };
        }
        if kind.is_some_and(|kind| kind != "DATE-TIME") {
            return Err(wrong());
        }
        let (local, zone) = match value.strip_suffix('Z') {
            Some(utc) => (civil(utc), Zone::utc()),
            None => (civil(value), line.param("TZID").map_or_else(|| zones.default(), |id| zones.get(id))?),
        };
        Ok(Moment { local: local.ok_or_else(wrong)?, zone, is_day: false })
    }

    /// When it is, or begins.
    pub(super) fn instant(&self) -> Result<Timestamp, String> {
        self.zone.instant(self.local).ok_or_else(|| "a time of it is beyond all calendars".to_owned())
    }
}
