//! The states of the roles screen.

use std::sync::Arc;

use super::State;
use super::apps::*;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::catalog::Catalog;
use crate::domain::policy::{Clauses, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::domain::tier::{Gate, Tier};
use crate::error::Error;
use crate::ports::Copied;
use crate::tui::message::Message;
use crate::tui::policy::TuiPolicy;
use crate::tui::tests::test_app::*;

pub(super) const STATES: &[State] = &[
    ("roles_nothing_listed", nothing_listed),
    ("roles_none_assigned", none_assigned),
    ("roles_asking", streaming_from_nothing),
    ("roles_streaming", || streaming(3)),
    ("roles_stopped", || streaming(3).keys("<Esc>")),
    ("roles_stopped_before_the_accounts", || streaming_from_nothing().keys("<Esc>")),
    ("roles_listed", alone),
    ("roles_large", || large().keys("<PgDn><PgDn>")),
    ("roles_large_filtered", || large().keys("dev 039")),
    ("roles_today", busy_day),
    ("roles_today_admin", || busy_day().keys("<Down><Down><Down>")),
    ("roles_expired_selected", || busy_day().keys("lake dev")),
    ("roles_filtered", || busy_day().keys("stage dev")),
    ("roles_filtered_by_profile", || busy_day().keys("terraform")),
    ("roles_filtered_by_org", || organisations().keys("org:sand dev")),
    ("roles_filtered_by_tier", || organisations().keys("tier:admin")),
    ("roles_no_match", || alone().keys("zzz")),
    ("roles_no_match_while_stopped", || streaming(3).keys("<Esc>zzz")),
    ("roles_no_match_while_listing", || streaming(3).keys("zzz")),
    ("roles_failed_accounts", with_failed_accounts),
    ("roles_failed_account_selected", || with_failed_accounts().keys("sandbox")),
    ("roles_cut_short", cut_short),
    ("roles_listing_failed", listing_failed),
    ("roles_organisations", organisations),
    ("roles_organisations_listing", || organisations().keys("<C-r>")),
    ("roles_all_signed_out", all_signed_out),
    ("roles_signed_out", TestApp::signed_out),
    ("roles_signed_out_with_kept", signed_out_with_kept),
    ("roles_expired", || alone_with_kept().advance(9 * 3_600)),
    ("roles_ended_by_aws", || alone_with_kept().keys("<C-r>").ended_by_aws()),
    ("roles_notice", || noticed("the keyring is locked")),
    ("roles_notice_wraps", || noticed(LONG_NOTICE)),
    ("roles_fetching", || alone().keys("pay dev<Enter>")),
    ("roles_fetched", fetched),
    ("roles_copied", || alone().keys("pay dev<C-y>").copied(Copied::SentToTerminal)),
    ("roles_ends_soon", || alone_with_kept().advance(42 * 60)),
    ("roles_hostile_names", || named(&HOSTILE)),
    ("roles_very_long_names", very_long_names),
    ("roles_one_role", one_role),
    ("roles_first_run", first_run),
    ("roles_in_the_demo", || alone().demo()),
    ("roles_for_those_on_call", || for_those_on_call().keys("pay dev")),
    ("matrix_for_those_on_call", || for_those_on_call().keys("<F4>")),
    ("matrix", || busy_day().keys("<F4>")),
    ("matrix_organisations", || organisations().keys("<F4>")),
    ("matrix_filtered", || busy_day().keys("<F4>stage")),
    ("matrix_beside", || busy_day().keys("<F4><Home><Right>")),
    ("matrix_fetching", || alone().keys("<F4>pay dev<Enter>")),
    ("matrix_failed_accounts", || with_failed_accounts().keys("<F4>sandbox")),
    ("matrix_large", || large().keys("<F4><End>")),
    ("matrix_hostile_names", || named(&HOSTILE).keys("<F4>")),
    ("matrix_very_long_names", || very_long_names().keys("<F4>an-account")),
];

const LONG_NOTICE: &str = "~/.config/daypass/config.toml, line 12: `colour` is no setting; did you mean `color`? It \
                           is left out of account, and everything else in the file counts; ~/.aws/config names the \
                           SSO session `acme` twice, of which the first one counts, as it does for the AWS CLI; and \
                           the policy was read from a file that others may write to";

const HOSTILE: [&str; 6] =
    ["\u{1b}[31mred\u{9b}", "pay\u{202e}dorp\u{200b}", "東京支店", "nul\0\r\n", "👩\u{200d}💻 dev", "   "];

/// Developer is for whoever is on duty.
fn for_those_on_call() -> TestApp {
    let mut app = alone();
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    let on_call = Clauses { gate: Some(Gate::OnCall), ..Clauses::default() };
    let defaults = TierDefaults::built_in(&["payments"]).with(Tier::Developer, &on_call);
    let policy = Policy::new(SessionLimit::default(), defaults, Vec::new(), identity);
    app.model.settings.policy = TuiPolicy::new(Arc::new(policy));
    app
}

fn nothing_listed() -> TestApp {
    let mut app = alone();
    app.model.sessions[0].catalog = Catalog::default();
    app
}

fn none_assigned() -> TestApp {
    let mut app = alone();
    app.model.sessions[0].catalog = Catalog { listed_at: Some(start()), ..Catalog::default() };
    app
}

fn streaming_from_nothing() -> TestApp {
    nothing_listed().opened()
}

fn cut_short() -> TestApp {
    let mut app = alone();
    app.model.sessions[0].catalog.cut_short = true;
    app
}

fn listing_failed() -> TestApp {
    let kind = AwsErrorKind::Unreachable;
    let error = AwsError { operation: "ListAccounts", kind, detail: "connection refused".into() };
    alone().keys("<C-r>").task_failed(Error::Aws(error))
}

fn signed_out_with_kept() -> TestApp {
    let mut app = alone_with_kept();
    app.set_signed_out("acme-prod");
    app
}

fn noticed(notice: &str) -> TestApp {
    let mut app = alone();
    app.send(Message::Notice(notice.to_owned()));
    app
}

fn fetched() -> TestApp {
    let app = alone().keys("pay dev<C-o>r");
    app.with_credentials("100000023757/Developer", 0, 60, 60, None).task_done()
}
