//! How the sessions dialog is drawn: each session with its status.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::model::SessionsDialog;
use crate::domain::text::padded;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::model::session::{SessionState, SessionStatus};
use crate::tui::widgets::cells::span;
use crate::tui::widgets::dialog;
use crate::tui::widgets::gauge::bar;

const WIDTH: u16 = 84;

/// ```text
/// ╭ SSO sessions ───────────────────────────────────────────────────╮
/// │▌acme-prod        acme.awsapps.com        ▰▰▰▰▰▰▱▱ 6h 12m        │
/// │ acme-sandbox     sandbox.awsapps.com     ○ signed out           │
/// ╰─────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &SessionsDialog) {
    let theme = model.theme();
    let width = dialog::inner_width(frame.area(), WIDTH);
    let name = (width.saturating_sub(26) * 2 / 5).max(8);
    let host = width.saturating_sub(26 + name);
    let room = dialog::inner_height(frame.area()).max(1);
    let first = (dialog.selected + 1).saturating_sub(room);
    let lines = model
        .sessions
        .iter()
        .enumerate()
        .skip(first)
        .take(room)
        .map(|(at, session)| row(model, session, at == dialog.selected, name, host))
        .collect();
    dialog::draw(frame, "SSO sessions", theme.accent(), WIDTH, lines);
}

fn row(model: &Model, session: &SessionState, selected: bool, name: usize, host: usize) -> Line<'static> {
    let theme = model.theme();
    let name_style = if selected { theme.selected() } else { Style::new() };
    let mut spans = vec![
        if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        span(padded(session.config.name.as_str(), name), name_style),
        Span::raw("  "),
        span(padded(&session.config.start_url.host(), host), theme.muted()),
        Span::raw(" "),
    ];
    match session.status(model.now) {
        SessionStatus::SignedIn(remaining) => {
            let urgency = remaining.urgency();
            spans.extend(bar(theme, remaining, 8));
            spans.push(span(format!(" {} {}", left_words(remaining.time), urgency.mark()), theme.urgency(urgency)));
        }
        SessionStatus::SignedOut => spans.push(span("○ signed out", theme.muted())),
        SessionStatus::Expired(at) => spans.push(span(format!("✗ expired {}", model.clock_time(at)), theme.bad())),
        SessionStatus::EndedByAws => spans.push(span("✗ ended by AWS", theme.bad())),
    }
    Line::from(spans)
}
