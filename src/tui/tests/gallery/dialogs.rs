//! The states of every dialog, over the screen that it opens from.

use std::sync::Arc;

use super::State;
use super::apps::*;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::ids::Region;
use crate::domain::policy::{
    Cap, CapOwner, Clauses, Pattern, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TicketNeed, TierDefaults,
};
use crate::domain::preferences::PreferenceChange;
use crate::domain::tier::Tier;
use crate::error::{Error, KeyringFault};
use crate::ports::Copied;
use crate::tui::policy::TuiPolicy;
use crate::tui::tests::test_app::*;

pub(super) const STATES: &[State] = &[
    ("details", || busy_day().keys("stage dev<F3>")),
    ("details_admin", || busy_day().keys("stage admin<F3>")),
    ("details_scrolled", || busy_day().keys("stage admin<F3><End>")),
    ("details_very_long_names", || very_long_names().keys("an-account<F3>")),
    ("sheet_kept", || busy_day().keys("stage dev<C-o>")),
    ("sheet_not_kept", || alone().keys("pay dev<C-o>")),
    ("sheet_asks_for_a_reason", || alone().keys("pay admin<C-o>")),
    ("sheet_signed_out", || alone().advance(9 * 3_600).keys("pay dev<C-o>")),
    ("sheet_no_clipboard", || without_clipboard().keys("pay dev<C-o>")),
    ("sheet_too_many_pins", || too_many_pins().keys("pay dev<C-o>")),
    ("sheet_last", || busy_day().keys("stage dev<C-o><End>")),
    ("elevation_empty", || alone().keys("pay admin<Enter>")),
    ("elevation_typed", || with_recent_reasons().keys("pay admin<Enter>restore the ledger after INC-4711")),
    ("elevation_long", || alone().keys("pay admin<Enter>").keys(LONG_REASON)),
    ("elevation_too_short", || alone().keys("pay admin<Enter>short<Enter>")),
    ("elevation_ticket", || strict().keys("pay admin<Enter>restore the ledger<Enter>CHG-1")),
    ("elevation_no_ticket", || strict().keys("pay admin<Enter>restore the ledger<C-t>")),
    ("elevation_time", || strict().keys("pay admin<Enter>restore the ledger<Tab><Tab>2h")),
    ("elevation_confirm", || alone().keys("pay admin<Enter>restore the ledger<Enter>37")),
    ("elevation_confirm_pasted", || alone().keys("pay admin<Enter>restore the ledger<Enter>").paste("3757")),
    ("elevation_confirm_wrong", || alone().keys("pay admin<Enter>restore the ledger<Enter>3758<Enter>")),
    ("elevation_refused", || approved_by_others().keys("pay admin<Enter>")),
    ("elevation_spent", || {
        strict()
            .past_elevation("100000086989/AWSAdministratorAccess", 200, 60)
            .past_elevation("100000086989/AWSAdministratorAccess", 130, 60)
            .past_elevation("100000086989/AWSAdministratorAccess", 65, 60)
            .keys("pay admin<Enter>")
    }),
    ("region", region),
    ("region_by_name", || region().keys("frank")),
    ("region_no_match", || region().keys("atlantis")),
    ("region_typed", || region().keys("mx-central-9")),
    ("palette", || busy_day().keys("<C-k>")),
    ("palette_command", || busy_day().keys("<C-k>sign in")),
    ("palette_nothing_matches", || busy_day().keys("<C-k>zzzz")),
    ("palette_pasted", || busy_day().keys("<C-k>").paste("leave at once").keys("<Enter>")),
    ("palette_setting", || busy_day().keys("<C-k>flow<Enter>")),
    ("sessions", || organisations().keys("<Tab>")),
    ("sessions_signed_out", || all_signed_out().keys("<Tab><Down>")),
    ("sessions_only_one", || alone().keys("<Tab>")),
    ("confirm_drop", || busy_day().keys("stage dev<C-x>")),
    ("confirm_drop_admin", || busy_day().keys("stage admin<C-x>")),
    ("confirm_end", || elevated().keys("pay admin<C-x>")),
    ("elevation_extend", || elevated().keys("<C-e>")),
    ("elevation_extend_sooner", || elevated().keys("<C-e><Tab><Tab>15")),
    ("elevation_replaces", || elevated().keys("pay admin<C-o>r")),
    ("confirm_sign_out", || organisations().keys("<Tab>x")),
    ("confirm_sign_out_with_nothing_kept", || alone().keys("<Tab>x")),
    ("confirm_quit_while_fetching", || alone().keys("pay read<C-o>r<C-u><Down><Esc>")),
    ("confirm_quit_sign_in", || TestApp::signed_out().opened().code_issued().keys("<C-c>")),
    ("confirm_quit_typed", || TestApp::unconfigured().keys("acme<Esc>")),
    ("error_not_assigned", || failed(not_assigned("no access"))),
    ("error_long", || failed(not_assigned(LONG_DETAIL))),
    ("error_login_needed", || alone_with_kept().keys("log read<Enter>").ended_by_aws()),
    ("error_reason_required", || failed(reason_required())),
    ("error_keyring_locked", || failed(keyring())),
    ("error_unreachable", || failed(unreachable())),
    ("error_in_one_of_several_sessions", || organisations().keys("lake dev<Enter>").task_failed(not_assigned("no"))),
    ("help_roles", || busy_day().keys("?")),
    ("help_roles_end", || busy_day().keys("?<End>")),
    ("help_filtered", || busy_day().keys("stage<F1>")),
    ("help_matrix", || busy_day().keys("<F4>?")),
    ("help_active", || busy_day().keys("<F2>?")),
    ("help_sign_in", || TestApp::signed_out().opened().code_issued().keys("?")),
    ("help_setup", || TestApp::unconfigured().keys("<F1>")),
    ("text_not_copied", not_copied),
    ("text_sent", || alone().keys("pay dev<C-y>").copied(Copied::SentToTerminal).keys("<C-v>")),
];

