//! How the picker is drawn.
//!
//! ```text
//!  › pay▏                                                3 of 420
//! ▌● prod-payments-0003   Developer  Developer  acme  00:47:12
//!    prod-payments-0003   Admin      Admin      acme  ◆ reason
//!  ↵ take · esc cancel
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use super::keys::bindings;
use super::model::{Longest, Picker};
use crate::domain::choices::RoleChoice;
use crate::domain::search::Marks;
use crate::domain::text::padded;
use crate::tui::remaining::Remaining;
use crate::tui::widgets::cells::{both_ends, clip, span};
use crate::tui::widgets::marked::marked;

/// Columns of a tier's name, and of a countdown with its mark.
const TIER: usize = 10;
const CLOCK: usize = 11;

/// The lines around the list.
const AROUND: u16 = 2;

/// The lines of a picker on a screen of `rows`: a third, but no less than eight where there are as many.
pub(super) fn height(rows: u16) -> u16 {
    (rows / 3).max(8).min(rows).max(1)
}

/// The lines of the list in a picker of `height`.
pub(super) fn list_height(height: u16) -> u16 {
    height.saturating_sub(AROUND)
}

pub(super) fn render(picker: &mut Picker, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width);
    let mut lines = vec![query_line(picker, width)];
    let columns = Columns::fit(width, picker.longest());
    for (choice, selected, marks) in picker.visible() {
        lines.push(row(picker, &columns, &choice, selected, &marks, width));
    }
    if picker.counts().0 == 0 {
        lines.push(Line::from(span("   no role matches", picker.theme.muted())));
    }
    lines.resize(usize::from(area.height.saturating_sub(1)).max(1), Line::default());
    if area.height > 1 {
        lines.push(hint_line(picker, width));
    }
    Paragraph::new(lines).render(area, buffer);
}

fn query_line(picker: &Picker, width: usize) -> Line<'static> {
    let theme = picker.theme;
    let (matching, all) = picker.counts();
    let counts = if picker.query.is_empty() { format!("{all} roles") } else { format!("{matching} of {all}") };
    let mut left = vec![span(" › ", theme.key())];
    left.extend(picker.query.spans(theme, width.saturating_sub(counts.len() + 6), true));
    if picker.query.is_empty() {
        left.push(span("type to search", theme.muted().add_modifier(Modifier::ITALIC)));
    }
    both_ends(left, vec![span(counts, theme.muted())], width)
}

/// The widths of the columns; zero where one does not fit.
struct Columns {
    name: usize,
    role: usize,
    session: usize,
}

impl Columns {
    fn fit(width: usize, longest: Longest) -> Self {
        let room = width.saturating_sub(3 + TIER + 1 + CLOCK);
        let session = if longest.session > 0 { longest.session.min(16) + 2 } else { 0 };
        let (name, role) = (longest.name.max(12) + 2, longest.role.max(8) + 2);
        // The session is the first to go.
        let session = if name + role + session <= room || room > 50 { session } else { 0 };
        let room = room.saturating_sub(session);
        let role = if name + role <= room { role } else { role.min(room * 2 / 5) };
        Columns { name: name.min(room.saturating_sub(role)), role, session }
    }
}

fn row(
    picker: &Picker,
    columns: &Columns,
    choice: &RoleChoice,
    selected: bool,
    marks: &Marks,
    width: usize,
) -> Line<'static> {
    let theme = picker.theme;
    let (name, name_style) = (choice.shown_account_name(), if selected { theme.selected() } else { Style::new() });
    let remaining = choice.kept.map(|kept| Remaining::of(&kept, picker.now)).filter(|left| !left.time.is_zero());
    let cell = |text: &str, width: usize| padded(text, width.saturating_sub(2)) + "  ";
    let mut spans = vec![
        if selected { span("▌", theme.accent()) } else { Span::raw(" ") },
        remaining.map_or(Span::raw("  "), |left| span("● ", theme.urgency(left.urgency()))),
    ];
    spans.extend(marked(&name, &marks.account_name, columns.name.saturating_sub(2), name_style, theme.matched()));
    spans.push(Span::raw("  "));
    let role = choice.target.role.as_str();
    spans.extend(marked(role, &marks.role, columns.role.saturating_sub(2), Style::new(), theme.matched()));
    spans.push(span(format!("  {}", padded(choice.tier.title(), TIER)), theme.tier(choice.tier)));
    spans.push(Span::raw(" "));
    if columns.session > 0 {
        spans.push(span(cell(choice.session.as_str(), columns.session), theme.muted()));
    }
    match remaining {
        Some(left) => {
            let urgency = left.urgency();
            spans.push(span(format!("{} {}", left.clock(), urgency.mark()), theme.urgency(urgency)));
        }
        None if choice.asks_for_reason => spans.push(span("◆ reason", theme.muted())),
        None => {}
    }
    clip(&mut spans, width);
    Line::from(spans)
}

fn hint_line(picker: &Picker, width: usize) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    for (at, (binding, label)) in bindings().iter().filter_map(|binding| Some((binding, binding.label?))).enumerate() {
        if at > 0 {
            spans.push(span(" · ", picker.theme.muted()));
        }
        spans.push(span(binding.keys.first().map(|key| key.name()).unwrap_or_default(), picker.theme.key()));
        spans.push(span(format!(" {label}"), picker.theme.muted()));
    }
    clip(&mut spans, width);
    Line::from(spans)
}
