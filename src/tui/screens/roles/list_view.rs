//! The list with one line for each role: what is used today first, with quick keys, then all others.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::model::{Line as ListLine, Section, VisibleRow};
use super::rows::{RowId, account_name, entry_of, why_failed};
use super::state::{RoleStatus, status};
use crate::domain::catalog::Roles;
use crate::domain::text::{columns as columns_of, padded};
use crate::domain::tier::{Gate, Tier};
use crate::tui::model::Model;
use crate::tui::widgets::cells::{clip, span};
use crate::tui::widgets::gauge::tier_bar;
use crate::tui::widgets::marked::marked;

/// Columns of the selection's mark, quick key and dot.
const LEAD: usize = 5;
/// Columns of a tier's name, or of its first letter where there is little room, of a countdown with its mark, of a gauge,
/// and of an account's id.
const TIER: usize = 10;
const TIER_LETTER: usize = 2;
const CLOCK: usize = 12;
const GAUGE: usize = 8;
const ID: usize = 14;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let columns = Columns::fit(usize::from(area.width), model);
    let height = usize::from(area.height);
    let mut lines = Vec::new();
    for (at, line) in model.roles.visible(height).enumerate() {
        lines.push(match line {
            ListLine::Heading(section) => heading(model, section),
            ListLine::Row(row) => {
                if row.selected {
                    // The row's background is set first, so that the backgrounds of its texts stay.
                    let y = area.y.saturating_add(u16::try_from(at).unwrap_or(u16::MAX));
                    frame.buffer_mut().set_style(Rect { y, height: 1, ..area }, model.theme().selected_row());
                }
                let mut line = self::row(model, &columns, &row);
                clip(&mut line.spans, usize::from(area.width));
                line
            }
        });
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn heading(model: &Model, section: Section) -> Line<'static> {
    let theme = model.theme();
    let (name, count) = match section {
        Section::Today(count) => ("Today", count),
        Section::All(count) => ("All others", count),
    };
    Line::from(vec![span(format!(" {name}"), theme.title()), span(format!(" ({count})"), theme.muted())])
}

/// The widths of the columns; zero where one does not fit.
struct Columns {
    name: usize,
    id: usize,
    role: usize,
    session: usize,
    profile: usize,
    tier: usize,
    gauge: usize,
    /// What is left for a countdown with its gauge, or for a text in its place.
    status: usize,
}

impl Columns {
    fn fit(width: usize, model: &Model) -> Self {
        let longest = model.roles.longest_texts();
        let (name, role) = (longest.account_name.clamp(12, 48) + 2, longest.role.clamp(9, 40) + 2);
        let mut room = width.saturating_sub(LEAD + TIER_LETTER + CLOCK);
        // The organisation tells apart accounts that are called the same; the rest is shown in this order while names and
        // roles are whole.
        let is_several = model.sessions.len() > 1;
        let session = if is_several { (longest.session.clamp(4, 16) + 2).min(room / 4) } else { 0 };
        room -= session;
        let tier = TIER_LETTER + further(&mut room, name + role, true, TIER - TIER_LETTER);
        let gauge = further(&mut room, name + role, true, GAUGE / 2);
        let profile = further(&mut room, name + role, longest.profile > 0, longest.profile.clamp(8, 24) + 2);
        let id = further(&mut room, name + role, true, ID);
        let gauge = gauge + further(&mut room, name + role, gauge > 0, GAUGE - GAUGE / 2);
        if name + role <= room {
            let status = CLOCK + gauge + room - name - role;
            return Columns { name, id, role, session, profile, tier, gauge, status };
        }
        // Neither gets less than two fifths of the width.
        let least = room * 2 / 5;
        let name = if role <= least { room - role } else { name.min(room - least) };
        Columns { name, id, role: room - name, session, profile, tier, gauge, status: CLOCK + gauge }
    }
}

/// The columns of one more text, taken from `room` where it is wanted and leaves at least `rest`.
fn further(room: &mut usize, rest: usize, is_wanted: bool, columns: usize) -> usize {
    let fits = is_wanted && *room >= rest + columns;
    let taken = if fits { columns } else { 0 };
    *room -= taken;
    taken
}

