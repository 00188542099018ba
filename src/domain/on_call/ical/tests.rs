use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::on_call::{PersonNames, Shift};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn read_at(text: &str, now: &str) -> Reading {
    read(text.as_bytes(), Window::around(at(now))).unwrap()
}

/// The shifts of `who` in the days around `now`, as `from/until`.
fn of(text: &str, who: &str, now: &str) -> Vec<String> {
    let reading = read_at(text, now);
    assert_eq!(reading.problems.count(), 0, "{:?}", reading.problems);
    shifts_of(&reading, who)
}

fn shifts_of(reading: &Reading, who: &str) -> Vec<String> {
    let mine = reading.shifts.iter().filter(|shift| shift.who().is(&PersonNames::new([who])));
    mine.map(|shift| format!("{}/{}", shift.from(), shift.until())).collect()
}

/// A calendar of Alice's, whose own zone is Berlin, with `lines` in its one event.
fn berlin(lines: &str) -> String {
    calendar("X-WR-TIMEZONE:Europe/Berlin\n", &event("1", lines))
}

fn calendar(head: &str, events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{head}{events}END:VCALENDAR\n")
}

fn event(uid: &str, lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:{uid}\nSUMMARY:Alice\n{lines}\nEND:VEVENT\n")
}

#[test]
fn pagerduty_says_a_name_between_its_marks_and_a_bare_address() {
    let text = include_str!("tests/pagerduty.ics");
    let now = "2026-11-22T06:00:00Z";
    for alice in ["alice doe", "ALICE@acme.example"] {
        assert_eq!(of(text, alice, now), ["2026-11-21T20:00:00Z/2026-11-22T08:00:00Z"], "{alice}");
    }
    for nobody in ["On Call - Alice Doe - Payments - Primary", "Payments", "Primary", "Alice Doe - Payments"] {
        assert_eq!(of(text, nobody, now), [""; 0], "{nobody}");
    }
    let bob = read_at(text, now).shifts.on_duty_until(&PersonNames::new(["Bob Roe"]), at("2026-11-22T08:00:00Z"));
    assert_eq!(bob, Some(at("2026-11-23T08:00:00Z")), "two shifts that touch");
}

#[test]
fn grafana_cancels_an_event_by_giving_it_no_length() {
    let text = include_str!("tests/grafana.ics");
    let now = "2026-11-22T07:00:00Z";
    assert_eq!(of(text, "Alice Doe", now), ["2026-11-22T06:00:00Z/2026-11-22T18:00:00Z"]);
    assert_eq!(of(text, "Bob Roe", now), ["2026-11-22T18:00:00Z/2026-11-23T06:00:00Z"]);
}

#[test]
fn google_has_series_with_moved_cancelled_and_excepted_occurrences_and_whole_days() {
    let text = include_str!("tests/google.ics");
    let now = "2026-11-24T00:00:00Z";
    // Berlin is at UTC+1. Tuesday is Bob's, from 13:00; Thursday is excepted; Friday is cancelled.
    let mine = of(text, "alice@acme.example", now);
    assert_eq!(
        mine[..3],
        [
            "2026-11-23T08:00:00Z/2026-11-24T08:00:00Z",
            "2026-11-25T08:00:00Z/2026-11-26T08:00:00Z",
            "2026-11-30T08:00:00Z/2026-12-01T08:00:00Z",
        ]
    );
    assert_eq!(of(text, "bob@acme.example", now), ["2026-11-24T12:00:00Z/2026-11-25T08:00:00Z"]);
    assert_eq!(of(text, "carol@acme.example", now), ["2026-11-27T23:00:00Z/2026-11-29T23:00:00Z"]);
    assert_eq!(of(text, "dave@acme.example", now), [""; 0], "who has declined is not on duty");
    assert_eq!(of(text, "Payments, primary", now).len(), mine.len());
    // The last day of the series: 1 January at 09:00 is before the end at 23:59:59.
    let last = of(text, "alice@acme.example", "2026-12-31T00:00:00Z");
    assert_eq!(last.last().map(String::as_str), Some("2027-01-01T08:00:00Z/2027-01-02T08:00:00Z"));
}

