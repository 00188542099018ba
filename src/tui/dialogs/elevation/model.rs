//! The form of an elevation while it is filled in.

use std::fmt;

use jiff::SignedDuration;

use crate::domain::elevation::{Beginning, Confirmation, ConfirmationPhrase, Draft, ElevationId, Reason, Ticket};
use crate::domain::on_call::Admission;
use crate::domain::text::visible;
use crate::tui::model::goal::Goal;
use crate::tui::typed_phrase::TypedPhrase;
use crate::tui::widgets::text_area::TextArea;
use crate::tui::widgets::text_input::TextInput;

/// The usual lengths, in minutes.
const USUAL: [i64; 3] = [15, 30, 60];
/// The most characters of a length.
const LONGEST_DURATION: usize = 12;

#[derive(Debug)]
pub(crate) struct ElevationDialog {
    /// What the credentials are wanted for.
    pub(crate) goal: Goal,
    /// The elevation that it carries on.
    pub(crate) extends: Option<ElevationId>,
    /// What was found of the person's duty before.
    pub(crate) admission: Admission,
    /// Whether it is a drill, for which AWS is not asked.
    pub(crate) is_drill: bool,
    pub(crate) form: ElevationForm,
    pub(crate) focus: Field,
    pub(crate) phrase: TypedPhrase,
    /// Why Enter did not go on.
    pub(crate) rejection: Option<String>,
    /// Present while a recent reason is shown that was not edited.
    recalled: Option<Recalled>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Reason,
    Ticket,
    Duration,
    Confirmation,
}

/// What is written, but for the confirmation.
#[derive(Clone)]
pub(crate) struct ElevationForm {
    pub(crate) reason: TextArea,
    pub(crate) ticket: TextInput,
    /// Whether the person says that there is no ticket.
    pub(crate) no_ticket: bool,
    /// The length; empty for the policy's.
    pub(crate) duration: TextInput,
}

/// A recent reason instead of what was typed.
#[derive(Debug)]
struct Recalled {
    /// Its index among the recent reasons.
    index: usize,
    /// What was typed before.
    typed: String,
}

impl Default for ElevationForm {
    fn default() -> Self {
        ElevationForm {
            reason: TextArea::new(Reason::LIMIT),
            ticket: TextInput::new(Ticket::LIMIT),
            no_ticket: false,
            duration: TextInput::new(LONGEST_DURATION),
        }
    }
}

/// Reason and ticket may hold a secret until they are checked.
impl fmt::Debug for ElevationForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ElevationForm").field("no_ticket", &self.no_ticket).finish_non_exhaustive()
    }
}

impl Field {
    const ALL: [Field; 4] = [Field::Reason, Field::Ticket, Field::Duration, Field::Confirmation];

    /// The field after this one, or before it; at the ends, round to the other.
    pub(crate) fn beside(self, forward: bool) -> Field {
        let at = Field::ALL.iter().position(|field| *field == self).unwrap_or_default();
        let step = if forward { 1 } else { Field::ALL.len() - 1 };
        Field::ALL.get((at + step) % Field::ALL.len()).copied().unwrap_or(self)
    }
}

impl ElevationForm {
    pub(crate) fn is_empty(&self) -> bool {
        self.reason.text().is_empty() && self.ticket.is_empty() && self.duration.is_empty()
    }

    /// The length that is asked for; none for the policy's.
    ///
    /// # Errors
    /// What is written is no length; says so.
    pub(crate) fn asked_duration(&self) -> Result<Option<SignedDuration>, String> {
        let text = self.duration.text().trim();
        if text.is_empty() {
            return Ok(None);
        }
        let minutes = text.parse::<u16>().ok().map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
        match minutes.or_else(|| text.parse().ok()).filter(SignedDuration::is_positive) {
            Some(duration) => Ok(Some(duration)),
            None => Err(format!("`{}` is no time such as 15m, 30m or 1h", visible(text))),
        }
    }

    /// Takes the next of the usual lengths up to `most` after the one that is written.
    pub(crate) fn take_next_duration(&mut self, most: SignedDuration) {
        let usual = usual_durations(most);
        let current = self.asked_duration().ok().flatten();
        let next = usual.iter().find(|length| current.is_none_or(|current| **length > current)).or(usual.first());
        self.duration.clear();
        if let Some(next) = next {
            self.duration.insert(&format!("{next:#}"));
        }
    }

    /// The elevation, or the drill, that it asks for, confirmed by typing.
    pub(crate) fn draft(&self, extends: Option<ElevationId>, drill: bool) -> Draft {
        let ticket = Some(self.ticket.text().to_owned()).filter(|ticket| !ticket.trim().is_empty());
        Draft {
            no_ticket: self.no_ticket && ticket.is_none(),
            ticket,
            duration: self.asked_duration().ok().flatten(),
            extends,
            drill,
            ..Draft::new(self.reason.text(), Confirmation::Typed)
        }
    }
}

/// The usual lengths up to `most`; that one where all are longer.
pub(crate) fn usual_durations(most: SignedDuration) -> Vec<SignedDuration> {
    let usual: Vec<SignedDuration> =
        USUAL.into_iter().map(SignedDuration::from_mins).filter(|length| *length <= most).collect();
    if usual.is_empty() { vec![most] } else { usual }
}

impl ElevationDialog {
    pub(crate) fn new(
        goal: Goal,
        form: ElevationForm,
        extends: Option<ElevationId>,
        admission: Admission,
        phrase: ConfirmationPhrase,
    ) -> Self {
        ElevationDialog {
            goal,
            extends,
            admission,
            is_drill: false,
            form,
            focus: Field::Reason,
            phrase: TypedPhrase::new(phrase),
            rejection: None,
            recalled: None,
        }
    }

    /// What Enter begins.
    pub(crate) fn beginning(&self) -> Beginning {
        Beginning::of(self.is_drill, self.extends)
    }

    /// Whether a recent reason is shown that was not edited.
    pub(crate) fn is_recalled(&self) -> bool {
        self.recalled.is_some()
    }

    /// Shows the recent reason before the one shown; `reasons` has the latest first.
    pub(crate) fn recall_older(&mut self, reasons: &[Reason]) {
        let index = self.recalled.as_ref().map_or(0, |recalled| recalled.index + 1);
        let Some(reason) = reasons.get(index) else { return };
        let typed = match self.recalled.take() {
            Some(recalled) => recalled.typed,
            None => self.form.reason.text().to_owned(),
        };
        self.form.reason.set_text(reason.as_str());
        self.recalled = Some(Recalled { index, typed });
        self.rejection = None;
    }

    /// Shows the recent reason after the one shown, or what was typed before any was recalled.
    pub(crate) fn recall_newer(&mut self, reasons: &[Reason]) {
        let Some(Recalled { index, typed }) = self.recalled.take() else { return };
        self.rejection = None;
        match index.checked_sub(1).and_then(|newer| Some((newer, reasons.get(newer)?))) {
            Some((newer, reason)) => {
                self.form.reason.set_text(reason.as_str());
                self.recalled = Some(Recalled { index: newer, typed });
            }
            None => self.form.reason.set_text(&typed),
        }
    }

    /// The reason is about to be edited: it is no recent one any more.
    pub(crate) fn begin_edit(&mut self) {
        self.recalled = None;
        self.rejection = None;
    }

    pub(crate) fn focus_on(&mut self, field: Field) {
        self.focus = field;
        self.rejection = None;
    }
}
