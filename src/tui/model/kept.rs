//! The second clock of credentials that are kept: AWS's own.

use jiff::SignedDuration;

use crate::domain::index::KeptNote;
use crate::domain::time::Now;
use crate::tui::remaining::Remaining;

/// The time until AWS ends the credentials.
pub(crate) fn aws_remaining(kept: &KeptNote, now: Now) -> Remaining {
    Remaining::of(&kept.aws(), now)
}

/// Whether AWS ends the credentials noticeably later than daypass does.
pub(crate) fn outlives_ours(kept: &KeptNote) -> bool {
    kept.aws_ends_at.duration_since(kept.ours.ends_at()) > SignedDuration::from_secs(60)
}
