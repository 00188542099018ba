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
    let bindings = keymap::screen_bindings(model);
    let height = layout::height(model);
    let first = dialog.first.min(layout::last_first(model));
    let key_width = if width >= 60 { 20 } else { 14 };
    let lines = bindings
        .iter()
        .skip(first)
        .take(height)
        .map(|binding| {
            let mut spans = vec![span(padded(&binding.key_names(), key_width), theme.key()), Span::raw(binding.about)];
            clip(&mut spans, width);
            Line::from(spans)
        })
        .collect();
    let title = if bindings.len() > height { "Keys · ↑ ↓ scroll" } else { "Keys" };
    dialog::draw(frame, title, theme.accent(), WIDTH, lines);
}
