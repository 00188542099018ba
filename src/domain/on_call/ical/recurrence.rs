//! Recurrence rules (RFC 5545, 3.3.10) that go by days or longer.
//!
//! A rule is not followed from its beginning: each period around the days that are asked about is looked at by itself, so an
//! old series costs no more than a new one. Only one that counts its occurrences is followed, as far as the budget goes.
//! What is not understood makes the whole rule unusable, because a part that is left out would let more recur.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{SignedDuration, Timestamp};

use super::budget::{Budget, Spent};
use super::written::{civil, date};

/// A rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: i64,
    count: Option<u32>,
    until: Option<Until>,
    by_month: Vec<i64>,
    by_week: Vec<i64>,
    by_year_day: Vec<i64>,
    by_month_day: Vec<i64>,
    by_day: Vec<(i64, Weekday)>,
    by_hour: Vec<i64>,
    by_minute: Vec<i64>,
    by_second: Vec<i64>,
    by_position: Vec<i64>,
    week_start: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last moment at which something recurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Until {
    Day(Date),
    Local(DateTime),
    Instant(Timestamp),
}

/// The most times of a day at which one event begins: every quarter of an hour.
const MOST_TIMES: usize = 96;
/// The parts that a rule may have, each once.
const MOST_PARTS: usize = 14;
/// What an occurrence costs, where a day that is looked at costs one.
const OCCURRENCE: usize = 20;
/// How many items of lists may be looked through for the cost of a day.
const ITEMS: usize = 8;

