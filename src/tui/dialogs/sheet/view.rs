//! How the action sheet is drawn.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::entries::entries;
use super::model::SheetDialog;
use crate::domain::text::padded;
use crate::domain::time::left_words;
use crate::tui::actions::role::{Availability, RoleAction};
use crate::tui::model::Model;
use crate::tui::remaining::Remaining;
use crate::tui::role_details;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{clip, line_columns, span};
use crate::tui::widgets::dialog;

const WIDTH: u16 = 64;
/// Columns of an action's title, and of the note behind it.
const TITLE: usize = 31;
const NOTE: usize = 19;
/// From this width on, there is room for the keys that work without the sheet.
const WITH_KEYS: usize = 58;

/// ```text
/// ╭ Do ──────────────────────────────────────────────────────────╮
/// │ prod-payments-0003 / Developer                               │
/// │                                                              │
/// │ ▌s Open a shell                                         ↵    │
/// │  y Copy the daypass exec command       no secret        ^Y   │
/// │  e Copy exports for bash and zsh       holds the secret      │
/// │  …                                                           │
/// │ The secret works for 47m 00s; it is never shown.             │
/// ╰──────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &SheetDialog) {
    let theme = model.theme();
    let Some(session) = model.session(&dialog.session) else { return };
    let tier = model.settings.policy.verdict_on_target(&session.catalog, &dialog.target, model.now).tier();
    let width = dialog::inner_width(frame.area(), WIDTH);
    let mut lines =
        vec![Line::from(role_details::heading(model, session, &dialog.target, tier, width)), Line::default()];
    let entries = entries(model, dialog);
    let room = dialog::inner_height(frame.area()).saturating_sub(4).max(1);
    let first = (dialog.selected + 1).saturating_sub(room);
    for (at, (action, availability)) in entries.into_iter().enumerate().skip(first).take(room) {
        let mut spans = entry(theme, action, availability, at == dialog.selected);
        if width >= WITH_KEYS {
            let key = action.keys().first().map(|key| key.name()).unwrap_or_default();
            let gap = (TITLE + NOTE + 5).saturating_sub(line_columns(&spans));
            spans.extend([Span::raw(" ".repeat(gap)), span(key, theme.key())]);
        }
        clip(&mut spans, width);
        lines.push(Line::from(spans));
    }
    lines.push(Line::default());
    let kept = session.kept(&dialog.target, model.now).map(|kept| Remaining::of(&kept.ours, model.now));
    let text = match kept {
        Some(remaining) => format!("The secret works for {}; it is never shown.", left_words(remaining.time)),
        None => "The secret is fetched first; it is never shown.".to_owned(),
    };
    lines.push(Line::from(span(text, theme.muted())));
    dialog::draw(frame, "Do", theme.accent(), WIDTH, lines);
}

fn entry(theme: Theme, action: RoleAction, availability: Availability, selected: bool) -> Vec<Span<'static>> {
    let title_style = match (selected, availability) {
        (true, _) => theme.selected(),
        (false, Availability::No(_)) => theme.muted(),
        (false, _) => Style::new(),
    };
    let (note, note_style) = match (availability, action.copies_secret()) {
        (Availability::No(why), _) => (why, theme.muted()),
        (Availability::AfterSignIn, _) => ("signs in first", theme.muted()),
        (Availability::AfterReason, _) => ("asks for a reason", theme.warn()),
        (_, Some(true)) => ("holds the secret", theme.warn()),
        (_, Some(false)) => ("no secret", theme.muted()),
        (_, None) => ("", theme.muted()),
    };
    vec![
        if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        span(format!("{} ", action.letter()), theme.key()),
        span(padded(action.title(), TITLE), title_style),
        Span::raw(" "),
        span(note, note_style),
    ]
}
