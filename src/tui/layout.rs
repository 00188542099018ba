//! Where things stand on a screen of a given size. Drawing and the mouse ask the same functions.

use ratatui::layout::{Constraint, Layout, Rect, Size};

use super::model::{Model, Screen};

/// Below this size nothing useful can be shown.
pub const SMALLEST: Size = Size { width: 40, height: 10 };
/// From this width on, details stand beside the list.
const WIDE: u16 = 100;
/// From this height of the body on, details stand below the list.
const HIGH: u16 = 19;
/// Rows of the details below the list, borders included.
const DETAILS_BELOW: u16 = 9;

/// Whether the screen is too small.
pub fn is_too_small(size: Size) -> bool {
    size.width < SMALLEST.width || size.height < SMALLEST.height
}

/// Header, body and footer.
pub fn screen(size: Size) -> [Rect; 3] {
    let area = Rect { x: 0, y: 0, width: size.width, height: size.height };
    Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)]).areas(area)
}

/// The parts of the roles screen.
#[derive(Debug, Clone, Copy)]
pub struct Roles {
    /// The line that says what stands in the way.
    pub banner: Rect,
    /// The frame around filter and list.
    pub panel: Rect,
    /// The rows.
    pub list: Rect,
    /// The details, where there is room.
    pub details: Option<Rect>,
}

/// The parts of the roles screen.
pub fn roles(model: &Model) -> Roles {
    let [_, body, _] = screen(model.size);
    let banner = u16::from(model.banner().is_some());
    let [banner, rest] = Layout::vertical([Constraint::Length(banner), Constraint::Min(0)]).areas(body);
    let (panel, details) = with_details(rest);
    Roles { banner, panel, list: rows(panel, 2), details }
}

/// A list with details beside or below it.
pub fn with_details(area: Rect) -> (Rect, Option<Rect>) {
    if area.width >= WIDE {
        let side = (area.width * 4 / 11).clamp(44, 72);
        let [list, details] = Layout::horizontal([Constraint::Min(0), Constraint::Length(side)]).areas(area);
        return (list, Some(details));
    }
    if area.height >= HIGH {
        let [list, details] = Layout::vertical([Constraint::Min(0), Constraint::Length(DETAILS_BELOW)]).areas(area);
        return (list, Some(details));
    }
    (area, None)
}

/// The area inside a frame, below `above` lines (the upper border counted).
pub fn rows(panel: Rect, above: u16) -> Rect {
    Rect {
        x: panel.x + 1,
        y: panel.y.saturating_add(above),
        width: panel.width.saturating_sub(2),
        height: panel.height.saturating_sub(above + 1),
    }
}

/// The rows of the list on screen, for paging.
pub fn list_rows(model: &Model) -> usize {
    match model.screen {
        Screen::Active { .. } => usize::from(active(model).list.height),
        _ => usize::from(roles(model).list.height),
    }
}

/// The parts of the screen of active credentials.
#[derive(Debug, Clone, Copy)]
pub struct Active {
    /// The frame.
    pub panel: Rect,
    /// The rows.
    pub list: Rect,
    /// The details, where there is room.
    pub details: Option<Rect>,
}

/// The parts of the screen of active credentials.
pub fn active(model: &Model) -> Active {
    let [_, body, _] = screen(model.size);
    let (panel, details) = with_details(body);
    Active { panel, list: rows(panel, 2), details }
}
