//! How the copy dialog is drawn.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::format::CopyFormat;
use super::model::CopyDialog;
use crate::domain::text::padded;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::remaining::Remaining;
use crate::tui::role_details;
use crate::tui::widgets::cells::{clip, span};
use crate::tui::widgets::dialog;

const WIDTH: u16 = 58;

/// ```text
/// ╭ Copy ──────────────────────────────────────────────────╮
/// │ prod-payments-0003 / Developer                         │
/// │                                                        │
/// │ ▌1 exports for bash and zsh      holds the secret      │
/// │  2 exports for fish              holds the secret      │
/// │  3 exports for PowerShell        holds the secret      │
/// │  4 credential_process line       no secret             │
/// │  5 daypass exec command          no secret             │
/// │                                                        │
/// │ The secret works for 47m 00s; it is never shown.       │
/// ╰────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &CopyDialog) {
    let theme = model.theme();
    let Some(session) = model.session(&dialog.session) else { return };
    let tier = model.settings.policy.verdict_on_target(&session.catalog, &dialog.target, model.now).tier();
    let mut heading = role_details::heading(model, session, &dialog.target, tier);
    clip(&mut heading, dialog::inner_width(frame.area(), WIDTH));
    let mut lines = vec![Line::from(heading), Line::default()];
    for (at, format) in CopyFormat::ALL.into_iter().enumerate() {
        let selected = at == dialog.selected;
        let name_style = if selected { theme.selected() } else { Style::new() };
        let (note, style) = if format.secret_format().is_some() {
            ("holds the secret", theme.warn())
        } else {
            ("no secret", theme.muted())
        };
        lines.push(Line::from(vec![
            if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
            span(format!("{} ", at + 1), theme.key()),
            span(padded(format.title(), 28), name_style),
            span(format!("  {note}"), style),
        ]));
    }
    lines.push(Line::default());
    let kept = session.kept(&dialog.target, model.now).map(|kept| Remaining::of(&kept.ours, model.now));
    let text = match kept {
        Some(remaining) => format!("The secret works for {}; it is never shown.", left_words(remaining.time)),
        None => "The secret is fetched first; it is never shown.".to_owned(),
    };
    lines.push(Line::from(span(text, theme.muted())));
    dialog::draw(frame, "Copy", theme.accent(), WIDTH, lines);
}
