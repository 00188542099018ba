//! One line for each elevation, in columns as wide as what they hold and as the screen has room for.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::model::{Row, Standing};
use crate::domain::text::{columns, fit, padded, visible};
use crate::domain::time::left_in_minutes;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{clip, span};
use crate::tui::widgets::role_heading::role_text;

/// The mark of the selected row, and that of what an elevation is.
const MARKS: usize = 3;
const GAP: usize = 2;
/// The fewest columns of an account and role, and of a reason.
const LEAST_NAME: usize = 20;
const LEAST_REASON: usize = 12;
/// From this width on, the time says from when as well.
const WIDE: usize = 100;

/// What a line tells; a cell without anything to tell is empty.
pub(super) struct Cells {
    standing: Standing,
    account: String,
    role: String,
    when: String,
    aws: String,
    ticket: String,
    user: String,
    reason: String,
}

pub(super) fn cells(model: &Model, row: Row<'_>, width: usize) -> Cells {
    let subject = row.subject();
    Cells {
        standing: row.standing(),
        account: subject.access.account_shown(),
        role: subject.access.role.to_string(),
        when: when(model, row, width >= WIDE),
        aws: aws(model, row),
        ticket: subject.ticket.as_ref().map(ToString::to_string).unwrap_or_default(),
        user: subject.access.user.as_deref().map(visible).unwrap_or_default(),
        reason: subject.reason.to_string(),
    }
}

/// `until 09:27 (27m)`, or how it ended and when.
fn when(model: &Model, row: Row<'_>, is_wide: bool) -> String {
    let asked = || model.clock_time(row.subject().requested_at);
    match row {
        Row::Open(open) => match &open.active {
            Some(active) => {
                let drill = if open.subject.drill { "drill " } else { "" };
                let left = left_in_minutes(active.life.left(model.now));
                format!("{drill}until {} ({left})", model.clock_time(active.life.ends_at_local()))
            }
            None => format!("asked for {}", asked()),
        },
        Row::Past(past) => {
            let how = if row.standing() == Standing::Failed { "failed".to_owned() } else { past.outcome.words() };
            match past.lasted {
                Some((from, until)) if is_wide => {
                    format!("{} to {} {how}", model.clock_time(from), model.time_of_day(until))
                }
                Some((_, until)) => format!("{how} {}", model.clock_time(until)),
                None => format!("{how} {}", asked()),
            }
        }
    }
}

/// Until when AWS accepts what it gave, where that is to come.
fn aws(model: &Model, row: Row<'_>) -> String {
    let until = match row {
        Row::Open(open) => open.active.as_ref().and_then(|active| active.aws_ends_at_local()),
        Row::Past(past) => past.accepted_until(model.now.wall),
    };
    until.map(|until| format!("AWS {}", model.clock_time(until))).unwrap_or_default()
}

/// The columns of each cell; none where it is left out.
pub(super) struct Columns {
    name: usize,
    when: usize,
    aws: usize,
    ticket: usize,
    user: usize,
}

impl Columns {
    /// Those that fit `width`: what is live until when comes before everything else.
    pub(super) fn fitting(rows: &[Cells], width: usize) -> Self {
        let widest = |cell: fn(&Cells) -> usize| rows.iter().map(cell).max().unwrap_or_default();
        let whole_name = widest(|row| columns(&row.account) + " / ".len() + columns(&row.role));
        let when = widest(|row| columns(&row.when));
        let least_name = whole_name.min(LEAST_NAME);
        let mut spare = width.saturating_sub(MARKS + when + GAP + least_name);
        let mut take = |wanted: usize, beside: usize| {
            if wanted == 0 || wanted + GAP + beside > spare {
                return 0;
            }
            spare -= wanted + GAP;
            wanted
        };
        let aws = take(widest(|row| columns(&row.aws)), 0);
        let ticket = take(widest(|row| columns(&row.ticket)), 0);
        let more_name = whole_name - least_name;
        let reason = widest(|row| columns(&row.reason)) + GAP;
        let user = take(widest(|row| columns(&row.user)), more_name + reason);
        let left = spare.saturating_sub(more_name);
        let name = if left >= LEAST_REASON + GAP { whole_name } else { least_name + spare.min(more_name) };
        Columns { name, when, aws, ticket, user }
    }

    pub(super) fn line(&self, theme: Theme, cells: &Cells, width: usize, is_selected: bool) -> Line<'static> {
        let (mark, style) = match cells.standing {
            Standing::Active => ("● ", theme.bad()),
            Standing::Drill => ("◌ ", theme.muted()),
            Standing::Asked => ("○ ", theme.warn()),
            Standing::Failed => ("✗ ", theme.warn()),
            Standing::Over => ("  ", theme.muted()),
        };
        let text = if cells.standing == Standing::Active { Style::new() } else { theme.muted() };
        let name = role_text(&cells.account, &cells.role, self.name);
        let mut spans = vec![
            if is_selected { span("▌", theme.accent()) } else { Span::raw(" ") },
            span(mark, style),
            span(name.clone(), if is_selected { theme.selected() } else { text }),
            Span::raw(" ".repeat(self.name.saturating_sub(columns(&name)))),
        ];
        let columns_of =
            [(&cells.when, self.when), (&cells.aws, self.aws), (&cells.ticket, self.ticket), (&cells.user, self.user)];
        for (cell, wide) in columns_of.into_iter().filter(|(_, wide)| *wide > 0) {
            spans.push(span(format!("{}{}", " ".repeat(GAP), padded(cell, wide)), text));
        }
        let used: usize = spans.iter().map(|span| columns(&span.content)).sum();
        let room = width.saturating_sub(used + GAP);
        if room >= LEAST_REASON || columns(&cells.reason) <= room {
            spans.push(span(format!("{}{}", " ".repeat(GAP), fit(&cells.reason, room)), theme.muted()));
        }
        clip(&mut spans, width);
        Line::from(spans)
    }
}
