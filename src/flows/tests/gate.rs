//! The gate before Admin: no record, no credentials; no reason, no entry; and every record gets its outcome.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;

use super::world::{World, accounts, pass, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::credentials::CachedCredentials;
use crate::domain::policy::{
    AccountGlob, Clauses, Matcher, Policy, PolicyDigest, PolicyIdentity, Rule, RuleId, SessionLimit, TierDefaults,
};
use crate::domain::store_choice::StoreName;
use crate::domain::tier::Tier;
use crate::error::{Kind, Result};
use crate::flows::drop_credentials::drop_credentials;
use crate::flows::elevation::settle;
use crate::flows::locks::lock_source;
use crate::flows::login::login;
use crate::flows::logout::logout;
use crate::flows::obtain::{CredentialsRequest, obtain};
use crate::ports::{SecretStore as _, StateStore as _};

const ADMIN: &str = "100000000001/Admin";
const WHY: &str = "INC-4711 restore the queue";

fn request(world: &World, reason: Option<&str>) -> CredentialsRequest {
    world.request(ADMIN, reason)
}

async fn admin_under(world: &World, policy: &Policy, reason: Option<&str>) -> Result<CachedCredentials> {
    obtain(&world.ports, policy, &request(world, reason), None).await
}

async fn admin(world: &World, reason: Option<&str>) -> Result<CachedCredentials> {
    admin_under(world, &Policy::built_in(), reason).await
}

fn log(world: &World) -> Vec<String> {
    world.log.lines.lock().unwrap().clone()
}

fn steps(world: &World) -> Vec<String> {
    log(world).into_iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

fn policy(admin_max: i64, min_reason: usize, rules: Vec<Rule>) -> Policy {
    let admin = Clauses {
        max_duration: Some(SignedDuration::from_mins(admin_max)),
        min_reason: Some(min_reason),
        ..Clauses::default()
    };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b""), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]).with(Tier::Admin, &admin), rules, identity)
}