#[test]
fn outlooks_zones_follow_the_rules_that_the_calendar_gives() {
    let text = include_str!("tests/outlook.ics");
    // The clocks go forward on 29 March 2026 and back on 25 October.
    let table = [
        ("2026-03-23T00:00:00Z", "2026-03-23T08:00:00Z/2026-03-23T16:00:00Z"),
        ("2026-03-30T00:00:00Z", "2026-03-30T07:00:00Z/2026-03-30T15:00:00Z"),
        ("2026-10-19T00:00:00Z", "2026-10-19T07:00:00Z/2026-10-19T15:00:00Z"),
        ("2026-10-26T00:00:00Z", "2026-10-26T08:00:00Z/2026-10-26T16:00:00Z"),
    ];
    for (now, expected) in table {
        assert_eq!(of(text, "alice doe", now)[0], expected);
    }
}

#[test]
fn a_zone_of_the_calendars_own_that_stopped_changing_its_clocks_stays_where_it_stopped() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Ours\n\
        BEGIN:DAYLIGHT\nDTSTART:19810401T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0400\nRRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=1;UNTIL=20100331T210000Z\nEND:DAYLIGHT\n\
        BEGIN:STANDARD\nDTSTART:19800901T000000\nTZOFFSETFROM:+0400\nTZOFFSETTO:+0300\nRRULE:FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=1;UNTIL=20100831T200000Z\nEND:STANDARD\n\
        END:VTIMEZONE\n";
    let text = calendar(zone, &event("1", "DTSTART;TZID=Ours:20260701T090000\nDTEND;TZID=Ours:20260701T170000"));
    assert_eq!(of(&text, "alice", "2026-07-01T00:00:00Z"), ["2026-07-01T06:00:00Z/2026-07-01T14:00:00Z"]);
}

#[test]
fn a_handover_stays_at_its_time_of_day_when_the_clocks_change() {
    let daily = berlin(
        "DTSTART;TZID=Europe/Berlin:20240101T090000\nDTEND;TZID=Europe/Berlin:20240102T090000\nRRULE:FREQ=DAILY",
    );
    // 23 hours when the clocks go forward on 29 March 2026, 25 when they go back on 25 October.
    let table = [
        ("2026-03-28T12:00:00Z", 1, "2026-03-28T08:00:00Z/2026-03-29T07:00:00Z"),
        ("2026-10-24T12:00:00Z", 1, "2026-10-24T07:00:00Z/2026-10-25T08:00:00Z"),
    ];
    for (now, index, expected) in table {
        assert_eq!(of(&daily, "alice", now)[index], expected);
    }
}

#[test]
fn a_whole_day_lasts_from_midnight_to_midnight_in_the_calendars_own_zone() {
    let weekend = |own: &str| calendar(own, &event("1", "DTSTART;VALUE=DATE:20261025\nRRULE:FREQ=WEEKLY"));
    let now = "2026-10-25T00:00:00Z";
    let berlin = of(&weekend("X-WR-TIMEZONE:Europe/Berlin\n"), "alice", now);
    assert_eq!(berlin[..2], ["2026-10-24T22:00:00Z/2026-10-25T23:00:00Z", "2026-10-31T23:00:00Z/2026-11-01T23:00:00Z"]);
    assert_eq!(of(&weekend(""), "alice", now)[0], "2026-10-25T00:00:00Z/2026-10-26T00:00:00Z", "UTC where it has none");
}

