//! The list as accounts × tiers: one line an account, one column a tier.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::rows::{Row, account_name};
use super::state::{RoleStatus, status};
use crate::domain::text::{columns, fit_middle, padded};
use crate::domain::tier::Tier;
use crate::tui::model::Model;
use crate::tui::widgets::cells::span;
use crate::tui::widgets::marked::marked;

/// Columns of a tier's cell, at least and at most.
const CELL: usize = 12;
const WIDE_CELL: usize = 34;
/// From this width on, a cell names its role.
const NAMED_CELL: usize = 24;
/// Columns of the selection's mark.
const LEAD: usize = 2;

pub(super) fn draw(frame: &mut Frame<'_>, heads: Rect, area: Rect, model: &Model) {
    let longest = model.roles.longest_texts();
    let session = if model.sessions.len() > 1 { longest.session.clamp(4, 16) + 2 } else { 0 };
    let room = usize::from(area.width).saturating_sub(LEAD + session);
    let name = (longest.account_name + 2).min(room.saturating_sub(Tier::ALL.len() * CELL));
    let cell = (room.saturating_sub(name) / Tier::ALL.len()).clamp(CELL, WIDE_CELL);
    let widths = Widths { name, session, cell };
    frame.render_widget(Paragraph::new(head_line(model, &widths)), heads);
    let offset = model.roles.offset();
    let end = (offset + usize::from(area.height)).min(model.roles.matrix().len());
    let mut lines = Vec::new();
    for account in offset..end {
        if account == model.roles.selected_line() {
            let y = area.y.saturating_add(u16::try_from(account - offset).unwrap_or(u16::MAX));
            frame.buffer_mut().set_style(Rect { y, height: 1, ..area }, model.theme().selected_row());
        }
        lines.push(line(model, account, &widths));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

struct Widths {
    name: usize,
    session: usize,
    cell: usize,
}

fn head_line(model: &Model, widths: &Widths) -> Line<'static> {
    let mut text = " ".repeat(LEAD) + &padded("account", widths.name);
    if widths.session > 0 {
        text.push_str(&padded("org", widths.session));
    }
    let mut spans = vec![span(text, model.theme().muted())];
    spans.extend(
        Tier::ALL.map(|tier| span(padded(&format!(" {}", tier.title()), widths.cell), model.theme().tier(tier))),
    );
    Line::from(spans)
}

fn line(model: &Model, account: usize, widths: &Widths) -> Line<'static> {
    let (theme, roles) = (model.theme(), &model.roles);
    let first = roles.matrix().first_of(account).and_then(|at| Some((roles.index(at)?, roles.row(at)?)));
    let Some((index, first)) = first else { return Line::default() };
    let is_selected = roles.selected_line() == account;
    let mut spans = vec![if is_selected { span("▌ ", theme.accent()) } else { Span::raw("  ") }];
    let style = if is_selected { theme.selected_row().add_modifier(Modifier::BOLD) } else { Style::new() };
    let name = account_name(first, &model.sessions);
    let marks = roles.marks(index);
    spans.extend(marked(&name, &marks.account_name, widths.name.saturating_sub(1), style, theme.matched()));
    spans.push(Span::raw(" "));
    if widths.session > 0
        && let Some(session) = model.sessions.get(first.session)
    {
        spans.push(span(padded(session.config.name.as_str(), widths.session - 1) + " ", theme.muted()));
    }
    if first.target().is_none() {
        spans.push(span("✗ could not be listed", theme.warn()));
        return Line::from(spans);
    }
    for tier in Tier::ALL {
        spans.extend(cell(model, account, tier, widths.cell));
    }
    Line::from(spans)
}

/// A cell shows its selected role, or the one whose credentials are kept, or its first; and how many others there are.
fn cell(model: &Model, account: usize, tier: Tier, width: usize) -> Vec<Span<'static>> {
    let (theme, roles) = (model.theme(), &model.roles);
    let positions: Vec<usize> = roles.matrix().cell(account, tier).collect();
    let selected = positions.iter().copied().find(|at| *at == roles.selected_index());
    let is_kept = |at: &usize| matches!(roles.row(*at).map(|row| row_status(model, row)), Some(RoleStatus::Kept(_)));
    let shown = selected.or_else(|| positions.iter().copied().find(is_kept)).or(positions.first().copied());
    let Some(row) = shown.and_then(|at| roles.row(at)) else {
        // Under a search, a role that is not shown may still be held.
        let none = if roles.query.is_empty() { " –" } else { " ·" };
        return vec![span(padded(none, width), theme.muted())];
    };
    let others = if positions.len() > 1 { format!(" +{}", positions.len() - 1) } else { String::new() };
    let (text, style) = match row_status(model, row) {
        RoleStatus::Fetching => (model.spinner().to_string(), theme.accent()),
        RoleStatus::Kept(remaining) => (format!("● {}", remaining.clock()), theme.urgency(remaining.urgency())),
        RoleStatus::Ended(at, _) if width < NAMED_CELL => (format!("✗ {}", model.time_of_day(at)), theme.warn()),
        RoleStatus::Ended(at, _) => (format!("✗ ended {}", model.time_of_day(at)), theme.warn()),
        RoleStatus::AsksForReason => ("◆".to_owned(), theme.tier(tier)),
        RoleStatus::ForThoseOnCall => ("◇".to_owned(), theme.tier(tier)),
        RoleStatus::Free => ("○".to_owned(), theme.tier(tier)),
    };
    let room = width.saturating_sub(columns(&text) + columns(&others) + 4);
    let name = row.target().filter(|_| width >= NAMED_CELL).map(|target| fit_middle(target.role.as_str(), room));
    let others = if columns(&text) + columns(&others) + 2 <= width { others } else { String::new() };
    let text = text + &name.map(|name| format!(" {name}")).unwrap_or_default() + &others;
    let style = if selected.is_some() { theme.selected() } else { style };
    let gap = width.saturating_sub(columns(&text) + 2);
    vec![span(format!(" {text} "), style), Span::raw(" ".repeat(gap))]
}

fn row_status(model: &Model, row: &Row) -> RoleStatus {
    match (model.sessions.get(row.session), row.target()) {
        (Some(session), Some(target)) => status(model, session, target, row.gate),
        _ => RoleStatus::Free,
    }
}
