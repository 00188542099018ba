//! How the sessions dialog is drawn: each session with its status.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::model::SessionsDialog;
use crate::domain::text::padded_middle;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::model::session::{SessionState, SessionStatus, Standby};
use crate::tui::remaining::Remaining;
use crate::tui::widgets::cells::span;
use crate::tui::widgets::dialog;
use crate::tui::widgets::gauge::bar;

const WIDTH: u16 = 84;

/// ```text
/// ╭ SSO sessions ───────────────────────────────────────────────────╮
/// │▌acme-prod        acme.awsapps.com        ▰▰▰▰▰▰▱▱ 6h 12m        │
/// │    standby, eu-west-1                    ▰▰▰▰▰▰▱▱ 6h 10m        │
/// │ acme-sandbox     sandbox.awsapps.com     ○ signed out           │
/// ╰─────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &SessionsDialog) {
    let theme = model.theme();
    let columns = Columns::fit(dialog::inner_width(frame.area(), WIDTH));
    let room = dialog::inner_height(frame.area()).max(1);
    let rows_of = |session: &SessionState| 1 + session.standbys.len();
    let until_selected: usize = model.sessions.iter().take(dialog.selected + 1).map(rows_of).sum();
    let sessions = model.sessions.iter().enumerate();
    let rows = sessions.flat_map(|(at, session)| rows(model, session, at == dialog.selected, &columns));
    let lines = rows.skip(until_selected.saturating_sub(room)).take(room).collect();
    dialog::draw(frame, "SSO sessions", theme.accent(), WIDTH, lines);
}

/// The widths of the columns.
struct Columns {
    name: usize,
    /// None where there is no room for the host.
    host: Option<usize>,
    has_gauge: bool,
}

/// Columns of the mark before a name, and of the gap behind it.
const MARK_AND_GAP: usize = 3;
/// Columns of a gauge with the time left.
const GAUGE: usize = 23;
/// Columns of a status without a gauge.
const STATUS: usize = 15;

impl Columns {
    fn fit(width: usize) -> Self {
        let room = width.saturating_sub(MARK_AND_GAP + GAUGE);
        match room {
            0..16 => Columns { name: width.saturating_sub(MARK_AND_GAP + STATUS), host: None, has_gauge: false },
            16..40 => Columns { name: room, host: None, has_gauge: true },
            _ => Columns { name: room * 2 / 5, host: Some(room - room * 2 / 5), has_gauge: true },
        }
    }
}

/// The row of a session, and those of its replicas.
fn rows(model: &Model, session: &SessionState, selected: bool, columns: &Columns) -> Vec<Line<'static>> {
    let standbys = session.standbys.iter().map(|standby| standby_row(model, session, standby, columns));
    std::iter::once(row(model, session, selected, columns)).chain(standbys).collect()
}

fn standby_row(model: &Model, session: &SessionState, standby: &Standby, columns: &Columns) -> Line<'static> {
    let theme = model.theme();
    let name = format!("  standby, {}", standby.config.region);
    let width = columns.name + columns.host.map_or(0, |host| host + 1);
    let mut spans = vec![Span::raw(" "), span(padded_middle(&name, width), theme.muted()), Span::raw("  ")];
    match session.standby_left(standby, model.now) {
        Some(remaining) => spans.extend(time_left(model, remaining, columns)),
        None => spans.push(span("○ none", theme.muted())),
    }
    Line::from(spans)
}

fn time_left(model: &Model, remaining: Remaining, columns: &Columns) -> Vec<Span<'static>> {
    let (theme, urgency) = (model.theme(), remaining.urgency());
    let mut spans = Vec::new();
    if columns.has_gauge {
        spans.extend(bar(theme, remaining, 8));
        spans.push(Span::raw(" "));
    }
    spans.push(span(format!("{} {}", left_words(remaining.time), urgency.mark()), theme.urgency(urgency)));
    spans
}

fn row(model: &Model, session: &SessionState, selected: bool, columns: &Columns) -> Line<'static> {
    let theme = model.theme();
    let name_style = if selected { theme.selected() } else { Style::new() };
    let mut spans = vec![
        if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        span(padded_middle(session.config.name.as_str(), columns.name), name_style),
        Span::raw("  "),
    ];
    if let Some(host) = columns.host {
        spans.push(span(padded_middle(&session.config.start_url.host(), host), theme.muted()));
        spans.push(Span::raw(" "));
    }
    match session.status(model.now) {
        SessionStatus::SignedIn(remaining) => spans.extend(time_left(model, remaining, columns)),
        SessionStatus::SignedOut => spans.push(span("○ signed out", theme.muted())),
        SessionStatus::Expired(at) => spans.push(span(format!("✗ expired {}", model.clock_time(at)), theme.bad())),
        SessionStatus::EndedByAws => spans.push(span("✗ ended by AWS", theme.bad())),
    }
    Line::from(spans)
}