impl Rule {
    /// Takes `text`, such as `FREQ=WEEKLY;BYDAY=MO`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts: Vec<(String, &str)> = Vec::new();
        for part in text.trim().trim_end_matches(';').split(';') {
            if parts.len() == MOST_PARTS {
                return Err("its RRULE has a part that is not known".to_owned());
            }
            let (name, value) = part.split_once('=').ok_or("its RRULE cannot be read")?;
            let name = name.trim().to_ascii_uppercase();
            if parts.iter().any(|(known, _)| *known == name) {
                return Err("its RRULE says something twice".to_owned());
            }
            parts.push((name, value.trim()));
        }
        let mut take = |name: &str| {
            let at = parts.iter().position(|(known, _)| known == name)?;
            Some(parts.swap_remove(at).1)
        };
        let frequency = match take("FREQ").map(str::to_ascii_uppercase).as_deref() {
            Some("DAILY") => Frequency::Daily,
            Some("WEEKLY") => Frequency::Weekly,
            Some("MONTHLY") => Frequency::Monthly,
            Some("YEARLY") => Frequency::Yearly,
            Some("HOURLY" | "MINUTELY" | "SECONDLY") => return Err("it recurs within a day".to_owned()),
            _ => return Err("its RRULE has no FREQ that is known".to_owned()),
        };
        let rule = Rule {
            frequency,
            interval: take("INTERVAL").map_or(Ok(1), |value| number(value, 1..=10_000))?,
            count: take("COUNT").map(|value| number(value, 1..=1_000_000)).transpose()?.and_then(|n| n.try_into().ok()),
            until: take("UNTIL").map(until).transpose()?,
            by_month: numbers(take("BYMONTH"), 1..=12, false)?,
            by_week: numbers(take("BYWEEKNO"), 1..=53, true)?,
            by_year_day: numbers(take("BYYEARDAY"), 1..=366, true)?,
            by_month_day: numbers(take("BYMONTHDAY"), 1..=31, true)?,
            by_day: take("BYDAY").map_or(Ok(Vec::new()), nth_weekdays)?,
            by_hour: numbers(take("BYHOUR"), 0..=23, false)?,
            by_minute: numbers(take("BYMINUTE"), 0..=59, false)?,
            by_second: numbers(take("BYSECOND"), 0..=59, false)?,
            by_position: numbers(take("BYSETPOS"), 1..=366, true)?,
            week_start: take("WKST").map_or(Ok(Weekday::Monday), weekday)?,
        };
        match parts.first() {
            Some(_) => Err("its RRULE has a part that is not known".to_owned()),
            None => rule.checked(),
        }
    }

    /// The rule, where its parts may stand together.
    fn checked(self) -> Result<Self, String> {
        let is = |frequency| self.frequency == frequency;
        let has_nth = self.by_day.iter().any(|(nth, _)| *nth != 0);
        let times = [&self.by_hour, &self.by_minute, &self.by_second].map(|times| times.len().max(1));
        let by_anything = [&self.by_month, &self.by_week, &self.by_year_day, &self.by_month_day];
        let is_unfit = (self.count.is_some() && self.until.is_some())
            || (has_nth && !is(Frequency::Monthly) && !is(Frequency::Yearly))
            || (has_nth && !self.by_week.is_empty())
            || (!self.by_week.is_empty() && !is(Frequency::Yearly))
            || (!self.by_year_day.is_empty() && !is(Frequency::Yearly))
            || (!self.by_month_day.is_empty() && is(Frequency::Weekly))
            // Readers disagree about the first week, which may begin before the series does.
            || (!self.by_position.is_empty() && is(Frequency::Weekly))
            || times.iter().product::<usize>() > MOST_TIMES
            || (!self.by_position.is_empty()
                && by_anything.iter().all(|list| list.is_empty())
                && self.by_day.is_empty()
                && times == [1, 1, 1]);
        if is_unfit { Err("the parts of its RRULE do not go together".to_owned()) } else { Ok(self) }
    }

    /// The last moment at which it recurs. Its caller compares with it: only that knows the zone.
    pub(super) fn until(&self) -> Option<&Until> {
        self.until.as_ref()
    }

    /// Whether it counts its occurrences, from the first one on.
    pub(super) fn is_counted(&self) -> bool {
        self.count.is_some()
    }

    /// When it recurs from `first` to `last`, where it begins at `start`; the end that [`Rule::until`] says is not heeded.
    pub(super) fn between(
        &self,
        start: DateTime,
        first: Date,
        last: Date,
        budget: &mut Budget,
    ) -> Result<Vec<DateTime>, Spent> {
        let rule = self.completed(start);
        let times = rule.times(start);
        let origin = rule.period_of(start.date());
        let passed = (rule.period_of(first) - origin).max(0) / rule.interval;
        let mut step = if rule.count.is_some() { 0 } else { passed };
        let mut left = rule.count;
        let mut found = Vec::new();
        loop {
            let period = origin + step * rule.interval;
            if period > rule.period_of(last) || left == Some(0) {
                return Ok(found);
            }
            for time in rule.set(period, &times, budget)?.into_iter().filter(|time| *time >= start) {
                if let Some(left) = &mut left {
                    let Some(fewer) = left.checked_sub(1) else { return Ok(found) };
                    *left = fewer;
                }
                if (first..=last).contains(&time.date()) {
                    found.push(time);
                }
            }
            step += 1;
        }
    }

    /// The rule with what it leaves to its beginning.
    fn completed(&self, start: DateTime) -> Self {
        let mut rule = self.clone();
        let names_days = !rule.by_week.is_empty()
            || !rule.by_year_day.is_empty()
            || !rule.by_month_day.is_empty()
            || !rule.by_day.is_empty();
        if names_days {
            return rule;
        }
        match rule.frequency {
            Frequency::Daily => {}
            Frequency::Weekly => rule.by_day = vec![(0, start.weekday())],
            Frequency::Monthly => rule.by_month_day = vec![i64::from(start.day())],
            Frequency::Yearly => {
                rule.by_month_day = vec![i64::from(start.day())];
                if rule.by_month.is_empty() {
                    rule.by_month = vec![i64::from(start.month())];
                }
            }
        }
        rule
    }

    /// The times of a day, in order.
    fn times(&self, start: DateTime) -> Vec<Time> {
        let or = |list: &[i64], own: i8| if list.is_empty() { vec![i64::from(own)] } else { list.to_vec() };
        let mut times = Vec::new();
        for hour in or(&self.by_hour, start.hour()) {
            for minute in or(&self.by_minute, start.minute()) {
                for second in or(&self.by_second, start.second()) {
                    let parts = [hour, minute, second].map(|part| i8::try_from(part).unwrap_or_default());
                    times.extend(Time::new(parts[0], parts[1], parts[2], 0));
                }
            }
        }
        times.sort();
        times.dedup();
        times
    }

    /// Which day, week, month or year it is, counted from anywhere.
    fn period_of(&self, day: Date) -> i64 {
        match self.frequency {
            Frequency::Daily => day_number(day),
            Frequency::Weekly => day_number(self.week_of(day)).div_euclid(7),
            Frequency::Monthly => i64::from(day.year()) * 12 + i64::from(day.month()) - 1,
            Frequency::Yearly => i64::from(day.year()),
        }
    }

    /// The first day of a period and how many it has; none beyond the calendar's end.
    fn days_of(&self, period: i64) -> Option<(Date, usize)> {
        match self.frequency {
            Frequency::Daily => Some((day_numbered(period)?, 1)),
            Frequency::Weekly => {
                let offset = (day_number(self.week_of(EPOCH))).rem_euclid(7);
                Some((day_numbered(period * 7 + offset)?, 7))
            }
            Frequency::Monthly => {
                let month = i8::try_from(period.rem_euclid(12) + 1).ok()?;
                let first = Date::new(period.div_euclid(12).try_into().ok()?, month, 1).ok()?;
                Some((first, first.days_in_month().try_into().ok()?))
            }
            Frequency::Yearly => {
                let first = Date::new(period.try_into().ok()?, 1, 1).ok()?;
                Some((first, first.days_in_year().try_into().ok()?))
            }
        }
    }

    /// All that recurs in a period.
    fn set(&self, period: i64, times: &[Time], budget: &mut Budget) -> Result<Vec<DateTime>, Spent> {
        let Some((first, count)) = self.days_of(period) else { return Ok(Vec::new()) };
        budget.take(count * (1 + self.items() / ITEMS))?;
        let mut set = Vec::new();
        let mut day = Some(first);
        for _ in 0..count {
            let Some(today) = day else { break };
            if self.fits(today) {
                budget.take(times.len() * OCCURRENCE)?;
                set.extend(times.iter().map(|time| today.to_datetime(*time)));
            }
            day = today.tomorrow().ok();
        }
        if self.by_position.is_empty() {
            return Ok(set);
        }
        budget.take(set.len() * self.by_position.len() / ITEMS)?;
        let is_chosen = |at: usize| {
            let (from_start, from_end) = (at as i64 + 1, at as i64 - set.len() as i64);
            self.by_position.contains(&from_start) || self.by_position.contains(&from_end)
        };
        Ok(set.iter().enumerate().filter(|(at, _)| is_chosen(*at)).map(|(_, time)| *time).collect())
    }

    /// How many items its lists about days have.
    fn items(&self) -> usize {
        let numbers = [&self.by_month, &self.by_week, &self.by_year_day, &self.by_month_day];
        numbers.iter().map(|list| list.len()).sum::<usize>() + self.by_day.len()
    }

    /// Whether it recurs on `day`, as far as days go.
    fn fits(&self, day: Date) -> bool {
        let month = i64::from(day.month());
        (self.by_month.is_empty() || self.by_month.contains(&month))
            && counted(&self.by_month_day, i64::from(day.day()), i64::from(day.days_in_month()))
            && counted(&self.by_year_day, i64::from(day.day_of_year()), i64::from(day.days_in_year()))
            && self.fits_week(day)
            && (self.by_day.is_empty() || self.by_day.iter().any(|(nth, weekday)| self.is_nth(day, *nth, *weekday)))
    }

    fn is_nth(&self, day: Date, nth: i64, weekday: Weekday) -> bool {
        if day.weekday() != weekday || nth == 0 {
            return day.weekday() == weekday;
        }
        let is_of_month = self.frequency == Frequency::Monthly || !self.by_month.is_empty();
        let (at, count) = match is_of_month {
            true => (i64::from(day.day()), i64::from(day.days_in_month())),
            false => (i64::from(day.day_of_year()), i64::from(day.days_in_year())),
        };
        nth == (at - 1) / 7 + 1 || nth == -((count - at) / 7 + 1)
    }

    /// The first week of a year is the first that has four of its days.
    fn fits_week(&self, day: Date) -> bool {
        if self.by_week.is_empty() {
            return true;
        }
        let Some(middle) = day_numbered(day_number(self.week_of(day)) + 3) else { return false };
        let at = i64::from(middle.day_of_year());
        let weeks_left = (i64::from(middle.days_in_year()) - at) / 7;
        let week = (at - 1) / 7 + 1;
        counted(&self.by_week, week, week + weeks_left)
    }

    /// The first day of the week of `day`.
    fn week_of(&self, day: Date) -> Date {
        let days = day.weekday().since(self.week_start);
        day_numbered(day_number(day) - i64::from(days)).unwrap_or(Date::MIN)
    }
}

