//! Effects: what `update` asks for, as values that only the event loop carries out.

use super::task::{Task, TaskId};

#[derive(Debug)]
pub(crate) enum Effect {
    /// Start a task; its messages carry the id.
    Spawn(TaskId, Task),
    /// Abort a task.
    Cancel(TaskId),
    /// Draw everything anew, whatever is on the screen.
    Redraw,
    /// Tell the person of this, who may be looking elsewhere.
    Notify(String),
    /// Stop the process until the shell continues it.
    Suspend,
}

/// Effects in the order in which they are carried out.
#[must_use]
#[derive(Debug, Default)]
pub(crate) struct Effects(Vec<Effect>);

impl Effects {
    pub(crate) fn none() -> Self {
        Effects::default()
    }

    /// These, then `others`.
    pub(crate) fn and(mut self, others: impl Into<Effects>) -> Self {
        self.0.extend(others.into().0);
        self
    }
}

impl From<Effect> for Effects {
    fn from(effect: Effect) -> Self {
        Effects(vec![effect])
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
