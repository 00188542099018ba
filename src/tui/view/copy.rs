//! What to copy for a role.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::details;
use crate::domain::time::left_words;
use crate::tui::handover::Form;
use crate::tui::model::{CopyChooser, Model};
use crate::tui::update::verdict_of;
use crate::tui::widgets::cells::{cell, clip, span};
use crate::tui::widgets::dialog;
use crate::tui::widgets::gauge::Left;

/// ```text
/// ╭ Copy ───────────────────────────────────────────────╮
/// │ prod-payments-0003 / Developer                      │
/// │                                                     │
/// │ ▌1 exports for bash and zsh        ⚷ with secret    │
/// │  2 exports for fish                ⚷ with secret    │
/// │  3 exports for PowerShell          ⚷ with secret    │
/// │  4 credential_process line         no secret        │
/// │  5 daypass exec command            no secret        │
/// │                                                     │
/// │ The secret works for 47m 12s; nothing shows it.     │
/// ╰─────────────────────────────────────────────────────╯
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, chooser: &CopyChooser) {
    let theme = model.theme();
    let Some(open) = model.session_by(&chooser.session) else { return };
    let tier = verdict_of(model, open, &chooser.target).tier();
    let mut heading = details::heading(model, open, &chooser.target, tier);
    clip(&mut heading, dialog::inner_width(frame.area(), 58));
    let mut lines = vec![Line::from(heading), Line::default()];
    for (at, form) in Form::ALL.into_iter().enumerate() {
        let selected = at == chooser.selected;
        let name_style = if selected { theme.selected() } else { ratatui::style::Style::new() };
        let (what, style) =
            if form.secret().is_some() { ("holds the secret", theme.warn()) } else { ("no secret", theme.muted()) };
        lines.push(Line::from(vec![
            if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
            span(format!("{} ", at + 1), theme.key()),
            span(cell(form.title(), 28), name_style),
            span(format!("  {what}"), style),
        ]));
    }
    lines.push(Line::default());
    let kept = open.kept(&chooser.target, model.now).map(|kept| Left::of(&kept.ours, model.now));
    let text = match kept {
        Some(left) => format!("The secret works for {}; it is never shown.", left_words(left.time)),
        None => "The secret is fetched first; it is never shown.".to_owned(),
    };
    lines.push(Line::from(span(text, theme.muted())));
    dialog::draw(frame, "Copy", theme.accent(), 58, lines);
}
