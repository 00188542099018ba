//! The band on top of every screen while an elevation is active: what, how long here and at AWS, and the keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::domain::text::{columns, visible};
use crate::domain::time::left_words;
use crate::tui::keymap;
use crate::tui::model::Model;
use crate::tui::model::elevations::ActiveElevation;
use crate::tui::remaining::Remaining;
use crate::tui::widgets::role_heading::role_text;

/// Below this width, keys stand without what they do.
const WIDE: u16 = 70;
/// The fewest columns of an account and role.
const LEAST_NAME: usize = 20;

/// ```text
///  ELEVATED prod-payments-0003 / Admin · 27:14 left · AWS 3h 27m · INC-4711      ^E extend  ^X end
///  ELEVATED stage-payments-0011 / Admin · 41:09 left · AWS 41m                                  +2
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let active = model.active_elevations();
    let shown = usize::from(area.height);
    let lines = active.iter().take(shown).enumerate().map(|(at, elevation)| {
        let keys = if at == 0 { keymap::band_keys(model, area.width >= WIDE) } else { String::new() };
        let more = active.len() - shown;
        let more = if at + 1 == shown && more > 0 { format!("+{more}  ") } else { String::new() };
        Line::from(line(model, *elevation, &format!("{more}{keys}"), usize::from(area.width)))
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()).style(model.theme().band()), area);
}

fn line(model: &Model, elevation: ActiveElevation<'_>, right: &str, width: usize) -> String {
    let ActiveElevation { subject, active } = elevation;
    let word = if subject.drill { " DRILL " } else { " ELEVATED " };
    let left = clock(Remaining::of(&active.life, model.now));
    let right = format!(" {right}");
    let room = width.saturating_sub(columns(word) + columns(&right) + columns(&left) + 1);
    let aws = active.credentials.as_ref().map(|credentials| {
        format!(" · AWS {}", left_words(active.life.obtained().left_until(credentials.aws_ends_at, model.now)))
    });
    let ticket = subject.ticket.as_ref().map(|ticket| format!(" · {ticket}"));
    let account = subject.access.account_name.as_deref().unwrap_or(subject.access.account.as_str());
    let name = subject.described();
    let mut spare = room.saturating_sub(columns(&name).min(LEAST_NAME));
    let mut fitting = |text: Option<String>| {
        let text = text.filter(|text| columns(text) <= spare).unwrap_or_default();
        spare -= columns(&text);
        text
    };
    let (aws, ticket, word_left) = (fitting(aws), fitting(ticket), fitting(Some(" left".to_owned())));
    let text = format!("{word_left}{aws}{ticket}");
    let name = role_text(&visible(account), subject.access.role.as_str(), room.saturating_sub(columns(&text)));
    let begin = format!("{word}{name} {left}{text}");
    let gap = width.saturating_sub(columns(&begin) + columns(&right));
    format!("{begin}{}{right}", " ".repeat(gap))
}

/// `27:14`, or with hours where there are any.
fn clock(remaining: Remaining) -> String {
    let clock = remaining.clock();
    clock.strip_prefix("00:").map_or(clock.clone(), ToOwned::to_owned)
}