#[test]
fn a_time_without_a_zone_is_one_of_the_calendars_own() {
    let lines = "DTSTART:20261122T090000\nDTEND:20261122T170000";
    let now = "2026-11-22T00:00:00Z";
    let table = [
        ("X-WR-TIMEZONE:America/New_York\n", "2026-11-22T14:00:00Z/2026-11-22T22:00:00Z"),
        ("X-WR-TIMEZONE:Asia/Kolkata\n", "2026-11-22T03:30:00Z/2026-11-22T11:30:00Z"),
        ("", "2026-11-22T09:00:00Z/2026-11-22T17:00:00Z"),
    ];
    for (own, expected) in table {
        assert_eq!(of(&calendar(own, &event("1", lines)), "alice", now), [expected]);
    }
}

#[test]
fn a_time_that_the_clocks_skip_or_show_twice_is_where_the_standard_puts_it() {
    let shift = |start: &str, end: &str| {
        of(
            &berlin(&format!("DTSTART;TZID=Europe/Berlin:{start}\nDTEND;TZID=Europe/Berlin:{end}")),
            "alice",
            "2026-03-29T00:00:00Z",
        )
    };
    // 02:30 does not exist on 29 March: by the clocks as they were, at UTC+1, it is 01:30 UTC.
    assert_eq!(shift("20260329T023000", "20260329T060000"), ["2026-03-29T01:30:00Z/2026-03-29T04:00:00Z"]);
    let twice = berlin("DTSTART;TZID=Europe/Berlin:20261025T023000\nDTEND;TZID=Europe/Berlin:20261025T060000");
    // 02:30 comes twice on 25 October: the first time is at UTC+2.
    assert_eq!(of(&twice, "alice", "2026-10-25T00:00:00Z"), ["2026-10-25T00:30:00Z/2026-10-25T05:00:00Z"]);
}

#[test]
fn an_end_in_utc_is_compared_in_utc() {
    // In New York the last second of 22 November is 04:59:59 UTC on the 23rd, and midnight of the 23rd is later.
    let text = calendar(
        "",
        &event(
            "1",
            "DTSTART;TZID=America/New_York:20261101T000000\nDURATION:PT8H\nRRULE:FREQ=DAILY;UNTIL=20261123T045959Z",
        ),
    );
    let mine = of(&text, "alice", "2026-11-23T00:00:00Z");
    assert_eq!(mine.last().map(String::as_str), Some("2026-11-22T05:00:00Z/2026-11-22T13:00:00Z"));
}

#[test]
fn durations_count_days_on_the_wall_and_hours_by_the_clock() {
    let shift = |duration: &str| {
        of(
            &berlin(&format!("DTSTART;TZID=Europe/Berlin:20261024T090000\nDURATION:{duration}")),
            "alice",
            "2026-10-24T00:00:00Z",
        )
    };
    assert_eq!(shift("P1D"), ["2026-10-24T07:00:00Z/2026-10-25T08:00:00Z"]);
    assert_eq!(shift("PT24H"), ["2026-10-24T07:00:00Z/2026-10-25T07:00:00Z"]);
    assert_eq!(shift("P1W"), ["2026-10-24T07:00:00Z/2026-10-31T08:00:00Z"]);
    for bad in ["", "P", "PT", "1D", "P1X", "P1D1D", "-P1D", "P1DT", "P99999999999D"] {
        let text = berlin(&format!("DTSTART;TZID=Europe/Berlin:20261024T090000\nDURATION:{bad}"));
        let reading = read_at(&text, "2026-10-24T00:00:00Z");
        assert_eq!((reading.shifts.iter().count(), reading.problems.count()), (0, 1), "{bad}");
    }
}

