//! The band of active elevations, and its keys.

use super::test_app::*;
use crate::tui::effect::Effect;
use crate::tui::model::screen::Dialog;
use crate::tui::task::Task;
use crate::tui::theme::ColorDepth;

const PAY: &str = "100000023757/AWSAdministratorAccess";
const STAGE: &str = "100000086989/AWSAdministratorAccess";
const LAKE: &str = "100000031415/AWSAdministratorAccess";

fn elevated() -> TestApp {
    TestApp::signed_in().with_elevation(PAY, 3, 30, 210)
}

fn line(app: &mut TestApp, at: usize) -> String {
    app.screen().lines().nth(at).unwrap().to_owned()
}

#[test]
fn the_band_stands_on_top_of_every_screen_and_says_what_how_long_and_for_what() {
    for keys in ["", "<F2>", "<F4>", "<C-k>", "stage admin<Enter>", "<Tab>"] {
        let mut app = elevated().keys(keys).size(120, 40);
        let band = line(&mut app, 0);
        let expected = " ELEVATED prod-payments-0003 / AWSAdministratorAccess 27m 00s left (09:27) · AWS 3h 27m";
        assert!(band.starts_with(expected), "{keys}: {band}");
        assert!(band.contains(" · INC-4711"), "{keys}: {band}");
        assert_eq!(band.ends_with("^E extend  ^X end"), ["", "<F2>", "<F4>"].contains(&keys), "{keys}: {band}");
        assert!(line(&mut app, 1).starts_with(" daypass"), "{keys}");
    }
    let mut app = elevated().keys("<Tab>a");
    assert!(line(&mut app, 0).starts_with(" ELEVATED"), "also where a session is added");
}

#[test]
fn the_band_is_there_on_the_smallest_screen_and_without_colors() {
    let mut app = elevated().with_elevation(STAGE, 10, 60, 60).size(40, 10).color(ColorDepth::Never);
    let band = line(&mut app, 0);
    assert!(band.starts_with(" ELEVATED pr") && band.contains("27m 00s") && band.contains("+1"), "{band}");
    assert!(band.trim_end().ends_with("^E ^X"), "{band}");
    assert!(line(&mut app, 1).starts_with(" daypass"));
}

#[test]
fn two_elevations_have_a_line_each_and_more_are_counted() {
    let two = || elevated().with_elevation(STAGE, 10, 60, 60).size(120, 40);
    let mut app = two();
    assert!(line(&mut app, 1).contains("stage-payments-0011") && !line(&mut app, 1).contains('+'));
    let mut app = two().with_elevation(LAKE, 1, 60, 60);
    assert!(line(&mut app, 1).contains("+1"));
    assert!(line(&mut app, 2).starts_with(" daypass"));
}

#[test]
fn an_elevation_that_is_over_has_no_band() {
    let mut app = elevated().advance(27 * 60 - 1);
    assert!(line(&mut app, 0).contains(" 1s "), "{}", line(&mut app, 0));
    assert!(line(&mut app.advance(1), 0).starts_with(" daypass"));
}

#[test]
fn both_clocks_and_the_ticket_are_on_the_band_of_an_ordinary_screen_and_the_reason_where_it_fits() {
    let band = line(&mut elevated(), 0);
    assert!(band.contains(" 27m 00s · AWS 3h 27m · INC-4711 "), "{band}");
    let band = line(&mut elevated().size(200, 40), 0);
    let expected = " 27m 00s left (09:27) · AWS 3h 27m (12:27) · INC-4711 · restore the ledger after INC-4711 ";
    assert!(band.contains(expected), "{band}");
}

#[test]
fn in_the_last_two_minutes_the_band_looks_another_way_without_colors_too() {
    for depth in [ColorDepth::Never, ColorDepth::Ansi16, ColorDepth::TrueColor] {
        let look = |seconds| {
            let mut app = elevated().color(depth).advance(seconds);
            (line(&mut app, 0), app.buffer()[(1, 0)].style())
        };
        let (before, last) = (look(25 * 60 - 1), look(25 * 60));
        assert!(before.0.starts_with(" ELEVATED ") && last.0.starts_with(" !! ENDS SOON "), "{last:?}");
        assert_ne!(before.1, last.1, "{depth:?}");
    }
}

