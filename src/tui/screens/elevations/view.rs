//! How the screen of elevations is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::layout;
use super::model::{ElevationsScreen, Row};
use crate::domain::elevation_list::Outcome;
use crate::domain::text::{padded, visible};
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::role_details;
use crate::tui::widgets::cells::{clip, span, wrap};
use crate::tui::widgets::panel::panel;
use crate::tui::widgets::role_heading::role_text;

/// Columns of a state and of a time.
const STATE: usize = 12;
const TIMES: usize = 22;

/// ```text
/// ╭ Elevations ── 1 active · 12 over ───────────────────────────────────────────╮
/// │ › pay                                                                       │
/// │▌● active      08:57 to 09:27         prod-payments-0003 / Admin  INC-4711   │
/// │   ended early Nov 20 08:57 to 09:12  prod-payments-0003 / Admin  INC-4702   │
/// ╰─────────────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, screen: &ElevationsScreen) {
    let (areas, theme, rows) = (layout::areas(model), model.theme(), screen.rows());
    let open = rows.iter().filter(|row| row.open_id().is_some()).count();
    let counts = match screen.all {
        Some(_) => format!(" ── {open} active · {} over", rows.len() - open),
        None => " ── reading the log…".to_owned(),
    };
    frame
        .render_widget(panel(theme, vec![span("Elevations", theme.title()), span(counts, theme.muted())]), areas.panel);
    let width = usize::from(areas.list.width);
    let mut query = vec![span(" › ", theme.key())];
    query.extend(screen.query.spans(theme, width.saturating_sub(3), true));
    frame.render_widget(Paragraph::new(Line::from(query)), Rect { y: areas.list.y - 1, height: 1, ..areas.list });
    let height = usize::from(areas.list.height);
    let selected = screen.selected_index();
    let shown = rows.iter().enumerate().skip(screen.offset(height)).take(height);
    let mut lines: Vec<Line<'static>> = shown.map(|(at, row)| line(model, *row, width, at == selected)).collect();
    if rows.is_empty() && screen.all.is_some() {
        lines.push(Line::from(span("  No elevation matches; those that end are listed here.", theme.muted())));
    }
    frame.render_widget(Paragraph::new(lines), areas.list);
    if let Some(area) = areas.details {
        draw_details(frame, area, model, screen.selected());
    }
}

fn line(model: &Model, row: Row<'_>, width: usize, is_selected: bool) -> Line<'static> {
    let theme = model.theme();
    let subject = row.subject();
    let (state, style) = match row {
        Row::Open(open) if open.active.is_some() => ("● active".to_owned(), theme.bad()),
        Row::Open(_) => ("○ asked for".to_owned(), theme.warn()),
        Row::Past(past) => match &past.outcome {
            Outcome::Failed(_) => ("  failed".to_owned(), theme.warn()),
            Outcome::Ended(how) => (format!("  {}", how.word().replace('_', " ")), theme.muted()),
        },
    };
    let account = subject.access.account_name.as_deref().unwrap_or(subject.access.account.as_str());
    let ticket = subject.ticket.as_ref().map(|ticket| format!("  {ticket}")).unwrap_or_default();
    let room = width.saturating_sub(STATE + TIMES + 4 + ticket.chars().count());
    let name = role_text(&visible(account), subject.access.role.as_str(), room.max(12));
    let mut spans = vec![
        if is_selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        span(padded(&state, STATE + 1), style),
        span(padded(&times(model, row), TIMES), theme.muted()),
        span(name, if is_selected { theme.selected() } else { Style::new() }),
        span(ticket, theme.muted()),
    ];
    clip(&mut spans, width);
    Line::from(spans)
}

/// From when to when it lasts or lasted on our side.
fn times(model: &Model, row: Row<'_>) -> String {
    let lasting = match row {
        Row::Open(open) => open.active.as_ref().map(|active| {
            let life = active.life;
            (life.obtained().at.wall, life.ends_at_local())
        }),
        Row::Past(past) => past.lasted,
    };
    match lasting {
        Some((from, until)) => format!("{} to {}", model.clock_time(from), model.time_of_day(until)),
        None => model.clock_time(row.subject().requested_at),
    }
}

fn draw_details(frame: &mut Frame<'_>, area: Rect, model: &Model, row: Option<Row<'_>>) {
    let theme = model.theme();
    let width = usize::from(area.width.saturating_sub(4));
    let mut lines = Vec::new();
    if let Some(Row::Open(open)) = row
        && let Some(active) = &open.active
    {
        let ours = left_words(active.life.left(model.now));
        let aws = active.credentials.as_ref().map(|credentials| {
            format!(
                "; at AWS for {}",
                left_words(active.life.obtained().left_until(credentials.aws_ends_at, model.now))
            )
        });
        lines.push(Line::from(span(format!("live for {ours}{}", aws.unwrap_or_default()), theme.bad())));
    }
    let text = row.map(|row| row.summary().text()).unwrap_or_default();
    lines.extend(text.lines().flat_map(|line| wrap(&visible(line), width)).map(Line::from));
    role_details::draw_panel(frame, area, theme, vec![span("Summary", theme.title())], lines);
}