#[test]
fn what_takes_the_place_of_an_occurrence_does_so_whatever_its_sequence() {
    let series = "DTSTART:20261120T090000Z\nDTEND:20261120T170000Z\nRRULE:FREQ=DAILY\nSEQUENCE:2";
    for sequence in ["", "\nSEQUENCE:0", "\nSEQUENCE:2", "\nSEQUENCE:9"] {
        let moved =
            format!("RECURRENCE-ID:20261122T090000Z\nDTSTART:20261122T120000Z\nDTEND:20261122T130000Z{sequence}");
        let text = calendar("", &[event("1", &moved), event("1", series)].concat());
        let mine = of(&text, "alice", "2026-11-22T12:00:00Z");
        assert!(mine.contains(&"2026-11-22T12:00:00Z/2026-11-22T13:00:00Z".to_owned()), "{sequence}");
        assert!(!mine.iter().any(|shift| shift.starts_with("2026-11-22T09")), "{sequence}");
    }
}

#[test]
fn what_takes_the_place_of_an_occurrence_of_one_series_leaves_another_alone() {
    let series = "DTSTART:20261120T090000Z\nDTEND:20261120T170000Z\nRRULE:FREQ=DAILY";
    let cancelled =
        "RECURRENCE-ID:20261122T090000Z\nDTSTART:20261122T090000Z\nDTEND:20261122T170000Z\nSTATUS:CANCELLED";
    let first = |uid: &str| calendar("", &[event("1", series), event(uid, cancelled)].concat());
    let on = |uid| {
        of(&first(uid), "alice", "2026-11-22T12:00:00Z")
            .contains(&"2026-11-22T09:00:00Z/2026-11-22T17:00:00Z".to_owned())
    };
    assert_eq!((on("1"), on("2")), (false, true));
}

#[test]
fn of_an_event_that_was_sent_again_the_newest_counts() {
    let text = calendar(
        "",
        &[
            event("1", "SEQUENCE:1\nDTSTART:20261122T090000Z\nDTEND:20261122T170000Z"),
            event("1", "SEQUENCE:2\nDTSTART:20261122T100000Z\nDTEND:20261122T110000Z"),
        ]
        .concat(),
    );
    assert_eq!(of(&text, "alice", "2026-11-22T12:00:00Z"), ["2026-11-22T10:00:00Z/2026-11-22T11:00:00Z"]);
}

#[test]
fn from_an_occurrence_that_replaces_all_later_ones_the_series_stands_no_more() {
    let text = calendar(
        "",
        &[
            event("1", "DTSTART:20261120T090000Z\nDTEND:20261120T170000Z\nRRULE:FREQ=DAILY"),
            event(
                "1",
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20261123T090000Z\nDTSTART:20261123T100000Z\nDTEND:20261123T110000Z",
            ),
        ]
        .concat(),
    );
    let mine = of(&text, "alice", "2026-11-22T12:00:00Z");
    assert_eq!(
        mine,
        [
            "2026-11-21T09:00:00Z/2026-11-21T17:00:00Z",
            "2026-11-22T09:00:00Z/2026-11-22T17:00:00Z",
            "2026-11-23T10:00:00Z/2026-11-23T11:00:00Z"
        ]
    );
}

