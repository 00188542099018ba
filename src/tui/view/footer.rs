//! The footer: the keys that work here and now, as many as fit.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::keymap::{self, Command};
use crate::tui::model::Model;
use crate::tui::widgets::cells::{line_columns, span};

/// ```text
///  ↵ get credentials  F2 active  tab sessions  ^R refresh  ? help  esc quit
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let width = usize::from(area.width);
    let entries: Vec<(Command, Vec<Span<'static>>)> = keymap::bindings(model)
        .into_iter()
        .filter_map(|binding| {
            let (label, press) = (binding.label?, binding.keys.first()?.name());
            let theme = model.theme();
            Some((
                binding.command,
                vec![span(format!(" {press} "), theme.key()), span(format!("{label} "), theme.muted())],
            ))
        })
        .collect();
    // The ways out and to help are never the ones left out.
    let is_kept = |command: &Command| matches!(command, Command::Back | Command::Help);
    let mut room = width;
    for (_, spans) in entries.iter().filter(|(command, _)| is_kept(command)) {
        room = room.saturating_sub(line_columns(spans));
    }
    let mut line = Vec::new();
    for (command, spans) in entries {
        let wide = line_columns(&spans);
        if is_kept(&command) {
            line.extend(spans);
        } else if wide <= room {
            room -= wide;
            line.extend(spans);
        }
    }
    frame.render_widget(Paragraph::new(Line::from(line)), area);
}
