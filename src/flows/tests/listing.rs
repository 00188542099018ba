//! Listing: complete, at the pace AWS allows, and kept as far as it came.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::aws::{RolesOf, failure};
use super::world::{World, accounts, target};
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::catalog::{Catalog, Change, Roles};
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::policy::Policy;
use crate::error::{Kind, Result};
use crate::flows::catalog::{self, Event};
use crate::flows::obtain::obtain;
use crate::ports::{Page, StateStore as _};

fn role() -> Vec<RoleName> {
    vec![RoleName::parse("Developer").unwrap()]
}

/// A signed-in world with `count` accounts whose roles are answered by `roles_of`.
fn world(count: usize, roles_of: Arc<RolesOf>) -> World {
    let world = World::signed_in();
    *world.aws.account_pages.lock().unwrap() = vec![accounts(count)];
    *world.aws.roles_of.lock().unwrap() = roles_of;
    world
}

fn willing() -> Arc<RolesOf> {
    Arc::new(|_, _, _| Ok(Page { items: role(), next: None }))
}

async fn list(world: &World) -> Result<Catalog> {
    catalog::list(&world.ports, &world.session, &|_| ()).await
}

#[tokio::test(start_paused = true)]
async fn a_401_in_the_middle_stops_the_listing_and_leaves_role_credentials_usable() {
    let answered = AtomicUsize::new(0);
    let world = world(
        200,
        Arc::new(move |_, _, _| match answered.fetch_add(1, Ordering::SeqCst) {
            0..50 => Ok(Page { items: role(), next: None }),
            _ => Err(failure("ListAccountRoles", AwsErrorKind::SignedOut)),
        }),
    );
    let one = target("100000000001/Developer");
    world.keep_role(&one, jiff::SignedDuration::from_hours(1));

    let error = list(&world).await.unwrap_err();
    assert_eq!(error.kind(), Kind::LoginNeeded);
    assert_eq!(error.to_string(), "SSO session `acme` is not signed in");
    assert!(world.record().signed_in.is_none());
    assert!(world.aws.roles.count() <= 50 + 12, "{} calls", world.aws.roles.count());
    assert_eq!(world.state.catalog(&world.session.key()).role_count(), 50, "what was listed is kept");

    let request = world.request(&one.to_string(), None);
    let kept = obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap();
    assert_eq!(kept.credentials().access_key_id.as_str(), "ASIAKEPTKEPTKEPTKEPT");
}

