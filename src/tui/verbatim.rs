//! Text that a person selects on the screen, or clicks: it stands on whole rows of the terminal without anything beside
//! it.
//!
//! The cells of a frame are written row by row, and a terminal takes each row for a line of its own. So the same text is
//! written once more in one piece, over the cells that show it already: the terminal then knows which rows belong
//! together, and, by OSC 8, where a link leads. It is not repeated while it stays as it is, for writing over selected text
//! ends its selection.

use std::io::{self, Write};

use crossterm::cursor::MoveTo;
use crossterm::queue;
use crossterm::style::{Attribute, Print, SetAttribute, SetStyle};
use crossterm::terminal::{Clear, ClearType};
use ratatui::backend::IntoCrossterm as _;
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::Style;
use url::Url;

use super::model::Model;
use super::model::screen::{Dialog, Screen};
use crate::domain::text::columns;
use crate::ports::Link;

/// Text that has to stand on the terminal in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verbatim {
    text: String,
    /// Where it leads when it is clicked.
    target: Option<Url>,
}

/// The text that is shown to be selected now.
pub(crate) fn shown(model: &Model) -> Option<Verbatim> {
    match (model.dialogs.last(), &model.screen) {
        (Some(Dialog::Text(dialog)), _) => Some(Verbatim { text: dialog.text.clone(), target: None }),
        (None, Screen::SignIn(sign_in)) => Some(Verbatim::link(sign_in.phase.link()?)),
        _ => None,
    }
}

impl Verbatim {
    /// A private link leads nowhere: whoever opens it for the terminal would show it to every user of this machine.
    fn link(link: Link) -> Self {
        let target = match &link {
            Link::Public(url) => matches!(url.scheme(), "https" | "http").then(|| url.clone()),
            Link::Private(_) => None,
        };
        Verbatim { text: link.url().to_string(), target }
    }
}

/// The rows of `text` on a screen of `width` columns, each but the last one full.
pub(crate) fn rows(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut rows = Vec::new();
    for line in text.lines() {
        let (mut row, mut used) = (String::new(), 0);
        for character in line.chars() {
            let wide = columns(character.encode_utf8(&mut [0; 4]));
            if used + wide > width {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            row.push(character);
            used += wide;
        }
        rows.push(row);
    }
    rows
}

/// A line of a [`Verbatim`] and where a frame shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    line: String,
    target: Option<Url>,
    at: Position,
    style: Style,
    /// Whether the rest of its last row is empty.
    ends_before_edge: bool,
}

/// The lines of `verbatim` on the cells of `buffer`; none where the frame does not show them all.
pub(crate) fn place(buffer: &Buffer, verbatim: &Verbatim) -> Vec<Placed> {
    let mut row = 0;
    let lines = verbatim.text.lines().map(|line| {
        let (at, style) = find(buffer, line, row)?;
        row = at.y + 1;
        // A full row would lose its last character.
        let edge = (usize::from(at.x) + columns(line)).is_multiple_of(usize::from(buffer.area.width));
        Some(Placed { line: line.to_owned(), target: verbatim.target.clone(), at, style, ends_before_edge: !edge })
    });
    lines.collect::<Option<_>>().unwrap_or_default()
}

/// Writes each line in one piece. Links can be clicked where `hyperlinks` says so.
pub(crate) fn write(out: &mut impl Write, lines: &[Placed], hyperlinks: bool) -> io::Result<()> {
    for Placed { line, target, at, style, ends_before_edge } in lines {
        queue!(out, MoveTo(at.x, at.y), SetStyle((*style).into_crossterm()))?;
        match target.as_ref().filter(|_| hyperlinks) {
            // The form in which the URL is parsed is ASCII and percent-encoded: it cannot end the sequence.
            Some(url) => queue!(out, Print(format_args!("\x1b]8;;{url}\x1b\\{line}\x1b]8;;\x1b\\")))?,
            None => queue!(out, Print(line))?,
        }
        queue!(out, SetAttribute(Attribute::Reset))?;
        // Spaces that were written once would be selected with the text.
        if *ends_before_edge {
            queue!(out, Clear(ClearType::UntilNewLine))?;
        }
    }
    out.flush()
}

/// Where `line` begins on the screen, from row `first` on, and in which style. Wide characters, of which the cells know
/// no more than the first half, are not found.
fn find(buffer: &Buffer, line: &str, first: u16) -> Option<(Position, Style)> {
    let cells: Vec<String> = line.chars().map(String::from).collect();
    let width = usize::from(buffer.area.width);
    if cells.is_empty() || columns(line) != cells.len() {
        return None;
    }
    let content = buffer.content();
    let shows_at = |start: &usize| {
        content
            .get(*start..start + cells.len())
            .is_some_and(|found| found.iter().zip(&cells).all(|(cell, wanted)| cell.symbol() == wanted))
    };
    // What does not fit one row begins at the left edge.
    let starts = usize::from(first) * width..content.len();
    let start = match cells.len() <= width {
        true => starts.filter(|start| start % width + cells.len() <= width).find(shows_at),
        false => starts.step_by(width).find(shows_at),
    }?;
    let (x, y) = (u16::try_from(start % width).ok()?, u16::try_from(start / width).ok()?);
    Some((Position { x, y }, content.get(start)?.style()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(lines: &[&str]) -> Buffer {
        Buffer::with_lines(lines.iter().copied())
    }

    fn written(buffer: &Buffer, verbatim: &Verbatim) -> String {
        let mut out = Vec::new();
        write(&mut out, &place(buffer, verbatim), true).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_link_over_several_rows_is_written_in_one_piece_with_its_target() {
        let url: Url = "https://example.com/abc".parse().unwrap();
        let verbatim = Verbatim::link(Link::Public(url));
        let buffer = screen(&["open this ", "https://ex", "ample.com/", "abc       "]);
        let link = "\x1b]8;;https://example.com/abc\x1b\\https://example.com/abc\x1b]8;;\x1b\\";
        let written = written(&buffer, &verbatim);
        assert!(written.starts_with("\x1b[2;1H") && written.contains(link), "{written:?}");
        assert!(written.ends_with("\x1b[K"), "no spaces are left beside its last row: {written:?}");
        assert_eq!(rows("https://example.com/abc", 10), ["https://ex", "ample.com/", "abc"]);
    }

    #[test]
    fn a_private_link_is_no_hyperlink() {
        let url: Url = "https://example.com/?state=a".parse().unwrap();
        let written = written(&screen(&["  https://example.com/?state=a "]), &Verbatim::link(Link::Private(url)));
        assert!(written.contains("\x1b[1;3H") && !written.contains("\x1b]8"), "{written:?}");
    }

    #[test]
    fn what_the_screen_does_not_show_is_not_written() {
        let verbatim = |text: &str| Verbatim { text: text.to_owned(), target: None };
        for (lines, text) in [(&["abcde"][..], "abd"), (&["abc", "xyz"], "abcd"), (&["漢字 "], "漢字"), (&["a"], "")]
        {
            assert_eq!(written(&screen(lines), &verbatim(text)), "", "{text}");
        }
        let full = written(&screen(&["abcde", "     "]), &verbatim("abcde"));
        assert!(full.contains("abcde") && !full.contains("\x1b[K"), "its last character stays: {full:?}");
        // Not across the edge where it would fit one row.
        assert_eq!(written(&screen(&["--ab", "cd--"]), &verbatim("abcd")), "");
    }
}