/// Whether a list has the number `at` of `count`, counted from the start or from the end; an empty one has all.
fn counted(list: &[i64], at: i64, count: i64) -> bool {
    list.is_empty() || list.contains(&at) || list.contains(&(at - count - 1))
}

const EPOCH: Date = Date::constant(1970, 1, 1);

fn day_number(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24
}

fn day_numbered(number: i64) -> Option<Date> {
    EPOCH.checked_add(SignedDuration::from_hours(number.checked_mul(24)?)).ok()
}

fn number(text: &str, range: std::ops::RangeInclusive<i64>) -> Result<i64, String> {
    let is_number = text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| text.parse().ok()).flatten().filter(|number| range.contains(number));
    number.ok_or_else(|| "its RRULE has a number that is none, or out of range".to_owned())
}

/// A list of numbers; negative ones, which count from the end, where `signed` allows.
fn numbers(text: Option<&str>, range: std::ops::RangeInclusive<i64>, signed: bool) -> Result<Vec<i64>, String> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let one = |text: &str| match text.strip_prefix('-') {
        Some(digits) if signed => Ok(-number(digits, range.clone())?),
        _ => number(text.strip_prefix('+').filter(|_| signed).unwrap_or(text), range.clone()),
    };
    let list = text.split(',').map(|text| one(text.trim())).collect::<Result<Vec<_>, _>>()?;
    Ok(each_once(list))
}

