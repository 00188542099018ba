//! The header: where one is, who one is, and how long it still lasts.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

use crate::domain::text::fit;
use crate::domain::time::left_words;
use crate::tui::model::{Model, OpenSession, Phase, Screen, SignIn, Standing};
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
    if let Some(open) = model.session() {
        left.push(span("  ", theme.muted()));
        left.push(span(fit(open.session.name.as_str(), 24), theme.title()));
        if model.sessions.len() > 1 {
            left.push(span(format!(" {}/{}", model.current + 1, model.sessions.len()), theme.muted()));
        }
        if area.width >= 70 {
            let user = open.note.as_ref().and_then(|note| note.user.as_ref());
            left.extend(user.map(|user| span(format!(" · {}", fit(&user.visible(), 40)), theme.muted())));
            if area.width >= 100 || open.note.as_ref().is_none_or(|note| note.user.is_none()) {
                left.push(span(format!(" · {}", open.session.region), theme.muted()));
            }
        }
        right = standing(model, open, area.width >= 60);
    }
    if area.width >= 50 {
        let time = model.now.wall.to_zoned(model.settings.zone.clone()).strftime("%H:%M").to_string();
        right.push(span(format!("   {time}"), theme.muted()));
    }
    right.push(Span::raw(" "));
    frame.render_widget(Paragraph::new(both_ends(left, right, usize::from(area.width))), area);
}

fn standing(model: &Model, open: &OpenSession, gauge: bool) -> Vec<Span<'static>> {
    let theme = model.theme();
    let under_way = |sign_in: &SignIn| sign_in.session == open.key && !matches!(sign_in.phase, Phase::Over(_));
    if matches!(&model.screen, Screen::SignIn(sign_in) if under_way(sign_in)) && !open.is_signed_in(model.now) {
        return vec![span("signing in", theme.accent())];
    }
    match open.standing(model.now) {
        Standing::SignedOut => vec![span("○ signed out", theme.warn())],
        Standing::Expired(at) => vec![span(format!("✗ expired {}", model.clock_time(at)), theme.bad())],
        Standing::EndedByAws => vec![span("✗ ended by AWS", theme.bad())],
        Standing::SignedIn(left) => {
            let mut spans = Vec::new();
            if gauge {
                spans.push(span("signed in ", theme.muted()));
                spans.extend(bar(theme, left, 8));
                spans.push(Span::raw(" "));
            }
            spans.push(span(left_words(left.time), theme.level(left.level())));
            let mark = left.level().mark();
            if !mark.is_empty() {
                spans.push(span(format!(" {mark}"), theme.level(left.level())));
            }
            spans
        }
    }
}
