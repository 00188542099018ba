use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::policy::{
    Cap, CapOwner, Clauses, Facts, Pattern, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TicketNeed,
    TierDefaults,
};
use crate::domain::tier::Tier;
use crate::domain::time::{BootReading, Stamp};

fn policy(admin_max: i64, min_reason: usize) -> Policy {
    policy_of(&Clauses {
        max_duration: Some(SignedDuration::from_mins(admin_max)),
        min_reason: Some(min_reason),
        ..Clauses::default()
    })
}

fn policy_of(admin: &Clauses) -> Policy {
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]).with(Tier::Admin, admin), Vec::new(), identity)
}

fn verdict(policy: &Policy, role: &str) -> Verdict {
    let account = AccountId::parse("123456789012").unwrap();
    let role = RoleName::parse(role).unwrap();
    policy.judge(Facts { account: &account, account_name: None, role: &role, at: Timestamp::UNIX_EPOCH })
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
    Stamp { at: now(seconds, wrong), aws_offset: Some(SignedDuration::from_secs(-wrong)) }
}

fn draft(minutes: Option<i64>) -> Draft {
    Draft { duration: minutes.map(SignedDuration::from_mins), ..Draft::new("restore the ledger", Confirmation::Typed) }
}

fn no_use(cap: &Cap) -> SignedDuration {
    cap.left_after(SignedDuration::ZERO)
}

fn approved(policy: &Policy, minutes: Option<i64>) -> ApprovedElevation {
    review(&draft(minutes), &verdict(policy, "Admin"), id(1), no_use).unwrap()
}

fn granted(policy: &Policy, wrong: i64) -> GrantedElevation {
    approved(policy, Some(60)).granted(corrected(0, wrong))
}

#[test]
fn only_a_gate_asks_for_an_elevation() {
    let policy = policy(60, 10);
    assert_eq!(
        authorize(&verdict(&policy, "ReadOnly"), None, None, Admission::NotAsked, now(0, 0)),
        Ok(Authorization::Free)
    );
    let refused = authorize(&verdict(&policy, "Admin"), None, None, Admission::NotAsked, now(0, 0)).unwrap_err();
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
    let later = |seconds| authorize(&verdict, None, Some(&elevation), Admission::NotAsked, now(seconds, 0));
    assert_eq!(later(3599), Ok(Authorization::Running(elevation.clone())));
    assert_eq!(later(3600), Err(ElevationNeeded::BreakGlass(Tier::Admin, None)));
}

#[test]
fn a_new_elevation_is_taken_before_one_that_runs() {
    let policy = policy(60, 10);
    let (elevation, new) = (granted(&policy, 0), approved(&policy, None));
    let again =
        authorize(&verdict(&policy, "Admin"), Some(new.clone()), Some(&elevation), Admission::NotAsked, now(60, 0));
    assert_eq!(again, Ok(Authorization::Approved(new)));
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
    for clauses in [
        Clauses { ticket: Some(TicketNeed::Required), ..Clauses::default() },
        Clauses { denied_reasons: Some(vec![Pattern::anywhere("ledger").unwrap()]), ..Clauses::default() },
        Clauses { approvers: Some(vec!["ops".to_owned()]), ..Clauses::default() },
    ] {
        assert_eq!(left(&policy_of(&clauses), 600), None, "{clauses:?}");
    }
    let stricter = verdict(&policy(15, 10), "Admin");
    let authorization = authorize(&stricter, None, Some(&elevation), Admission::NotAsked, now(899, 0)).unwrap();
    let Authorization::Running(limited) = authorization else { panic!("{authorization:?}") };
    assert_eq!(limited.life().total().as_secs(), 900);
    assert_eq!(
        authorize(&stricter, None, Some(&elevation), Admission::NotAsked, now(900, 0)),
        Err(ElevationNeeded::BreakGlass(Tier::Admin, Some(Lacking::Length)))
    );
    let ticket = policy_of(&Clauses { ticket: Some(TicketNeed::Required), ..Clauses::default() });
    let now_asked = verdict(&ticket, "Admin");
    let lacking = |seconds| authorize(&now_asked, None, Some(&elevation), Admission::NotAsked, now(seconds, 0));
    assert_eq!(lacking(60), Err(ElevationNeeded::BreakGlass(Tier::Admin, Some(Lacking::Ticket))));
    assert_eq!(
        lacking(3600),
        Err(ElevationNeeded::BreakGlass(Tier::Admin, None)),
        "it is over whatever the policy says"
    );
}

