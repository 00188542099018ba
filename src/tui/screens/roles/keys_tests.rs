//! What the keys of the roles screen lead to.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::rows::RowId;
use crate::domain::catalog::Catalog;
use crate::domain::ids::Region;
use crate::domain::preferences::{ListView, Pin, PreferenceChange};
use crate::domain::text::columns;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::model::session::Listing;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

const DEVELOPER: &str = "100000023757/Developer";
const ADMIN: &str = "100000086989/AWSAdministratorAccess";
const READER: &str = "100000000001/ReadOnlyAccess";

fn selected(app: &TestApp) -> String {
    row(app, app.model.roles.selected_index())
}

fn row(app: &TestApp, at: usize) -> String {
    match &app.model.roles.row(at).unwrap().id {
        RowId::Role(target) => target.to_string(),
        RowId::FailedAccount(id) => format!("failed {id}"),
    }
}

/// The first rows of the list.
fn first_rows(app: &TestApp, count: usize) -> Vec<String> {
    (0..count).map(|at| row(app, at)).collect()
}

fn task(effect: &Effect) -> Option<&Task> {
    if let Effect::Spawn(_, task) = effect { Some(task) } else { None }
}

fn tasks(app: &TestApp) -> Vec<&Task> {
    app.effects.iter().filter_map(task).collect()
}

fn change(task: &Task) -> Option<PreferenceChange> {
    if let Task::SavePreference(change) = task { Some(change.clone()) } else { None }
}

fn saved(app: &TestApp) -> Vec<PreferenceChange> {
    tasks(app).into_iter().filter_map(change).collect()
}

/// A left click on the footer, where this label is.
fn click_footer(mut app: TestApp, label: &str) -> TestApp {
    let screen = app.screen();
    let footer = screen.lines().last().unwrap();
    let at = footer.find(label).unwrap_or_else(|| panic!("no `{label}` in {footer}"));
    let (column, row) = (u16::try_from(columns(&footer[..at])).unwrap(), app.model.size.height - 1);
    let kind = MouseEventKind::Down(MouseButton::Left);
    app.send(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
    app
}

#[test]
fn clearing_the_search_keeps_the_selection() {
    for clear in ["<Esc>", "<C-u>"] {
        let app = TestApp::signed_in().keys("stage dev").keys(clear);
        assert!(app.model.roles.query.is_empty());
        assert_eq!(selected(&app), "100000086989/Developer", "{clear}");
        assert_eq!(app.model.roles.len(), 18);
    }
}

#[test]
fn of_several_organisations_none_is_signed_in_to_unasked_and_tab_shows_them() {
    let app = TestApp::with(vec![session("acme-prod"), session("sandbox")]).opened();
    assert!(app.effects.is_empty() && matches!(app.model.screen, Screen::Roles));
    let app = app.keys("<Tab>");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Sessions(_)]) && app.effects.is_empty());
    let app = app.keys("<Down><Enter>");
    assert!(matches!(&app.model.screen, Screen::SignIn(sign_in) if sign_in.session == app.model.sessions[1].key));
}

#[test]
fn enter_signs_in_where_there_is_nothing_else_to_do() {
    let app = TestApp::signed_out().keys("<Enter>");
    assert!(matches!(app.model.screen, Screen::SignIn(_)));
    assert!(matches!(tasks(&app)[..], [Task::SignIn { .. }]));
    let app = TestApp::with(vec![session("acme-prod"), session("sandbox")]).keys("<Enter>");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Sessions(_)]), "which of them is the person's choice");
}

#[test]
fn escape_stops_a_listing_and_says_so_and_refresh_resumes_it() {
    let mut app = TestApp::signed_in();
    app.model.sessions[0].catalog = Catalog::default();
    let app = app.opened();
    let listing = app.last_task();
    let mut app = app.keys("<Esc>");
    assert!(matches!(app.effects.last(), Some(Effect::Cancel(id)) if *id == listing));
    assert!(matches!(app.model.sessions[0].listing, Listing::Stopped(_)) && !app.model.should_quit);
    assert!(app.screen().contains("stopped · ^R resumes"), "{}", app.screen());
    let mut app = app.keys("<C-r>");
    assert!(matches!(tasks(&app)[..], [Task::ListRoles(_), Task::ListRoles(_)]));
    assert!(!app.screen().contains("stopped"), "{}", app.screen());
}

