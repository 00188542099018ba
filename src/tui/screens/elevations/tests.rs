use crate::tui::effect::Effect;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

const PAY: &str = "100000023757/AWSAdministratorAccess";
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
    let (active, over) = (screen.find("● active").unwrap(), screen.find("expired").unwrap());
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
fn an_active_one_is_ended_from_the_list_after_a_question_and_one_that_is_over_is_not() {
    assert!(matches!(opened().keys("<C-x>").model.dialogs.as_slice(), [Dialog::Confirm(_)]));
    let app = opened().keys("<C-x>y");
    assert!(matches!(app.effects.last(), Some(Effect::Spawn(_, Task::EndElevation(_)))));
}
