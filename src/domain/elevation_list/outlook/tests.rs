use serde_json::{Value, json};

use super::*;
use crate::domain::audit::Access;
use crate::domain::elevation::{Beginning, ElevationId, Fact};
use crate::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::domain::policy::{
    CapOwner, Clauses, Facts, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults,
};
use crate::domain::sso_session::SsoSession;
use crate::domain::store_choice::StoreName;
use crate::domain::target::Target;
use crate::domain::tier::Tier;
use crate::domain::time::{Lifespan, later};

const ROLE: &str = "100000023757/Admin";
const OTHER: &str = "100000086989/Admin";

/// 07:00.
fn start() -> Timestamp {
    "2026-11-21T07:00:00Z".parse().unwrap()
}

fn at(minutes: i64) -> Timestamp {
    later(start(), SignedDuration::from_mins(minutes))
}

fn now(minutes: i64) -> Now {
    Now { wall: at(minutes), boot: None, latest_aws_time: None }
}

fn source(what: &str) -> Source {
    let session = SsoSession::new(
        SessionName::parse("acme").unwrap(),
        StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    let (account, role) = what.split_once('/').unwrap();
    let target = Target { account: AccountId::parse(account).unwrap(), role: RoleName::parse(role).unwrap() };
    Source::portal_role(session, target)
}

fn verdict(clauses: &Clauses) -> Verdict {
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    let defaults = TierDefaults::built_in(&[]).with(Tier::Admin, clauses);
    let policy = Policy::new(SessionLimit::default(), defaults, Vec::new(), identity);
    let (account, role) = (AccountId::parse("100000023757").unwrap(), RoleName::parse("Admin").unwrap());
    policy.judge(Facts { account: &account, account_name: None, role: &role, at: start() })
}

fn capped(cap: &str) -> Verdict {
    let owner = CapOwner::Tier(Tier::Admin);
    verdict(&Clauses { cap: Some(Cap::parse(cap, owner).unwrap()), ..Clauses::default() })
}

/// An elevation in the list: of what, from when to when in minutes, until when AWS takes what it gave, how often it gave any.
#[derive(Clone, Copy)]
struct One(&'static str, (i64, i64), i64, u32);

fn list(open: &[One], past: &[One]) -> ElevationList {
    let id = |number: usize| ElevationId::new(start(), u128::try_from(number).unwrap());
    let subject = |number, what: &str| {
        let access = Access::of(&source(what), &verdict(&Clauses::default()), None, None);
        let mut subject = serde_json::to_value(access).unwrap();
        let rest = json!({
            "elevation": id(number), "mode": "direct", "reason": "restore the ledger", "requested_at": 0
        });
        subject.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        subject
    };
    let credentials =
        |until: i64| json!({ "access_key_id": "ASIAEXAMPLEKEY", "aws_ends_at": at(until).as_millisecond() });
    let open = open.iter().enumerate().map(|(number, One(what, (from, until), aws, fetches))| {
        let obtained = Stamp { at: now(*from), aws_offset: None };
        let life = Lifespan::new(obtained, at(*until)).unwrap();
        let one = json!({
            "subject": subject(number, what), "source": source(what).key(), "asked": obtained, "duration": life.total(), "pid": 1,
            "active": { "life": life, "credentials": credentials(*aws), "fetches": fetches, "warned_at": null },
            "session": source(what).session().key(), "store": StoreName::SecretService,
        });
        (id(number).to_string(), one)
    });
    let past = past.iter().enumerate().map(|(number, One(what, (from, until), aws, fetches))| {
        json!({
            "subject": subject(100 + number, what), "lasted": [at(*from), at(*until)],
            "credentials": credentials(*aws), "fetches": fetches, "outcome": { "ended": "expired" },
        })
    });
    let open: serde_json::Map<String, Value> = open.collect();
    serde_json::from_value(json!({ "open": open, "past": past.collect::<Vec<_>>() })).unwrap()
}

fn outlook(list: &ElevationList, verdict: &Verdict, minutes: i64) -> Outlook {
    let stamp = Stamp { at: now(minutes), aws_offset: None };
    list.outlook(verdict, &source(ROLE), Admission::NotAsked, (stamp, now(minutes)), TimeZone::UTC)
}

fn of(facts: &[Fact], about: &str) -> Vec<String> {
    facts.iter().filter(|(of, _)| *of == about).map(|(_, words)| words.clone()).collect()
}

#[test]
fn a_cap_that_is_used_up_is_free_again_when_enough_of_it_is_long_ago() {
    let cap = Cap::parse("1h in 24h", CapOwner::Tier(Tier::Admin)).unwrap();
    let used_up = list(&[], &[One(OTHER, (0, 60), 60, 1)]);
    let left = used_up.cap_left(&cap, at(90), &source(ROLE));
    assert_eq!((left.left, left.free_at), (SignedDuration::ZERO, Some(at(24 * 60 + 1))));
    assert_eq!(used_up.cap_left(&cap, at(24 * 60 + 1), &source(ROLE)).free_at, None);
    let some = list(&[], &[One(OTHER, (0, 30), 60, 1)]).cap_left(&cap, at(90), &source(ROLE));
    assert_eq!((some.left, some.free_at), (SignedDuration::from_mins(30), None));
    // What still runs counts with all that it may last.
    let running = list(&[One(OTHER, (0, 60), 60, 1)], &[]).cap_left(&cap, at(1), &source(ROLE));
    assert_eq!((running.left, running.free_at), (SignedDuration::ZERO, Some(at(24 * 60 + 1))));
}

#[test]
fn what_is_left_of_a_cap_is_said_in_minutes_and_when_it_is_free() {
    let verdict = capped("2h in 24h");
    let nanoseconds = outlook(&list(&[], &[One(OTHER, (0, 3), 60, 1)]), &verdict, 3);
    let mut odd = nanoseconds.clone();
    odd.caps = odd.caps.map(|caps| {
        let less = SignedDuration::from_nanos(3_494_000_230);
        caps.iter().map(|cap| CapLeft { left: cap.left - less, ..*cap }).collect()
    });
    assert_eq!(of(&odd.told_facts(&verdict), "cap"), ["1h 56m of 2h in 24h left on this device"]);
    let spent = outlook(&list(&[], &[One(OTHER, (0, 120), 60, 1)]), &verdict, 120);
    assert_eq!(
        of(&spent.told_facts(&verdict), "cap"),
        ["0s of 2h in 24h left on this device; free again from Nov 22 07:01"]
    );
}

#[test]
fn awss_end_is_that_of_the_latest_elevation_of_the_same_role_that_was_given_credentials_once() {
    let life = |past: &[One]| list(&[], past).aws_life(&source(ROLE)).map(|life| life.as_mins());
    assert_eq!(life(&[]), None);
    assert_eq!(life(&[One(ROLE, (0, 30), 60, 1)]), Some(60));
    assert_eq!(life(&[One(OTHER, (0, 30), 60, 1)]), None, "another account has another permission set");
    assert_eq!(life(&[One(ROLE, (0, 30), 70, 2)]), None, "the second ones lived from later on");
    assert_eq!(life(&[One(ROLE, (100, 130), 820, 1), One(ROLE, (0, 30), 60, 1)]), Some(720), "the latest counts");
    assert_eq!(list(&[One(ROLE, (0, 30), 480, 1)], &[]).aws_life(&source(ROLE)).unwrap().as_hours(), 8);
}

#[test]
fn both_ends_are_said_beforehand() {
    let (thirty, verdict) = (SignedDuration::from_mins(30), verdict(&Clauses::default()));
    let facts = |past: &[One]| outlook(&list(&[], past), &verdict, 1).end_facts(&verdict, thirty, Beginning::New);
    let first = facts(&[]);
    assert_eq!(of(&first, "lasts"), ["30m, until 07:31; then our copy is deleted"]);
    assert_eq!(of(&first, "AWS"), ["may accept copies up to the permission set's session length"]);
    let an_hour = facts(&[One(ROLE, (-100, -70), -40, 1)]);
    assert_eq!(of(&an_hour, "AWS"), ["accepts copies for up to 1h (as last time)"]);
    let long = of(&facts(&[One(ROLE, (-100, -70), 380, 1)]), "AWS").concat();
    assert!(long.contains("up to 8h") && long.contains("(1h)") && long.contains("PT1H"), "{long}");
    let drill = outlook(&list(&[], &[]), &verdict, 1).end_facts(&verdict, thirty, Beginning::Drill);
    assert_eq!(of(&drill, "lasts"), ["30m, until 07:31; a drill: AWS is not asked"]);
    assert!(of(&drill, "AWS").is_empty());
}

#[test]
fn what_takes_the_place_of_a_running_one_says_by_how_much_it_ends_later_or_sooner() {
    let verdict = verdict(&Clauses::default());
    let running = list(&[One(ROLE, (0, 30), 60, 1), One(OTHER, (0, 50), 60, 1)], &[]);
    let facts = |minutes, beginning| {
        outlook(&running, &verdict, 10).end_facts(&verdict, SignedDuration::from_mins(minutes), beginning)
    };
    let later = facts(31, Beginning::Extension);
    assert_eq!(of(&later, "lasts"), ["now until 07:30, then until 07:41 (+11m)"]);
    assert!(of(&later, "WARNING").is_empty() && of(&later, "replaces").is_empty());
    let sooner = facts(15, Beginning::New);
    assert_eq!(of(&sooner, "WARNING"), ["▲ this ends SOONER: 07:25 instead of 07:30"]);
    assert_eq!(of(&sooner, "lasts"), ["now until 07:30, then until 07:25 (−5m)"]);
    assert_eq!(of(&sooner, "replaces"), ["the elevation of this role that is active now"]);
    assert_eq!(outlook(&running, &verdict, 30).runs_until, None, "it is over");
}
