use std::sync::Arc;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::rows::RowId;
use super::update::sync_list;
use crate::domain::catalog::{Catalog, Change, Roles};
use crate::domain::ids::AccountId;
use crate::domain::policy::{Clauses, Policy, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::domain::tier::{Gate, Tier};
use crate::flows::catalog::Event;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::screens::active;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn roles_at_every_size() {
    assert_screen!("roles", TestApp::with_kept());
    assert_screen!("roles_wide", TestApp::with_kept().size(120, 40));
    assert_screen!("roles_widest", TestApp::with_kept().size(200, 60));
    assert_screen!("roles_narrow", TestApp::with_kept().size(50, 16));
    assert_screen!("roles_smallest", TestApp::with_kept().size(40, 10));
    assert_screen!("roles_too_small", TestApp::with_kept().size(39, 9));
}

#[test]
fn typing_filters_by_name_role_id_and_alias() {
    assert_screen!("roles_filtered", TestApp::signed_in().keys("pay dev"));
    assert_screen!("roles_no_match", TestApp::signed_in().keys("zzz"));
    assert_eq!(selected(&TestApp::signed_in().keys("86989 admin")), "100000086989/AWSAdministratorAccess");
    assert_eq!(selected(&TestApp::signed_in().keys("log-arch read")), "100000000001/ReadOnlyAccess");
    // The alias alone finds its role: no account or role contains it.
    assert_eq!(
        selected(&TestApp::signed_in().alias("zebra", "100000031415/Developer").keys("zebra")),
        "100000031415/Developer"
    );
}

#[test]
fn a_command_shown_for_a_role_asks_for_a_reason_only_until_its_credentials_are_here() {
    let with_reason = "--reason \"…\"";
    for (width, height) in [(80, 24), (120, 40)] {
        let screen = |app: TestApp, keys| app.size(width, height).keys(keys).screen();
        assert!(screen(TestApp::signed_in(), "stage admin").contains(with_reason), "not kept, {width}x{height}");
        assert!(!screen(TestApp::with_kept(), "stage admin").contains(with_reason), "kept, {width}x{height}");
        assert!(!screen(TestApp::signed_in(), "stage dev").contains(with_reason), "no reason, {width}x{height}");
    }
}

#[test]
fn an_admin_role_in_use_keeps_its_command_on_a_small_screen() {
    let mut app = TestApp::with_kept().keys("stage admin");
    assert!(app.screen().contains("100000086989/AWSAdministratorAccess -- CMD"));
    assert_screen!("roles_admin_in_use", app);
    assert_screen!("roles_admin_not_kept", TestApp::signed_in().keys("stage admin"));
}

fn selected(app: &TestApp) -> String {
    match &app.model.roles.selected().unwrap().id {
        RowId::Role(target) => target.to_string(),
        RowId::FailedAccount(id) => format!("failed {id}"),
    }
}

#[test]
fn rows_stream_in_without_the_selection_jumping() {
    let mut app = TestApp::signed_in();
    app.model.sessions[0].catalog = Catalog::default();
    let mut app = app.opened();
    assert_screen!("roles_asking", TestApp::signed_in().keys("<C-r>"));
    let now = app.model.now.wall;
    let mut catalog = Catalog::default();
    catalog.take_accounts(ACCOUNTS.iter().map(|(id, name)| account(id, name)).collect(), now);
    let id = |at: usize| AccountId::parse(ACCOUNTS[at].0).unwrap();
    let listed = |at: usize| Event::Changed(Change::Roles(id(at), roles(), now));
    let begun = Event::Begun { catalog, due: ACCOUNTS.len() };
    app = app.listing_event(begun).listing_event(listed(0)).keys("<Down>");
    let before = selected(&app);
    for at in 1..5 {
        app = app.listing_event(listed(at));
        sync_list(&mut app.model);
        assert_eq!(selected(&app), before);
    }
    app = app.listing_event(Event::Changed(Change::Failed(id(5), "ListAccountRoles: throttled".into())));
    assert_screen!("roles_streaming", app);
}

#[test]
fn a_failed_account_is_marked_and_says_how_to_retry() {
    let mut app = TestApp::signed_in();
    app.model.sessions[0].catalog.entries[5].roles =
        Roles::Failed { why: "ListAccountRoles: throttled".into(), names: Vec::new() };
    assert_screen!("roles_failed_account", app.keys("sandbox"));
    let mut app = TestApp::signed_in();
    app.model.sessions[0].catalog = Catalog { listed_at: Some(start()), ..Catalog::default() };
    assert_screen!("roles_none_assigned", app);
}

#[test]
fn a_fetch_is_shown_and_can_be_cancelled() {
    let app = TestApp::signed_in().keys("pay dev<Enter>");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::OpenShell(request, _)))
        if *request.source.target() == target("100000023757/Developer") && request.elevation.is_none()));
    assert_screen!("roles_fetching", app);
    let mut app = TestApp::signed_in().keys("pay dev<Enter><Esc>");
    assert!(matches!(app.effects.last(), Some(Effect::Cancel(id)) if *id == app.last_task()));
    app.send(Message::TaskEnded(app.last_task(), Ok(())));
    assert!(app.model.toast.is_none(), "the end of a cancelled task changes nothing");
}

