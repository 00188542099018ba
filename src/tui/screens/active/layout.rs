//! Where the parts of the screen of active credentials are.

use ratatui::layout::Size;

use crate::tui::layout::{self, ListAreas};

pub(crate) fn areas(size: Size) -> ListAreas {
    let [_, body, _] = layout::screen(size);
    layout::list_with_details(body)
}
