//! What is live until when, in words: for whoever takes over, and for whoever leaves.

use jiff::tz::TimeZone;

use super::elevation_list::{Active, ElevationList, OpenElevation, PastElevation};
use super::time::{Now, in_whole_seconds, left_in_minutes, local_words};

/// `until 09:27 CET (27m left); AWS accepts it until 12:27 CET`.
pub fn until_words(active: &Active, now: Now, zone: &TimeZone) -> String {
    let local = |at| local_words(at, now.wall, zone);
    let (until, left) = (local(active.life.ends_at_local()), left_in_minutes(active.life.left(now)));
    let aws = active.aws_ends_at_local().map(|at| format!("; AWS accepts it until {}", local(at)));
    format!("until {until} ({left} left){}", aws.unwrap_or_default())
}

/// `2 elevations are live until 09:27 and 10:42 CET`; nothing where none is. A drill gives no access and is left out.
pub fn in_short(list: &ElevationList, now: Now, zone: &TimeZone) -> Option<String> {
    let mut ends: Vec<_> = running(list, now, false).map(|(_, active)| active.life.ends_at_local()).collect();
    ends.sort();
    let words: Vec<String> = ends.iter().map(|end| local_words(*end, now.wall, zone)).collect();
    match words.split_last()? {
        (only, []) => Some(format!("1 elevation is live until {only}")),
        (last, others) => Some(format!("{} elevations are live until {} and {last}", words.len(), others.join(", "))),
    }
}

/// All that is live, and what AWS accepts of what is over, as text for whoever takes over.
pub fn handover(list: &ElevationList, now: Now, zone: &TimeZone) -> String {
    let at = format!("{} ({})", local_words(now.wall, now.wall, zone), in_whole_seconds(now.wall));
    let live: String = running(list, now, false).map(|(open, active)| entry(open, active, now, zone)).collect();
    let drills: String = running(list, now, true).map(|(open, active)| entry(open, active, now, zone)).collect();
    let accepted: String = list.past().iter().filter_map(|past| accepted_entry(past, now, zone)).collect();
    let mut text = match live.is_empty() {
        true => format!("No elevation is live at {at}\n"),
        false => format!("Live at {at}\n{live}"),
    };
    for (title, entries) in [("Over, and copies of the keys are accepted by AWS", accepted), ("Drills", drills)] {
        if !entries.is_empty() {
            text.push_str(&format!("\n{title}\n{entries}"));
        }
    }
    text
}

/// Those that AWS has granted and that are not over.
fn running(list: &ElevationList, now: Now, drills: bool) -> impl Iterator<Item = (&OpenElevation, &Active)> {
    let granted = list.open().filter_map(|open| Some((open, open.active.as_ref()?)));
    granted.filter(move |(open, active)| open.subject.drill == drills && !active.life.is_over(now))
}

fn entry(open: &OpenElevation, active: &Active, now: Now, zone: &TimeZone) -> String {
    let subject = &open.subject;
    format!("- {} {}\n  {}\n", subject.described(), until_words(active, now, zone), subject.why_and_who())
}

