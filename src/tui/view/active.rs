//! The credentials that are kept, with both clocks.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{details, panel};
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::text::columns;
use crate::tui::layout;
use crate::tui::model::{Model, aws_left};
use crate::tui::update::verdict_of;
use crate::tui::widgets::cells::{cell, span};
use crate::tui::widgets::gauge::{Left, bar};

/// Columns of a countdown with its mark, and of a gauge.
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
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model) {
    let (areas, theme, rows) = (layout::active(model), model.theme(), model.active_rows());
    let title =
        vec![span("Active credentials", theme.title()), span(format!(" ── {} kept", rows.len()), theme.muted())];
    frame.render_widget(panel(theme, title), areas.panel);
    if rows.is_empty() {
        empty(frame, areas.list, model);
    } else {
        let room = usize::from(areas.list.width).saturating_sub(3 + TIER + 2 * CLOCK);
        let widest = rows.iter().map(|(key, target)| columns(&label(model, key, target)) + 2).max().unwrap_or(0);
        let least = if room >= GAUGE + 24 { GAUGE / 2 } else { 0 };
        let gauge = if room >= 2 * GAUGE + widest { GAUGE } else { least };
        let name = widest.min(room - 2 * gauge);
        frame.render_widget(
            Paragraph::new(head(model, name, gauge)),
            Rect { y: areas.list.y - 1, height: 1, ..areas.list },
        );
        let position = model.active_position();
        let lines: Vec<Line<'static>> = rows
            .iter()
            .enumerate()
            .skip(model.active_offset())
            .take(usize::from(areas.list.height))
            .map(|(at, (key, target))| row(model, key, target, name, gauge, position == Some(at)))
            .collect();
        frame.render_widget(Paragraph::new(lines), areas.list);
    }
    if let Some(area) = areas.details {
        selected_details(frame, area, model);
    }
}

fn head(model: &Model, name: usize, gauge: usize) -> Line<'static> {
    let text =
        format!("   {}{}{}{}", cell("role", name), cell("tier", TIER), cell("ours", CLOCK + gauge), cell("AWS", CLOCK));
    Line::from(span(text, model.theme().muted()))
}

fn row(model: &Model, key: &SessionKey, target: &Target, name: usize, gauge: usize, selected: bool) -> Line<'static> {
    let theme = model.theme();
    let Some(open) = model.session_by(key) else { return Line::default() };
    let Some(kept) = open.kept(target, model.now) else { return Line::default() };
    let tier = verdict_of(model, open, target).tier();
    let text = label(model, key, target);
    let (ours, aws) = (Left::of(&kept.ours, model.now), aws_left(kept, model.now));
    let busy = model.is_fetching(key, target);
    let dot = if busy { format!("{} ", model.spinner()) } else { "● ".to_owned() };
    let name_style = if selected { theme.selected() } else { ratatui::style::Style::new() };
    let mut spans = vec![
        if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        span(dot, theme.level(ours.level())),
        span(cell(&text, name.saturating_sub(1)), name_style),
        Span::raw(" "),
        span(cell(tier.title(), TIER), theme.tier(tier)),
    ];
    for left in [ours, aws] {
        spans.push(span(
            cell(&format!("{} {}", left.clock(), left.level().mark()), CLOCK - 1),
            theme.level(left.level()),
        ));
        spans.extend(bar(theme, left, gauge));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// What a row is called: account and role, with the session where several have something to show.
fn label(model: &Model, key: &SessionKey, target: &Target) -> String {
    let Some(open) = model.session_by(key) else { return target.to_string() };
    let several = model.sessions.iter().filter(|open| !open.all_kept(model.now).is_empty()).count() > 1;
    let session = if several { format!("{}: ", open.session.name) } else { String::new() };
    format!("{session}{} / {}", open.account_name(target), target.role)
}

fn empty(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = model.theme();
    let lines = vec![
        Line::from(span("  No credentials are kept", theme.title())),
        Line::from(span("  esc goes back to the roles; ↵ on a role gets some.", theme.muted())),
        Line::from(span("  They live in the keyring and end by themselves.", theme.muted())),
    ];
    frame.render_widget(Paragraph::new(lines), area);
}

fn selected_details(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let selected = model.active_selected();
    let open = selected.as_ref().and_then(|(key, target)| Some((model.session_by(key)?, target)));
    let Some((open, target)) = open else {
        details::draw_panel(frame, area, model, vec![span("Details", model.theme().title())], Vec::new());
        return;
    };
    let tier = verdict_of(model, open, target).tier();
    let entry = open.catalog.entries.iter().find(|entry| entry.account.id == target.account);
    let lines = details::of_role(model, open, target, entry, area);
    details::draw_panel(frame, area, model, details::heading(model, open, target, tier), lines);
}
