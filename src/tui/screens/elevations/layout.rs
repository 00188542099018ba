//! Where the parts of the screen of elevations are.

use ratatui::layout::{Constraint, Layout, Rect};

use super::model::ElevationsScreen;
use crate::tui::layout::{self, ListAreas};
use crate::tui::model::Model;
use crate::tui::model::screen::Screen;

/// From this width on, the summary is beside the list: above it, rows tell the reason too.
const BESIDE: u16 = 150;
/// Rows of the list, and of a summary below it, with their borders.
const LEAST_LIST: u16 = 5;
const LEAST_SUMMARY: u16 = 8;
const MOST_SUMMARY: u16 = 18;

pub(crate) fn areas(model: &Model) -> ListAreas {
    let [_, body, _] = layout::screen(model);
    match &model.screen {
        Screen::Elevations(screen) if screen.is_reading() => reading(body),
        Screen::Elevations(screen) if body.width < BESIDE => below(body, screen),
        _ => layout::list_with_details(body),
    }
}

/// The summary alone.
fn reading(body: Rect) -> ListAreas {
    let none = Rect { height: 0, ..body };
    ListAreas { panel: none, list: none, details: Some(body) }
}

/// The list takes what its rows need, the summary below it the rest.
fn below(body: Rect, screen: &ElevationsScreen) -> ListAreas {
    if body.height < LEAST_LIST + LEAST_SUMMARY {
        return ListAreas { panel: body, list: layout::inside(body, 2), details: None };
    }
    let wanted = u16::try_from(screen.len() + 3).unwrap_or(u16::MAX);
    let most = MOST_SUMMARY.min(body.height - LEAST_LIST);
    let summary = body.height.saturating_sub(wanted).clamp(LEAST_SUMMARY, most);
    let [panel, details] = Layout::vertical([Constraint::Min(0), Constraint::Length(summary)]).areas(body);
    ListAreas { panel, list: layout::inside(panel, 2), details: Some(details) }
}
