//! How the question is drawn.
//!
//! ```text
//!  type prod-payments-0008 or 0008 to go on › 00▏
//!  ↵ elevate · esc cancel · typed, not pasted
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget as _};

use super::model::Confirmation;
use crate::domain::text::{columns, fit_middle};
use crate::tui::widgets::cells::span;

/// The lines it takes.
pub(super) const HEIGHT: u16 = 2;

pub(super) fn render(question: &Confirmation, area: Rect, buffer: &mut Buffer) {
    let (theme, width) = (question.theme, usize::from(area.width));
    // Half of a narrow screen is left for what is typed.
    let asked = fit_middle(
        &format!(" type {} to go on", question.phrase.phrase.words()),
        width.saturating_sub(12).max(width / 2),
    );
    let room = width.saturating_sub(columns(&asked) + 3);
    let mut line = vec![span(asked, theme.title()), span(" › ", theme.key())];
    line.extend(question.phrase.typed.spans(theme, room, true));
    let hint = match question.phrase.refused {
        Some(refused) => span(format!(" {}", refused.words()), theme.warn()),
        None => span(" ↵ goes on · esc cancels · typed, not pasted", theme.muted()),
    };
    Paragraph::new(vec![Line::from(line), Line::from(hint)]).render(area, buffer);
}
