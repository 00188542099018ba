//! How much work a calendar may be: days that are looked at for what recurs, over all its events.

/// What is left of it.
#[derive(Debug)]
pub(super) struct Budget(u64);

/// More recurs than is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent;

impl Budget {
    /// Enough for two hundred people whose weekly shifts are counted from a hundred years ago; a tenth of a second.
    pub(super) const fn whole() -> Self {
        Budget(4_000_000)
    }

    /// Takes `work` from it.
    pub(super) fn take(&mut self, work: usize) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(work as u64).ok_or(Spent)?;
        Ok(())
    }
}
