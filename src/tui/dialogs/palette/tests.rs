use crate::tui::keymap;
use crate::tui::model::screen::{Dialog, Screen};
use crate::tui::tests::test_app::*;

fn opened(app: TestApp) -> TestApp {
    app.keys("<C-k>")
}

fn palette() -> TestApp {
    opened(TestApp::with_kept())
}

#[test]
fn commands_can_be_read_on_the_smallest_screen() {
    assert_dialog!("palette_40x10", palette().size(40, 10));
}

#[test]
fn every_command_of_the_screen_is_in_it() {
    for script in ["", "pay dev", "<F2>"] {
        let app = TestApp::with_kept().keys(script);
        let bindings = keymap::screen_bindings(&app.model);
        let others = bindings.iter().filter(|binding| binding.command != keymap::Command::ShowPalette);
        let others = others.filter(|binding| !binding.moves() && !binding.keys.is_empty());
        let expected: Vec<&str> = others.map(|binding| binding.about).collect();
        let app = opened(app.size(200, 60));
        let Some(Dialog::Palette(dialog)) = app.model.dialogs.last() else { panic!("it is not open") };
        let entries: Vec<String> = (0..).map_while(|at| dialog.entry(at)).map(|entry| format!("{entry:?}")).collect();
        for about in expected {
            assert!(entries.iter().any(|entry| entry.contains(about)), "{about} is missing in {entries:?}");
        }
    }
}

#[test]
fn enter_runs_a_command_as_its_key_would() {
    let app = palette().keys("show all credentials<Enter>");
    assert!(matches!(app.model.screen, Screen::Active(_)) && app.model.dialogs.is_empty());
    let app = opened(TestApp::with_kept().keys("pay dev")).keys("drop the credentials<Enter>");
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Confirm(_)]), "it still asks first");
    assert!(palette().keys("leave at once<Enter>").model.should_quit);
}

#[test]
fn enter_on_a_setting_shows_how_to_set_it_and_esc_goes_back_to_the_list() {
    assert_dialog!("palette_setting_40x10", palette().size(40, 10).keys("aliases<Enter>"));
    let app = palette().keys("flow<Enter>x<Enter><Esc>");
    let Some(Dialog::Palette(dialog)) = app.model.dialogs.last() else { panic!("it is not open") };
    assert_eq!((dialog.list.query(), dialog.setting.is_none()), ("flow", true));
    assert!(app.keys("<Esc>").model.dialogs.is_empty());
}

#[test]
fn neither_a_paste_nor_a_burst_runs_anything() {
    let pasted = || palette().paste("leave at once");
    let app = pasted().keys("<Enter><Enter>");
    assert!(!app.model.should_quit);
    assert!(pasted().keys(" <Enter>").model.should_quit, "another key means that it was read");
    assert!(!palette().keys_in_burst("leave at once<Enter>").model.should_quit);
}

#[test]
fn a_command_that_is_gone_meanwhile_is_not_run() {
    let mut app = opened(TestApp::with_kept().keys("pay dev")).keys("drop the credentials");
    app.set_signed_out("acme-prod");
    let app = app.advance(3_600).keys("<Enter>");
    assert!(app.effects.is_empty());
    assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Palette(dialog)] if dialog.rejection.is_some()));
}

#[test]
fn the_wheel_moves_the_selection() {
    let screens = [palette(), palette().wheel(1), palette().keys("<Down>")].map(|mut app| app.dialog());
    assert_ne!(screens[0], screens[1]);
    assert_eq!(screens[1], screens[2]);
}

#[test]
fn a_colon_opens_it_only_where_it_is_not_text() {
    let is_open = |app: TestApp| matches!(app.model.dialogs.last(), Some(Dialog::Palette(_)));
    assert!(is_open(TestApp::with_kept().keys(":")) && is_open(TestApp::with_kept().keys("<F2>:")));
    assert!(!is_open(TestApp::with_kept().keys("org:")));
    assert!(!is_open(TestApp::with_kept().keys_in_burst(":")), "a burst is text");
    assert!(!is_open(TestApp::unconfigured().keys("http:")) && is_open(TestApp::unconfigured().keys("http<C-k>")));
}
