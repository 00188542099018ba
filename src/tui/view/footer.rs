//! The footer: the keys that work now, as many as fit.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::text::columns;
use crate::tui::keymap::{self, Command};
use crate::tui::keys::Binding;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::span;

/// ```text
///  ↵ shell  ^Y copy exec  ^O more…  F2 active  tab sessions  F1 help  esc quit
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = model.theme();
    let spans = entries(model, area.width).into_iter().flat_map(|entry| entry.spans(theme));
    frame.render_widget(Paragraph::new(Line::from(spans.collect::<Vec<_>>())), area);
}

/// The command of the key that is shown at this column.
pub(crate) fn command_at(model: &Model, column: u16) -> Option<Command> {
    let mut end = 0;
    let shown = entries(model, model.size.width).into_iter();
    shown.into_iter().find_map(|entry| {
        end += entry.columns();
        (usize::from(column) < end).then_some(entry.command)
    })
}

struct Entry {
    key: String,
    label: &'static str,
    command: Command,
    is_pinned: bool,
}

impl Entry {
    fn columns(&self) -> usize {
        columns(&self.key) + columns(self.label) + 3
    }

    fn spans(self, theme: Theme) -> [Span<'static>; 2] {
        [span(format!(" {} ", self.key), theme.key()), span(format!("{} ", self.label), theme.muted())]
    }
}

/// The entries that fit: those that are pinned, and of the others the first.
fn entries(model: &Model, width: u16) -> Vec<Entry> {
    let all: Vec<Entry> = keymap::bindings(model).iter().filter_map(entry).collect();
    let pinned: usize = all.iter().filter(|entry| entry.is_pinned).map(Entry::columns).sum();
    let mut room = usize::from(width).saturating_sub(pinned);
    let mut fits = |entry: &Entry| {
        let fits = entry.is_pinned || entry.columns() <= room;
        if fits && !entry.is_pinned {
            room -= entry.columns();
        }
        fits
    };
    all.into_iter().filter(|entry| fits(entry)).collect()
}

fn entry(binding: &Binding<Command>) -> Option<Entry> {
    let (label, key) = (binding.label?, binding.keys.first()?.name());
    Some(Entry { key, label, command: binding.command, is_pinned: binding.pinned })
}
