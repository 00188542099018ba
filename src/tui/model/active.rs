//! What the screen of active credentials lists: all sessions' credentials, what ends soonest first.

use super::{Model, Screen};
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::layout;

impl Model {
    /// The rows.
    pub fn active_rows(&self) -> Vec<(SessionKey, Target)> {
        let mut rows: Vec<_> = self
            .sessions
            .iter()
            .flat_map(|open| {
                open.all_kept(self.now).into_iter().map(|(target, kept)| (kept.ours.ends_at(), &open.key, target))
            })
            .collect();
        rows.sort();
        rows.into_iter().map(|(_, key, target)| (key.clone(), target.clone())).collect()
    }

    /// Which row is selected; the first, where the selected one has gone.
    pub fn active_position(&self) -> Option<usize> {
        let rows = self.active_rows();
        let Screen::Active { selected } = &self.screen else { return None };
        let held = selected.as_ref().and_then(|held| rows.iter().position(|row| row == held));
        held.or((!rows.is_empty()).then_some(0))
    }

    /// The selected row.
    pub fn active_selected(&self) -> Option<(SessionKey, Target)> {
        self.active_rows().into_iter().nth(self.active_position()?)
    }

    /// How far down the list is scrolled.
    pub fn active_offset(&self) -> usize {
        let height = usize::from(layout::active(self).list.height).max(1);
        (self.active_position().unwrap_or_default() + 1).saturating_sub(height)
    }
}
