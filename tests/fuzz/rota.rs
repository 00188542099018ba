//! Rotas: calendars, what commands print, addresses of calendars, and what is kept of them.

use daypass::domain::on_call::{
    Duty, PersonNames, Problems, Reading, Rota, RotaSnapshot, RotaSource, SecretUrl, Window, check_url, read, rota_name,
};
use daypass::domain::text::Untrusted;
use daypass::domain::time::{Now, Stamp};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::harness::{Target, check_message, inputs, text};

/// The most shifts that are kept of a rota.
const MOST_SHIFTS: usize = 2_000;

pub const CALENDAR: Target = Target {
    seeds: || {
        inputs(&[
            include_str!("../../src/domain/on_call/ical/tests/google.ics"),
            include_str!("../../src/domain/on_call/ical/tests/grafana.ics"),
            include_str!("../../src/domain/on_call/ical/tests/outlook.ics"),
            include_str!("../../src/domain/on_call/ical/tests/pagerduty.ics"),
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Alice\nDTSTART:20240101T090000Z\nDURATION:PT8H\n\
             RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,-1FR;BYSETPOS=1,-1;WKST=SU;COUNT=500\nEND:VEVENT\nEND:VCALENDAR\n",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Bob\nDTSTART:19700101T000000Z\nDURATION:PT1S\n\
             RRULE:FREQ=SECONDLY;BYHOUR=1,2,3;BYYEARDAY=-1,366;BYWEEKNO=53\nRDATE:20261122T000000Z\n\
             EXDATE:20261122T010000Z\nEND:VEVENT\nEND:VCALENDAR\n",
        ])
    },
    check,
};

pub const LIST: Target = Target {
    seeds: || {
        inputs(&[
            r#"{"shifts":[{"who":"alice","from":"2026-11-22T09:00:00+01:00","until":"2026-11-22T17:00:00+01:00"}]}"#,
            r#"{"shifts":[{"who":"bob","from":"2026-11-20T00:00:00Z","until":"2026-12-20T00:00:00Z","note":[]},{"who":""},7]}"#,
            r#" {"shifts":[]}"#,
        ])
    },
    check,
};

fn window() -> Window {
    Window::around(Timestamp::from_second(1_795_348_800).unwrap())
}

fn check(bytes: &[u8]) {
    let window = window();
    let reading = match read(bytes, window) {
        Ok(reading) => reading,
        Err(why) => return check_message(&why.to_string()),
    };
    assert_eq!(read(bytes, window), Ok(reading.clone()), "the same bytes say the same");
    let shifts: Vec<_> = reading.shifts.iter().collect();
    assert!(shifts.len() <= MOST_SHIFTS && shifts.is_sorted_by_key(|shift| shift.from()));
    for shift in &shifts {
        assert!(shift.from() < shift.until() && window.touches(shift.from(), shift.until()) && !shift.who().is_empty());
    }
    for shift in shifts.iter().take(50) {
        let Duty::On { until } = Duty::judge(&reading.shifts, shift.who(), shift.from()) else {
            panic!("whose shift it is, is on duty: {shift:?}")
        };
        assert!(until >= shift.until());
        let stranger = PersonNames::new(["nobody of this name"]);
        assert!(matches!(Duty::judge(&reading.shifts, &stranger, shift.from()), Duty::Off { .. }));
    }
    check_problems(&reading.problems);
    check_kept(reading);
}

fn check_problems(problems: &Problems) {
    assert!(problems.first().len() <= problems.count().min(3));
    problems.first().iter().map(Untrusted::visible).for_each(|problem| check_message(&problem));
}

/// What was read says the same once it was kept.
fn check_kept(reading: Reading) {
    let rota = Rota { name: "pay".to_owned(), source: RotaSource::KeyringUrl { host: None } };
    let wall = Timestamp::from_second(1_795_348_800).unwrap();
    let stamp = Stamp { at: Now { wall, boot: None, latest_aws_time: None }, aws_offset: None };
    let snapshot = RotaSnapshot::new(&rota, stamp, reading);
    let kept: RotaSnapshot = serde_json::from_slice(&serde_json::to_vec(&snapshot).unwrap()).unwrap();
    assert_eq!(kept, snapshot);
}

pub const SNAPSHOT: Target = Target {
    seeds: || {
        let text =
            r#"{"shifts":[{"who":"alice","from":"2026-11-22T09:00:00+01:00","until":"2026-11-22T17:00:00+01:00"}]}"#;
        let rota = Rota { name: "pay".to_owned(), source: RotaSource::KeyringUrl { host: None } };
        let at = Now { wall: Timestamp::UNIX_EPOCH, boot: None, latest_aws_time: None };
        let stamp = Stamp { at, aws_offset: None };
        let reading = read(text.as_bytes(), window()).unwrap();
        vec![serde_json::to_vec(&RotaSnapshot::new(&rota, stamp, reading)).unwrap()]
    },
    check: |bytes| {
        let Ok(kept) = serde_json::from_slice::<RotaSnapshot>(bytes) else { return };
        let rota = Rota { name: "pay".to_owned(), source: RotaSource::KeyringUrl { host: None } };
        let now = Now { wall: window().from, boot: None, latest_aws_time: None };
        assert!(!kept.serves(&rota, now) || kept.age(now).is_some_and(|age| age <= SignedDuration::from_mins(15)));
        for shift in kept.shifts().iter().take(20) {
            assert!(shift.from() < shift.until());
            drop(Duty::judge(kept.shifts(), shift.who(), shift.from()));
        }
        let again: RotaSnapshot = serde_json::from_slice(&serde_json::to_vec(&kept).unwrap()).unwrap();
        assert_eq!(again, kept);
    },
};

pub const ADDRESS: Target = Target {
    seeds: || {
        inputs(&[
            "https://calendar.example/rotas/payments.ics",
            "webcal://c.example/private-0f1e2d3c4b5a69788796a5b4c3d2e1f0/basic.ics?token=CANARY#x",
            "https://me:CANARY@c.example/",
            "http://127.0.0.1:8080/pay%2Fments.ics",
            "http://[::1]/x",
            "platform-2",
        ])
    },
    check: |bytes| {
        let text = text(bytes);
        match SecretUrl::parse(&text) {
            Ok(url) => {
                assert_eq!(check_url(&Url::parse(url.expose()).unwrap()), Ok(()));
                assert_eq!(SecretUrl::parse(url.expose()).unwrap().expose(), url.expose());
                assert!(!url.host().is_empty() && !format!("{url:?}").contains(url.expose()));
            }
            Err(why) => check_message(&why.to_string()),
        }
        if let Ok(RotaSource::Url(url)) = RotaSource::public_url(&text) {
            assert_eq!(check_url(&url), Ok(()));
            assert!(url.query().is_none() && url.fragment().is_none());
        }
        match rota_name(&text) {
            Ok(name) => assert!(name == text && name.len() <= 64 && !name.contains(['/', '\\', ' '])),
            Err(why) => check_message(&why),
        }
    },
};
