//! Colours, which a text snapshot loses.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::test_app::*;
use crate::tui::message::Message;
use crate::tui::theme::{Background, ColorDepth};

/// The style of the first cell of `word` on screen.
fn style_of(buffer: &Buffer, word: &str) -> (Color, Modifier) {
    let width = usize::from(buffer.area.width);
    for row in buffer.content().chunks(width) {
        let line: Vec<&str> = row.iter().map(|cell| cell.symbol()).collect();
        let wanted: Vec<String> = word.chars().map(String::from).collect();
        if let Some(at) =
            (0..line.len()).find(|at| line[*at..].iter().zip(&wanted).filter(|(a, b)| a == b).count() == wanted.len())
        {
            return (row[at].fg, row[at].modifier);
        }
    }
    panic!("`{word}` is not on screen");
}

#[test]
fn tiers_have_their_colors() {
    let mut app = TestApp::signed_in().size(160, 40);
    let buffer = app.buffer();
    assert_eq!(style_of(&buffer, "ReadOnly ").0, Color::Green);
    assert_eq!(style_of(&buffer, "Developer ").0, Color::Reset, "a role's name has no tier's colour");
    let blue = buffer.content().iter().filter(|cell| cell.fg == Color::LightBlue);
    let words: String = blue.map(|cell| cell.symbol()).collect();
    assert!(words.contains("Developer"), "{words}");
    assert_eq!(style_of(&buffer, "Admin ").0, Color::LightRed);
}

#[test]
fn gauges_change_color_near_the_end() {
    for (age, color, mark) in
        [(10, Color::Cyan, "00:50:00"), (48, Color::Yellow, "00:12:00 !"), (55, Color::LightRed, "00:05:00 !!")]
    {
        let mut app = TestApp::signed_in().with_credentials("100000023757/Developer", age, 60, 60, None).size(120, 40);
        assert_eq!(style_of(&app.buffer(), mark).0, color, "{mark}");
    }
}

#[test]
fn without_colors_there_are_none() {
    for script in ["", "pay admin<Enter>", "<Tab>", "?", "<F2>", "<Esc>"] {
        let mut app = TestApp::signed_in()
            .with_credentials("100000023757/Developer", 55, 60, 60, None)
            .color(ColorDepth::Never)
            .keys(script);
        for cell in app.buffer().content() {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{script}");
        }
    }
    let mut app = TestApp::signed_out().color(ColorDepth::Never).opened().code_issued();
    assert!(app.buffer().content().iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
}

#[test]
fn a_qr_code_is_dark_on_light() {
    let mut app = TestApp::signed_out().opened().code_issued();
    let light = app.buffer().content().iter().filter(|cell| cell.bg == Color::White && cell.fg == Color::Black).count();
    assert_eq!(light, 37 * 19);
}

#[test]
fn the_palette_follows_the_background_that_the_terminal_reports() {
    let mut app = TestApp::signed_in().color(ColorDepth::TrueColor).size(120, 40);
    let luminance = |color| match color {
        Color::Rgb(red, green, blue) => u32::from(red) + u32::from(green) + u32::from(blue),
        other => panic!("{other:?}"),
    };
    let text_and_row = |app: &mut TestApp| {
        let buffer = app.buffer();
        let row = buffer.content().iter().rfind(|cell| matches!(cell.bg, Color::Rgb(..)));
        let row = row.expect("a row is selected");
        (luminance(style_of(&buffer, "ReadOnly ").0), luminance(row.bg), luminance(row.fg))
    };
    let (text, row, on_row) = text_and_row(&mut app);
    assert!(text > 300 && row < 300 && on_row > 600, "light on dark: {text} {row} {on_row}");
    app.send(Message::Background(Background::Light));
    let (text, row, on_row) = text_and_row(&mut app);
    assert!(text < 300 && row > 600 && on_row < 300, "dark on light: {text} {row} {on_row}");
}

#[test]
fn in_sixteen_colors_nothing_is_bright_black() {
    for script in ["", "pay admin<Enter>", "<Tab>", "?", "<F2>", "<Esc>"] {
        let mut app = TestApp::with_kept().keys(script).size(120, 40);
        assert!(app.buffer().content().iter().all(|cell| cell.fg != Color::DarkGray), "{script}");
    }
    let mut app = TestApp::signed_in().size(120, 40);
    assert_eq!(style_of(&app.buffer(), "Roles").1, Modifier::BOLD, "a title is not as faint as the border it is on");
}
