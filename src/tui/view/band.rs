//! The band on top of every screen while an elevation is active: what, how long here and at AWS, and the keys.

use jiff::SignedDuration;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::domain::elevation::ElevationId;
use crate::domain::text::{columns, fit};
use crate::domain::time::left_words;
use crate::tui::keymap::{self, Command};
use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::model::elevations::ActiveElevation;
use crate::tui::widgets::cells::span;
use crate::tui::widgets::role_heading::role_text;

/// Below this width, keys stand without what they do.
const WIDE: u16 = 70;
/// The fewest columns of an account and role, and of a reason.
const LEAST_NAME: usize = 18;
const LEAST_REASON: usize = 16;
/// With less than this left, a line looks another way.
const AT_END: SignedDuration = SignedDuration::from_mins(2);

/// ```text
///  ELEVATED prod-payments-0003 / Admin 27m 14s left (09:27) · AWS 3h 27m (12:27) · INC-4711   ^E extend  ^X end
///  !! ENDS SOON stage-payments-0011 / Admin 1m 09s left (09:01) · AWS 41m 09s (09:41) · INC-4702             +2
///  DRILL dev-payments-0014 / Admin 9m 02s left
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let width = usize::from(area.width);
    let lines = lines(model, area).into_iter().map(|line| {
        let text = line.text(model, width);
        let padding = " ".repeat(width.saturating_sub(columns(&text)));
        Line::from(span(format!("{text}{padding}"), line.look().style(model)))
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), area);
}

/// The command of the key that is shown at this place.
pub(crate) fn command_at(model: &Model, column: u16, row: u16) -> Option<Command> {
    let [area, ..] = layout::with_band(model);
    let lines = lines(model, area);
    let line = lines.get(usize::from(row)).filter(|line| !line.keys.is_empty())?;
    let mut begin = usize::from(area.width).saturating_sub(columns(&line.keys));
    let keys = keymap::band_keys(model, area.width >= WIDE);
    keys.into_iter().find_map(|(text, command)| {
        let end = begin + columns(&text);
        let is_there = (begin..end).contains(&usize::from(column));
        begin = end;
        is_there.then_some(command)
    })
}

struct BandLine<'a> {
    elevation: ActiveElevation<'a>,
    now_left: SignedDuration,
    /// How many more there are than lines.
    more: usize,
    /// Empty where they act on another elevation.
    keys: String,
}

fn lines<'a>(model: &'a Model, area: Rect) -> Vec<BandLine<'a>> {
    let active = model.active_elevations();
    let shown = usize::from(area.height).min(active.len());
    let of_keys = model.elevation_of_keys().map(|elevation| elevation.subject.elevation);
    let keys = |id: ElevationId| match of_keys == Some(id) {
        true => keymap::band_keys(model, area.width >= WIDE).into_iter().map(|(text, _)| text).collect(),
        false => String::new(),
    };
    let line = |(at, elevation): (usize, &ActiveElevation<'a>)| BandLine {
        elevation: *elevation,
        now_left: elevation.active.life.left(model.now),
        more: if at + 1 == shown { active.len() - shown } else { 0 },
        keys: keys(elevation.subject.elevation),
    };
    active.iter().take(shown).enumerate().map(line).collect()
}

/// How a line looks: by its word without colours too.
#[derive(Clone, Copy)]
enum Look {
    Active,
    AtEnd,
    Drill,
}

impl Look {
    fn word(self) -> &'static str {
        match self {
            Look::Active => " ELEVATED ",
            Look::AtEnd => " !! ENDS SOON ",
            Look::Drill => " DRILL ",
        }
    }

    fn style(self, model: &Model) -> Style {
        match self {
            Look::Active => model.theme().band(),
            Look::AtEnd => model.theme().band_at_end(),
            Look::Drill => model.theme().band_of_drill(),
        }
    }
}

impl BandLine<'_> {
    fn look(&self) -> Look {
        match self.elevation.subject.drill {
            true => Look::Drill,
            false if self.now_left <= AT_END => Look::AtEnd,
            false => Look::Active,
        }
    }

    fn text(&self, model: &Model, width: usize) -> String {
        let ActiveElevation { subject, active } = self.elevation;
        let word = self.look().word();
        let more = if self.more > 0 { format!("+{}  ", self.more) } else { String::new() };
        let right = format!(" {more}{}", self.keys);
        let left = left_words(self.now_left);
        let room = width.saturating_sub(columns(word) + columns(&right) + columns(&left) + 1);
        let whole_name = subject.described();

        let mut spare = Spare(room.saturating_sub(columns(&whole_name).min(LEAST_NAME)));
        let aws_left = active.aws_left(model.now).map(|left| format!(" · AWS {}", left_words(left)));
        let aws_left = spare.take(aws_left);
        let ticket = spare.take(subject.ticket.as_ref().map(|ticket| format!(" · {ticket}")));

        spare.keep(columns(&whole_name).saturating_sub(LEAST_NAME));
        let until = spare.take(Some(format!(" ({})", model.time_of_day(active.life.ends_at_local()))));
        let word_left = spare.take(Some(" left".to_owned()));
        let aws_until = active.aws_ends_at_local().filter(|_| !aws_left.is_empty() && !until.is_empty());
        let aws_until = spare.take(aws_until.map(|at| format!(" ({})", model.clock_time(at))));
        let reason = spare.take_part(&format!(" · {}", subject.reason), LEAST_REASON);

        let text = format!("{word_left}{until}{aws_left}{aws_until}{ticket}{reason}");
        let (account, role) = (subject.access.account_shown(), subject.access.role.as_str());
        let name = role_text(&account, role, room.saturating_sub(columns(&text)));
        let begin = format!("{word}{name} {left}{text}");
        let gap = width.saturating_sub(columns(&begin) + columns(&right));
        format!("{begin}{}{right}", " ".repeat(gap))
    }
}

/// The columns that are left for what may be left out.
struct Spare(usize);

impl Spare {
    /// `text` where it fits, and nothing otherwise.
    fn take(&mut self, text: Option<String>) -> String {
        let text = text.filter(|text| columns(text) <= self.0).unwrap_or_default();
        self.0 -= columns(&text);
        text
    }

    /// As much of `text` as fits, where that is `least` columns or all of it.
    fn take_part(&mut self, text: &str, least: usize) -> String {
        if columns(text) > self.0 && self.0 < least {
            return String::new();
        }
        let text = fit(text, self.0);
        self.take(Some(text))
    }

    /// Leaves these columns to something else.
    fn keep(&mut self, columns: usize) {
        self.0 = self.0.saturating_sub(columns);
    }
}
