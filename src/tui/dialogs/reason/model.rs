//! A reason being typed.

use crate::domain::elevation::Reason;
use crate::tui::model::goal::Goal;
use crate::tui::widgets::text_area::TextArea;

#[derive(Debug)]
pub(crate) struct ReasonDialog {
    /// What the credentials are wanted for.
    pub(crate) goal: Goal,
    pub(crate) text: TextArea,
    /// Why the last submit was rejected.
    pub(crate) rejection: Option<String>,
    /// Present while a recent reason is shown that was not edited.
    recalled: Option<Recalled>,
}

/// A recent reason instead of what was typed.
#[derive(Debug)]
struct Recalled {
    /// Its index among the recent reasons.
    index: usize,
    /// What was typed before.
    typed: String,
}

/// What was typed when the dialog was left.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) text: TextArea,
    /// Whether text was pasted and no key was pressed since.
    pub(crate) unreviewed_paste: bool,
}

impl ReasonDialog {
    pub(crate) fn new(goal: Goal) -> Self {
        ReasonDialog { goal, text: TextArea::new(Reason::LIMIT), rejection: None, recalled: None }
    }

    /// Whether a recent reason is shown that was not edited.
    pub(crate) fn is_recalled(&self) -> bool {
        self.recalled.is_some()
    }

    /// Shows the recent reason before the one shown; `reasons` has the latest first.
    pub(crate) fn recall_older(&mut self, reasons: &[Reason]) {
        let index = self.recalled.as_ref().map_or(0, |recalled| recalled.index + 1);
        let Some(reason) = reasons.get(index) else { return };
        let typed = self.recalled.take().map_or_else(|| self.text.text().to_owned(), |recalled| recalled.typed);
        self.text.set_text(reason.as_str());
        self.recalled = Some(Recalled { index, typed });
        self.rejection = None;
    }

    /// Shows the recent reason after the one shown, or what was typed before any was recalled.
    pub(crate) fn recall_newer(&mut self, reasons: &[Reason]) {
        let Some(Recalled { index, typed }) = self.recalled.take() else { return };
        self.rejection = None;
        match index.checked_sub(1).and_then(|newer| Some((newer, reasons.get(newer)?))) {
            Some((newer, reason)) => {
                self.text.set_text(reason.as_str());
                self.recalled = Some(Recalled { index: newer, typed });
            }
            None => self.text.set_text(&typed),
        }
    }

    /// The text is about to be edited: it is no recent reason any more.
    pub(crate) fn begin_edit(&mut self) {
        self.recalled = None;
        self.rejection = None;
    }
}