#[test]
fn another_shell_takes_the_place_of_one_that_is_waited_for() {
    let app = TestApp::signed_in().keys("stage dev<Enter>");
    let first = app.last_task();
    let app = app.keys("<C-u>pay dev<Enter>");
    assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Cancel(id) if *id == first)));
    assert_eq!(app.model.pending.len(), 1);
}

#[test]
fn escape_cancels_the_fetch_of_the_selected_role_and_no_other() {
    let app = TestApp::signed_in().keys("stage dev<C-o>r");
    let other = app.last_task();
    let app = app.keys("<C-u>pay dev<Enter>");
    let selected = app.last_task();
    assert_ne!(selected, other);
    let app = app.keys("<Esc>");
    let cancelled = |effect: &Effect| if let Effect::Cancel(id) = effect { Some(*id) } else { None };
    assert_eq!(app.effects.iter().filter_map(cancelled).collect::<Vec<_>>(), [selected]);
    assert!(app.model.pending.contains_key(&other));
}

#[test]
fn fetched_credentials_are_announced_and_counted_down() {
    let app = TestApp::signed_in()
        .keys("pay dev<C-o>r")
        .with_credentials("100000023757/Developer", 0, 60, 60, None)
        .task_done();
    assert_screen!("roles_fetched", app);
    assert_screen!("roles_counted_down", TestApp::with_kept().advance(50 * 60).size(120, 40));
}

#[test]
fn a_session_that_ends_while_listing_keeps_its_rows_and_kept_credentials() {
    let ended = || TestApp::with_kept().keys("<C-r>").ended_by_aws();
    assert!(ended().model.dialogs.is_empty());
    assert_screen!("roles_ended_by_aws", ended());
    let shell = ended().keys("pay dev<Enter>").effects.pop();
    assert!(matches!(shell, Some(Effect::Spawn(_, Task::OpenShell(..)))), "kept credentials still serve");
    assert!(matches!(ended().keys("log read<Enter>").model.screen, Screen::SignIn(_)));
}

#[test]
fn a_session_that_ended_here_is_not_said_to_have_been_ended_by_aws() {
    let mut app = TestApp::with_kept().keys("<C-r>");
    app.set_signed_out("acme-prod");
    let mut app = app.task_failed(login_needed());
    let screen = app.screen();
    assert!(screen.contains("You are signed out") && !screen.contains("AWS has ended"), "{screen}");
    let app = TestApp::signed_in().keys("log read<Enter>").task_failed(login_needed()).keys("<Esc>");
    assert!(app.model.sessions[0].is_signed_in(app.model.now), "the index still names a sign-in");
}

#[test]
fn a_sign_in_from_elsewhere_is_used_after_aws_ended_the_last_one() {
    let mut app = TestApp::signed_in().keys("<C-r>").ended_by_aws();
    app.set_signed_in("acme-prod", lifespan(0, 480));
    let app = app.keys("pay dev<Enter>");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::OpenShell(..)))));
    let mut app = app;
    app.set_signed_out("acme-prod");
    assert!(app.screen().contains("You are signed out"), "{}", app.screen());
}

#[test]
fn a_role_that_is_gone_from_what_is_kept_is_gone_from_the_list() {
    let mut app = TestApp::signed_in().keys("pay dev<Enter>");
    let mut kept = catalog();
    let gone = target("100000023757/Developer");
    kept.drop_role(&gone.account, &gone.role);
    let key = app.model.sessions[0].key.clone();
    app.send(Message::Catalog(key.clone(), Box::new(kept.clone())));
    assert!(!app.screen().contains("prod-payments-0003   Developer"), "{}", app.screen());
    let mut app = TestApp::signed_in().keys("<C-r>");
    app.send(Message::Catalog(key, Box::new(kept)));
    assert_eq!(app.model.sessions[0].catalog.role_count(), 18, "a listing that runs knows better");
}