/// The items in order, each once: an expression of megabytes may repeat one of them.
fn each_once<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort_unstable();
    items.dedup();
    items
}

fn weekday(text: &str) -> Result<Weekday, String> {
    match text.to_ascii_uppercase().as_str() {
        "MO" => Ok(Weekday::Monday),
        "TU" => Ok(Weekday::Tuesday),
        "WE" => Ok(Weekday::Wednesday),
        "TH" => Ok(Weekday::Thursday),
        "FR" => Ok(Weekday::Friday),
        "SA" => Ok(Weekday::Saturday),
        "SU" => Ok(Weekday::Sunday),
        _ => Err("its RRULE has a weekday that is none".to_owned()),
    }
}

fn nth_weekdays(text: &str) -> Result<Vec<(i64, Weekday)>, String> {
    let mut list = text.split(',').map(nth_weekday).collect::<Result<Vec<_>, _>>()?;
    list.sort_unstable_by_key(|(nth, weekday)| (*nth, weekday.to_monday_one_offset()));
    list.dedup();
    Ok(list)
}

/// `MO`, or `-1MO` for the last one; every one has the number 0.
fn nth_weekday(text: &str) -> Result<(i64, Weekday), String> {
    let text = text.trim();
    let split = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (nth, day) = text.split_at(split);
    let nth = if nth.is_empty() { 0 } else { numbers(Some(nth), 1..=53, true)?.first().copied().unwrap_or(0) };
    Ok((nth, weekday(day)?))
}

