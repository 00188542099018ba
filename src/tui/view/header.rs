//! The header: the SSO sessions with their remaining time, and the time of day.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

use crate::domain::text::fit;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::model::screen::Screen;
use crate::tui::model::session::{SessionState, SessionStatus};
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{both_ends, span};
use crate::tui::widgets::gauge::bar;

/// ```text
///  daypass  acme-prod · alice@acme.example · us-east-1     signed in ▰▰▰▰▰▰▱▱ 6h 12m   14:32
///  daypass  acme ▰▰▰▰▰▰▱▱ 6h 12m · beta ○ signed out                                   14:32
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = model.theme();
    let mut left = vec![span(" daypass", theme.key())];
    if model.settings.demo.is_some() {
        left.push(span(" demo", theme.warn()));
    }
    left.push(span("  ", theme.muted()));
    let mut right = Vec::new();
    match model.sessions.as_slice() {
        [] => {}
        [only] => {
            left.extend(one_session(only, area.width, theme));
            right = status(model, only, area.width >= 60);
        }
        several => {
            for (at, session) in several.iter().enumerate() {
                let separator = if at > 0 { "  ·  " } else { "" };
                left.push(span(separator, theme.muted()));
                left.push(span(fit(session.config.name.as_str(), 16), theme.title()));
                left.push(Span::raw(" "));
                left.extend(short_status(model, session, area.width >= 100));
            }
        }
    }
    if area.width >= 50 {
        let time = model.time_of_day(model.now.wall);
        right.push(span(format!("   {time}"), theme.muted()));
    }
    right.push(Span::raw(" "));
    frame.render_widget(Paragraph::new(both_ends(left, right, usize::from(area.width))), area);
}

fn one_session(session: &SessionState, width: u16, theme: Theme) -> Vec<Span<'static>> {
    let mut spans = vec![span(fit(session.config.name.as_str(), 24), theme.title())];
    if width >= 70 {
        let user = session.note.as_ref().and_then(|note| note.user.as_ref());
        spans.extend(user.map(|user| span(format!(" · {}", fit(&user.visible(), 40)), theme.muted())));
        if width >= 100 || user.is_none() {
            spans.push(span(format!(" · {}", session.config.region), theme.muted()));
        }
    }
    spans
}

fn short_status(model: &Model, session: &SessionState, with_gauge: bool) -> Vec<Span<'static>> {
    let theme = model.theme();
    match session.status(model.now) {
        SessionStatus::SignedOut => vec![span("○", theme.muted())],
        SessionStatus::Expired(at) => vec![span(format!("✗ {}", model.clock_time(at)), theme.bad())],
        SessionStatus::EndedByAws => vec![span("✗ ended", theme.bad())],
        SessionStatus::SignedIn(remaining) => {
            let urgency = remaining.urgency();
            let mut spans = Vec::new();
            if with_gauge {
                spans.extend(bar(theme, remaining, 6));
                spans.push(Span::raw(" "));
            }
            let text = format!("{} {}", left_words(remaining.time), urgency.mark());
            spans.push(span(text.trim_end().to_owned(), theme.urgency(urgency)));
            spans
        }
    }
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
