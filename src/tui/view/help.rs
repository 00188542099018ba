//! Help: the live keys of the screen below, in words.

use ratatui::Frame;
use ratatui::text::Line;

use crate::tui::keymap;
use crate::tui::model::Model;
use crate::tui::widgets::cells::{cell, clip, span};
use crate::tui::widgets::dialog;

/// ```text
/// ╭ Keys ─────────────────────────────────────────────────╮
/// │ ↵          Get credentials for this role              │
/// │ F2 ^A      Show all credentials that are kept         │
/// │ …                                                     │
/// ╰───────────────────────────────────────────────────────╯
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, first: usize) {
    let theme = model.theme();
    let width = dialog::inner_width(frame.area(), 76);
    let bindings = keymap::explained(model);
    let height = dialog::inner_height(frame.area()).max(1);
    let first = first.min(bindings.len().saturating_sub(height));
    let keys = if width >= 60 { 20 } else { 14 };
    let lines = bindings
        .iter()
        .skip(first)
        .take(height)
        .map(|binding| {
            let mut spans = vec![
                span(cell(&binding.keys_shown(), keys), theme.key()),
                span(binding.about.clone(), ratatui::style::Style::new()),
            ];
            clip(&mut spans, width);
            Line::from(spans)
        })
        .collect();
    let title = if bindings.len() > height { "Keys · ↑ ↓ scroll" } else { "Keys" };
    dialog::draw(frame, title, theme.accent(), 76, lines);
}
