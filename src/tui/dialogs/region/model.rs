//! The regions to choose from for one role.

use crossterm::event::KeyEvent;

use crate::domain::ids::Region;
use crate::domain::known_regions::{known_regions, region_name};
use crate::domain::preferences::Preferences;
use crate::domain::region::{RegionSource, WorkRegion};
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::widgets::filtered_list::FilteredList;

#[derive(Debug)]
pub(crate) struct RegionDialog {
    pub(crate) session: SessionKey,
    pub(crate) target: Target,
    pub(crate) list: FilteredList,
    /// The region that the role has unless one is chosen for it.
    automatic: WorkRegion,
    /// The region chosen for the role.
    chosen: Option<Region>,
    /// Those chosen for any role, the latest first.
    recent: Vec<Region>,
    rows: Vec<RegionRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegionRow {
    pub(crate) region: Region,
    pub(crate) origin: RegionOrigin,
}

/// Why a region is in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegionOrigin {
    /// It is chosen for this role.
    Chosen,
    /// The role has it without a choice, because of this.
    Automatic(RegionSource),
    /// It was chosen for another role.
    Recent,
    Known,
    /// It is not known, but typed as a whole code.
    Typed,
}

impl RegionDialog {
    pub(crate) fn new(session: SessionKey, target: Target, automatic: WorkRegion, preferences: &Preferences) -> Self {
        let chosen = preferences.region_of(&session, &target).cloned();
        let recent = preferences.recent_regions().into_iter().cloned().collect();
        let (list, rows) = (FilteredList::new([]), Vec::new());
        let mut dialog = RegionDialog { session, target, list, automatic, chosen, recent, rows };
        dialog.fill();
        dialog
    }

    pub(crate) fn row(&self, index: usize) -> Option<&RegionRow> {
        self.rows.get(index)
    }

    pub(crate) fn selected(&self) -> Option<&RegionRow> {
        self.row(self.list.selected()?)
    }

    /// Whether backspace has nothing to delete, and there is a choice to forget.
    pub(crate) fn can_reset(&self) -> bool {
        self.chosen.is_some() && self.list.query().is_empty()
    }

    pub(crate) fn automatic(&self) -> &Region {
        &self.automatic.region
    }

    /// Takes what is chosen for the role now.
    pub(crate) fn set_chosen(&mut self, chosen: Option<Region>) {
        self.chosen = chosen;
        self.fill();
    }

    /// Edits the query.
    pub(crate) fn edit(&mut self, key: KeyEvent) {
        if self.list.edit(key) {
            self.fill();
        }
    }

    /// Inserts pasted text into the query.
    pub(crate) fn paste(&mut self, text: &str) {
        self.list.insert(text.trim());
        self.fill();
    }

    /// The one in force first, then those used lately, then all others; each region once.
    fn fill(&mut self) {
        let mut rows: Vec<RegionRow> = Vec::new();
        let mut add = |region: &Region, origin| {
            if !rows.iter().any(|row| row.region == *region) {
                rows.push(RegionRow { region: region.clone(), origin });
            }
        };
        if let Some(chosen) = &self.chosen {
            add(chosen, RegionOrigin::Chosen);
        }
        add(&self.automatic.region, RegionOrigin::Automatic(self.automatic.source));
        self.recent.iter().for_each(|region| add(region, RegionOrigin::Recent));
        known_regions(&self.automatic.region).iter().for_each(|region| add(region, RegionOrigin::Known));
        if let Ok(typed) = Region::parse(self.list.query().trim()) {
            add(&typed, RegionOrigin::Typed);
        }
        self.rows = rows;
        let texts: Vec<String> =
            self.rows.iter().map(|row| format!("{} {}", row.region, region_name(&row.region))).collect();
        self.list.set_rows(texts.iter().map(String::as_str));
    }
}
