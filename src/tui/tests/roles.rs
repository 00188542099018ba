//! The roles, the active credentials and the dialogs over them.

use super::stage::*;
use crate::domain::ids::AccountId;
use crate::error::{Error, Kind};
use crate::flows::catalog::Event;
use crate::tui::effect::{Effect, Work};
use crate::tui::message::Message;
use crate::tui::model::{RowId, Screen};

const REASON: Option<&str> = Some("restore the ledger after INC-4211");

fn kept() -> Stage {
    Stage::signed_in().keep("100000023757/Developer", 13, 60, 60, None).keep(
        "100000086989/AWSAdministratorAccess",
        53,
        60,
        240,
        REASON,
    )
}

#[test]
fn roles_at_every_size() {
    shows!("roles", kept());
    shows!("roles_wide", kept().size(120, 40));
    shows!("roles_widest", kept().size(200, 60));
    shows!("roles_narrow", kept().size(50, 16));
    shows!("roles_smallest", kept().size(40, 10));
    shows!("roles_too_small", kept().size(39, 9));
}

#[test]
fn typing_filters_by_name_role_id_and_alias() {
    shows!("roles_filtered", Stage::signed_in().keys("pay dev"));
    shows!("roles_no_match", Stage::signed_in().keys("zzz"));
    assert_eq!(selected(&Stage::signed_in().keys("86989 admin")), "100000086989/AWSAdministratorAccess");
    assert_eq!(selected(&Stage::signed_in().keys("log-arch read")), "100000000001/ReadOnlyAccess");
}

fn selected(stage: &Stage) -> String {
    match &stage.model.sessions[0].roles.selected().unwrap().id {
        RowId::Role(target) => target.to_string(),
        RowId::Failed(id) => format!("failed {id}"),
    }
}

#[test]
fn rows_stream_in_without_the_selection_jumping() {
    let mut stage = Stage::signed_in();
    stage.model.sessions[0].catalog = Default::default();
    let mut stage = stage.begin();
    shows!("roles_asking", Stage::signed_in().keys("<C-r>"));
    let accounts = ACCOUNTS.iter().map(|(id, name)| account(id, name)).collect();
    let id = |at: usize| AccountId::parse(ACCOUNTS[at].0).unwrap();
    stage = stage.listed(Event::Accounts(accounts)).listed(Event::Roles(id(0), roles())).keys("<Down>");
    let held = selected(&stage);
    for at in 1..5 {
        stage = stage.listed(Event::Roles(id(at), roles()));
        stage.model.settle();
        assert_eq!(selected(&stage), held);
    }
    stage = stage.listed(Event::Failed(id(5), "ListAccountRoles: throttled".into()));
    shows!("roles_streaming", stage);
}

#[test]
fn a_failed_account_is_marked_and_says_how_to_retry() {
    let mut stage = Stage::signed_in();
    stage.model.sessions[0].catalog.entries[5].roles =
        crate::domain::catalog::Roles::Failed { why: "ListAccountRoles: throttled".into(), names: Vec::new() };
    shows!("roles_failed_account", stage.keys("sandbox"));
    let mut stage = Stage::signed_in();
    stage.model.sessions[0].catalog = Default::default();
    stage.model.sessions[0].catalog.listed_at = Some(start());
    shows!("roles_none_assigned", stage);
}

#[test]
fn credentials_are_asked_for_and_the_wait_can_be_cancelled() {
    let stage = Stage::signed_in().keys("pay dev<Enter>");
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::Fetch(wanted)))
        if *wanted.source.target() == target("100000023757/Developer") && wanted.reason.is_none()));
    shows!("roles_fetching", stage);
    let stage = Stage::signed_in().keys("pay dev<Enter><Esc>");
    assert!(matches!(stage.effects.last(), Some(Effect::Cancel(_))));
    let attempt = stage.last_attempt();
    let mut late = stage;
    late.take(Message::Ended(attempt, Ok(())));
    assert!(late.model.toast.is_none(), "a stale answer is dropped");
}

#[test]
fn credentials_that_came_are_said_and_counted_down() {
    let stage = Stage::signed_in().keys("pay dev<Enter>").keep("100000023757/Developer", 0, 60, 60, None).done();
    shows!("roles_fetched", stage);
    shows!("roles_counted_down", kept().wait(50 * 60).size(120, 40));
}

#[test]
fn enter_on_kept_credentials_chooses_what_to_copy() {
    shows!("copy", kept().keys("pay dev<Enter>"));
    let stage = kept().keys("pay dev<Enter>2");
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::CopyCredentials(..)))));
    shows!("copied", stage.done());
    let stage = kept().keys("pay dev<C-o><Down><Down><Down><Enter>");
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::CopyText(text)))
        if text == "credential_process = daypass credentials 100000023757/Developer --session acme-prod"));
}

#[test]
fn admin_asks_for_a_reason_that_enter_alone_does_not_give() {
    shows!("reason", Stage::signed_in().keys("pay admin<Enter>"));
    shows!("reason_short", Stage::signed_in().keys("pay admin<Enter>short<Enter>").size(60, 20));
    let stage = Stage::signed_in().keys("pay admin<Enter>restore the ledger");
    assert!(stage.effects.is_empty());
    shows!("reason_good", Stage::signed_in().keys("pay admin<Enter>restore the ledger").size(120, 40));
    let stage = stage.keys("<Enter>");
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::Fetch(wanted)))
        if wanted.reason.as_ref().is_some_and(|reason| reason.as_str() == "restore the ledger")));
}

