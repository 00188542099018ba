//! The apps that the states of the gallery begin with.

use crate::domain::catalog::{Catalog, Change, Roles};
use crate::domain::ids::{AccountId, RoleName, SessionName};
use crate::domain::names::ProfileTarget;
use crate::flows::catalog::Event;
use crate::tui::model::profiles::Profiles;
use crate::tui::tests::test_app::*;

/// One session, signed in to, with its roles listed.
pub(super) fn alone() -> TestApp {
    only(TestApp::signed_in())
}

/// The same with credentials of a Developer and an Admin.
pub(super) fn alone_with_kept() -> TestApp {
    only(TestApp::with_kept())
}

/// An elevation is active.
pub(super) fn elevated() -> TestApp {
    alone().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 210)
}

/// Leaves the first session alone.
pub(super) fn only(mut app: TestApp) -> TestApp {
    app.model.sessions.truncate(1);
    app
}

/// Whatever a day brings: pins, credentials that are fresh, near their end and ended, and roles that are used often.
pub(in crate::tui::tests) fn busy_day() -> TestApp {
    let app = alone()
        .with_credentials("100000086989/Developer", 13, 60, 60, None)
        .with_credentials("100000086989/AWSAdministratorAccess", 53, 60, 240, Some("restore the ledger after INC-4211"))
        .with_credentials("100000031415/Developer", 180, 60, 60, None)
        .used("100000000001/ReadOnlyAccess", 40, 1_500)
        .used("100000027182/Developer", 7, 3_000)
        .pinned("100000023757/Developer")
        .pinned("100000023757/AWSAdministratorAccess")
        .alias("ledger", "100000086989/AWSAdministratorAccess");
    with_profiles(app)
}

/// Two roles have profiles, one of them two.
pub(super) fn with_profiles(mut app: TestApp) -> TestApp {
    let profile = |name: &str, what: &str| {
        let session = SessionName::parse("acme-prod").unwrap();
        (name.to_owned(), ProfileTarget { session, target: target(what), region: None })
    };
    let profiles = vec![
        profile("prod-dev", "100000023757/Developer"),
        profile("stage-admin", "100000086989/AWSAdministratorAccess"),
        profile("terraform-stage", "100000086989/AWSAdministratorAccess"),
    ];
    app.model.settings.profiles = Profiles::new(profiles, &app.model.sessions);
    app
}

/// Three sessions: signed in to two of them, of which one ends soon; never signed in to the third.
pub(in crate::tui::tests) fn organisations() -> TestApp {
    let mut app = TestApp::with(vec![session("acme-prod"), session("sandbox"), session("globex-emea")]);
    app.set_signed_in("acme-prod", lifespan(108, 480));
    app.set_signed_in("sandbox", lifespan(420, 480));
    app.model.sessions[0].catalog = catalog();
    app.model.sessions[1].catalog = sandbox_catalog();
    app.with_credentials("100000023757/Developer", 13, 60, 60, None).with_credentials_in(
        "sandbox",
        "200000000002/Developer",
        (20, 60, 60),
        None,
    )
}

/// The same, nine hours later.
pub(super) fn all_signed_out() -> TestApp {
    organisations().advance(9 * 3_600)
}

fn sandbox_catalog() -> Catalog {
    let accounts = [("200000000001", "playground"), ("200000000002", "prod-web")];
    let mut catalog = Catalog::default();
    catalog.take_accounts(accounts.iter().map(|(id, name)| account(id, name)).collect(), start());
    for (id, _) in accounts {
        let roles = ["Developer", "ReadOnlyAccess"].map(|role| RoleName::parse(role).unwrap());
        catalog.take_roles(&AccountId::parse(id).unwrap(), roles.into(), start());
    }
    catalog
}

/// A listing that has brought all accounts, and the roles of the first `listed` ones.
pub(super) fn streaming(listed: usize) -> TestApp {
    let mut app = alone();
    app.model.sessions[0].catalog = Catalog::default();
    let app = app.opened();
    let now = app.model.now.wall;
    let mut catalog = Catalog::default();
    catalog.take_accounts(ACCOUNTS.iter().map(|(id, name)| account(id, name)).collect(), now);
    let begun = Event::Begun { catalog, due: ACCOUNTS.len() };
    ACCOUNTS[..listed].iter().fold(app.listing_event(begun), |app, (id, _)| {
        app.listing_event(Event::Changed(Change::Roles(AccountId::parse(id).unwrap(), roles(), now)))
    })
}

/// The roles of one account could not be listed; those of another could once.
pub(super) fn with_failed_accounts() -> TestApp {
    let mut app = alone();
    let why = || "ListAccountRoles: AWS asks to slow down (request 4f1c)".into();
    let entries = &mut app.model.sessions[0].catalog.entries;
    entries[5].roles = Roles::Failed { why: why(), names: Vec::new() };
    entries[3].roles = Roles::Failed { why: why(), names: roles() };
    app
}

/// Accounts with these names, as many as there are.
pub(super) fn named(names: &[&str]) -> TestApp {
    let mut app = alone();
    for (entry, name) in app.model.sessions[0].catalog.entries.iter_mut().zip(names) {
        entry.account.name = (*name).into();
    }
    app
}

/// Account and role have the longest names that AWS allows.
pub(super) fn very_long_names() -> TestApp {
    let mut app = named(&[&"an-account-with-the-longest-name-aws-allows-".repeat(2)[..50]]);
    let role = "AWSReservedAccessForTheDatabaseTeamThatReadsLedger32".repeat(2)[..64].to_owned();
    let id = AccountId::parse(ACCOUNTS[0].0).unwrap();
    let names = [role.as_str(), "Developer"].map(|role| RoleName::parse(role).unwrap());
    app.model.sessions[0].catalog.take_roles(&id, names.into(), start());
    app
}

/// One account with one role.
pub(super) fn one_role() -> TestApp {
    let mut app = alone();
    let catalog = &mut app.model.sessions[0].catalog;
    catalog.entries.truncate(1);
    let id = AccountId::parse(ACCOUNTS[0].0).unwrap();
    catalog.take_roles(&id, vec![RoleName::parse("Developer").unwrap()], start());
    app
}

/// What the very first run shows to a person who has profiles.
pub(super) fn first_run() -> TestApp {
    let mut app = with_profiles(alone().pinned("100000023757/Developer").pinned("100000086989/AWSAdministratorAccess"));
    app.model.shows_tip = true;
    app
}

/// Four hundred accounts with three roles each.
pub(super) fn large() -> TestApp {
    let mut app = alone();
    let kinds = ["prod", "stage", "dev"];
    let accounts = (0..400).map(|at: usize| {
        let name = format!("{}-payments-{at:04}", kinds[at % kinds.len()]);
        account(&format!("{:012}", 300_000_000_000 + at), &name)
    });
    let mut catalog = Catalog::default();
    catalog.take_accounts(accounts.collect(), start());
    for entry in &mut catalog.entries {
        entry.roles = Roles::Listed { at: start(), names: roles() };
    }
    app.model.sessions[0].catalog = catalog;
    app
}
