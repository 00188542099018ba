//! What is said about each rota, for people and for programs.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::super::context::Context;
use super::super::output::age_words;
use crate::domain::on_call::{AddressMark, Duty, OnDuty, Rota, SourceKind};
use crate::domain::text::{Untrusted, columns, padded, visible};
use crate::domain::time::{in_whole_seconds, left_words};
use crate::flows::on_call::KnownRota;

/// A rota, and what is known of it.
#[derive(Serialize)]
pub(super) struct RotaRow {
    name: String,
    source: SourceKind,
    #[serde(skip)]
    source_words: String,
    /// The server that it was read from, where the keyring keeps the address.
    url_host: Option<String>,
    /// The SHA-256 of that address.
    url_sha256: Option<String>,
    /// Why it could not be read now.
    failure: Option<String>,
    fetched_at: Option<String>,
    age_seconds: Option<i64>,
    /// Whether that is fresh enough to judge by.
    serves: bool,
    on_duty: Vec<Person>,
    next: Option<Next>,
    you: Vec<You>,
    unreadable_events: usize,
    problems: Vec<String>,
    #[serde(skip)]
    now: Option<Timestamp>,
}

/// Somebody on duty.
#[derive(Serialize)]
struct Person {
    who: String,
    until: String,
    #[serde(skip)]
    until_at: Timestamp,
}

/// Who begins next.
#[derive(Serialize)]
struct Next {
    who: String,
    from: String,
    #[serde(skip)]
    from_at: Timestamp,
}

/// The person, as they are known in one session.
#[derive(Serialize)]
struct You {
    session: String,
    /// As AWS asserts it; none where it has not yet.
    user: Option<String>,
    names: Vec<String>,
    /// Whether they are on duty; none where that cannot be told.
    on_duty: Option<bool>,
    until: Option<String>,
    next: Option<String>,
    #[serde(skip)]
    times: (Option<Timestamp>, Option<Timestamp>),
}

impl RotaRow {
    /// What `known` says about `rota`, and about these users in it.
    pub(super) fn new(
        rota: &Rota,
        known: Option<&KnownRota>,
        failure: Option<Untrusted>,
        users: &[(String, Option<Untrusted>)],
        context: &Context,
    ) -> Self {
        let ports = &context.ports;
        let now = known.map(|known| known.time(ports));
        let problems = known.map(|known| known.snapshot.problems());
        let address = known.and_then(|known| known.snapshot.address());
        let people = known.map(|known| known.on_duty(ports)).unwrap_or_default();
        let next = known.zip(now).and_then(|(known, now)| known.snapshot.shifts().next(now));
        let serves = known.is_some() && failure.is_none();
        let you = users.iter().map(|(session, user)| you(session, user.as_ref(), rota, known, serves, context));
        RotaRow {
            name: rota.name.clone(),
            source: rota.kind(),
            source_words: source_words(rota, address),
            url_host: address.map(|address| visible(&address.host)),
            url_sha256: address.map(|address| visible(&address.sha256)),
            serves,
            failure: failure.map(|why| why.visible()),
            fetched_at: known.map(|known| in_whole_seconds(known.snapshot.fetched().aws_time_then())),
            age_seconds: known.and_then(|known| known.snapshot.age(ports.clock.now())).map(|age| age.as_secs()),
            on_duty: people.into_iter().map(Person::of).collect(),
            next: next.map(|shift| Next {
                who: shift.who().first().visible(),
                from: in_whole_seconds(shift.from()),
                from_at: shift.from(),
            }),
            you: you.collect(),
            unreadable_events: problems.map_or(0, |problems| problems.count()),
            problems: problems
                .map(|problems| problems.first().iter().map(Untrusted::visible).collect())
                .unwrap_or_default(),
            now,
        }
    }
}

fn source_words(rota: &Rota, address: Option<&AddressMark>) -> String {
    match address {
        Some(address) => format!("calendar at {}, whose address is in the keyring", visible(&address.host)),
        None => rota.source_words(),
    }
}

impl Person {
    fn of(person: OnDuty) -> Self {
        Person { who: person.who.visible(), until: in_whole_seconds(person.until), until_at: person.until }
    }
}

