//! Where the parts of the roles screen are.

use ratatui::layout::{Constraint, Layout, Rect};

use super::{banner, timeline};
use crate::domain::preferences::ListView;
use crate::tui::layout::{self, ListAreas};
use crate::tui::model::Model;

/// From this width of the list on, accounts × tiers fit.
const MATRIX_WIDTH: u16 = 54;
/// From this size of the screen on, the day stands as a timeline above the details.
const TIMELINE_WIDTH: u16 = 150;
const TIMELINE_HEIGHT: u16 = 36;

pub(crate) struct Areas {
    pub(crate) list: ListAreas,
    /// The line above the list, with the names of its columns.
    pub(crate) heads: Option<Rect>,
    pub(crate) timeline: Option<Rect>,
}

/// The banner's lines, of no height where there is none, and the rest below it.
pub(crate) fn areas(model: &Model) -> (Rect, ListAreas) {
    let (banner, areas) = all(model);
    (banner, areas.list)
}

/// The same, with what only the view needs.
pub(crate) fn all(model: &Model) -> (Rect, Areas) {
    let (banner, mut list) = without_view(model);
    let mut timeline_area = None;
    if let Some(details) = list.details
        && model.size.width >= TIMELINE_WIDTH
        && details.height >= TIMELINE_HEIGHT
        && let Some(height) = timeline::height(model)
    {
        let [above, below] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(details);
        timeline_area = Some(above);
        list.details = Some(below);
    }
    let mut heads = None;
    if view(model) == ListView::Matrix {
        heads = Some(Rect { height: list.list.height.min(1), ..list.list });
        list.list.y = list.list.y.saturating_add(1);
        list.list.height = list.list.height.saturating_sub(1);
    }
    (banner, Areas { list, heads, timeline: timeline_area })
}

/// Whether there is room for accounts × tiers, whatever stands above or below the list.
pub(super) fn fits_matrix(model: &Model) -> bool {
    let [_, body, _] = layout::screen(model);
    layout::list_with_details(body).panel.width >= MATRIX_WIDTH
}

/// How the roles are listed: as the person prefers, where there is room for it.
pub(crate) fn view(model: &Model) -> ListView {
    if fits_matrix(model) { model.preferences.view } else { ListView::List }
}

fn without_view(model: &Model) -> (Rect, ListAreas) {
    let [_, body, _] = layout::screen(model);
    let lines = banner::lines(model, body.width).len();
    let banner_height = u16::try_from(lines).unwrap_or(u16::MAX).min(body.height / 3);
    let [banner, rest] = Layout::vertical([Constraint::Length(banner_height), Constraint::Min(0)]).areas(body);
    (banner, layout::list_with_details(rest))
}
