//! The colours of every state, cell by cell: whether each character can be read.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::states;
use crate::tui::tests::contrast::{DARK, LEAST, LIGHT, contrast};
use crate::tui::theme::{Background, ColorDepth};

/// Characters that nobody reads: frames, and the drained part of a gauge.
const UNREAD: &str = "╭╮╰╯─│├┤▱";

/// What is wrong with a cell; nothing where all is well.
type Check = fn(&Cell, Background) -> Option<String>;

/// Draws every state and hands each cell with a character to `check`.
fn check_every_cell(depth: ColorDepth, background: Background, check: Check) {
    let mut wrong = Vec::new();
    for (name, build) in states() {
        let buffer = build().color(depth).background(background).size(120, 40).buffer();
        let width = usize::from(buffer.area.width);
        for (at, cell) in buffer.content().iter().enumerate() {
            if cell.symbol().trim().is_empty() {
                continue;
            }
            if let Some(what) = check(cell, background) {
                let row = &buffer.content()[at / width * width..][..width];
                let line: String = row.iter().map(Cell::symbol).collect();
                wrong.push(format!("{name}, {background:?}: `{}` {what} in `{}`", cell.symbol(), line.trim()));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{} cells, such as\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

fn unreadable(cell: &Cell, background: Background) -> Option<String> {
    if cell.modifier.contains(Modifier::DIM) {
        return Some("is dimmed, by as much as the terminal likes".to_owned());
    }
    let typical: &[u32] = if background == Background::Light { &LIGHT } else { &DARK };
    let behind: Vec<Color> = match cell.bg {
        Color::Reset => typical.iter().map(|rgb| Color::from_u32(*rgb)).collect(),
        own => vec![own],
    };
    match cell.fg {
        Color::Reset if cell.bg == Color::Reset => None,
        Color::Reset => Some(format!("has the terminal's foreground on {:?}", cell.bg)),
        _ if UNREAD.contains(cell.symbol()) => None,
        own => {
            let least = behind.iter().map(|behind| contrast(own, *behind)).fold(f64::INFINITY, f64::min);
            (least < LEAST).then(|| format!("has a contrast of {least:.2}, {own:?}"))
        }
    }
}

#[test]
fn every_character_in_truecolor_has_the_contrast_that_reading_needs() {
    for background in [Background::Dark, Background::Light] {
        check_every_cell(ColorDepth::TrueColor, background, unreadable);
    }
}

#[test]
fn in_sixteen_colors_no_text_is_bright_black_and_no_background_stands_alone() {
    for background in [Background::Dark, Background::Light] {
        check_every_cell(ColorDepth::Ansi16, background, |cell, _| {
            let is_lost = cell.fg == Color::DarkGray || (cell.bg != Color::Reset && cell.fg == Color::Reset);
            is_lost.then(|| format!("is {:?} on {:?}", cell.fg, cell.bg))
        });
    }
}

#[test]
fn bright_colors_are_left_to_dark_backgrounds() {
    check_every_cell(ColorDepth::Ansi16, Background::Light, |cell, _| {
        let is_bright = matches!(
            cell.fg,
            Color::LightRed
                | Color::LightGreen
                | Color::LightYellow
                | Color::LightBlue
                | Color::LightMagenta
                | Color::LightCyan
                | Color::White
        );
        is_bright.then(|| format!("is {:?}", cell.fg))
    });
}

#[test]
fn without_colors_no_cell_has_one() {
    check_every_cell(ColorDepth::Never, Background::Dark, |cell, _| {
        let has_color = cell.fg != Color::Reset || cell.bg != Color::Reset;
        has_color.then(|| format!("is {:?} on {:?}", cell.fg, cell.bg))
    });
}