#[test]
fn what_cannot_be_read_of_an_event_makes_it_not_count_and_is_said() {
    let table = [
        ("DTSTART;TZID=Nowhere/Land:20261122T090000\nDURATION:PT8H", "the time zone `Nowhere/Land` is not known"),
        (
            "DTSTART:20261122T090000Z\nDTEND;TZID=Nowhere/Land:20261122T170000",
            "the time zone `Nowhere/Land` is not known",
        ),
        (
            "DTSTART:20261122T090000Z\nDURATION:PT8H\nEXDATE;TZID=Nowhere/Land:20261122T090000",
            "the time zone `Nowhere/Land` is not known",
        ),
        ("DTSTART:20261122T090000Z\nDURATION:PT8H\nEXDATE:sometimes", "its EXDATE is neither a day nor a time"),
        ("DTSTART:20261122T090000Z\nDURATION:PT8H\nRRULE:FREQ=SECONDLY", "it recurs within a day"),
        ("DTSTART:20261122T090000Z\nDURATION:PT8H\nEXRULE:FREQ=DAILY", "it has an EXRULE, which is not understood"),
        ("DTSTART:20261131T090000Z\nDURATION:PT8H", "its DTSTART is neither a day nor a time"),
        ("DTSTART:20261122T090000Z\nDTSTART:20261122T080000Z\nDURATION:PT8H", "it has more than one DTSTART"),
        ("DTEND:20261122T090000Z", "it has no DTSTART"),
        (
            "DTSTART;VALUE=DATE:20261122\nDTEND:20261122T090000Z",
            "it begins at a time and ends on a day, or the other way",
        ),
        ("DTSTART:20261122T090000Z\nDURATION:PT8H\nSTATUS CANCELLED", "a line of it cannot be read"),
        ("DTSTART:20261122T090000Z\nDURATION:PT8H\nSTATUS:CONFIRMED\nSTATUS:CANCELLED", "it has more than one STATUS"),
        ("DTSTART:20261122T090000Z\nDURATION:P9999D\nRRULE:FREQ=DAILY", "it lasts longer than a year"),
    ];
    for (lines, why) in table {
        let good = event("2", "DTSTART:20261122T090000Z\nDURATION:PT1H").replace("Alice", "Bob");
        let reading = read_at(&calendar("", &[event("1", lines), good].concat()), "2026-11-22T12:00:00Z");
        let said: Vec<String> = reading.problems.first().iter().map(ToString::to_string).collect();
        assert_eq!(said, [format!("`Alice`: {why}")], "{lines}");
        assert_eq!(shifts_of(&reading, "alice"), [""; 0], "{lines}");
        assert_eq!(shifts_of(&reading, "bob").len(), 1, "the others count: {lines}");
    }
}

#[test]
fn whole_days_of_a_calendar_whose_own_zone_is_unknown_do_not_count() {
    let text = calendar(
        "X-WR-TIMEZONE:Nowhere/Land\n",
        &[event("1", "DTSTART;VALUE=DATE:20261122"), event("2", "DTSTART:20261122T090000Z\nDURATION:PT8H")].concat(),
    );
    let reading = read_at(&text, "2026-11-22T12:00:00Z");
    assert_eq!((reading.problems.count(), shifts_of(&reading, "alice").len()), (1, 1));
}

#[test]
fn a_replacement_of_no_known_occurrence_takes_the_whole_series_with_it() {
    let text = calendar(
        "",
        &[
            event("1", "DTSTART:20261120T090000Z\nDURATION:PT8H\nRRULE:FREQ=DAILY"),
            event("1", "RECURRENCE-ID;TZID=Nowhere/Land:20261122T090000\nDTSTART:20261122T090000Z\nSTATUS:CANCELLED"),
        ]
        .concat(),
    );
    let reading = read_at(&text, "2026-11-22T12:00:00Z");
    assert_eq!((reading.problems.count(), shifts_of(&reading, "alice").len()), (1, 0));
}

#[test]
fn what_is_not_settled_is_nobodys() {
    for status in ["CANCELLED", "TENTATIVE", "cancelled"] {
        let text = berlin(&format!("DTSTART:20261122T090000Z\nDURATION:PT8H\nSTATUS:{status}"));
        assert_eq!(of(&text, "alice", "2026-11-22T12:00:00Z"), [""; 0], "{status}");
    }
}

#[test]
fn names_that_act_on_terminals_are_shown_as_what_they_are() {
    let text = calendar(
        "",
        &event("1", "DTSTART;TZID=\u{1b}[2J:20261122T090000\nDURATION:PT8H").replace("Alice", "\u{1b}]0;x"),
    );
    let said = read_at(&text, "2026-11-22T12:00:00Z").problems.first()[0].to_string();
    assert!(!said.contains('\u{1b}') && said.contains("\\e[2J"), "{said}");
}

