//! How the screen of elevations is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::layout;
use super::model::{ElevationsScreen, Row, Standing};
use super::row::{self, Columns};
use crate::domain::incident_summary::ABOUT;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::model::screen::Screen;
use crate::tui::role_details;
use crate::tui::widgets::cells::{clip, span, wrap};
use crate::tui::widgets::panel::panel;

/// ```text
/// ╭ Elevations ── 1 active · 1 drill · 12 over ── times in CET ─────────────────────────────────────────────────╮
/// │ › pay                                                                                                       │
/// │▌● prod-payments-0003 / Admin  until 09:27 (27m)                AWS 12:27  INC-4711  restore the ledger      │
/// │ ◌ dev-payments-0014 / Admin   drill until 09:10 (10m)                               practise                │
/// │   prod-payments-0003 / Admin  Nov 20 08:57 to 09:12 ended early           INC-4702  restore the ledger      │
/// ╰─────────────────────────────────────────────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, screen: &ElevationsScreen) {
    let (areas, rows) = (layout::areas(model), screen.rows());
    if !screen.is_reading() {
        draw_list(frame, areas.panel, areas.list, model, screen, &rows);
    }
    if let Some(area) = areas.details {
        draw_summary(frame, area, model, screen);
    }
}

fn draw_list(
    frame: &mut Frame<'_>,
    area: Rect,
    list: Rect,
    model: &Model,
    screen: &ElevationsScreen,
    rows: &[Row<'_>],
) {
    let (theme, width) = (model.theme(), usize::from(list.width));
    let mut title = vec![span("Elevations", theme.title()), span(counts(model, screen, rows), theme.muted())];
    clip(&mut title, width.saturating_sub(2));
    frame.render_widget(panel(theme, title), area);
    let mut query = vec![span(" › ", theme.key())];
    query.extend(screen.query.spans(theme, width.saturating_sub(3), true));
    frame.render_widget(Paragraph::new(Line::from(query)), Rect { y: list.y - 1, height: 1, ..list });
    let height = usize::from(list.height);
    let first = screen.offset(height);
    let shown: Vec<_> = rows.iter().skip(first).take(height).map(|shown| row::cells(model, *shown, width)).collect();
    let columns = Columns::fitting(&shown, width);
    let selected = screen.selected_index();
    let lines = shown.iter().enumerate().map(|(at, cells)| columns.line(theme, cells, width, first + at == selected));
    let mut lines: Vec<Line<'static>> = lines.collect();
    if rows.is_empty() && screen.all.is_some() {
        let text = if screen.len() == 0 { "  There was no elevation yet." } else { "  No elevation matches." };
        lines.push(Line::from(span(text, theme.muted())));
    }
    frame.render_widget(Paragraph::new(lines), list);
}

/// How many rows there are of each kind, and the zone of the times in them.
fn counts(model: &Model, screen: &ElevationsScreen, rows: &[Row<'_>]) -> String {
    if screen.all.is_none() {
        return " ── reading the log…".to_owned();
    }
    let count = |wanted: &[Standing]| rows.iter().filter(|row| wanted.contains(&row.standing())).count();
    let mut text = format!(" ── {} active", count(&[Standing::Active]));
    for (number, what) in [
        (count(&[Standing::Drill]), if count(&[Standing::Drill]) == 1 { "drill" } else { "drills" }),
        (count(&[Standing::Asked]), "asked for"),
    ] {
        if number > 0 {
            text.push_str(&format!(" · {number} {what}"));
        }
    }
    let zone = model.now.wall.to_zoned(model.settings.zone.clone()).strftime("%Z").to_string();
    format!("{text} · {} over ── times in {zone}", count(&[Standing::Failed, Standing::Over]))
}

fn draw_summary(frame: &mut Frame<'_>, area: Rect, model: &Model, screen: &ElevationsScreen) {
    let theme = model.theme();
    let (lines, height) = (summary(model, screen, area), usize::from(area.height.saturating_sub(2)));
    let mut title = vec![span("Summary", theme.title())];
    if lines.len() > height {
        let more = if screen.is_reading() { " · ↑ ↓ scroll" } else { " · ↵ shows the rest" };
        title.push(span(more, theme.muted()));
    }
    let first = screen.first_line(lines.len().saturating_sub(height));
    let shown = lines.into_iter().skip(first).take(height).collect();
    role_details::draw_panel(frame, area, theme, title, shown);
}

/// The index of the summary's first line when it is scrolled to the end.
pub(super) fn last_first_line(model: &Model) -> usize {
    let (Screen::Elevations(screen), Some(area)) = (&model.screen, layout::areas(model).details) else { return 0 };
    summary(model, screen, area).len().saturating_sub(usize::from(area.height.saturating_sub(2)))
}

/// The lines of the selected elevation's summary in a panel of this size.
fn summary(model: &Model, screen: &ElevationsScreen, area: Rect) -> Vec<Line<'static>> {
    let (theme, width) = (model.theme(), usize::from(area.width.saturating_sub(4)));
    let Some(row) = screen.selected() else { return Vec::new() };
    let mut lines: Vec<Line<'static>> = left_line(model, row).into_iter().collect();
    for (about, what) in row.summary().rows(&model.settings.zone) {
        for (at, part) in wrap(&what, width.saturating_sub(ABOUT)).into_iter().enumerate() {
            let about = if at == 0 { about } else { "" };
            lines.push(Line::from(vec![span(format!("{about:<ABOUT$}"), theme.muted()), Span::raw(part)]));
        }
    }
    lines
}

/// How long it still lasts, and how long AWS accepts it.
fn left_line(model: &Model, row: Row<'_>) -> Option<Line<'static>> {
    let theme = model.theme();
    let Row::Open(open) = row else { return None };
    let active = open.active.as_ref()?;
    let ours = left_words(active.life.left(model.now));
    if row.standing() == Standing::Drill {
        return Some(Line::from(span(format!("drill for {ours}: it gives no access"), theme.muted())));
    }
    let aws = active.aws_left(model.now).map(|left| format!("; at AWS for {}", left_words(left)));
    Some(Line::from(span(format!("live for {ours}{}", aws.unwrap_or_default()), theme.bad())))
}