const LONG_REASON: &str = "restore the ledger table after INC-4711: the nightly job dropped the last partition, and the \
                           on-call engineer of payments has asked for it in the incident's channel; the table is put \
                           back from the copy of 03:00 and checked against the queue";

const LONG_DETAIL: &str = "the account is suspended, and has been for some time; ask the owner of the account to have \
                           it back in the organisation, then list the roles again, and only then try this once more; \
                           it may take an hour until AWS has spread the change to all of its regions, and until then \
                           some of them go on refusing what others already grant to the same person";

/// A team that has something to say about Admin.
fn strict() -> TestApp {
    under(Clauses {
        cap: Some(Cap::parse("3h in 24h", CapOwner::Tier(Tier::Admin)).unwrap()),
        ticket: Some(TicketNeed::OrNone),
        ticket_pattern: Some(Pattern::whole("INC-[0-9]+").unwrap()),
        warning: Some("This account holds cardholder data: two people look at every change".to_owned()),
        alerts: Some(vec!["#incidents".to_owned(), "pagerduty".to_owned()]),
        notify: Some(vec!["security@acme.example".to_owned()]),
        ..Clauses::default()
    })
}

fn approved_by_others() -> TestApp {
    under(Clauses { approvers: Some(vec!["ops".to_owned(), "security".to_owned()]), ..Clauses::default() })
}

/// Under a policy with these clauses for Admin.
fn under(admin: Clauses) -> TestApp {
    let mut app = alone();
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    let defaults = TierDefaults::built_in(&[]).with(Tier::Admin, &admin);
    let policy = Policy::new(SessionLimit::default(), defaults, Vec::new(), identity);
    app.model.settings.policy = TuiPolicy::new(Arc::new(policy));
    app.past_elevation("100000086989/AWSAdministratorAccess", 2_000, 60)
}

fn without_clipboard() -> TestApp {
    let mut app = alone();
    app.model.settings.copies_secrets = false;
    app
}

fn too_many_pins() -> TestApp {
    (0..200).fold(alone(), |app, number| app.pinned(&format!("{number:012}/Developer")))
}

fn with_recent_reasons() -> TestApp {
    alone().with_reasons(&["rotate the keys of the ledger", "look into the failed nightly job"])
}

/// Ireland was chosen for another role, and Ohio for this one; Frankfurt comes from the environment.
fn region() -> TestApp {
    let mut app = alone();
    app.model.settings.regions.environment = Some(("AWS_REGION", Region::parse("eu-central-1").unwrap()));
    for (role, code) in [("100000086989/Developer", "eu-west-1"), ("100000023757/Developer", "us-east-2")] {
        let (session, region) = (app.model.sessions[0].key.clone(), Region::parse(code).ok());
        app.model.preferences.apply(&PreferenceChange::Region { session, target: target(role), region });
    }
    app.keys("pay dev<C-g>")
}

/// A fetch ended in this error.
fn failed(error: Error) -> TestApp {
    alone().keys("pay dev<Enter>").task_failed(error)
}

fn not_assigned(detail: &str) -> Error {
    let source = AwsError { operation: "GetRoleCredentials", kind: AwsErrorKind::Forbidden, detail: detail.into() };
    Error::NotAssigned { target: target("100000023757/Developer"), source }
}

fn reason_required() -> Error {
    Error::ReasonRequired { target: target("100000023757/Developer"), tier: Tier::Developer, lacking: None }
}

fn keyring() -> Error {
    Error::Keyring { fault: KeyringFault::Locked, detail: "the collection `login` is locked".into() }
}

fn unreachable() -> Error {
    let kind = AwsErrorKind::Unreachable;
    Error::Aws(AwsError { operation: "GetRoleCredentials", kind, detail: "connection refused".into() })
}

fn not_copied() -> TestApp {
    alone().keys("pay dev<C-y>").task_failed(Error::NoClipboard { tool: None, source: None })
}
