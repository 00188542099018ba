//! The SSO sessions side by side, each with its time left.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::domain::time::left_words;
use crate::tui::model::{Model, OpenSession, Standing};
use crate::tui::widgets::cells::{cell, span};
use crate::tui::widgets::dialog;
use crate::tui::widgets::gauge::bar;

/// ```text
/// ╭ SSO sessions ───────────────────────────────────────────────────╮
/// │▌acme-prod        acme.awsapps.com        ▰▰▰▰▰▰▱▱ 6h 12m        │
/// │ acme-sandbox     sandbox.awsapps.com     ○ signed out           │
/// ╰─────────────────────────────────────────────────────────────────╯
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, selected: usize) {
    let theme = model.theme();
    let width = dialog::inner_width(frame.area(), 84);
    let name = (width.saturating_sub(26) * 2 / 5).max(8);
    let host = width.saturating_sub(26 + name);
    let room = dialog::inner_height(frame.area()).max(1);
    let first = (selected + 1).saturating_sub(room);
    let lines = model
        .sessions
        .iter()
        .enumerate()
        .skip(first)
        .take(room)
        .map(|(at, open)| row(model, open, at == selected, name, host))
        .collect();
    dialog::draw(frame, "SSO sessions", theme.accent(), 84, lines);
}

fn row(model: &Model, open: &OpenSession, selected: bool, name: usize, host: usize) -> Line<'static> {
    let theme = model.theme();
    let name_style = if selected { theme.selected() } else { ratatui::style::Style::new() };
    let mut spans = vec![
        if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        span(cell(open.session.name.as_str(), name), name_style),
        Span::raw("  "),
        span(cell(&open.session.start_url.host(), host), theme.muted()),
        Span::raw(" "),
    ];
    match open.standing(model.now) {
        Standing::SignedIn(left) => {
            spans.extend(bar(theme, left, 8));
            spans.push(span(format!(" {} {}", left_words(left.time), left.level().mark()), theme.level(left.level())));
        }
        Standing::SignedOut => spans.push(span("○ signed out", theme.muted())),
        Standing::Expired(at) => spans.push(span(format!("✗ expired {}", model.clock_time(at)), theme.bad())),
        Standing::EndedByAws => spans.push(span("✗ ended by AWS", theme.bad())),
    }
    Line::from(spans)
}