#[tokio::test(start_paused = true)]
async fn without_a_reason_nothing_is_fetched() {
    let world = World::signed_in();
    // Credentials that were kept before the policy asked for a reason open no gate either.
    world.keep_role(&target(ADMIN), SignedDuration::from_hours(1));
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    for invalid in ["", "too short", "aaaaaaaaaaaaaaa"] {
        assert_eq!(admin(&world, Some(invalid)).await.unwrap_err().kind(), Kind::Usage, "{invalid}");
    }
    assert_eq!(world.aws.credentials.count(), 0);
    assert!(log(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_reason_that_nobody_asks_for_is_passed_over_whatever_it_is() {
    let world = World::signed_in();
    for _ in 0..2 {
        let developer = world.request("100000000001/Developer", Some("x"));
        obtain(&world.ports, &Policy::built_in(), &developer, None).await.unwrap();
    }
    assert_eq!(world.aws.credentials.count(), 1, "it makes no elevation of what is kept");
    assert!(log(&world).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_written_keeps_the_gate_shut() {
    let world = World::signed_in();
    world.log.full.store(true, Ordering::SeqCst);
    assert_eq!(admin(&world, Some(WHY)).await.unwrap_err().kind(), Kind::Failed);
    assert_eq!(world.aws.credentials.count(), 0);
    assert!(world.kept(&target(ADMIN)).is_none());
    assert!(world.log.nothing_is_open(), "nothing was begun, so nothing is open");
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_cannot_be_recorded_is_not_handed_out_and_settled_later() {
    let world = World::signed_in();
    world.log.full_after_intent.store(true, Ordering::SeqCst);
    assert!(admin(&world, Some(WHY)).await.is_err());
    assert_eq!(world.aws.credentials.count(), 1);
    assert!(world.kept(&target(ADMIN)).is_none());
    world.log.full_after_intent.store(false, Ordering::SeqCst);
    settle(&world.ports);
    assert_eq!(steps(&world), ["intent", "ended unknown"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stays_one_though_it_cannot_be_recorded() {
    let world = World::signed_in();
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_mins(15);
    admin(&world, Some(WHY)).await.unwrap();
    // The credentials are still valid, which bridges what passes, and no refusal.
    pass(11 * 60).await;
    world.aws.credentials.fail_always(Some(AwsErrorKind::Forbidden));
    world.log.full_after_intent.store(true, Ordering::SeqCst);
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::Denied);
}

#[tokio::test(start_paused = true)]
async fn the_record_says_what_became_of_the_intent() {
    for (refusal, outcome) in [(None, "granted"), (Some(AwsErrorKind::Forbidden), "failed")] {
        let world = World::signed_in();
        world.aws.credentials.fail_always(refusal);
        assert_eq!(admin(&world, Some(WHY)).await.is_ok(), refusal.is_none());
        assert_eq!(log(&world), [format!("intent: {WHY}"), format!("{outcome}: {WHY}")]);
        assert_eq!(world.log.nothing_is_open(), refusal.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_elevation_carries_on_until_its_end_and_no_longer() {
    let world = World::signed_in();
    // AWS's credentials are shorter-lived than the elevation, so they are fetched several times within it.
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_mins(15);
    let first = admin(&world, Some(WHY)).await.unwrap();
    let elevation = world.store.load_elevation(&world.source(&target(ADMIN)).key()).unwrap().unwrap();
    assert_eq!(first.elevation(), Some(elevation.id()));
    let mut fetched = vec![world.aws.credentials.count()];
    for _ in 0..3 {
        pass(14 * 60).await;
        let later = admin(&world, None).await.unwrap();
        assert_eq!(later.elevation(), first.elevation());
        assert!(later.life().ends_at() <= elevation.life().ends_at());
        fetched.push(world.aws.credentials.count());
    }
    assert_eq!(fetched, [1, 2, 3, 4]);
    let kept = world.store.load_elevation(&world.source(&target(ADMIN)).key()).unwrap().unwrap();
    assert_eq!(kept, elevation, "the end moved");
    pass(18 * 60 + 1).await;
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert_eq!(world.aws.credentials.count(), 4);
    assert_eq!(steps(&world).last().unwrap(), "ended expired");
}

#[tokio::test(start_paused = true)]
async fn an_elevation_ends_before_credentials_that_live_longer() {
    let world = World::signed_in();
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_hours(12);
    let granted = admin(&world, Some(WHY)).await.unwrap();
    assert_eq!(granted.life().total(), SignedDuration::from_hours(1));
    pass(3599).await;
    admin(&world, None).await.unwrap();
    assert_eq!(world.aws.credentials.count(), 1, "new credentials would end at the same moment");
    pass(2).await;
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
}

#[tokio::test(start_paused = true)]
async fn a_new_reason_is_a_new_elevation_that_replaces_the_old_one() {
    let world = World::signed_in();
    let first = admin(&world, Some(WHY)).await.unwrap();
    world.aws.credentials.fail_always(Some(AwsErrorKind::Unreachable));
    assert!(admin(&world, Some("INC-4712 another matter")).await.is_err());
    assert_eq!(admin(&world, None).await.unwrap().elevation(), first.elevation(), "the first one still runs");
    world.aws.credentials.fail_always(None);
    let second = admin(&world, Some("INC-4712 another matter")).await.unwrap();
    assert_ne!(first.elevation(), second.elevation());
    assert_eq!(steps(&world), ["intent", "granted", "intent", "failed", "intent", "granted", "ended replaced"]);
    assert_eq!(world.ports.audit.elevations().unwrap().open().count(), 1);
    let told = world.state.told_ended.lock().unwrap().clone();
    assert_eq!(told, [first.elevation().unwrap()], "the prompts of its shells");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_wrong_from_the_start_gives_no_minute_more() {
    for wrong in [30, -30, 3600, -3600, 7200, -7200, 86_400, -86_400] {
        for role_hours in [1, 12] {
            let world = World::new();
            world.clock.step_wall(wrong);
            *world.aws.offset.lock().unwrap() = SignedDuration::from_secs(-wrong);
            // The sign-in was corrected by its own answer; this process has heard nothing yet.
            world.aws.answered.store(true, Ordering::SeqCst);
            world.sign_in(SignedDuration::from_hours(8), false);
            world.aws.answered.store(false, Ordering::SeqCst);
            *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_hours(role_hours);

            let granted = admin(&world, Some(WHY)).await.unwrap();
            let end = world.aws.now() + SignedDuration::from_hours(1);
            assert_eq!(granted.life().ends_at(), end, "{wrong} {role_hours}");
            assert_eq!(granted.life().total(), SignedDuration::from_hours(1), "{wrong} {role_hours}");
            pass(3599).await;
            admin(&world, None).await.unwrap();
            // Whatever becomes of the wall clock: it is over by the boot clock.
            world.clock.step_wall(-3 * 86_400);
            pass(1).await;
            assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded, "{wrong} {role_hours}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_aws_returned_expired_are_refused_and_recorded_as_failed() {
    for (lifetime, wrong) in [(-3600, 0), (0, 0), (3600, 7200)] {
        let world = World::signed_in();
        *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_secs(lifetime);
        // AWS's clock is ahead of the credentials it gave.
        *world.aws.offset.lock().unwrap() = SignedDuration::from_secs(wrong);
        let error = admin(&world, Some(WHY)).await.unwrap_err();
        assert!(error.to_string().contains("makes no sense"), "{error}");
        assert!(world.kept(&target(ADMIN)).is_none());
        assert_eq!(steps(&world), ["intent", "failed"]);
        assert!(world.log.nothing_is_open());
    }
}

#[tokio::test(start_paused = true)]
async fn what_ended_stays_ended_after_a_reboot_with_the_clock_set_back() {
    let world = World::signed_in();
    admin(&world, Some(WHY)).await.unwrap();
    pass(3601).await;
    world.ports.clock.saw_aws_time(world.aws.now());
    world.ports.keep_aws_time().await;
    world.clock.reboot();
    world.clock.step_wall(-1800);
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    // It was noticed, so it is gone for good.
    assert!(world.kept(&target(ADMIN)).is_none());
    assert_eq!(steps(&world), ["intent", "granted", "ended expired"]);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_outlive_the_session_end_with_it() {
    let world = World::new();
    world.sign_in_for(SignedDuration::from_mins(30), SignedDuration::from_hours(8), false);
    let granted = admin(&world, Some(WHY)).await.unwrap();
    assert_eq!(granted.life().total(), SignedDuration::from_mins(30));
    pass(1799).await;
    admin(&world, None).await.unwrap();
    pass(1).await;
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::LoginNeeded);
}

#[tokio::test(start_paused = true)]
async fn a_rule_by_account_name_opens_no_gate_for_an_account_without_a_known_name() {
    let sandbox = Rule {
        id: RuleId::parse("sandbox").unwrap(),
        matcher: Matcher { accounts: vec![AccountGlob::parse("sandbox-*").unwrap()], ..Matcher::default() },
        tier: Some(Tier::ReadOnly),
        clauses: Clauses::default(),
    };
    let open = policy(60, 10, vec![sandbox]);
    let world = World::signed_in();
    assert_eq!(admin_under(&world, &open, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    let mut listed = accounts(2);
    listed[1].name = "sandbox-1".into();
    let now = world.ports.clock.now().wall;
    let mut list = |catalog: &mut crate::domain::catalog::Catalog| catalog.take_accounts(listed.clone(), now);
    world.state.update_catalog(&world.session.key(), &mut list).unwrap();
    admin_under(&world, &open, None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_before_a_rule_became_stricter_is_not_handed_out() {
    let world = World::signed_in();
    admin(&world, Some(WHY)).await.unwrap();
    let refused = async |policy: Policy| admin_under(&world, &policy, None).await.unwrap_err().kind();
    assert_eq!(refused(policy(60, 100, vec![])).await, Kind::ElevationNeeded, "a longer reason");
    let shorter = admin_under(&world, &policy(15, 10, vec![]), None).await.unwrap();
    assert_eq!(shorter.life().total(), SignedDuration::from_mins(15));
    pass(15 * 60).await;
    assert_eq!(refused(policy(15, 10, vec![])).await, Kind::ElevationNeeded, "a shorter life");
    admin(&world, None).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_of_an_earlier_sign_in_is_handed_out_after_a_new_one() {
    let world = World::signed_in();
    admin(&world, Some(WHY)).await.unwrap();
    login(&world.ports, &world.login_request(), &|_| {}).await.unwrap();
    assert!(world.kept(&target(ADMIN)).is_none());
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert_eq!(steps(&world), ["intent", "granted", "ended signed_in_anew"]);
    assert!(world.log.nothing_is_open());
}

#[tokio::test(start_paused = true)]
async fn dropping_and_signing_out_end_an_elevation() {
    for (signs_out, how) in [(false, "ended dropped"), (true, "ended signed_out")] {
        let world = World::signed_in();
        admin(&world, Some(WHY)).await.unwrap();
        match signs_out {
            true => drop(logout(&world.ports, &world.session).await.unwrap()),
            false => drop_credentials(&world.ports, &world.source(&target(ADMIN))).await.unwrap(),
        }
        assert!(world.kept(&target(ADMIN)).is_none());
        assert!(world.store.elevations.lock().unwrap().is_empty());
        assert!(admin(&world, None).await.is_err());
        assert_eq!(steps(&world), ["intent", "granted", how]);
        let index = world.state.index();
        assert!(index.session(&world.session.key()).unwrap().targets[ADMIN].kept.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_whose_elevation_has_ended_do_not_serve_though_they_come_back() {
    let world = World::signed_in();
    admin(&world, Some(WHY)).await.unwrap();
    let source = world.source(&target(ADMIN));
    let (kept, elevation) =
        (world.kept(&target(ADMIN)).unwrap(), world.store.load_elevation(&source.key()).unwrap().unwrap());
    drop_credentials(&world.ports, &source).await.unwrap();
    world.store.save_credentials(&source, &kept).unwrap();
    world.store.save_elevation(&source.key(), &elevation).unwrap();
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
    assert_eq!(steps(&world), ["intent", "granted", "ended dropped"]);
}

/// Begins to fetch Admin credentials, and gives up once AWS has been asked.
async fn give_up_while_aws_is_asked(world: &World) {
    tokio::select! {
        biased;
        outcome = admin(world, Some(WHY)) => panic!("{:?}", outcome.map(|_| ())),
        () = world.aws.credentials.called(1) => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_leaves_a_record_with_an_outcome_and_nothing_kept() {
    let world = World::signed_in();
    world.aws.hold(&target(ADMIN));
    give_up_while_aws_is_asked(&world).await;
    world.ports.tasks.close();
    world.ports.tasks.wait().await;
    assert_eq!(steps(&world), ["intent", "failed"]);
    assert!(world.kept(&target(ADMIN)).is_none());
    assert!(world.log.nothing_is_open());
}

#[tokio::test(start_paused = true)]
async fn what_a_killed_program_left_is_settled_as_unknown_unless_somebody_is_at_it() {
    // Killed between the log's intent and the keeping: the list has the elevation, the keyring has not.
    let world = World::signed_in();
    admin(&world, Some(WHY)).await.unwrap();
    let key = world.source(&target(ADMIN)).key();
    world.store.elevations.lock().unwrap().clear();
    let held = lock_source(&world.ports, &key, std::time::Duration::ZERO);
    settle(&world.ports);
    assert_eq!(steps(&world), ["intent", "granted"], "somebody may be asking at this moment");
    drop(held);
    settle(&world.ports);
    settle(&world.ports);
    assert_eq!(steps(&world), ["intent", "granted", "ended credentials_gone"]);
    assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded);
}

#[tokio::test(start_paused = true)]
async fn an_intent_without_an_outcome_is_unknown_only_once_its_process_is_gone() {
    let left_by_another = || {
        let world = World::signed_in();
        world.processes.own.store(99, Ordering::SeqCst);
        world
    };
    for (reboots, outcome) in [(false, "ended unknown"), (true, "ended unknown")] {
        let world = left_by_another();
        world.log.full_after_intent.store(true, Ordering::SeqCst);
        assert!(admin(&world, Some(WHY)).await.is_err());
        world.log.full_after_intent.store(false, Ordering::SeqCst);
        world.processes.own.store(4711, Ordering::SeqCst);
        world.processes.running.lock().unwrap().push(99);
        settle(&world.ports);
        assert_eq!(steps(&world), ["intent"], "it may still be told how it went");
        match reboots {
            true => world.clock.reboot(),
            false => world.processes.running.lock().unwrap().clear(),
        }
        settle(&world.ports);
        assert_eq!(steps(&world), ["intent", outcome]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_kept_opens_nothing_and_is_recorded_so() {
    for refused in ["credentials", "elevation"] {
        let world = World::signed_in();
        *world.store.refuses.lock().unwrap() = Some(refused);
        assert_eq!(admin(&world, Some(WHY)).await.unwrap_err().kind(), Kind::Keyring, "{refused}");
        *world.store.refuses.lock().unwrap() = None;
        assert!(
            world.store.elevations.lock().unwrap().is_empty(),
            "{refused}: a refused item may be there all the same"
        );
        assert_eq!(steps(&world), ["intent", "granted", "ended not_kept"], "{refused}");
        assert_eq!(admin(&world, None).await.unwrap_err().kind(), Kind::ElevationNeeded, "{refused}");
        assert_eq!(world.aws.credentials.count(), 1, "{refused}");
        assert!(world.log.nothing_is_open(), "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_under_a_stricter_policy_ends_when_that_says() {
    let world = World::signed_in();
    admin(&world, Some(WHY)).await.unwrap();
    pass(600).await;
    world.store.delete_credentials(&world.source(&target(ADMIN)).key()).unwrap();
    let renewed = admin_under(&world, &policy(15, 10, vec![]), None).await.unwrap();
    assert_eq!(renewed.life().total(), SignedDuration::from_mins(5));
}

#[tokio::test(start_paused = true)]
async fn handing_out_remembers_how_late_it_is_for_the_time_after_a_reboot() {
    let world = World::signed_in();
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_hours(12);
    admin(&world, Some(WHY)).await.unwrap();
    pass(3000).await;
    admin(&world, None).await.unwrap();
    // The clock is an hour behind after the boot: by itself it would give the elevation its time again.
    world.clock.reboot();
    world.clock.step_wall(-3600);
    let left = admin(&world, None).await.unwrap().life().left(world.ports.clock.now());
    assert_eq!(left, SignedDuration::from_secs(600));
}

#[tokio::test(start_paused = true)]
async fn another_sign_in_forgets_who_the_last_one_was() {
    let world = World::signed_in();
    let signed_in = world.record().signed_in.unwrap();
    let note = |login_id: u64, user: Option<&str>| {
        let signed_in = crate::domain::session::SignedIn { login_id, ..signed_in.clone() };
        world
            .state
            .update_index(&mut |index| {
                index.note_sign_in(&world.session, &signed_in, StoreName::SecretService);
                if let Some(user) = user {
                    index.note_user(&world.session, 1, &user.into());
                }
            })
            .unwrap();
        world.state.index().session(&world.session.key()).unwrap().user.clone()
    };
    assert_eq!(note(1, Some("alice")), Some("alice".into()));
    assert_eq!(note(1, None), Some("alice".into()), "a refresh is the same person's");
    assert_eq!(note(2, Some("alice")), None, "what was asked for the last sign-in says nothing of this one");
}

#[tokio::test(start_paused = true)]
async fn a_fetch_behind_a_gate_reads_each_record_once_before_and_once_under_its_lock() {
    let world = World::signed_in();
    *world.aws.role_lifetime.lock().unwrap() = SignedDuration::from_mins(15);
    // Another elevation that runs is none of this fetch's business.
    let other = world.request("100000000002/Admin", Some(WHY));
    obtain(&world.ports, &Policy::built_in(), &other, None).await.unwrap();
    let reads = async |reason: Option<&str>| {
        world.store.reads.store(0, Ordering::SeqCst);
        admin(&world, reason).await.unwrap();
        world.store.reads.load(Ordering::SeqCst)
    };
    // Credentials, elevation and session before, the first two under their lock, the session under its own.
    assert_eq!(reads(Some(WHY)).await, 6, "a new elevation");
    assert_eq!(reads(None).await, 2, "a warm hit");
    pass(14 * 60).await;
    assert_eq!(reads(None).await, 6, "a renewal within a running elevation");
    assert_eq!(world.aws.credentials.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_cold_fetch_reads_each_record_once_before_and_once_under_its_lock() {
    let world = World::signed_in();
    let request = world.request("100000000001/Developer", None);
    world.store.reads.store(0, Ordering::SeqCst);
    obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap();
    // Credentials and session before, credentials under their lock, the session under its own.
    assert_eq!(world.store.reads.load(Ordering::SeqCst), 4);
    world.store.reads.store(0, Ordering::SeqCst);
    obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap();
    assert_eq!(world.store.reads.load(Ordering::SeqCst), 1);
}