/// The figure is not asserted; `.ci/run` would take minutes where this was not bounded.
#[test]
fn a_calendar_of_nothing_but_endless_rules_is_read_to_its_end() {
    let rules = [
        "FREQ=SECONDLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1000000",
        "FREQ=DAILY;COUNT=1000000;BYHOUR=0,6,12,18;BYMINUTE=0,15,30,45",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,15,30,45",
    ];
    for rule in rules {
        let events: String = (0..10_000)
            .map(|number| {
                event(&number.to_string(), &format!("DTSTART:19700101T000000Z\nDURATION:P300D\nRRULE:{rule}"))
            })
            .collect();
        let reading = read_at(&calendar("", &events), "2026-11-22T12:00:00Z");
        assert!(reading.problems.count() > 0 && reading.shifts.iter().count() <= 2_000, "{rule}");
    }
}

#[test]
fn many_exceptions_of_many_occurrences_are_looked_up_and_not_searched() {
    let dates: Vec<String> = (0..150_000)
        .map(|number| {
            format!("2026{:02}{:02}T{:02}{:02}00Z", number % 12 + 1, number % 28 + 1, number % 24, number % 60)
        })
        .collect();
    let lines = format!(
        "DTSTART:20200101T000000Z\nDURATION:PT1M\nRRULE:FREQ=DAILY;BYHOUR=0,6,12,18;BYMINUTE=1,2,3,4\nEXDATE:{}",
        dates.join(",")
    );
    assert_eq!(read_at(&berlin(&lines), "2026-11-22T12:00:00Z").problems.count(), 0);
}

/// One of the values that a line of an event may have.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{8}(T[0-9]{6}Z?)?",
        "P[0-9]{0,6}[DWT][0-9]{0,3}[HMS]?",
        "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY);(COUNT|INTERVAL|BYMONTHDAY|BYDAY|UNTIL)=[0-9A-Z-]{1,9}",
        ".{0,20}",
    ]
}

proptest! {
    #[test]
    fn no_event_makes_it_panic_and_every_shift_lies_in_the_window(
        lines in proptest::collection::vec(
            ("(DTSTART|DTEND|DURATION|RRULE|EXDATE|RDATE|RECURRENCE-ID|STATUS|SEQUENCE|ATTENDEE)(;VALUE=DATE|;TZID=Europe/Berlin|;TZID=X|;RANGE=THISANDFUTURE)?", value()), 0..8),
        start in "20(1[0-9]|2[0-9])(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])",
    ) {
        let lines: String = lines.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let text = calendar("", &event("1", &format!("DTSTART:{start}T090000Z\n{lines}")));
        let window = Window::around(at("2026-11-22T12:00:00Z"));
        if let Ok(reading) = read(text.as_bytes(), window) {
            prop_assert!(reading.shifts.iter().all(|shift| shift.from() < shift.until() && window.touches(shift.from(), shift.until())));
        }
    }

    #[test]
    fn taking_an_occurrence_away_never_makes_a_shift_longer(day in 0..14_i64, frequency in prop::sample::select(vec!["DAILY", "WEEKLY", "DAILY;INTERVAL=2"])) {
        let series = |except: &str| berlin(&format!("DTSTART;TZID=Europe/Berlin:20261001T090000\nDTEND;TZID=Europe/Berlin:20261002T090000\nRRULE:FREQ={frequency}{except}"));
        let now = at("2026-11-22T12:00:00Z");
        let taken = jiff::civil::date(2026, 11, 16).checked_add(jiff::SignedDuration::from_hours(24 * day)).unwrap();
        let all = read_at(&series(""), "2026-11-22T12:00:00Z").shifts;
        let fewer = read_at(&series(&format!("\nEXDATE;TZID=Europe/Berlin:{}T090000", taken.strftime("%Y%m%d"))), "2026-11-22T12:00:00Z").shifts;
        let who = PersonNames::new(["alice"]);
        prop_assert!(fewer.on_duty_until(&who, now) <= all.on_duty_until(&who, now));
        prop_assert!(fewer.iter().all(|shift: &Shift| all.iter().any(|known| known == shift)));
    }
}