#[test]
fn a_policy_that_changed_is_shown_from_the_next_fetch_on() {
    let mut app = TestApp::signed_in();
    let asks = Clauses { gate: Some(Gate::BreakGlass), ..Clauses::default() };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"strict"), path: None };
    let before = app.screen().matches("◆ reason").count();
    let defaults = TierDefaults::built_in(&[]).with(Tier::ReadOnly, &asks).with(Tier::Developer, &asks);
    let policy = Policy::new(SessionLimit::default(), defaults, Vec::new(), identity);
    app.send(Message::Policy(Arc::new(policy)));
    assert!(app.screen().matches("◆ reason").count() > before, "{}", app.screen());
    let app = app.keys("pay dev<Enter>");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Elevation(_)]));
}

#[test]
fn nine_hours_later_session_and_credentials_have_expired() {
    let app = TestApp::with_kept().advance(9 * 3_600);
    assert!(active::model::rows(&app.model.sessions, app.model.now).is_empty());
    assert_screen!("roles_expired", app);
}

#[test]
fn hostile_names_become_visible_and_columns_stay_aligned() {
    let mut app = TestApp::signed_in();
    let names = [
        "\u{1b}[31mred\u{9b}",
        "pay\u{202e}dorp\u{200b}",
        "東京支店",
        &"x".repeat(4_096),
        "nul\0\r\n",
        "👩\u{200d}💻 dev",
    ];
    for (entry, name) in app.model.sessions[0].catalog.entries.iter_mut().zip(names) {
        entry.account.name = name.into();
    }
    assert_screen!("roles_hostile", app);
}

#[test]
fn the_mouse_scrolls_and_selects_and_gives_no_command() {
    let mouse = |kind, row| Message::Mouse(MouseEvent { kind, column: 5, row, modifiers: KeyModifiers::NONE });
    let mut app = TestApp::signed_in();
    app.send(mouse(MouseEventKind::Down(MouseButton::Left), 5));
    assert_eq!(app.model.roles.selected_index(), 2);
    app.send(mouse(MouseEventKind::ScrollDown, 5));
    assert_eq!(app.model.roles.selected_index(), 5);
    app.send(mouse(MouseEventKind::ScrollUp, 5));
    assert_eq!(app.model.roles.selected_index(), 2);
    app.send(mouse(MouseEventKind::Down(MouseButton::Left), 0));
    assert_eq!(app.model.roles.selected_index(), 2, "the header is no row");
    assert!(app.effects.is_empty() && app.model.dialogs.is_empty());
}

/// Two sessions with so many accounts each, three roles an account.
fn with_accounts(count: usize) -> TestApp {
    let mut app = TestApp::signed_in();
    for (session, prefix) in app.model.sessions.iter_mut().zip(["acme", "box"]) {
        let accounts: Vec<_> =
            (0..count).map(|at| account(&format!("{at:012}"), &format!("{prefix}-{at:05}"))).collect();
        session.catalog = Catalog::default();
        session.catalog.take_accounts(accounts, start());
        for entry in &mut session.catalog.entries {
            entry.roles = Roles::Listed { at: start(), names: roles() };
        }
    }
    app.model.roles.rows_changed();
    app
}

/// Whatever is drawn of a long list must come from the rows on the screen and from what was computed before.
#[test]
fn a_frame_depends_on_the_visible_rows_alone() {
    for (script, seen) in [
        ("<End>", "box-02999"),
        ("<F4><End>", "box-02999"),
        ("<F4><PgDn><Right>", "acme-000"),
        ("org:sandbox dev", "box-0000"),
        ("<F4>tier:admin 00777", "acme-00777"),
    ] {
        let mut app = with_accounts(3_000).size(120, 40).keys(script);
        let before = app.screen();
        assert!(before.contains("18000 roles") && before.contains(seen), "{script}\n{before}");
        for session in &mut app.model.sessions {
            let hidden = session.catalog.entries.iter_mut().filter(|entry| !before.contains(entry.account.name.raw()));
            for entry in hidden {
                entry.account.name = "changed behind the list's back, and much longer than all other names".into();
                entry.roles = Roles::Failed { why: "changed".into(), names: Vec::new() };
            }
        }
        for (after, before) in app.screen().lines().zip(before.lines()) {
            assert_eq!(after, before, "{script}");
        }
    }
}
