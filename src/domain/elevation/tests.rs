use jiff::Timestamp;

use super::*;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::policy::{Clauses, Facts, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::domain::tier::Tier;
use crate::domain::time::BootReading;

fn policy(admin_max: i64, min_reason: usize) -> Policy {
    let admin = Clauses {
        max_duration: Some(SignedDuration::from_mins(admin_max)),
        min_reason: Some(min_reason),
        ..Clauses::default()
    };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(false).with(Tier::Admin, &admin), Vec::new(), identity)
}

fn verdict(policy: &Policy, role: &str) -> Verdict {
    let account = AccountId::parse("123456789012").unwrap();
    let role = RoleName::parse(role).unwrap();
    policy.judge(Facts { account: &account, account_name: None, role: &role, at: Timestamp::UNIX_EPOCH })
}

fn reason() -> Reason {
    Reason::parse("restore the ledger", 10).unwrap()
}

fn id(random: u128) -> ElevationId {
    ElevationId::new(Timestamp::UNIX_EPOCH, random)
}

/// Both clocks, `seconds` after the beginning; `wrong` seconds are added to the wall clock alone.
fn now(seconds: i64, wrong: i64) -> Now {
    Now {
        wall: Timestamp::from_second(1_000_000 + seconds + wrong).unwrap(),
        boot: Some(BootReading { boot_id: 1, millis: u64::try_from(seconds).unwrap() * 1000 }),
        latest_aws_time: None,
    }
}

/// A stamp whose offset AWS's answer has just corrected.
fn corrected(seconds: i64, wrong: i64) -> Stamp {
    Stamp { at: now(seconds, wrong), aws_offset: SignedDuration::from_secs(-wrong) }
}

fn granted(policy: &Policy, wrong: i64) -> GrantedElevation {
    let authorization = authorize(&verdict(policy, "Admin"), Some(reason()), None, id(1), now(0, wrong)).unwrap();
    match authorization.basis() {
        Some(Basis::Approved(approved)) => approved.clone().granted(corrected(0, wrong)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_a_gate_asks_for_a_reason() {
    let policy = policy(60, 10);
    let open = authorize(&verdict(&policy, "ReadOnly"), None, None, id(1), now(0, 0)).unwrap();
    assert_eq!(open.basis(), None);
    let refused = authorize(&verdict(&policy, "Admin"), None, None, id(1), now(0, 0)).unwrap_err();
    assert_eq!(refused.to_string(), "Admin access asks for a reason");
}

#[test]
fn the_limit_counts_from_awss_answer_however_wrong_our_clock_is() {
    for wrong in [0, 30, -30, 3600, -3600, 7200, -7200, 86_400, -86_400] {
        let elevation = granted(&policy(60, 10), wrong);
        assert_eq!(elevation.life().total(), SignedDuration::from_hours(1), "{wrong}");
        assert_eq!(elevation.life().left(now(3599, wrong)), SignedDuration::from_secs(1), "{wrong}");
        assert!(elevation.life().is_over(now(3600, wrong)), "{wrong}");
        // Whatever the wall clock is set to afterwards, the boot clock ends it.
        assert!(elevation.life().is_over(now(3600, wrong - 100_000)), "{wrong}");
    }
}

#[test]
fn a_running_elevation_carries_on_until_its_end_and_no_longer() {
    let policy = policy(60, 10);
    let elevation = granted(&policy, 0);
    let verdict = verdict(&policy, "Admin");
    let later = |seconds| authorize(&verdict, None, Some(&elevation), id(2), now(seconds, 0));
    assert_eq!(later(3599).unwrap().basis(), Some(&Basis::Granted(elevation.clone())));
    assert_eq!(later(3600), Err(ReasonNeeded(Tier::Admin)));
}

#[test]
fn a_new_reason_begins_a_new_elevation() {
    let policy = policy(60, 10);
    let elevation = granted(&policy, 0);
    let again = authorize(&verdict(&policy, "Admin"), Some(reason()), Some(&elevation), id(2), now(60, 0)).unwrap();
    assert!(matches!(again.basis(), Some(Basis::Approved(approved)) if approved.id() == id(2)));
}

#[test]
fn a_policy_that_became_stricter_ends_what_runs_longer_or_says_less() {
    let elevation = granted(&policy(60, 10), 0);
    let left = |policy: &Policy, seconds| {
        elevation.life_under(&verdict(policy, "Admin")).map(|life| life.left(now(seconds, 0)).as_secs())
    };
    assert_eq!(left(&policy(60, 10), 600), Some(3000));
    assert_eq!(left(&policy(15, 10), 600), Some(300));
    assert_eq!(left(&policy(5, 10), 600), Some(0));
    assert_eq!(left(&policy(60, 18), 600), Some(3000), "as long as the reason itself");
    assert_eq!(left(&policy(60, 19), 600), None);
    let stricter = verdict(&policy(15, 10), "Admin");
    let authorization = authorize(&stricter, None, Some(&elevation), id(2), now(899, 0)).unwrap();
    let Some(Basis::Granted(limited)) = authorization.basis() else { panic!("{authorization:?}") };
    assert_eq!(limited.life().total().as_secs(), 900);
    assert_eq!(authorize(&stricter, None, Some(&elevation), id(2), now(900, 0)), Err(ReasonNeeded(Tier::Admin)));
}

#[test]
fn ids_are_ulids_that_survive_json() {
    let id = ElevationId::new("2026-11-21T09:00:00Z".parse().unwrap(), 5);
    assert_eq!(id.to_string().len(), 26);
    assert_eq!(serde_json::from_str::<ElevationId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    assert!(serde_json::from_str::<ElevationId>("\"nonsense\"").is_err());
}
