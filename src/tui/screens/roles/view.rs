//! How the roles screen is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::banner::{Banner, banner};
use super::rows::{Row, RowId};
use super::{details, layout};
use crate::domain::catalog::Roles;
use crate::domain::text::{padded, visible};
use crate::tui::layout::inside;
use crate::tui::model::Model;
use crate::tui::model::session::{Listing, SessionState};
use crate::tui::remaining::Remaining;
use crate::tui::widgets::cells::{both_ends, clip, span, wrap};
use crate::tui::widgets::gauge::bar;
use crate::tui::widgets::panel::panel;

/// Columns of a tier's name, of a countdown with its mark, and of a gauge.
const TIER: usize = 10;
const CLOCK: usize = 12;
const GAUGE: usize = 8;

/// ```text
/// ╭ Roles ── 25 accounts · 75 roles ───────────────────────────╮╭ prod-payments-0003 / Developer ──────────╮
/// │ › pay dev▏                                          2 of 75 ││ Account     100000023757                 │
/// │▌● prod-payments-0003    Developer  Developer  00:47:12 ▰▰▰▰▱││ Tier        Developer                    │
/// │   stage-payments-0011   Developer  Developer                ││ Ours until  15:19 ▰▰▰▰▰▰▱▱ 47m 12s       │
/// │   prod-payments-0003    Admin      Admin    ◆ reason        ││ …                                        │
/// ╰─────────────────────────────────────────────────────────────╯╰──────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model) {
    let (banner_area, areas) = layout::areas(model);
    let Some(session) = model.current_session() else { return };
    draw_banner(frame, banner_area, model);
    let title = title(model, session, usize::from(areas.panel.width.saturating_sub(4)));
    frame.render_widget(panel(model.theme(), title), areas.panel);
    draw_filter(frame, areas.panel, model, session);
    if session.roles.is_empty() {
        draw_empty(frame, areas.list, model, session);
    } else {
        draw_list(frame, areas.list, model, session);
    }
    if let Some(area) = areas.details {
        details::draw(frame, area, model, session);
    }
}

/// ```text
///  ▲ Your session expired at 14:02; 1 role's credentials still work.         ^L signs in
/// ```
fn draw_banner(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let (text, hint) = match banner(model) {
        Some(Banner::SignedOut(text)) => (text, "^L signs in "),
        Some(Banner::ListingFailed(why)) => (format!("The list is not complete: {why}"), "^R tries again "),
        Some(Banner::Notice(text)) => (visible(&text), "esc dismisses "),
        None => return,
    };
    let style = model.theme().banner();
    let line = both_ends(
        vec![span(format!(" ▲ {text}"), style)],
        vec![span(hint, style.add_modifier(Modifier::BOLD))],
        usize::from(area.width),
    );
    frame.render_widget(Paragraph::new(line).style(style), area);
}

fn title(model: &Model, session: &SessionState, width: usize) -> Vec<Span<'static>> {
    let theme = model.theme();
    let mut spans = vec![span("Roles", theme.title())];
    let counts = match &session.listing {
        Listing::Running { accounts: None, .. } => format!(" {} asking for the accounts…", model.spinner()),
        Listing::Running { accounts: Some(accounts), done } => {
            format!(" {} {done} of {accounts} accounts listed…", model.spinner())
        }
        Listing::Idle | Listing::Failed(_) if session.catalog.entries.is_empty() => String::new(),
        Listing::Idle | Listing::Failed(_) => {
            format!(" ── {} accounts · {} roles", session.catalog.entries.len(), session.roles.counts().roles)
        }
    };
    let style = if matches!(session.listing, Listing::Running { .. }) { theme.accent() } else { theme.muted() };
    spans.push(span(counts, style));
    let failed = session.roles.counts().failed_accounts;
    if failed > 0 {
        spans.push(span(format!(" · {failed} failed, ^R tries again"), theme.warn()));
    }
    if session.catalog.cut_short {
        spans.push(span(" · there may be more, ^R tries again", theme.warn()));
    }
    clip(&mut spans, width);
    spans
}

fn draw_filter(frame: &mut Frame<'_>, panel: Rect, model: &Model, session: &SessionState) {
    let area = Rect { height: 1, ..inside(panel, 1) };
    let (theme, width) = (model.theme(), usize::from(area.width));
    let query = &session.roles.query;
    let mut left = vec![span(" › ", theme.key())];
    left.extend(query.spans(theme, width.saturating_sub(20), model.dialogs.is_empty()));
    let right = if query.is_empty() {
        left.push(span("type to filter", theme.muted().add_modifier(Modifier::ITALIC)));
        Vec::new()
    } else {
        vec![span(format!("{} of {} ", session.roles.len(), session.roles.total()), theme.muted())]
    };
    frame.render_widget(Paragraph::new(both_ends(left, right, width)), area);
}

fn draw_list(frame: &mut Frame<'_>, area: Rect, model: &Model, session: &SessionState) {
    let columns = Columns::fit(usize::from(area.width), session);
    let lines: Vec<Line<'static>> = session
        .roles
        .visible(usize::from(area.height))
        .map(|(row, selected)| self::row(model, session, &columns, row, selected))
        .collect();
    // The row's background is set first, so that the backgrounds of its texts stay.
    if let Some(line) = session.roles.visible(usize::from(area.height)).position(|(_, selected)| selected) {
        let line = u16::try_from(line).unwrap_or(u16::MAX);
        let background = Rect { y: area.y.saturating_add(line), height: 1, ..area };
        frame.buffer_mut().set_style(background, model.theme().selected_row());
    }
    frame.render_widget(Paragraph::new(lines), area);
    draw_scroll_mark(frame, area, model, session);
}