fn you(
    session: &str,
    user: Option<&Untrusted>,
    rota: &Rota,
    known: Option<&KnownRota>,
    serves: bool,
    context: &Context,
) -> You {
    let names = user.map(|user| context.policy.names_of(user.raw())).unwrap_or_default();
    let judged = known.filter(|_| serves && user.is_some()).map(|known| known.judge(&context.ports, rota, &names).duty);
    let (on_duty, until, next) = match judged {
        Some(Duty::On { until }) => (Some(true), Some(until), None),
        Some(Duty::Off { next, .. }) => (Some(false), None, next),
        Some(Duty::Unknown(_)) | None => (None, None, None),
    };
    You {
        session: session.to_owned(),
        user: user.map(Untrusted::visible),
        names: names.all().iter().map(Untrusted::visible).collect(),
        on_duty,
        until: until.map(in_whole_seconds),
        next: next.map(in_whole_seconds),
        times: (until, next),
    }
}

/// The rows as JSON.
pub(super) fn json(rows: &[RotaRow]) -> String {
    // Structs of numbers and texts always serialize.
    serde_json::to_string_pretty(rows).unwrap_or_default() + "\n"
}

/// The rows for people, with times in `zone`.
pub(super) fn text(rows: &[RotaRow], zone: &TimeZone) -> String {
    rows.iter().map(|row| one(row, zone)).collect()
}

fn one(row: &RotaRow, zone: &TimeZone) -> String {
    let age = match (row.source, row.fetched_at.is_some()) {
        (SourceKind::Shifts, _) => String::new(),
        (_, true) => match row.age_seconds {
            Some(age) => format!(" · read {}", age_words(SignedDuration::from_secs(age))),
            None => " · read before this start of the machine".to_owned(),
        },
        (_, false) => " · never read".to_owned(),
    };
    let mut text = format!("{} · {}{age}\n", row.name, row.source_words);
    let clock = Clock { now: row.now.unwrap_or_default(), zone };
    let mut lines: Vec<(String, String)> = Vec::new();
    if row.now.is_some() {
        let people =
            row.on_duty.iter().map(|person| format!("{} until {}", person.who, clock.with_left(person.until_at)));
        let people: Vec<String> = people.collect();
        let words = if people.is_empty() { "nobody".to_owned() } else { people.join(", ") };
        lines.push(("on duty".to_owned(), words));
    }
    if let Some(next) = &row.next {
        lines.push(("next".to_owned(), format!("{} at {}", next.who, clock.time(next.from_at))));
    }
    lines.extend(row.you.iter().map(|you| (visible(&you.session), you_words(you, row, &clock))));
    let width = lines.iter().map(|(head, _)| columns(head)).max().unwrap_or_default();
    for (head, words) in &lines {
        text.push_str(&format!("  {}  {words}\n", padded(head, width)));
    }
    if let Some(why) = &row.failure {
        text.push_str(&format!("  it cannot be read now, so nobody counts as on duty: {why}\n"));
    }
    if row.unreadable_events > 0 {
        text.push_str(&format!(
            "  {} of it cannot be read and does not count: {}\n",
            row.unreadable_events,
            row.problems.join(", ")
        ));
    }
    text
}

fn you_words(you: &You, row: &RotaRow, clock: &Clock<'_>) -> String {
    let Some(user) = &you.user else {
        return "who you are is not known yet; the first credentials tell".to_owned();
    };
    let others: Vec<&str> = you.names.iter().map(String::as_str).filter(|name| *name != user).collect();
    let known_as = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
    let duty = match (you.on_duty, you.times) {
        (Some(true), (Some(until), _)) => format!("on duty until {}", clock.with_left(until)),
        (Some(false), (_, Some(next))) => format!("not on duty, next at {}", clock.time(next)),
        (Some(_), _) => "not on duty".to_owned(),
        (None, _) if row.failure.is_some() => "on duty or not cannot be told".to_owned(),
        (None, _) => "not on duty".to_owned(),
    };
    format!("{user}{known_as}: {duty}")
}

/// Times as people read them.
struct Clock<'a> {
    now: Timestamp,
    zone: &'a TimeZone,
}

impl Clock<'_> {
    /// The time of day, with the day where it is another one.
    fn time(&self, at: Timestamp) -> String {
        let (local, today) = (self.zone.to_datetime(at), self.zone.to_datetime(self.now));
        let form = if local.date() == today.date() { "%H:%M" } else { "%a %Y-%m-%d %H:%M" };
        local.strftime(form).to_string()
    }

    fn with_left(&self, at: Timestamp) -> String {
        format!("{} ({} left)", self.time(at), left_words(at.duration_since(self.now)))
    }
}