#[test]
fn a_quick_key_opens_a_shell_with_a_role_of_today() {
    let app = TestApp::with_kept().keys("1");
    assert!(matches!(tasks(&app)[..], [Task::OpenShell(request, _)] if *request.source.target() == target(DEVELOPER)));
    assert!(app.model.roles.query.is_empty());
}

#[test]
fn digits_are_text_once_something_is_typed_and_in_a_burst() {
    let typed = |app: TestApp, text: &str| {
        assert!(app.effects.is_empty() && app.model.dialogs.is_empty(), "{text}");
        assert_eq!(app.model.roles.query.text(), text);
    };
    typed(TestApp::with_kept().keys("p1"), "p1");
    typed(TestApp::with_kept().keys_in_burst("12"), "12");
    typed(TestApp::with_kept().paste("1"), "1");
    typed(TestApp::with_kept().keys(" 1"), " 1");
}

#[test]
fn a_digit_that_no_row_has_is_text() {
    let app = TestApp::with_kept().keys("3");
    assert!(app.effects.is_empty());
    assert_eq!(app.model.roles.query.text(), "3");
}

#[test]
fn a_slash_lets_a_search_begin_with_a_digit() {
    let app = TestApp::with_kept().keys("/1000000869");
    assert!(app.effects.is_empty());
    assert_eq!(app.model.roles.len(), 3, "the roles of one account");
    assert_eq!(selected(&app).split_once('/').unwrap().0, "100000086989");
}

#[test]
fn pins_come_first_in_their_order_whatever_is_used_or_listed_anew() {
    let app = TestApp::signed_in().keys("log read<C-t><Esc>").keys("stage admin<C-t><Esc>");
    let session = app.model.sessions[0].key.clone();
    let pin = |what: &str| PreferenceChange::Pin(Pin { session: session.clone(), target: target(what) });
    assert_eq!(saved(&app), [pin(READER), pin(ADMIN)]);
    assert_eq!(first_rows(&app, 2), [READER, ADMIN]);
    let mut app = app.with_credentials(ADMIN, 1, 60, 60, None).with_credentials(DEVELOPER, 1, 60, 60, None);
    app.model.sessions[0].catalog = catalog();
    app.model.roles.rows_changed();
    app.screen();
    assert_eq!(first_rows(&app, 3), [READER, ADMIN, DEVELOPER]);
    let app = app.keys("log read<C-t><Esc>");
    assert!(matches!(saved(&app).last(), Some(PreferenceChange::Unpin(pin)) if pin.target == target(READER)));
    assert_eq!(first_rows(&app, 1), [ADMIN]);
}

#[test]
fn the_order_of_today_stays_while_roles_are_used() {
    let mut app = TestApp::signed_in().used(READER, 40, 60).used(DEVELOPER, 7, 60);
    app.screen();
    assert_eq!(first_rows(&app, 2), [READER, DEVELOPER]);
    let mut app = app.used(DEVELOPER, 4_000, 0);
    app.model.roles.rows_changed();
    app.screen();
    assert_eq!(first_rows(&app, 2), [READER, DEVELOPER]);
}

#[test]
fn enter_on_a_role_whose_credentials_have_ended_renews_them() {
    let ended = || TestApp::signed_in().with_credentials(DEVELOPER, 180, 60, 60, None);
    let app = ended().keys("pay dev<Enter>");
    assert!(
        matches!(tasks(&app)[..], [Task::FetchCredentials(request)] if *request.source.target() == target(DEVELOPER))
    );
    let app = app.with_credentials(DEVELOPER, 0, 60, 60, None).task_done().keys("<Enter>");
    assert!(matches!(tasks(&app)[..], [_, Task::OpenShell(..)]), "then it opens a shell");
    let app = ended().keys("1");
    assert!(matches!(tasks(&app)[..], [Task::OpenShell(..)]), "a quick key always opens one");
}

