//! Frames with a title, and the labelled lines in them.

use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType};

use super::cells::span;
use crate::tui::theme::Theme;

/// A frame with a title.
pub(crate) fn panel(theme: Theme, title: Vec<Span<'static>>) -> Block<'static> {
    let mut spans = vec![span(" ", theme.border())];
    spans.extend(title);
    spans.push(span(" ", theme.border()));
    Block::bordered().border_type(BorderType::Rounded).border_style(theme.border()).title(Line::from(spans))
}

/// The columns of a label.
pub(crate) const LABEL: usize = 12;

/// A label and its value.
pub(crate) fn labelled(theme: Theme, label: &str, value: Vec<Span<'static>>) -> Line<'static> {
    let mut spans = vec![span(format!("{label:<LABEL$}"), theme.muted())];
    spans.extend(value);
    Line::from(spans)
}
