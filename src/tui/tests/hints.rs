//! What the command line prints below an error is on the screen as well.

use super::test_app::*;
use crate::report::Report;
use crate::report::tests::every_error;
use crate::tui::dialogs::error::model::{ErrorAction, ErrorDialog};
use crate::tui::model::screen::Dialog;

/// The text of the topmost dialog, without spaces: it is wrapped.
fn dialog_text(screen: &str, heading: &str) -> String {
    let lines: Vec<Vec<char>> = screen.lines().map(|line| line.chars().collect()).collect();
    let title: Vec<char> = format!("╭ {heading} ").chars().collect();
    let corner = |line: &Vec<char>| line.windows(title.len()).position(|part| part == title);
    let (top, left) = lines.iter().enumerate().find_map(|(at, line)| Some((at, corner(line)?))).unwrap();
    let right = lines[top].iter().skip(left).position(|cell| *cell == '╮').unwrap() + left;
    let inside = lines[top + 1..].iter().take_while(|line| line[left] == '│').map(|line| &line[left + 1..right]);
    without_spaces(&inside.flatten().collect::<String>())
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn every_hint_of_an_error_is_in_its_dialog() {
    for (error, (width, height)) in every_error().iter().flat_map(|error| [(error, (80, 24)), (error, (60, 20))]) {
        let report = Report::of(error);
        let mut app = TestApp::signed_in().size(width, height);
        app.model.open_dialog(Dialog::Error(ErrorDialog::new(report.clone(), ErrorAction::None)));
        let screen = app.screen();
        let text = dialog_text(&screen, report.heading());
        for hint in report.hints() {
            assert!(text.contains(&without_spaces(&hint)), "{hint:?} is not on\n{screen}");
        }
    }
}
