//! How the help dialog is drawn: one line a key.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::layout;
use super::model::HelpDialog;
use crate::domain::text::padded;
use crate::tui::keymap;
use crate::tui::model::Model;
use crate::tui::widgets::cells::{clip, span};
use crate::tui::widgets::dialog;

const WIDTH: u16 = 76;

/// ```text
/// ╭ Keys ─────────────────────────────────────────────────╮
/// │ ↵          Get credentials for this role              │
/// │ F2 ^A      Show all credentials that are kept         │
/// │ …                                                     │
/// ╰───────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &HelpDialog) {
    let theme = model.theme();
    let width = dialog::inner_width(frame.area(), WIDTH);
    let keys = keymap::screen_bindings(model).help_lines();
    let height = layout::height(model);
    let first = dialog.first.min(layout::last_first(model));
    let key_width = match width {
        60.. => 20,
        40.. => 14,
        _ => 9,
    };
    let lines = keys
        .iter()
        .skip(first)
        .take(height)
        .map(|(names, about)| {
            let mut spans = vec![span(padded(names, key_width), theme.key()), Span::raw(*about)];
            clip(&mut spans, width);
            Line::from(spans)
        })
        .collect();
    let title = if keys.len() > height { "Keys · ↑ ↓ scroll" } else { "Keys" };
    dialog::draw(frame, title, theme.accent(), WIDTH, lines);
}
