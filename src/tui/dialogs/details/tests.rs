use crate::tui::effect::Effect;
use crate::tui::keymap;
use crate::tui::model::screen::Dialog;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

#[test]
fn the_details_name_everything_in_full() {
    let mut app = TestApp::signed_in();
    let name = "an-account-with-a-very-long-name-that-no-column-holds-".repeat(2) + "end";
    app.model.sessions[0].catalog.entries[0].account.name = name.as_str().into();
    let mut app = app.keys("100000023757 dev<F3>").size(60, 20);
    let screen: String = app.screen().lines().map(|line| line.trim_matches(['│', ' '])).collect();
    assert!(screen.contains("no-column-holds-end"), "{screen}");
}

#[test]
fn the_details_lead_to_the_actions() {
    assert!(TestApp::with_kept().keys("pay dev<F3><C-o>").screen().contains("Open a shell"));
    let app = TestApp::with_kept().keys("pay dev<F3><Enter>");
    assert!(app.model.dialogs.is_empty() && matches!(app.effects.last(), Some(Effect::Spawn(_, Task::OpenShell(..)))));
    let app = TestApp::with_kept().keys("pay dev<F3><C-x>");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Confirm(_)]));
    let app = TestApp::with_kept().keys("pay dev<F3>").keys_in_burst("<Enter>");
    assert!(app.effects.is_empty() && app.model.dialogs.len() == 1, "a paste opens nothing");
    assert!(TestApp::with_kept().keys("pay dev<F3><Esc>").model.dialogs.is_empty());
}

#[test]
fn every_key_that_the_details_name_works_in_them() {
    let ended =
        || TestApp::signed_in().with_credentials("100000023757/Developer", 180, 60, 60, None).keys("pay dev<F3>");
    for app in [TestApp::with_kept().keys("pay dev<F3>"), TestApp::signed_in().keys("pay dev<F3>"), ended()] {
        let mut app = app.size(120, 60);
        let dialog = app.dialog();
        let bindings = keymap::bindings(&app.model);
        let after_heading = dialog.lines().skip_while(|line| !line.starts_with("│ Do ")).skip(1);
        let named =
            after_heading.map_while(|line| line.strip_prefix("│   ")).map(|line| line.trim_end_matches(['│', ' ']));
        let named: Vec<&str> = named.take_while(|line| !line.is_empty()).collect();
        assert!(named.len() > 3, "{dialog}");
        for line in named {
            let (key, about) = line.split_once(' ').unwrap();
            let bound = bindings.iter().find(|binding| binding.keys.iter().any(|bound| bound.name() == key));
            let is_named = bound.is_some_and(|bound| bound.about == about.trim());
            assert!(is_named || ["F3", "^O"].contains(&key), "{key} is {bound:?} in\n{dialog}");
        }
    }
    let app = ended().keys("<Enter>");
    assert!(
        matches!(app.effects.last(), Some(Effect::Spawn(_, Task::FetchCredentials(_)))),
        "as on the screen of roles"
    );
}
