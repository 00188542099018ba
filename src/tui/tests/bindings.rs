//! The bindings of every screen and dialog.

use std::collections::BTreeSet;

use super::test_app::*;
use crate::tui::keymap;

#[test]
fn no_key_is_bound_twice() {
    let scripts = [
        "",
        "pay dev",
        "pay admin<Enter>",
        "pay admin<C-o>",
        "pay dev<C-o>",
        "<F3>",
        "<F4>",
        "<C-x>",
        "<C-k>",
        "pay dev<C-g>",
        "<Tab>",
        "?",
        "<F2>",
        "<Esc>",
        "<Tab>a",
    ];
    let mut apps: Vec<TestApp> = scripts.iter().map(|script| TestApp::with_kept().keys(script)).collect();
    let admin = "100000023757/AWSAdministratorAccess";
    for script in ["", "pay admin", "pay dev", "<F2>", "<F6>", "<C-e>", "<C-x>"] {
        apps.push(TestApp::with_kept().with_elevation(admin, 3, 30, 210).keys(script).all_elevations());
    }
    apps.push(TestApp::signed_out().opened());
    apps.push(TestApp::signed_out().opened().code_issued());
    apps.push(TestApp::signed_out().opened().task_failed(login_needed()));
    apps.push(TestApp::with_kept().keys("log read<Enter>").task_failed(login_needed()));
    apps.push(TestApp::unconfigured());
    for mut app in apps {
        let bindings = keymap::bindings(&app.model);
        let names: Vec<String> = bindings.iter().flat_map(|binding| &binding.keys).map(|key| key.name()).collect();
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?} on\n{}", app.screen());
    }
}

#[test]
fn the_footer_shows_ways_out_and_help_however_narrow_it_is() {
    for script in ["", "pay dev<C-o>", "<F2>", "<Tab>"] {
        let screen = TestApp::with_kept().keys(script).size(40, 10).screen();
        let footer = screen.lines().last().unwrap().to_owned();
        assert!(footer.contains("esc"), "{footer}");
        assert_eq!(footer.contains("help"), !["pay dev<C-o>", "<Tab>"].contains(&script), "{footer}");
    }
}