#[test]
fn a_drill_stands_below_what_gives_access_has_its_own_look_and_is_ended_and_not_extended() {
    let drilling = || TestApp::signed_in().with_drill(LAKE, 6, 15);
    let mut app = drilling().with_elevation(PAY, 3, 30, 210);
    assert!(line(&mut app, 0).starts_with(" ELEVATED ") && line(&mut app, 1).starts_with(" DRILL "));
    let buffer = app.buffer();
    assert_ne!(buffer[(1, 0)].bg, buffer[(1, 1)].bg);
    let mut app = drilling();
    assert!(line(&mut app, 0).contains("^X end") && !line(&mut app, 0).contains("^E"), "{}", line(&mut app, 0));
    assert!(drilling().keys("<C-e>").model.dialogs.is_empty());
    assert!(drilling().keys("<C-x>y").effects.iter().any(ends));
}

#[test]
fn the_keys_stand_on_the_line_of_what_they_act_on() {
    let app = || elevated().with_drill(LAKE, 6, 15).keys("<F6>").all_elevations();
    let mut real = app();
    assert!(line(&mut real, 0).ends_with("^E extend  ^X end") && !line(&mut real, 1).contains('^'));
    let mut drill = app().keys("<Down>");
    assert!(!line(&mut drill, 0).contains('^') && line(&mut drill, 1).ends_with(" ^X end"), "{}", drill.screen());
    assert!(app().keys("<Down><C-e>").model.dialogs.is_empty(), "what is not selected is not extended");
}

#[test]
fn a_click_on_a_key_of_the_band_does_what_the_key_does() {
    let column = |word: &str| {
        let band = line(&mut elevated(), 0);
        u16::try_from(band[..band.find(word).unwrap()].chars().count()).unwrap()
    };
    for (word, at) in [("^X end", 0), ("^X end", 5)] {
        let app = elevated().click(column(word) + at, 0);
        assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Confirm(_)]), "{word}");
    }
    assert!(matches!(elevated().click(column("^E"), 0).model.dialogs.as_slice(), [Dialog::Elevation(_)]));
    assert!(elevated().click(column("^E") - 2, 0).model.dialogs.is_empty());
    assert!(elevated().click(3, 0).model.dialogs.is_empty());
}

#[test]
fn the_key_that_ends_asks_first_and_then_ends_the_elevation() {
    // Nothing is selected that has credentials of its own.
    for keys in ["log read", "pay admin", "<F2>"] {
        let app = elevated().keys(keys).keys("<C-x>");
        assert!(matches!(app.model.dialogs.as_slice(), [Dialog::Confirm(_)]), "{keys}");
        assert!(!app.effects.iter().any(ends), "{keys}");
        let mut asked = elevated().keys(keys).keys("<C-x>");
        assert!(asked.screen().contains("End this elevation?"), "{}", asked.screen());
        assert!(app.keys("y").effects.iter().any(ends), "{keys}");
        assert!(!asked.keys("<Esc>").effects.iter().any(ends), "{keys}");
    }
}

fn ends(effect: &Effect) -> bool {
    matches!(effect, Effect::Spawn(_, Task::EndElevation(_)))
}

#[test]
fn the_key_that_drops_goes_on_dropping_what_is_selected_and_is_not_on_the_band_then() {
    let app = elevated().with_credentials("100000023757/Developer", 13, 60, 60, None).keys("pay dev");
    let mut app = app;
    assert!(line(&mut app, 0).contains("^E extend") && !line(&mut app, 0).contains("^X"));
    let mut app = app.keys("<C-x>");
    assert!(app.screen().contains("Drop these credentials?"), "{}", app.screen());
}

#[test]
fn the_selected_roles_elevation_is_the_one_that_keys_act_on() {
    let mut app = elevated().with_elevation(STAGE, 10, 60, 60).size(120, 40).keys("stage admin");
    assert!(line(&mut app, 0).contains("stage-payments-0011"));
    let mut app = app.keys("<C-x>");
    assert!(app.dialog().contains("stage-payments-0011"), "{}", app.dialog());
}

#[test]
fn extending_opens_the_form_with_the_reason_and_is_confirmed_like_any_other() {
    let app = elevated().keys("<C-e>");
    let Some(Dialog::Elevation(dialog)) = app.model.dialogs.last() else { panic!() };
    assert_eq!(dialog.form.reason.text(), "restore the ledger after INC-4711");
    assert_eq!(dialog.form.ticket.text(), "INC-4711");
    let app = app.keys("<Enter>3757<Enter>");
    let drafts: Vec<_> = app
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Spawn(_, Task::FetchCredentials(request)) => request.elevation.as_deref(),
            _ => None,
        })
        .collect();
    let active = app.model.active_elevations()[0].subject.elevation;
    assert!(matches!(drafts[..], [draft] if draft.extends == Some(active)), "{drafts:?}");
}