fn until(text: &str) -> Result<Until, String> {
    let utc = |text: &str| jiff::tz::Offset::UTC.to_timestamp(civil(text)?).ok();
    let read = match text.strip_suffix('Z') {
        Some(text) => utc(text).map(Until::Instant),
        None => date(text).map(Until::Day).or_else(|| civil(text).map(Until::Local)),
    };
    read.ok_or_else(|| "the UNTIL of its RRULE is neither a day nor a time".to_owned())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use proptest::prelude::*;

    use super::*;

    fn days(rule: &str, start: &str, first: &str, last: &str) -> Vec<String> {
        let rule = Rule::parse(rule).unwrap();
        let found =
            rule.between(start.parse().unwrap(), first.parse().unwrap(), last.parse().unwrap(), &mut Budget::whole());
        found.unwrap().iter().map(|time| time.date().to_string()).collect()
    }

    #[test]
    fn a_list_that_repeats_itself_is_no_longer_than_what_it_says() {
        let repeated = |part: &str| vec![part; 200_000].join(",");
        let rule = Rule::parse(&format!(
            "FREQ=YEARLY;COUNT=1000000;BYMONTH={};BYMONTHDAY={};BYDAY={};BYHOUR={}",
            repeated("11"),
            repeated("-1"),
            repeated("-1MO"),
            repeated("9")
        ))
        .unwrap();
        assert_eq!((rule.by_month, rule.by_month_day), (vec![11], vec![-1]));
        assert_eq!((rule.by_day, rule.by_hour), (vec![(-1, Weekday::Monday)], vec![9]));
    }

    #[test]
    fn no_more_parts_are_looked_at_than_there_are() {
        let all = "FREQ=YEARLY;INTERVAL=1;COUNT=9;BYMONTH=1;BYWEEKNO=1;BYYEARDAY=1;BYMONTHDAY=1;BYDAY=MO;BYHOUR=1;BYMINUTE=1;\
                   BYSECOND=1;BYSETPOS=1;WKST=MO";
        assert!(Rule::parse(all).is_ok());
        let more: String = (0..20).map(|number| format!(";X{number}=1")).collect();
        let refused = Rule::parse(&format!("FREQ=DAILY{more};no part")).unwrap_err();
        assert_eq!(refused, "its RRULE has a part that is not known");
    }

    #[test]
    fn long_lists_cost_more_than_short_ones() {
        let whole = |rule: &str| {
            let (first, last) = (Date::constant(1, 1, 1), Date::constant(9999, 12, 31));
            let rule = Rule::parse(rule).unwrap();
            rule.between(first.at(0, 0, 0, 0), last, last, &mut Budget::whole()).map(drop)
        };
        // No February has thirty days, so that days are all that is looked at.
        let never = "FREQ=YEARLY;COUNT=1000000;BYMONTH=2;BYMONTHDAY=30";
        assert_eq!(whole(never), Ok(()));
        let weekdays: Vec<String> = (1..=53).map(|nth| format!("{nth}MO,{nth}TU,-{nth}WE")).collect();
        assert_eq!(whole(&format!("{never};BYDAY={}", weekdays.join(","))), Err(Spent));
    }

    #[test]
    fn the_days_are_those_of_a_wall_calendar() {
        let monday = "2026-01-05T09:00:00";
        let table: [(&str, &str, &str, &[&str]); 11] = [
            ("FREQ=DAILY;INTERVAL=3", "2026-11-01", "2026-11-09", &["2026-11-01", "2026-11-04", "2026-11-07"]),
            ("FREQ=WEEKLY", "2026-11-20", "2026-12-01", &["2026-11-23", "2026-11-30"]),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", "2026-11-16", "2026-11-30", &["2026-11-23", "2026-11-27"]),
            ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-01", "2026-12-31", &["2026-11-27", "2026-12-25"]),
            ("FREQ=MONTHLY;BYDAY=2TU", "2026-11-01", "2026-11-30", &["2026-11-10"]),
            ("FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-01", "2026-12-31", &["2026-12-31"]),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-01", "2026-12-31", &["2026-11-30", "2026-12-31"]),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-01", "2026-12-01", &["2026-11-30"]),
            ("FREQ=YEARLY;BYWEEKNO=48;BYDAY=MO", "2026-01-01", "2026-12-31", &["2026-11-23"]),
            ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-01-01", "2026-12-31", &["2026-11-26"]),
            ("FREQ=YEARLY;BYYEARDAY=-1", "2026-01-01", "2026-12-31", &["2026-12-31"]),
        ];
        for (rule, first, last, expected) in table {
            assert_eq!(days(rule, monday, first, last), expected, "{rule}");
        }
    }

    #[test]
    fn a_fortnight_begins_on_the_day_that_weeks_begin_on() {
        let sunday = |week_start| {
            days(
                &format!("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST={week_start}"),
                "1997-08-05T09:00:00",
                "1997-08-01",
                "1997-08-31",
            )
        };
        assert_eq!(sunday("MO"), ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]);
        assert_eq!(sunday("SU"), ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]);
    }

    #[test]
    fn occurrences_are_counted_from_the_beginning_however_long_ago_it_was() {
        assert_eq!(
            days("FREQ=DAILY;COUNT=10", "2026-11-15T09:00:00", "2026-11-22", "2026-11-30"),
            ["2026-11-22", "2026-11-23", "2026-11-24"]
        );
        assert_eq!(days("FREQ=WEEKLY;COUNT=3000", "1970-01-05T09:00:00", "2026-11-23", "2026-11-29"), ["2026-11-23"]);
        assert_eq!(days("FREQ=WEEKLY;COUNT=100", "1970-01-05T09:00:00", "2026-11-23", "2026-11-29"), [""; 0]);
    }

    #[test]
    fn what_is_not_understood_makes_the_rule_unusable_rather_than_wider() {
        let unusable = [
            "",
            "FREQ=",
            "FREQ=SOMETIMES",
            "FREQ=SECONDLY",
            "FREQ=HOURLY;INTERVAL=12",
            "BYDAY=MO",
            "FREQ=DAILY;BYDAY=XX",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;COUNT=x",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=65537",
            "FREQ=MONTHLY;BYMONTHDAY=257",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=DAILY;UNTIL=tomorrow",
            "FREQ=DAILY;BYEASTER=1",
            "FREQ=DAILY;FREQ=YEARLY",
            "FREQ=DAILY;COUNT=1;UNTIL=20260101",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=DAILY;RSCALE=HEBREW",
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "FREQ=MONTHLY;BYWEEKNO=1",
            "FREQ=DAILY;BYSETPOS=1",
            "FREQ=DAILY;BYDAY=",
            "FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,1,2,3,4,5;BYSECOND=0,1,2,3",
            "FREQ=DAILY;BYMONTH=-1",
            "FREQ=DAILY;X",
        ];
        for text in unusable {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn work_is_bounded_whatever_the_rule() {
        let rule = Rule::parse("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000").unwrap();
        let start = "0001-01-01T00:00:00".parse().unwrap();
        let mut budget = Budget::whole();
        let (first, last) = ("9000-01-01".parse().unwrap(), "9000-12-31".parse().unwrap());
        let looked = (0..10).map(|_| rule.between(start, first, last, &mut budget)).find(Result::is_err);
        assert_eq!(looked, Some(Err(Spent)));
    }

    fn list(range: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = Vec<i64>> {
        proptest::collection::vec(range.prop_filter("no such number", |number| *number != 0), 0..3)
    }

    fn part(name: &'static str, range: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = String> {
        list(range).prop_map(move |list| match list.is_empty() {
            true => String::new(),
            false => format!(";{name}={}", list.iter().map(i64::to_string).collect::<Vec<_>>().join(",")),
        })
    }

    /// Rules of all kinds, which RFC 5545 allows.
    fn rules() -> impl Strategy<Value = String> {
        let days = prop::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 0..4);
        let common = (
            "[1-4]",
            days,
            part("BYMONTH", 1..=12),
            prop::option::of(1..60_u32),
            prop::sample::select(vec!["MO", "SU", "TH"]),
            part("BYHOUR", 1..=23),
        );
        let kind = (
            0..4_usize,
            part("BYMONTHDAY", -31..=31),
            part("BYYEARDAY", -366..=366),
            part("BYWEEKNO", -53..=53),
            prop::option::of(-5..=5_i64),
            0..3_usize,
            part("BYSETPOS", -3..=3),
        );
        (common, kind).prop_map(|((interval, days, months, count, week_start, hours), (kind, month_days, year_days, weeks, nth, pick, position))| {
            let nth = nth.filter(|nth| *nth != 0 && kind >= 2 && (kind == 2 || pick != 2)).map_or(String::new(), |nth| nth.to_string());
            let by_day = match days.is_empty() {
                true => String::new(),
                false => format!(";BYDAY={}", days.iter().map(|day| format!("{nth}{day}")).collect::<Vec<_>>().join(",")),
            };
            let special = match (kind, pick) {
                (0 | 2, 1) => month_days,
                (3, 0) => month_days,
                (3, 1) => year_days,
                (3, 2) => weeks,
                _ => String::new(),
            };
            let position = if kind == 1 || (by_day.is_empty() && special.is_empty() && months.is_empty()) { String::new() } else { position };
            let frequency = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][kind];
            let count = count.map_or(String::new(), |count| format!(";COUNT={count}"));
            format!("FREQ={frequency};INTERVAL={interval};WKST={week_start}{count}{months}{by_day}{special}{hours}{position}")
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn rules_mean_what_another_reading_of_the_standard_says(rule in rules(), month in 1..=12_i8, day in 1..=28_i8) {
            let start = jiff::civil::date(2024, month, day).at(9, 0, 0, 0);
            let written = format!("DTSTART:{}T090000Z\nRRULE:{rule}", start.date().strftime("%Y%m%d"));
            let Ok(other) = rrule::RRuleSet::from_str(&written) else { return Ok(()) };
            let Ok(ours) = Rule::parse(&rule) else { return Err(TestCaseError::fail("ours refuses it")) };
            let (first, last) = (jiff::civil::date(2025, 3, 1), jiff::civil::date(2027, 2, 28));
            let found = ours.between(start, first, last, &mut Budget::whole()).unwrap();
            let found: Vec<String> = found.iter().map(|time| time.strftime("%Y-%m-%dT%H:%M").to_string()).collect();
            let mut expected: Vec<String> = Vec::new();
            for time in other.into_iter() {
                let time = time.format("%Y-%m-%dT%H:%M").to_string();
                if time.as_str() >= "2027-03-01" {
                    break;
                }
                if time.as_str() >= "2025-03-01" && !expected.contains(&time) {
                    expected.push(time);
                }
            }
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_text_makes_it_panic(text in "(FREQ=(DAILY|YEARLY|WEEKLY))?(;[A-Z]{1,10}=[-+0-9A-Zé,]{0,9}){0,4}") {
            if let Ok(rule) = Rule::parse(&text) {
                let day = jiff::civil::date(2026, 1, 1);
                let _ = rule.between(day.at(0, 0, 0, 0), day, day, &mut Budget::whole());
            }
        }
    }
}
