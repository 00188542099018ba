//! The list of active credentials: those of all sessions, those that end soonest first.

use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::time::Now;
use crate::tui::model::session::SessionState;

/// One row: credentials kept for a target in a session.
pub(crate) type Row = (SessionKey, Target);

#[derive(Debug, Default)]
pub(crate) struct ActiveList {
    selected: Option<Row>,
}

/// The rows of the list.
pub(crate) fn rows(sessions: &[SessionState], now: Now) -> Vec<Row> {
    let mut rows: Vec<_> = sessions
        .iter()
        .flat_map(|session| {
            let kept = session.all_kept(now).into_iter();
            kept.map(|(target, kept)| (kept.ours.ends_at(), &session.key, target))
        })
        .collect();
    rows.sort();
    rows.into_iter().map(|(_, key, target)| (key.clone(), target.clone())).collect()
}

impl ActiveList {
    /// The index of the selected row; the first row where the selected one is gone.
    pub(crate) fn selected_index(&self, rows: &[Row]) -> Option<usize> {
        let index = self.selected.as_ref().and_then(|selected| rows.iter().position(|row| row == selected));
        index.or((!rows.is_empty()).then_some(0))
    }

    pub(crate) fn selected(&self, rows: &[Row]) -> Option<Row> {
        rows.get(self.selected_index(rows)?).cloned()
    }

    /// Selects a row; the last one where there are fewer.
    pub(crate) fn select(&mut self, rows: &[Row], at: usize) {
        self.selected = rows.get(at.min(rows.len().saturating_sub(1))).cloned();
    }

    /// The index of the first row on a screen of `height` rows.
    pub(crate) fn offset(&self, rows: &[Row], height: usize) -> usize {
        (self.selected_index(rows).unwrap_or_default() + 1).saturating_sub(height.max(1))
    }
}
