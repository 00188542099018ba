//! The footer: the keys that work now, as many as fit.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::keymap::{self, Command};
use crate::tui::keys::Binding;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{line_columns, span};

/// ```text
///  ↵ get credentials  F2 active  tab sessions  ^R refresh  ? help  esc quit
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let bindings = keymap::bindings(model);
    let entries: Vec<(bool, Vec<Span<'static>>)> =
        bindings.iter().filter_map(|binding| Some((binding.pinned, entry(model.theme(), binding)?))).collect();
    let pinned: usize = entries.iter().filter(|(pinned, _)| *pinned).map(|(_, spans)| line_columns(spans)).sum();
    let mut room = usize::from(area.width).saturating_sub(pinned);
    let mut line = Vec::new();
    for (is_pinned, spans) in entries {
        let width = line_columns(&spans);
        if is_pinned {
            line.extend(spans);
        } else if width <= room {
            room -= width;
            line.extend(spans);
        }
    }
    frame.render_widget(Paragraph::new(Line::from(line)), area);
}

fn entry(theme: Theme, binding: &Binding<Command>) -> Option<Vec<Span<'static>>> {
    let (label, key) = (binding.label?, binding.keys.first()?.name());
    Some(vec![span(format!(" {key} "), theme.key()), span(format!("{label} "), theme.muted())])
}
