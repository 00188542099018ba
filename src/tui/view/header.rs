//! The header: the current session, its user, its remaining time, and the time of day.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

use crate::domain::text::fit;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::model::screen::Screen;
use crate::tui::model::session::{SessionState, SessionStatus};
use crate::tui::widgets::cells::{both_ends, span};
use crate::tui::widgets::gauge::bar;

/// ```text
///  daypass  acme-prod · alice@acme.example · us-east-1     signed in ▰▰▰▰▰▰▱▱ 6h 12m   14:32
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = model.theme();
    let mut left = vec![span(" daypass", theme.key())];
    if model.settings.demo.is_some() {
        left.push(span(" demo", theme.warn()));
    }
    let mut right = Vec::new();
    if let Some(session) = model.current_session() {
        left.push(span("  ", theme.muted()));
        left.push(span(fit(session.config.name.as_str(), 24), theme.title()));
        if model.sessions.len() > 1 {
            left.push(span(format!(" {}/{}", model.current + 1, model.sessions.len()), theme.muted()));
        }
        if area.width >= 70 {
            let user = session.note.as_ref().and_then(|note| note.user.as_ref());
            left.extend(user.map(|user| span(format!(" · {}", fit(&user.visible(), 40)), theme.muted())));
            if area.width >= 100 || session.note.as_ref().is_none_or(|note| note.user.is_none()) {
                left.push(span(format!(" · {}", session.config.region), theme.muted()));
            }
        }
        right = status(model, session, area.width >= 60);
    }
    if area.width >= 50 {
        let time = model.now.wall.to_zoned(model.settings.zone.clone()).strftime("%H:%M").to_string();
        right.push(span(format!("   {time}"), theme.muted()));
    }
    right.push(Span::raw(" "));
    frame.render_widget(Paragraph::new(both_ends(left, right, usize::from(area.width))), area);
}

fn status(model: &Model, session: &SessionState, with_gauge: bool) -> Vec<Span<'static>> {
    let theme = model.theme();
    let is_signing_in = matches!(
        &model.screen,
        Screen::SignIn(sign_in) if sign_in.session == session.key && sign_in.phase.is_running()
    );
    if is_signing_in && !session.is_signed_in(model.now) {
        return vec![span("signing in", theme.accent())];
    }
    match session.status(model.now) {
        SessionStatus::SignedOut => vec![span("○ signed out", theme.warn())],
        SessionStatus::Expired(at) => vec![span(format!("✗ expired {}", model.clock_time(at)), theme.bad())],
        SessionStatus::EndedByAws => vec![span("✗ ended by AWS", theme.bad())],
        SessionStatus::SignedIn(remaining) => {
            let mut spans = Vec::new();
            if with_gauge {
                spans.push(span("signed in ", theme.muted()));
                spans.extend(bar(theme, remaining, 8));
                spans.push(Span::raw(" "));
            }
            spans.push(span(left_words(remaining.time), theme.urgency(remaining.urgency())));
            let mark = remaining.urgency().mark();
            if !mark.is_empty() {
                spans.push(span(format!(" {mark}"), theme.urgency(remaining.urgency())));
            }
            spans
        }
    }
}