#[test]
fn a_reason_for_a_role_whose_elevation_has_ended_leads_to_a_shell() {
    let admin = "100000023757/AWSAdministratorAccess";
    let ended = || TestApp::signed_in().with_credentials(admin, 180, 60, 60, Some("restore the ledger"));
    let app = ended().keys("pay admin<Enter>restore the ledger<Enter>3757<Enter>");
    assert!(matches!(tasks(&app)[..], [.., Task::OpenShell(request, _)] if *request.source.target() == target(admin)));
    let mut row = ended().size(120, 40).keys("pay admin");
    assert!(row.screen().contains("◆ reason") && !row.screen().contains("renew"), "{}", row.screen());
    let app = ended().keys("pay admin<C-o>rrestore the ledger<Enter>3757<Enter>");
    assert!(matches!(tasks(&app)[..], [.., Task::FetchCredentials(_)]), "what is for other tools is in the sheet");
}

#[test]
fn the_region_chosen_for_a_role_goes_into_commands_and_shells() {
    let app = TestApp::signed_in().keys("pay dev<C-g>london<Enter><C-y>");
    assert!(matches!(tasks(&app)[..], [Task::SavePreference(_), Task::CopyText(text)]
        if text == "daypass exec --session acme-prod --region eu-west-2 100000023757/Developer --"));
    let app = app.keys("<Enter>");
    assert!(matches!(tasks(&app)[..], [.., Task::OpenShell(_, about)]
        if about.region == Region::parse("eu-west-2").unwrap()));
    let app = app.keys("<C-u>stage dev<Enter>");
    assert!(
        matches!(tasks(&app)[..], [.., Task::OpenShell(_, about)]
        if about.region == Region::parse("us-east-1").unwrap()),
        "another role keeps its own"
    );
}

#[test]
fn the_view_of_the_list_is_remembered() {
    let app = TestApp::signed_in().keys("<F4>");
    assert_eq!(app.model.roles.view(), ListView::Matrix);
    assert_eq!(saved(&app), [PreferenceChange::View(ListView::Matrix)]);
    let app = app.keys("<F4>");
    assert_eq!(app.model.roles.view(), ListView::List);
    assert_eq!(saved(&app)[1..], [PreferenceChange::View(ListView::List)]);
}

#[test]
fn switching_the_view_keeps_the_selection() {
    let app = TestApp::signed_in().keys("<Down><Down><Down><Down>");
    let before = selected(&app);
    let app = app.keys("<F4>");
    assert_eq!(selected(&app), before);
    assert_eq!(selected(&app.keys("<F4>")), before);
}

#[test]
fn what_the_first_run_pinned_is_written_at_the_start() {
    let mut app = TestApp::signed_in();
    let pin = Pin { session: app.model.sessions[0].key.clone(), target: target(ADMIN) };
    app.model.first_changes = vec![PreferenceChange::Pin(pin.clone()), PreferenceChange::FirstRunDone];
    let app = app.opened();
    assert_eq!(saved(&app), [PreferenceChange::Pin(pin), PreferenceChange::FirstRunDone]);
    assert!(app.model.first_changes.is_empty(), "once");
}

#[test]
fn a_click_on_the_footer_gives_its_command() {
    let app = click_footer(TestApp::with_kept().keys("pay dev"), "drop");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Confirm(_)]));
    let app = click_footer(TestApp::with_kept(), "help");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Help(_)]));
    let app = click_footer(TestApp::with_kept().size(120, 40), "tiers");
    assert_eq!(app.model.preferences.view, ListView::Matrix);
}

#[test]
fn a_click_on_the_footer_confirms_nothing() {
    let app = click_footer(TestApp::with_kept().keys("pay dev<C-x>"), "drop them");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Confirm(_)]) && app.effects.is_empty());
    let app = click_footer(TestApp::signed_in().keys("pay admin<Enter>restore the ledger<Enter>3757"), "begin");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Elevation(_)]));
    let app = click_footer(TestApp::signed_in().keys("pay dev<C-g>london"), "take it");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Region(_)]) && app.effects.is_empty());
    let app = click_footer(TestApp::with_kept().keys("<C-k>leave at once"), "run");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Palette(_)]) && !app.model.should_quit);
}