#[test]
fn a_draft_is_approved_or_refused_for_what_the_policy_says() {
    let minutes = SignedDuration::from_mins;
    let refusal = |draft: &Draft, clauses: &Clauses| {
        review(draft, &verdict(&policy_of(clauses), "Admin"), id(1), no_use).unwrap_err()
    };
    let none = Clauses::default();
    assert_eq!(refusal(&draft(Some(61)), &none), Refusal::Duration { asked: minutes(61), most: minutes(60) });
    assert_eq!(refusal(&draft(Some(0)), &none), Refusal::Duration { asked: minutes(0), most: minutes(60) });
    let short = Draft { reason: "short".to_owned(), ..draft(None) };
    assert_eq!(refusal(&short, &none), Refusal::Reason(InvalidReason::TooShort(10)));
    let alone = Draft { confirmation: Some(Confirmation::Unattended), ..draft(None) };
    assert_eq!(refusal(&alone, &none), Refusal::Unattended);
    let attended = Clauses { unattended: Some(true), ..Clauses::default() };
    assert!(review(&alone, &verdict(&policy_of(&attended), "Admin"), id(1), no_use).is_ok());
    let approvers = Clauses { approvers: Some(vec!["ops".to_owned()]), ..Clauses::default() };
    assert_eq!(refusal(&draft(None), &approvers), Refusal::Approval(vec!["ops".to_owned()]));
    let ticket = Clauses { ticket: Some(TicketNeed::Required), ..Clauses::default() };
    assert_eq!(refusal(&draft(None), &ticket), Refusal::Ticket(InvalidTicket::Needed { or_none: false }));
    let drill = Draft { drill: true, ..draft(None) };
    let approved = review(&drill, &verdict(&policy_of(&ticket), "Admin"), id(1), no_use).unwrap();
    assert_eq!((approved.is_drill(), approved.ticket()), (true, &TicketAnswer::NoTicket), "a drill needs no incident");
}

#[test]
fn an_elevation_lasts_the_default_where_nothing_is_said_and_never_more_than_the_caps_leave() {
    let minutes = SignedDuration::from_mins;
    let cap = Cap::parse("1h in 24h", CapOwner::Tier(Tier::Admin)).unwrap();
    let clauses = Clauses { cap: Some(cap.clone()), ..Clauses::default() };
    let reviewed = |asked: Option<i64>, used: i64| {
        let verdict = verdict(&policy_of(&clauses), "Admin");
        review(&draft(asked), &verdict, id(1), |cap| cap.left_after(minutes(used))).map(|approved| approved.duration())
    };
    let refused = |left| Err(Refusal::Cap { cap: cap.clone(), left: minutes(left) });
    let table = [
        (None, 0, Ok(minutes(30))),
        (None, 45, Ok(minutes(15))),
        (None, 59, Ok(minutes(1))),
        (None, 60, refused(0)),
        (None, 90, refused(0)),
        (Some(60), 0, Ok(minutes(60))),
        (Some(15), 45, Ok(minutes(15))),
        (Some(16), 45, refused(15)),
    ];
    for (asked, used, expected) in table {
        assert_eq!(reviewed(asked, used), expected, "{asked:?} {used}");
    }
}

#[test]
fn debugging_a_draft_shows_nothing_that_was_written() {
    let draft = Draft { ticket: Some("CANARY".to_owned()), ..Draft::new("CANARY", Confirmation::Typed) };
    assert!(!format!("{draft:?}").contains("CANARY"));
}

#[test]
fn ids_are_ulids_that_survive_json() {
    let id = ElevationId::new("2026-11-21T09:00:00Z".parse().unwrap(), 5);
    assert_eq!(id.to_string().len(), 26);
    assert_eq!(serde_json::from_str::<ElevationId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    assert!(serde_json::from_str::<ElevationId>("\"nonsense\"").is_err());
}

#[test]
fn an_extension_lasts_as_long_as_it_may_where_nothing_is_said() {
    let length = |draft: &Draft, used| {
        let cap = Cap::parse("1h in 24h", CapOwner::Tier(Tier::Admin)).unwrap();
        let policy = policy_of(&Clauses { cap: Some(cap), ..Clauses::default() });
        let approved =
            review(draft, &verdict(&policy, "Admin"), id(2), |cap| cap.left_after(SignedDuration::from_mins(used)));
        approved.unwrap().duration().as_mins()
    };
    let extending = |minutes| Draft { extends: Some(id(1)), ..draft(minutes) };
    assert_eq!((length(&draft(None), 0), length(&extending(None), 0)), (30, 60));
    assert_eq!(length(&extending(None), 25), 35, "the caps hold");
    assert_eq!(length(&extending(Some(15)), 0), 15, "what is said counts");
}

#[test]
fn what_is_left_of_a_cap_is_said_without_fractions() {
    let cap = Cap::parse("1h in 24h", CapOwner::Tier(Tier::Admin)).unwrap();
    let words = |millis| Refusal::Cap { cap: cap.clone(), left: SignedDuration::from_millis(millis) }.to_string();
    assert_eq!(words(8), "the policy allows 1h in 24h on this device, and 0s of it is left");
    assert_eq!(words(59_999), "the policy allows 1h in 24h on this device, and 59s of it is left");
    assert_eq!(words(125_770), "the policy allows 1h in 24h on this device, and 2m of it is left");
}