fn accepted_entry(past: &PastElevation, now: Now, zone: &TimeZone) -> Option<String> {
    let until = local_words(past.accepted_until(now.wall)?, now.wall, zone);
    let subject = &past.subject;
    Some(format!("- {} until {until}\n  {}\n", subject.described(), subject.why_and_who()))
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::elevation::ElevationId;
    use crate::domain::ids::{Region, SessionName, StartUrl};
    use crate::domain::source::Source;
    use crate::domain::sso_session::SsoSession;
    use crate::domain::time::{Lifespan, Stamp};

    const NOW: &str = "2026-11-21T09:00:00Z";

    fn now() -> Now {
        Now { wall: NOW.parse().unwrap(), boot: None, latest_aws_time: None }
    }

    fn cet() -> TimeZone {
        TimeZone::posix("CET-1").unwrap()
    }

    fn in_minutes(minutes: i64) -> Timestamp {
        now().wall + SignedDuration::from_mins(minutes)
    }

    fn subject(id: &str, account: &str, drill: bool) -> Value {
        json!({
            "elevation": id, "session": "acme", "portal": "acme.awsapps.com", "user": "alice@acme.example",
            "account": "100000023757", "account_name": account, "role": "Admin", "tier": "admin",
            "gate": "break_glass", "rules": ["built-in *Admin*"], "policy_digest": "00", "mode": "direct",
            "reason": "restore the ledger", "ticket": "INC-4711", "drill": drill,
            "requested_at": now().wall.as_millisecond(),
        })
    }

    /// Elevations that end in so many minutes, the last of them a drill; and one that is over.
    fn list(ends: &[i64], with_past: bool) -> ElevationList {
        let session = SsoSession::new(
            SessionName::parse("acme").unwrap(),
            StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
            Region::parse("us-east-1").unwrap(),
        );
        let source = Source::portal_role(session, "100000023757/Admin".parse().unwrap());
        let begun = Stamp { at: Now { wall: in_minutes(-60), ..now() }, aws_offset: None };
        let credentials =
            |minutes| json!({ "access_key_id": "ASIAEXAMPLE", "aws_ends_at": in_minutes(minutes).as_millisecond() });
        let mut open = serde_json::Map::new();
        for (at, minutes) in ends.iter().enumerate() {
            let id = ElevationId::new(now().wall, u128::try_from(at).unwrap()).to_string();
            let drill = at + 1 == ends.len();
            let life = Lifespan::new(begun, in_minutes(*minutes)).unwrap();
            let given = if drill { Value::Null } else { credentials(120) };
            open.insert(
                id.clone(),
                json!({
                    "subject": subject(&id, &format!("prod-{at}"), drill), "source": source.key(), "asked": begun,
                    "duration": life.total(), "pid": 1, "session": source.session().key(), "store": "memory",
                    "active": { "life": life, "credentials": given, "fetches": 1, "warned_at": null },
                }),
            );
        }
        let id = ElevationId::new(now().wall, 99).to_string();
        let past = json!({
            "subject": subject(&id, "stage", false), "lasted": [in_minutes(-90), in_minutes(-70)],
            "credentials": credentials(14), "fetches": 1, "outcome": { "ended": "ended_early" },
        });
        let past = if with_past { vec![past] } else { Vec::new() };
        serde_json::from_value(json!({ "open": open, "past": past })).unwrap()
    }

    #[test]
    fn the_short_form_counts_what_gives_access_and_names_every_end() {
        let table = [
            (&[][..], None),
            (&[5], None),
            (&[27, 5], Some("1 elevation is live until 10:27 CET")),
            (&[42, 27, 5], Some("2 elevations are live until 10:27 CET and 10:42 CET")),
            (&[42, 27, -3, 1, 5], Some("3 elevations are live until 10:01 CET, 10:27 CET and 10:42 CET")),
        ];
        for (ends, expected) in table {
            assert_eq!(in_short(&list(ends, true), now(), &cet()).as_deref(), expected, "{ends:?}");
        }
    }

    #[test]
    fn a_handover_tells_what_is_live_what_aws_still_accepts_and_what_is_a_drill() {
        let expected = "\
Live at 10:00 CET (2026-11-21T09:00:00Z)
- prod-0 / Admin until 10:27 CET (27m left); AWS accepts it until 12:00 CET
  INC-4711 · alice@acme.example · restore the ledger

Over, and copies of the keys are accepted by AWS
- stage / Admin until 10:14 CET
  INC-4711 · alice@acme.example · restore the ledger

Drills
- prod-1 / Admin until 10:05 CET (5m left)
  INC-4711 · alice@acme.example · restore the ledger
";
        assert_eq!(handover(&list(&[27, 5], true), now(), &cet()), expected);
        assert_eq!(
            handover(&list(&[], false), now(), &cet()),
            "No elevation is live at 10:00 CET (2026-11-21T09:00:00Z)\n"
        );
    }
}