#[test]
fn a_paste_fills_the_reason_and_confirms_nothing() {
    let huge = format!("restore the ledger\u{1b}[201~\r{}", "x y z ".repeat(200_000));
    let stage = Stage::signed_in().keys("pay admin<Enter>").paste(&huge);
    assert!(stage.effects.is_empty());
    let stage = stage.keys("<Enter><Enter>");
    assert!(stage.effects.is_empty(), "a paste and Enter confirm nothing");
    shows!("reason_pasted", Stage::signed_in().keys("pay admin<Enter>").paste("restore the ledger").keys("<Enter>"));
    let stage = Stage::signed_in().keys("pay admin<Enter>").paste("restore the ledger").keys("!<Enter>");
    assert_eq!(stage.effects.len(), 1, "reviewed and edited, it is a person's own");
    let stage = Stage::signed_in().keys("pay admin<Enter>restore the ledger").hurried("<Enter>");
    assert!(stage.effects.is_empty(), "an Enter in a rush confirms nothing");
}

#[test]
fn dropping_signing_out_and_leaving_are_confirmed() {
    shows!("drop", kept().keys("pay dev<C-x>"));
    let stage = kept().keys("pay dev<C-x><Esc>");
    assert!(stage.effects.is_empty());
    let stage = kept().keys("pay dev<C-x>").hurried("<Enter>").paste("y");
    assert!(stage.effects.is_empty());
    let stage = kept().keys("pay dev<C-x>y");
    assert!(matches!(stage.effects.last(), Some(Effect::Start(_, Work::Drop(..)))));
    shows!("sessions", kept().keys("<Tab>"));
    shows!("sign_out", kept().keys("<Tab>x"));
    assert!(matches!(kept().keys("<Tab>xy").effects.last(), Some(Effect::Start(_, Work::SignOut(_)))));
    shows!("quit", kept().keys("<Esc>"));
    assert!(kept().keys("<Esc>y").model.leaving);
    assert!(kept().keys("<C-c>").model.leaving);
    assert!(!kept().keys("pay<Esc>").model.leaving);
}

#[test]
fn errors_say_what_to_do_and_stay_until_closed() {
    let denied = || {
        Error::new(Kind::Denied, "100000023757/Developer is not assigned to you")
            .because("GetRoleCredentials: no access \u{1b}[2J")
            .hint("daypass roles --refresh   shows what is")
    };
    shows!("denied", Stage::signed_in().keys("pay dev<Enter>").failed(denied()));
    shows!("denied_narrow", Stage::signed_in().keys("pay dev<Enter>").failed(denied()).size(44, 14));
    let stage = Stage::signed_in().keys("pay dev<Enter>").failed(denied()).wait(3_600).keys("abc");
    assert_eq!(stage.model.dialogs.len(), 1);
    assert!(stage.keys("<Esc>").model.dialogs.is_empty());
}

#[test]
fn the_end_of_the_session_in_mid_list_leaves_rows_and_one_offer() {
    let stage = kept().keys("<C-r>").failed(signed_out());
    assert_eq!(stage.model.dialogs.len(), 0);
    shows!("roles_ended_by_aws", stage);
    let stage = kept().keys("<C-r>").failed(signed_out()).keys("pay dev<Enter>");
    assert_eq!(stage.model.dialogs.len(), 1, "what is kept stays usable");
    let stage = kept().keys("<C-r>").failed(signed_out()).keys("log read<Enter>");
    assert!(matches!(stage.model.screen, Screen::SignIn(_)));
}

#[test]
fn nine_hours_later_everything_is_expired() {
    let stage = kept().wait(9 * 3_600);
    assert!(stage.model.active_rows().is_empty());
    shows!("roles_expired", stage);
    shows!("login_needed", kept().keys("log read<Enter>").failed(signed_out()));
}

#[test]
fn active_credentials_stand_soonest_first_with_both_clocks() {
    shows!("active", kept().keys("<F2>"));
    shows!("active_wide", kept().keys("<F2><Down>").size(120, 40));
    shows!("active_empty", Stage::signed_in().keys("<F2>"));
    let stage = kept().keys("<F2>r");
    assert_eq!(stage.model.dialogs.len(), 1, "renewing Admin asks for a reason again");
    assert!(matches!(kept().keys("<F2>jr").effects.last(), Some(Effect::Start(_, Work::Fetch(_)))));
    assert!(matches!(kept().keys("<F2><Esc>").model.screen, Screen::Roles));
}

#[test]
fn help_shows_the_live_keys() {
    shows!("help", kept().keys("?").size(100, 30));
    shows!("help_sign_in", Stage::new_here().begin().code_issued().keys("?").size(100, 30));
}

#[test]
fn hostile_names_become_visible_and_columns_stay_aligned() {
    let mut stage = Stage::signed_in();
    let names = [
        "\u{1b}[31mred\u{9b}",
        "pay\u{202e}dorp\u{200b}",
        "東京支店",
        &"x".repeat(4_096),
        "nul\0\r\n",
        "👩\u{200d}💻 dev",
    ];
    for (entry, name) in stage.model.sessions[0].catalog.entries.iter_mut().zip(names) {
        entry.account.name = name.into();
    }
    shows!("roles_hostile", stage);
}

#[test]
fn the_mouse_scrolls_and_selects_and_triggers_nothing() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mouse = |kind, row| Message::Mouse(MouseEvent { kind, column: 5, row, modifiers: KeyModifiers::NONE });
    let mut stage = Stage::signed_in();
    stage.take(mouse(MouseEventKind::Down(MouseButton::Left), 5));
    assert_eq!(stage.model.sessions[0].roles.position().1, 2);
    stage.take(mouse(MouseEventKind::ScrollDown, 5));
    assert_eq!(stage.model.sessions[0].roles.position().1, 5);
    stage.take(mouse(MouseEventKind::Down(MouseButton::Left), 0));
    assert_eq!(stage.model.sessions[0].roles.position().1, 5);
    assert!(stage.effects.is_empty());
}
