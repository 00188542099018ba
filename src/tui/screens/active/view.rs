//! How the screen of active credentials is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::layout;
use super::model::{ActiveList, Row, rows};
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::text::{columns, padded};
use crate::tui::model::Model;
use crate::tui::model::kept::aws_remaining;
use crate::tui::remaining::Remaining;
use crate::tui::role_details;
use crate::tui::widgets::cells::span;
use crate::tui::widgets::gauge::tier_bar;
use crate::tui::widgets::panel::panel;
use crate::tui::widgets::role_heading::role_text;

/// Columns of a countdown with its mark, of a gauge, and of a tier's name.
const CLOCK: usize = 12;
const GAUGE: usize = 6;
const TIER: usize = 10;

/// ```text
/// ╭ Active credentials ── 2 kept ──────────────────────────────────────────────╮
/// │   role                                tier       ours           AWS        │
/// │▌● prod-payments-0003 / Admin          Admin      00:12:40 ▰▱▱▱  03:42:10   │
/// │ ● stage-payments-0011 / Developer     Developer  00:47:12 ▰▰▰▰  00:47:12   │
/// ╰────────────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, list: &ActiveList) {
    let (areas, theme, rows) = (layout::areas(model), model.theme(), rows(&model.sessions, model.now));
    let title =
        vec![span("Active credentials", theme.title()), span(format!(" ── {} kept", rows.len()), theme.muted())];
    frame.render_widget(panel(theme, title), areas.panel);
    if rows.is_empty() {
        draw_empty(frame, areas.list, model);
    } else {
        draw_rows(frame, areas.list, model, list, &rows);
    }
    if let Some(area) = areas.details {
        draw_details(frame, area, model, list.selected(&rows));
    }
}

fn draw_rows(frame: &mut Frame<'_>, area: Rect, model: &Model, list: &ActiveList, rows: &[Row]) {
    let room = usize::from(area.width).saturating_sub(3 + TIER + 2 * CLOCK);
    let widest =
        rows.iter().map(|(key, target)| columns(&label(model, key, target, usize::MAX)) + 2).max().unwrap_or(0);
    let least = if room >= GAUGE + 24 { GAUGE / 2 } else { 0 };
    let gauge = if room >= 2 * GAUGE + widest { GAUGE } else { least };
    let name = widest.min(room - 2 * gauge);
    frame.render_widget(Paragraph::new(head(model, name, gauge)), Rect { y: area.y - 1, height: 1, ..area });
    let (selected, height) = (list.selected_index(rows), usize::from(area.height));
    let lines: Vec<Line<'static>> = rows
        .iter()
        .enumerate()
        .skip(list.offset(rows, height))
        .take(height)
        .map(|(at, (key, target))| row(model, key, target, name, gauge, selected == Some(at)))
        .collect();
    frame.render_widget(Paragraph::new(lines), area);
}

fn head(model: &Model, name: usize, gauge: usize) -> Line<'static> {
    let text = format!(
        "   {}{}{}{}",
        padded("role", name),
        padded("tier", TIER),
        padded("ours", CLOCK + gauge),
        padded("AWS", CLOCK)
    );
    Line::from(span(text, model.theme().muted()))
}

fn row(model: &Model, key: &SessionKey, target: &Target, name: usize, gauge: usize, selected: bool) -> Line<'static> {
    let theme = model.theme();
    let Some(session) = model.session(key) else { return Line::default() };
    let Some(kept) = session.kept(target, model.now) else { return Line::default() };
    let tier = model.settings.policy.verdict_on_target(&session.catalog, target, model.now).tier();
    let text = label(model, key, target, name.saturating_sub(1));
    let (ours, aws) = (Remaining::of(&kept.ours, model.now), aws_remaining(kept, model.now));
    let busy = model.is_fetching(key, target);
    let dot = if busy { format!("{} ", model.spinner()) } else { "● ".to_owned() };
    let name_style = if selected { theme.selected() } else { Style::new() };
    let mut spans = vec![
        if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        span(dot, theme.urgency(ours.urgency())),
        span(padded(&text, name.saturating_sub(1)), name_style),
        Span::raw(" "),
        span(padded(tier.title(), TIER), theme.tier(tier)),
    ];
    for remaining in [ours, aws] {
        let urgency = remaining.urgency();
        let countdown = format!("{} {}", remaining.clock(), urgency.mark());
        spans.push(span(padded(&countdown, CLOCK - 1), theme.urgency(urgency)));
        spans.extend(tier_bar(theme, tier, remaining, gauge));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// Account and role in at most `width` columns; with the session where several have credentials.
fn label(model: &Model, key: &SessionKey, target: &Target, width: usize) -> String {
    let Some(session) = model.session(key) else { return target.to_string() };
    let is_several = model.sessions.iter().filter(|session| !session.all_kept(model.now).is_empty()).count() > 1;
    let prefix = if is_several { format!("{}: ", session.config.name) } else { String::new() };
    role_text(&format!("{prefix}{}", session.account_name(target)), target.role.as_str(), width)
}

fn draw_empty(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = model.theme();
    let lines = vec![
        Line::from(span("  No credentials are kept", theme.title())),
        Line::from(span("  esc goes back to the roles; ↵ on one opens a shell with it.", theme.muted())),
        Line::from(span("  They live in the keyring and end by themselves.", theme.muted())),
    ];
    frame.render_widget(Paragraph::new(lines), area);
}

fn draw_details(frame: &mut Frame<'_>, area: Rect, model: &Model, selected: Option<Row>) {
    let theme = model.theme();
    let selected = selected.as_ref().and_then(|(key, target)| Some((model.session(key)?, target)));
    let Some((session, target)) = selected else {
        role_details::draw_panel(frame, area, theme, vec![span("Details", theme.title())], Vec::new());
        return;
    };
    role_details::draw(frame, area, model, session, target);
}
