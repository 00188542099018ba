//! How the command palette is drawn: the query and what matches it, or how one setting is set.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::layout::{self, WIDTH};
use super::model::{Entry, PaletteDialog};
use crate::domain::text::{columns, fit, padded};
use crate::tui::keys::key_names;
use crate::tui::model::Model;
use crate::tui::options::SettingRow;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::dialog;

/// Columns of a setting's key, with a gap.
const KEY: usize = 16;

/// ```text
/// ╭ Commands and settings ───────────────────────────────────────────────────╮
/// │ › sign                                                                   │
/// │▌Sign in to this session                                               ^S │
/// │ Switch between SSO sessions, sign out                                tab │
/// │ store           auto                                             default │
/// ╰──────────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &PaletteDialog) {
    let theme = model.theme();
    let width = dialog::inner_width(frame.area(), WIDTH);
    if let Some(row) = &dialog.setting {
        let lines = setting_lines(model, row, width);
        return dialog::draw(frame, &row.key, theme.accent(), WIDTH, lines);
    }
    let mut lines = vec![dialog.list.query_line(theme, width)];
    let mut rows = dialog.list.row_lines(theme, width, layout::list_height(model.size), |at, is_selected| {
        dialog.entry(at).map(|entry| entry_spans(theme, entry, is_selected, width - 1)).unwrap_or_default()
    });
    let note = dialog.rejection.map(|why| span(format!("▲ {why}"), theme.warn()));
    let nothing = dialog.selected().is_none().then(|| span("Nothing matches.", theme.muted()));
    if let (Some(note), Some(line)) = (note, rows.last_mut()) {
        *line = Line::from(note);
    } else if let (Some(nothing), Some(line)) = (nothing, rows.first_mut()) {
        *line = Line::from(nothing);
    }
    lines.extend(rows);
    dialog::draw(frame, "Commands and settings", theme.accent(), WIDTH, lines);
}

fn entry_spans(theme: Theme, entry: &Entry, is_selected: bool, width: usize) -> Vec<Span<'static>> {
    let style = if is_selected { theme.selected() } else { Style::new() };
    match entry {
        Entry::Command { about, keys } => {
            let keys = fit(&key_names(keys), width / 3);
            let room = width.saturating_sub(columns(&keys) + 1);
            let about_width = columns(about).min(room);
            let gap = " ".repeat(room - about_width + 1);
            vec![span(fit(about, room), style), Span::raw(gap), span(keys, theme.key())]
        }
        Entry::Setting(row) => {
            let source = fit(&row.source, width.saturating_sub(KEY + 4) / 2);
            let room = width.saturating_sub(KEY + columns(&source) + 1);
            vec![
                span(padded(&row.key, KEY - 1), style),
                Span::raw(format!(" {} ", padded(&row.value, room))),
                span(source, theme.muted()),
            ]
        }
    }
}

/// ```text
/// ╭ flow ────────────────────────────────────────────────────────────────────╮
/// │ device, from default                                                     │
/// │                                                                          │
/// │ To set it, write this in ~/.config/daypass/config.toml:                  │
/// │   flow = "pkce"                                                          │
/// │                                                                          │
/// │ It counts from the next start on.                                        │
/// ╰──────────────────────────────────────────────────────────────────────────╯
/// ```
fn setting_lines(model: &Model, row: &SettingRow, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let wrapped = |text: &str, style: Style| -> Vec<Line<'static>> {
        wrap(text, width).into_iter().map(|line| Line::from(span(line, style))).collect()
    };
    let mut lines = wrapped(&format!("{}, from {}", row.value, row.source), theme.title());
    lines.push(Line::default());
    let file = &model.settings.settings_file;
    lines.extend(wrapped(&format!("To set it, write this in {file}:"), Style::new()));
    for line in row.toml.lines().flat_map(|line| wrap(line, width.saturating_sub(2))) {
        lines.push(Line::from(span(format!("  {line}"), theme.accent())));
    }
    lines.push(Line::default());
    lines.extend(wrapped("It counts from the next start on.", theme.muted()));
    lines
}