/// A mark on the right border at the scroll position.
fn draw_scroll_mark(frame: &mut Frame<'_>, area: Rect, model: &Model, session: &SessionState) {
    let (height, len) = (usize::from(area.height), session.roles.len());
    if len <= height || height == 0 {
        return;
    }
    let at = session.roles.offset() * (height - 1) / (len - height);
    let mark = Rect { x: area.right(), y: area.y + u16::try_from(at).unwrap_or_default(), width: 1, height: 1 };
    frame.render_widget(Paragraph::new("┃").style(model.theme().accent()), mark);
}

/// The widths of the columns; zero where one does not fit.
struct Columns {
    name: usize,
    id: usize,
    role: usize,
    gauge: usize,
}

impl Columns {
    fn fit(width: usize, session: &SessionState) -> Self {
        let longest = session.roles.longest_texts();
        let (name, role) = (longest.account_name.clamp(12, 48) + 2, longest.role.clamp(9, 40) + 2);
        let fixed = 3 + TIER + CLOCK;
        let gauges = [GAUGE, GAUGE / 2];
        let gauge = gauges.into_iter().find(|gauge| width >= fixed + gauge + name + role);
        let gauge = gauge.unwrap_or(if width >= fixed + 38 { GAUGE / 2 } else { 0 });
        let room = width.saturating_sub(fixed + gauge);
        let id = if room >= name + role + 14 { 14 } else { 0 };
        let room = room - id;
        if name + role <= room {
            return Columns { name, id, role, gauge };
        }
        // Neither gets less than two fifths of the width.
        let least = room * 2 / 5;
        let name = if role <= least { room - role } else { name.min(room - least) };
        Columns { name, id, role: room - name, gauge }
    }
}

fn row(model: &Model, session: &SessionState, columns: &Columns, row: &Row, selected: bool) -> Line<'static> {
    let theme = model.theme();
    let Some(entry) = session.catalog.entries.get(row.entry) else { return Line::default() };
    let bar_mark = if selected { span("▌", theme.accent()) } else { Span::raw(" ") };
    let name = match entry.account.name.visible() {
        name if name.trim().is_empty() => entry.account.id.to_string(),
        name => name,
    };
    let name_style = if selected { theme.selected() } else { Style::new() };
    let name = vec![span(padded(&name, columns.name.saturating_sub(1)), name_style), Span::raw(" ")];
    let target = match &row.id {
        RowId::Role(target) => target,
        RowId::FailedAccount(_) => {
            let why = match &entry.roles {
                Roles::Failed { why, .. } => visible(why),
                _ => String::new(),
            };
            let mut spans = vec![bar_mark, span("✗ ", theme.bad())];
            spans.extend(name);
            spans.push(span(format!("could not be listed: {why}"), theme.warn()));
            return Line::from(spans);
        }
    };
    let kept = session.kept(target, model.now).map(|kept| Remaining::of(&kept.ours, model.now));
    let dot = match (model.is_fetching(&session.key, target), kept) {
        (true, _) => span(format!("{} ", model.spinner()), theme.accent()),
        (false, Some(remaining)) => span("● ", theme.urgency(remaining.urgency())),
        (false, None) => Span::raw("  "),
    };
    let mut spans = vec![bar_mark, dot];
    spans.extend(name);
    if columns.id > 0 {
        spans.push(span(padded(entry.account.id.as_str(), columns.id), theme.muted()));
    }
    spans.push(Span::raw(padded(target.role.as_str(), columns.role.saturating_sub(1)) + " "));
    spans.push(span(padded(row.tier.title(), TIER), theme.tier(row.tier)));
    match kept {
        Some(remaining) => {
            let urgency = remaining.urgency();
            let countdown = format!("{} {}", remaining.clock(), urgency.mark());
            spans.push(span(padded(&countdown, CLOCK - 1), theme.urgency(urgency)));
            if columns.gauge > 0 {
                spans.extend(bar(theme, remaining, columns.gauge));
            }
        }
        None if row.asks_for_elevation => spans.push(span("◆ reason", theme.muted())),
        None => {}
    }
    if matches!(entry.roles, Roles::Failed { .. }) {
        spans.push(span(" ✗ old", theme.warn()));
    }
    Line::from(spans)
}

/// Says why there are no rows.
fn draw_empty(frame: &mut Frame<'_>, area: Rect, model: &Model, session: &SessionState) {
    let theme = model.theme();
    let (heading, rest) = if session.roles.total() > 0 {
        (
            "No role matches".to_owned(),
            "esc clears the filter. Words may stand in any order: account name, id, role, alias.",
        )
    } else {
        match &session.listing {
            Listing::Running { .. } => {
                (format!("{} Listing what you may use", model.spinner()), "Roles appear as AWS lists them. esc stops.")
            }
            Listing::Idle if !session.is_signed_in(model.now) => {
                ("Nothing is listed yet".to_owned(), "Sign in with ^L to see your accounts and roles.")
            }
            Listing::Idle if session.catalog.listed_at.is_some() => (
                "No role is assigned to you".to_owned(),
                "Whoever runs IAM Identity Center in your organisation assigns them. ^R looks again.",
            ),
            Listing::Idle | Listing::Failed(_) => {
                ("Nothing is listed yet".to_owned(), "^R lists your accounts and roles.")
            }
        }
    };
    let width = usize::from(area.width.saturating_sub(4)).clamp(1, 60);
    let mut lines = vec![Line::default(), Line::from(span(heading, theme.title()))];
    lines.extend(wrap(rest, width).into_iter().map(|line| Line::from(span(line, theme.muted()))));
    let area = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    frame.render_widget(Paragraph::new(lines), area);
}
