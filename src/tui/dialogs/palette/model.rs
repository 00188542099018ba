//! The entries of the command palette, as a table.

use crate::tui::keys::{KeyPress, key_names};
use crate::tui::options::SettingRow;
use crate::tui::widgets::filtered_list::FilteredList;

#[derive(Debug)]
pub(crate) struct PaletteDialog {
    pub(crate) list: FilteredList,
    entries: Vec<Entry>,
    /// The setting that is explained instead of the list.
    pub(crate) setting: Option<SettingRow>,
    /// Why the last choice was rejected.
    pub(crate) rejection: Option<&'static str>,
}

/// What can be chosen.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// A command of the screen below.
    Command {
        about: &'static str,
        /// The keys that give it; there is at least one.
        keys: Vec<KeyPress>,
    },
    /// A setting of the settings file.
    Setting(SettingRow),
}

impl Entry {
    /// What the query is compared with.
    fn search_text(&self) -> String {
        match self {
            Entry::Command { about, keys } => format!("{about} {}", key_names(keys)),
            Entry::Setting(row) => format!("{} setting {}", row.key, row.value),
        }
    }
}

impl PaletteDialog {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        let texts: Vec<String> = entries.iter().map(Entry::search_text).collect();
        PaletteDialog {
            list: FilteredList::new(texts.iter().map(String::as_str)),
            entries,
            setting: None,
            rejection: None,
        }
    }

    pub(crate) fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    pub(crate) fn selected(&self) -> Option<&Entry> {
        self.entry(self.list.selected()?)
    }
}