#[tokio::test(start_paused = true)]
async fn one_account_that_fails_is_marked_and_the_others_are_listed() {
    let broken = accounts(200)[77].id.clone();
    let world = world(
        200,
        Arc::new(move |account, _, _| match *account == broken {
            true => Err(failure("ListAccountRoles", AwsErrorKind::ServerTrouble)),
            false => Ok(Page { items: role(), next: None }),
        }),
    );
    let catalog = list(&world).await.unwrap();
    assert_eq!((catalog.entries.len(), catalog.role_count(), catalog.failed_count()), (200, 199, 1));
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_that_names_another_is_not_the_end() {
    let world = world(
        3,
        Arc::new(|_, page, _| {
            Ok(match page {
                None => Page { items: vec![], next: Some("more".into()) },
                Some(_) => Page { items: role(), next: None },
            })
        }),
    );
    *world.aws.account_pages.lock().unwrap() = vec![vec![], accounts(3), vec![]];
    let catalog = list(&world).await.unwrap();
    assert_eq!((catalog.entries.len(), catalog.role_count()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_role_list_whose_next_page_comes_back_ends_there_and_keeps_its_rows() {
    // The token that leads on from each page; the first page has none of its own.
    let circles: [&[(&str, &str)]; 2] =
        [&[("", "again"), ("again", "again")], &[("", "one"), ("one", "two"), ("two", "one")]];
    for pages in circles {
        let world = world(
            2,
            Arc::new(|account, page, _| {
                if account.as_str() == "100000000001" {
                    return Ok(Page { items: role(), next: None });
                }
                let at = pages.iter().position(|(asked, _)| *asked == page.unwrap_or_default()).unwrap();
                let items = vec![RoleName::parse(&format!("Role{at}")).unwrap()];
                Ok(Page { items, next: Some(pages[at].1.into()) })
            }),
        );
        let events = Mutex::new(Vec::new());
        let tell = |event| events.lock().unwrap().push(event);
        let catalog = catalog::list(&world.ports, &world.session, &tell).await.unwrap();
        assert_eq!((catalog.role_count(), catalog.failed_count()), (pages.len() + 1, 1));
        assert_eq!(world.aws.roles.count(), pages.len() + 1, "no page is asked for twice");
        assert_eq!(world.state.catalog(&world.session.key()), catalog);
        let told = events.lock().unwrap();
        let told = told.iter().filter(
            |event| matches!(event, Event::Changed(Change::FirstRoles(_, names, _)) if names.len() == pages.len()),
        );
        assert_eq!(told.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_list_without_end_is_left_and_keeps_its_rows() {
    let world = World::signed_in();
    let pages = std::iter::repeat_n(vec![], 499).chain([accounts(3)]).chain(std::iter::repeat_n(vec![], 10));
    *world.aws.account_pages.lock().unwrap() = pages.collect();
    assert_eq!(list(&world).await.unwrap().entries.len(), 3);
    assert_eq!(world.aws.accounts.count(), 500);
}

#[tokio::test(start_paused = true)]
async fn a_role_list_without_end_is_left_and_says_so() {
    let world = world(
        1,
        Arc::new(|_, page, _| {
            let number: u32 = page.map_or(0, |page| page.parse().unwrap());
            Ok(Page { items: vec![], next: Some((number + 1).to_string()) })
        }),
    );
    let catalog = list(&world).await.unwrap();
    let Roles::Failed { why, .. } = &catalog.entries[0].roles else { panic!("{:?}", catalog.entries[0]) };
    assert_eq!(why, "AWS named more than 20 pages");
    assert_eq!(world.aws.roles.count(), 20);
}

#[tokio::test(start_paused = true)]
async fn what_a_listing_tells_adds_up_to_what_is_kept() {
    for (leads_back, fails) in [(false, false), (true, false), (false, true), (true, true)] {
        let world = world(3, willing());
        *world.aws.accounts_lead_back.lock().unwrap() = leads_back;
        world.aws.roles.fail(fails.then_some(AwsErrorKind::Forbidden));
        // The second one takes up what failed, or begins anew.
        for round in 1..3 {
            let told = Mutex::new((Catalog::default(), 0));
            let tell = |event| {
                let (shown, left) = &mut *told.lock().unwrap();
                match event {
                    Event::Begun { catalog, due } => (*shown, *left) = (catalog, due),
                    Event::Changed(change) => {
                        shown.apply(change);
                        *left -= 1;
                    }
                }
            };
            let listed = catalog::list(&world.ports, &world.session, &tell).await.unwrap();
            let case = format!("{leads_back} {fails} {round}");
            assert_eq!(told.into_inner().unwrap(), (listed.clone(), 0), "{case}");
            assert_eq!(world.state.catalog(&world.session.key()), listed, "{case}");
            tokio::time::advance(Duration::from_secs(60)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_list_whose_next_page_comes_back_ends_there_and_is_begun_anew_next_time() {
    let world = world(0, willing());
    let (first, second) = (accounts(5)[..3].to_vec(), accounts(5)[2..].to_vec());
    *world.aws.account_pages.lock().unwrap() = vec![first.clone(), second];
    *world.aws.accounts_lead_back.lock().unwrap() = true;
    let catalog = list(&world).await.unwrap();
    assert_eq!((catalog.entries.len(), catalog.role_count(), catalog.cut_short), (5, 5, true));
    assert_eq!(world.aws.accounts.count(), 2);

    *world.aws.accounts_lead_back.lock().unwrap() = false;
    *world.aws.account_pages.lock().unwrap() = vec![first];
    let catalog = list(&world).await.unwrap();
    assert_eq!((catalog.entries.len(), catalog.cut_short), (3, false));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_too_long_ends_the_listing_at_once_and_is_said() {
    for seconds in [10_800, 99_999_999, u64::MAX] {
        let world = world(200, willing());
        world.aws.roles.fail_always(Some(AwsErrorKind::Throttled(Some(Duration::from_secs(seconds)))));
        let catalog = list(&world).await.unwrap();
        assert_eq!((catalog.entries.len(), catalog.failed_count()), (200, 200));
        let Roles::Failed { why, .. } = &catalog.entries[199].roles else { panic!("{:?}", catalog.entries[199]) };
        assert!(why.contains("asks to wait"), "{why}");
        assert!(world.aws.roles.count() <= 12, "{} calls", world.aws.roles.count());
        assert!(world.ports.clock.elapsed() < Duration::from_secs(1), "{seconds}");

        let world = self::world(200, willing());
        world.aws.accounts.fail_always(Some(AwsErrorKind::Throttled(Some(Duration::from_secs(seconds)))));
        let error = list(&world).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable);
        assert!(error.to_string().starts_with("AWS asks to wait "), "{error}");
        assert!(world.ports.clock.elapsed() < Duration::from_secs(1), "{seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_aws_that_serves_nobody_ends_the_listing_of_a_thousand_accounts_within_minutes() {
    for (kind, limit) in [(AwsErrorKind::Throttled(None), 180), (AwsErrorKind::Unreachable, 40)] {
        let world = world(1_000, willing());
        world.aws.roles.fail_always(Some(kind));
        let catalog = list(&world).await.unwrap();
        assert_eq!(catalog.failed_count(), 1_000);
        assert!(world.ports.clock.elapsed() < Duration::from_secs(limit), "{:?}", world.ports.clock.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_costs_the_accounts_that_were_asked_for_and_no_others() {
    let back = Duration::from_secs(5);
    let roles = move |_: &AccountId, _: Option<&str>, now: Duration| match now < back {
        true => Err(failure("ListAccountRoles", AwsErrorKind::Unreachable)),
        false => Ok(Page { items: role(), next: None }),
    };
    let world = world(1_000, Arc::new(roles));
    let failed = list(&world).await.unwrap().failed_count();
    assert!((1..200).contains(&failed), "{failed}");
    assert_eq!(list(&world).await.unwrap().failed_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn accounts_that_always_fail_keep_no_other_from_being_listed() {
    let broken = target("100000000011/any").account;
    let roles = move |id: &AccountId, _: Option<&str>, now: Duration| match *id <= broken {
        true => Err(failure("ListAccountRoles", AwsErrorKind::ServerTrouble)),
        false => Ok(Page { items: vec![RoleName::parse(&format!("At{}", now.as_secs())).unwrap()], next: None }),
    };
    let world = world(30, Arc::new(roles));
    list(&world).await.unwrap();
    tokio::time::sleep(Duration::from_secs(7_200)).await;
    let catalog = list(&world).await.unwrap();
    assert_eq!((catalog.failed_count(), catalog.role_count()), (12, 18));
    let listed = catalog.entries.iter().flat_map(|entry| entry.roles.names());
    assert!(listed.into_iter().all(|role| role.as_str() >= "At7200"));
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_broke_off_is_taken_up_where_it_stopped() {
    let world = world(100, willing());
    world.aws.roles.fail((0..3).flat_map(|_| [AwsErrorKind::Forbidden]));
    assert_eq!(list(&world).await.unwrap().failed_count(), 3);
    let before = world.aws.roles.count();
    assert_eq!(list(&world).await.unwrap().failed_count(), 0);
    assert_eq!(world.aws.roles.count() - before, 3);
    assert_eq!(world.aws.accounts.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_another_process_changes_during_a_listing_stays_changed() {
    let world = world(2, Arc::new(|_, _, _| Err(failure("ListAccountRoles", AwsErrorKind::Forbidden))));
    let ids: Vec<_> = accounts(2).into_iter().map(|account| account.id).collect();
    let key = world.session.key();
    let now = world.ports.clock.now().wall;
    // Only the second account is still due.
    let mut listed_before = |catalog: &mut Catalog| {
        catalog.take_accounts(accounts(2), now);
        catalog.take_roles(&ids[0], role(), now);
    };
    world.state.update_catalog(&key, &mut listed_before).unwrap();
    let gone_meanwhile = |event: Event| {
        if let Event::Changed(Change::Failed(..)) = event {
            let mut drop_role = |catalog: &mut Catalog| catalog.drop_role(&ids[0], &role()[0]);
            world.state.update_catalog(&key, &mut drop_role).unwrap();
        }
    };
    catalog::list(&world.ports, &world.session, &gone_meanwhile).await.unwrap();
    let after = world.state.catalog(&key);
    assert_eq!((world.aws.roles.count(), after.role_count(), after.failed_count()), (1, 0, 1));
}

/// An Identity Center that serves twenty requests a second, with as many at once, and turns others away.
fn limited(retry_after: Option<Duration>) -> Arc<RolesOf> {
    let bucket = Mutex::new((20.0_f64, Duration::ZERO));
    Arc::new(move |_, _, now| {
        let (tokens, filled) = &mut *bucket.lock().unwrap();
        *tokens = (*tokens + (now - *filled).as_secs_f64() * 20.0).min(20.0);
        *filled = now;
        if *tokens < 1.0 {
            return Err(failure("ListAccountRoles", AwsErrorKind::Throttled(retry_after)));
        }
        *tokens -= 1.0;
        Ok(Page { items: role(), next: None })
    })
}

#[tokio::test(start_paused = true)]
async fn a_thousand_accounts_are_listed_in_the_time_that_the_limit_allows() {
    for (latency, retry_after) in [(0, None), (60, None), (250, Some(Duration::from_secs(1)))] {
        let world = world(1_000, limited(retry_after));
        *world.aws.latency.lock().unwrap() = Duration::from_millis(latency);
        let catalog = list(&world).await.unwrap();
        assert_eq!((catalog.role_count(), catalog.failed_count()), (1_000, 0));
        let took = world.ports.clock.elapsed().as_secs_f64();
        // 1,001 requests at 20 a second are 50 s, less what may go at once.
        assert!((45.0..=55.0).contains(&took), "{took} s at {latency} ms");
        // What was listed is kept every few seconds on the way.
        assert!((10..=30).contains(&world.state.catalog_saves.load(Ordering::SeqCst)));
    }
}

#[tokio::test(start_paused = true)]
async fn another_tool_that_takes_half_of_the_rate_costs_time_but_no_account() {
    let bucket = limited(None);
    let others = Arc::new(move |account: &_, page: Option<&str>, now| {
        let answer = bucket(account, page, now)?;
        let _ = bucket(account, page, now);
        Ok(answer)
    });
    let world = world(300, others);
    let catalog = list(&world).await.unwrap();
    assert_eq!((catalog.role_count(), catalog.failed_count()), (300, 0));
}
