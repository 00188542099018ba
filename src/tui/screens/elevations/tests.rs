use crate::tui::effect::Effect;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

const PAY: &str = "100000023757/AWSAdministratorAccess";
const LAKE: &str = "100000031415/AWSAdministratorAccess";
const STAGE: &str = "100000086989/AWSAdministratorAccess";

fn opened() -> TestApp {
    TestApp::signed_in().with_elevation(PAY, 3, 30, 210).past_elevation(STAGE, 300, 20).keys("<F6>").all_elevations()
}

#[test]
fn the_log_is_read_from_its_beginning_when_the_screen_opens() {
    let mut app = TestApp::signed_in().keys("<F6>");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::ReadAllElevations))));
    assert!(app.screen().contains("reading the log"));
    assert!(matches!(app.keys("<Esc>").model.screen, Screen::Roles));
}

#[test]
fn what_changes_in_the_log_while_the_list_is_shown_is_read_again() {
    let read = |app: &TestApp| {
        app.effects.iter().filter(|effect| matches!(effect, Effect::Spawn(_, Task::ReadAllElevations))).count()
    };
    let app = opened();
    let before = read(&app);
    assert_eq!(read(&app.past_elevation(STAGE, 90, 20)), before + 1);
}

#[test]
fn what_is_active_comes_first_and_typing_narrows_the_list() {
    let mut app = opened();
    let screen = app.screen();
    let (active, over) = (screen.find("● prod-").unwrap(), screen.find("expired 04:20").unwrap());
    assert!(active < over && screen.contains("1 active · 1 over"), "{screen}");
    let mut app = app.keys("stage");
    assert!(app.screen().contains("0 active · 1 over"), "{}", app.screen());
    let mut app = app.keys("<Esc>");
    assert!(app.screen().contains("1 active · 1 over"));
}

#[test]
fn the_summary_is_copied_as_text_and_as_markdown() {
    for (key, begin) in [("<C-y>", "Elevation "), ("<C-o>", "### Elevated access: `stage-payments-0011 / ")] {
        let app = opened().keys("<Down>").keys(key);
        assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::CopyText(text))) if text.starts_with(begin)));
    }
}

#[test]
fn a_row_tells_until_when_it_lasts_here_and_at_aws_for_which_ticket_and_why() {
    let screen = opened().size(120, 40).screen();
    let row = screen.lines().find(|line| line.contains('●')).unwrap();
    let expected = "● prod-payments-0003 / AWSAdministratorAccess   until 09:27 (27m)";
    assert!(row.contains(expected), "{row}");
    assert!(row.contains("AWS 12:27  INC-4711  restore the ledger"), "{row}");
    let narrow = opened().size(60, 20).screen();
    let row = narrow.lines().find(|line| line.contains('●')).unwrap();
    assert!(row.contains("until 09:27 (27m)") && row.contains("AWS 12:27"), "{row}");
    assert!(narrow.contains("Summary") && narrow.contains("INC-4711"), "{narrow}");
}

#[test]
fn a_drill_looks_like_one_is_counted_alone_and_cannot_be_extended() {
    let app = || opened().with_drill(LAKE, 6, 15).all_elevations();
    let mut shown = app();
    let screen = shown.screen();
    assert!(screen.contains("1 active · 1 drill · 1 over"), "{screen}");
    assert!(screen.contains("◌ prod-d") && screen.contains("drill until 09:09 (9m)"), "{screen}");
    assert!(screen.lines().last().unwrap().contains("^E extend"), "{screen}");
    let screen = app().keys("<Down>").screen();
    let footer = screen.lines().last().unwrap();
    assert!(footer.contains("^X end") && !footer.contains("^E"), "{footer}");
}

#[test]
fn what_is_live_until_when_is_copied_whatever_is_selected_and_searched_for() {
    for keys in ["<C-t>", "stage<C-t>", "zzz<C-t>"] {
        let app = opened().keys(keys);
        let Some(Effect::Spawn(_, Task::CopyText(text))) = app.effects.last() else { panic!("{keys}") };
        let expected = "Live at 09:00 UTC (2026-11-21T09:00:00Z)\n- prod-payments-0003 / AWSAdministratorAccess until \
                        09:27 UTC (27m left); AWS accepts it until 12:27 UTC\n";
        assert!(text.starts_with(expected), "{text}");
    }
}

#[test]
fn a_summary_that_is_cut_says_so_and_is_read_whole() {
    let app = || opened().size(60, 20);
    let cut = app().screen();
    assert!(cut.contains("↵ shows the rest") && !cut.contains("Rule "), "{cut}");
    let whole = app().keys("<Enter><End>").screen();
    assert!(whole.contains("Rule ") && whole.contains("built-in *Admin*"), "{whole}");
    let mut back = app().keys("<Enter><Esc>");
    assert_eq!(back.screen(), cut);
    let app = app().keys("<Enter><Esc><Esc>");
    assert!(matches!(app.model.screen, Screen::Roles));
}

#[test]
fn the_roles_screen_names_the_key_to_here_while_something_is_elevated() {
    let footer = |mut app: TestApp| app.screen().lines().last().unwrap().to_owned();
    let elevated = TestApp::signed_in().with_elevation(PAY, 3, 30, 210);
    assert!(footer(elevated.size(120, 40)).contains("F6 live  F1 help"));
    assert!(!footer(TestApp::signed_in().size(120, 40)).contains("F6"));
    let narrow = TestApp::signed_in().with_elevation(PAY, 3, 30, 210);
    assert!(footer(narrow).contains("F6 live"), "also where there is little room");
}

#[test]
fn an_active_one_is_ended_from_the_list_after_a_question_and_one_that_is_over_is_not() {
    assert!(matches!(opened().keys("<C-x>").model.dialogs.as_slice(), [Dialog::Confirm(_)]));
    let app = opened().keys("<C-x>y");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::EndElevation(_)))));
}