fn row(model: &Model, columns: &Columns, visible_row: &VisibleRow<'_>) -> Line<'static> {
    let (theme, row, selected) = (model.theme(), visible_row.row, visible_row.selected);
    let Some(session) = model.sessions.get(row.session) else { return Line::default() };
    let marks = model.roles.marks(visible_row.index);
    let mut spans = vec![if selected { span("▌", theme.accent()) } else { Span::raw(" ") }];
    let quick_key = visible_row.quick_key.map_or("  ".to_owned(), |digit| format!("{digit} "));
    spans.push(span(quick_key, theme.key()));
    let name_style = if selected { theme.selected() } else { Style::new() };
    let name = account_name(row, &model.sessions);
    let name = marked(&name, &marks.account_name, columns.name.saturating_sub(1), name_style, theme.matched());
    let RowId::Role(target) = &row.id else {
        spans.push(span("✗ ", theme.bad()));
        spans.extend(name);
        spans.push(span(format!(" could not be listed: {}", why_failed(row, &model.sessions)), theme.warn()));
        return Line::from(spans);
    };
    let status = status(model, session, target, row.gate);
    spans.push(status.dot(model));
    spans.extend(name);
    spans.push(Span::raw(" "));
    if columns.session > 0 {
        spans.push(span(padded(session.config.name.as_str(), columns.session - 1) + " ", theme.muted()));
    }
    if columns.id > 0 {
        let id = marked(target.account.as_str(), &marks.account_id, columns.id, theme.muted(), theme.matched());
        spans.extend(id);
    }
    let role_width = columns.role.saturating_sub(1);
    spans.extend(marked(target.role.as_str(), &marks.role, role_width, Style::new(), theme.matched()));
    spans.push(Span::raw(" "));
    if columns.profile > 0 {
        let names = model.settings.profiles.names(&session.key, target);
        let (at, of_name) = marks.profile.unwrap_or_default();
        let name = names.get(at).or_else(|| names.first()).cloned().unwrap_or_default();
        spans.extend(marked(&name, &of_name, columns.profile - 1, theme.muted(), theme.matched()));
        spans.push(Span::raw(" "));
    }
    let tier = if columns.tier < TIER { row.tier.title().get(..1).unwrap_or_default() } else { row.tier.title() };
    spans.push(span(padded(tier, columns.tier), theme.tier(row.tier)));
    spans.extend(status_spans(model, row.tier, &status, columns));
    if entry_of(row, &model.sessions).is_some_and(|entry| matches!(entry.roles, Roles::Failed { .. })) {
        spans.push(span(" ✗ old", theme.warn()));
    }
    Line::from(spans)
}

fn status_spans(model: &Model, tier: Tier, status: &RoleStatus, columns: &Columns) -> Vec<Span<'static>> {
    let theme = model.theme();
    match status {
        RoleStatus::Kept(remaining) => {
            let urgency = remaining.urgency();
            let countdown = format!("{} {}", remaining.clock(), urgency.mark());
            let mut spans = vec![span(padded(&countdown, CLOCK - 1), theme.urgency(urgency))];
            if columns.gauge > 0 {
                spans.extend(tier_bar(theme, tier, *remaining, columns.gauge));
            }
            spans
        }
        RoleStatus::Ended(at, gate) => {
            let at = model.time_of_day(*at);
            let (next, short) = match gate {
                Gate::BreakGlass => ("◆ reason", "◆"),
                Gate::None | Gate::OnCall => ("↵ renews", "↵"),
            };
            let texts = [format!("expired {at} · {next}"), format!("expired {at} · {short}"), format!("expired {at}")];
            let text = texts.into_iter().find(|text| columns_of(text) <= columns.status);
            vec![span(text.unwrap_or_else(|| format!("✗ {at}")), theme.warn())]
        }
        RoleStatus::AsksForReason => vec![span("◆ reason", theme.muted())],
        RoleStatus::ForThoseOnCall => vec![span("◇ on call", theme.muted())],
        RoleStatus::Fetching | RoleStatus::Free => Vec::new(),
    }
}
