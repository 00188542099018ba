//! Where the parts of the screen of active credentials are.

use crate::tui::layout::{self, ListAreas};
use crate::tui::model::Model;

pub(crate) fn areas(model: &Model) -> ListAreas {
    let [_, body, _] = layout::screen(model);
    layout::list_with_details(body)
}
