//! Where the parts of the roles screen are.

use ratatui::layout::{Constraint, Layout, Rect};

use super::banner::banner;
use crate::tui::layout::{self, ListAreas};
use crate::tui::model::Model;

/// The banner's line, of no height where there is none, and the list below it.
pub(crate) fn areas(model: &Model) -> (Rect, ListAreas) {
    let [_, body, _] = layout::screen(model.size);
    let banner_height = u16::from(banner(model).is_some());
    let [banner, rest] = Layout::vertical([Constraint::Length(banner_height), Constraint::Min(0)]).areas(body);
    (banner, layout::list_with_details(rest))
}
