//! Where things are on a screen of a given size. The view and the mouse use the same functions.

use ratatui::layout::{Constraint, Layout, Rect, Size};

use super::model::Model;
use super::model::screen::Screen;
use super::screens::roles::banner;

/// The smallest size that the screens are drawn at.
pub(crate) const SMALLEST: Size = Size { width: 40, height: 10 };
/// From this width on, details are beside the list.
const WIDE: u16 = 100;
/// From this height of the body on, details are below the list.
const HIGH: u16 = 19;
/// Rows of the details below the list, borders included.
const DETAILS_BELOW: u16 = 9;

/// The most lines of the band of elevations, and those on a screen of less than [`BAND_HIGH`] lines.
const BAND: usize = 2;
const BAND_WHERE_LOW: usize = 1;
const BAND_HIGH: u16 = 16;

fn band_height(model: &Model) -> u16 {
    let most = if model.size.height < BAND_HIGH { BAND_WHERE_LOW } else { BAND };
    u16::try_from(model.active_elevations().len().min(most)).unwrap_or_default()
}

pub(crate) fn is_too_small(size: Size) -> bool {
    size.width < SMALLEST.width || size.height < SMALLEST.height
}

/// Header, body and footer, below the band of elevations.
pub(crate) fn screen(model: &Model) -> [Rect; 3] {
    let [_, header, body, footer] = with_band(model);
    [header, body, footer]
}

/// The band of elevations, of no height where there are none, and what is below it.
pub(crate) fn with_band(model: &Model) -> [Rect; 4] {
    let [band, header, _, body, footer] = whole(model);
    [band, header, body, footer]
}

/// Where a notice is shown on the screens besides that of the roles, which has a banner of its own.
pub(crate) fn notice(model: &Model) -> Rect {
    let [_, _, notice, _, _] = whole(model);
    notice
}

fn whole(model: &Model) -> [Rect; 5] {
    let has_notice = matches!(model.screen, Screen::Active(_) | Screen::Elevations(_)) && !is_too_small(model.size);
    let notice = if has_notice { banner::notice_lines(model, model.size.width).len() } else { 0 };
    let notice = u16::try_from(notice).unwrap_or_default().min(model.size.height / 4);
    let lines = [
        Constraint::Length(band_height(model)),
        Constraint::Length(1),
        Constraint::Length(notice),
        Constraint::Min(0),
        Constraint::Length(1),
    ];
    Layout::vertical(lines).areas(Rect::from(model.size))
}

/// The parts of a screen with a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListAreas {
    /// The frame around the list and the line above it.
    pub(crate) panel: Rect,
    /// The rows of the list.
    pub(crate) list: Rect,
    /// The details of the selected row, where they fit.
    pub(crate) details: Option<Rect>,
}

/// A list, with details beside or below it.
pub(crate) fn list_with_details(area: Rect) -> ListAreas {
    let (panel, details) = split_details(area);
    ListAreas { panel, list: inside(panel, 2), details }
}

fn split_details(area: Rect) -> (Rect, Option<Rect>) {
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

/// The area inside a frame, below its first `above` lines (the upper border counts as one).
pub(crate) fn inside(frame: Rect, above: u16) -> Rect {
    Rect {
        x: frame.x + 1,
        y: frame.y.saturating_add(above),
        width: frame.width.saturating_sub(2),
        height: frame.height.saturating_sub(above + 1),
    }
}
