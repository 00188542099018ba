use crate::domain::ids::Region;
use crate::domain::preferences::PreferenceChange;
use crate::tui::effect::Effect;
use crate::tui::model::screen::Dialog;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

const ROLE: &str = "100000023757/Developer";

fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

/// The dialog of a role that has Frankfurt from the environment.
fn opened(mut app: TestApp) -> TestApp {
    app.model.settings.regions.environment = Some(("AWS_REGION", region("eu-central-1")));
    app.keys("pay dev<C-g>")
}

fn with_region(mut app: TestApp, role: &str, code: &str) -> TestApp {
    let session = app.model.sessions[0].key.clone();
    let region = Some(region(code));
    app.model.preferences.apply(&PreferenceChange::Region { session, target: target(role), region });
    app
}

/// Ireland was chosen for another role, and Ohio for this one.
fn chosen() -> TestApp {
    let app = with_region(TestApp::signed_in(), "100000086989/Developer", "eu-west-1");
    opened(with_region(app, ROLE, "us-east-2"))
}

/// The region chosen for the role.
fn choice(app: &TestApp) -> Option<&str> {
    app.model.preferences.region_of(&app.model.sessions[0].key, &target(ROLE)).map(Region::as_str)
}

/// The changes that are to be written.
fn saved(app: &TestApp) -> Vec<Option<&str>> {
    let region = |effect| match effect {
        &Effect::Spawn(_, Task::SavePreference(PreferenceChange::Region { ref region, .. })) => {
            Some(region.as_ref().map(Region::as_str))
        }
        _ => None,
    };
    app.effects.iter().filter_map(region).collect()
}

#[test]
fn the_one_in_force_comes_first_on_the_smallest_screen() {
    assert_dialog!("region_40x10", chosen().size(40, 10));
}

#[test]
fn enter_chooses_the_region_for_this_role_only() {
    let app = opened(TestApp::signed_in()).keys("london<Enter>");
    assert_eq!((choice(&app), saved(&app)), (Some("eu-west-2"), vec![Some("eu-west-2")]));
    assert!(app.model.dialogs.is_empty());
    let other = target("100000086989/Developer");
    assert_eq!(app.model.preferences.region_of(&app.model.sessions[0].key, &other), None);
}

#[test]
fn a_code_that_is_not_known_can_be_typed() {
    let app = opened(TestApp::signed_in()).keys("xx-north-9<Enter>");
    assert_eq!(choice(&app), Some("xx-north-9"));
    let app = opened(TestApp::signed_in()).keys("nowhere<Enter>");
    assert_eq!((choice(&app), app.model.dialogs.len()), (None, 1));
}

#[test]
fn the_automatic_one_and_backspace_on_nothing_forget_the_choice() {
    let app = chosen().keys("<Down><Enter>");
    assert_eq!((choice(&app), saved(&app)), (None, vec![None]), "the second row is the automatic one");
    let app = chosen().keys("x<BS>");
    assert_eq!((choice(&app), saved(&app)), (Some("us-east-2"), vec![]), "there was something to delete");
    let app = app.keys("<BS>");
    assert_eq!((choice(&app), saved(&app)), (None, vec![None]));
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Region(_)]));
    assert_eq!(saved(&app.keys("<BS><BS>")), [None], "there is nothing left to forget");
}

#[test]
fn what_is_in_force_already_and_leaving_change_nothing() {
    let app = chosen().keys("<Enter>");
    assert_eq!((choice(&app), saved(&app)), (Some("us-east-2"), vec![]));
    let app = chosen().keys("london<Esc>");
    assert_eq!((choice(&app), saved(&app)), (Some("us-east-2"), vec![]));
}

#[test]
fn a_paste_filters_and_chooses_nothing() {
    let app = opened(TestApp::signed_in()).paste("eu-west-2\n").keys("<Enter>");
    assert_eq!((choice(&app), app.model.dialogs.len()), (None, 1));
    assert_eq!(choice(&app.keys("<BS>2<Enter>")), Some("eu-west-2"));
    let app = opened(TestApp::signed_in()).keys_in_burst("london<Enter>");
    assert_eq!(choice(&app), None);
}

#[test]
fn the_wheel_moves_the_selection() {
    let screens = [chosen(), chosen().wheel(1), chosen().keys("<Down>")].map(|mut app| app.dialog());
    assert_ne!(screens[0], screens[1]);
    assert_eq!(screens[1], screens[2]);
}
