//! Frames with a title, and the labelled lines in them.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders};

use super::cells::span;
use crate::tui::theme::Theme;

/// A frame with a title.
pub(crate) fn panel(theme: Theme, title: Vec<Span<'static>>) -> Block<'static> {
    let mut spans = vec![span(" ", theme.border())];
    spans.extend(title);
    spans.push(span(" ", theme.border()));
    let frame = Block::bordered().border_type(BorderType::Rounded).border_style(theme.border());
    frame.title_style(on_border()).title(Line::from(spans))
}

/// A frame without sides, for what has to stand alone on its lines.
pub(crate) fn open_panel(theme: Theme, title: Vec<Span<'static>>) -> Block<'static> {
    let mut begin = vec![span("── ", theme.border())];
    begin.extend(title);
    begin.push(span(" ", theme.border()));
    let frame = Block::new().borders(Borders::TOP | Borders::BOTTOM).border_style(theme.border());
    frame.title_style(on_border()).title(Line::from(begin))
}

/// What is written over a faint border is not faint itself.
fn on_border() -> Style {
    Style::new().remove_modifier(Modifier::DIM)
}

/// The columns of a label.
pub(crate) const LABEL: usize = 12;

/// A label and its value.
pub(crate) fn labelled(theme: Theme, label: &str, value: Vec<Span<'static>>) -> Line<'static> {
    let mut spans = vec![span(format!("{label:<LABEL$}"), theme.muted())];
    spans.extend(value);
    Line::from(spans)
}
