//! Whose files and folders are used, and who else may write to them.

use std::fs::Metadata;

use super::platform;
use crate::error::FileFault;

/// Refuses what belongs to another user.
pub(super) fn must_be_ours(found: &Metadata) -> Result<(), FileFault> {
    if platform::is_ours(found) { Ok(()) } else { Err(FileFault::OtherOwner) }
}

/// Refuses what belongs to another user or that others may write to.
pub(super) fn must_be_ours_alone(found: &Metadata) -> Result<(), FileFault> {
    must_be_ours(found)?;
    must_be_closed(found)
}

/// Refuses what someone else than this user and root can change, as ssh does with its own settings. What root owns was
/// put there by whoever manages this machine.
pub(super) fn must_be_trusted(found: &Metadata) -> Result<(), FileFault> {
    must_be_ours_or_roots(found)?;
    must_be_closed(found)
}

/// Refuses what belongs to another user than this one and root. That is all there is to a link, whose mode says nothing.
pub(super) fn must_be_ours_or_roots(found: &Metadata) -> Result<(), FileFault> {
    if platform::is_ours(found) || platform::is_roots(found) { Ok(()) } else { Err(FileFault::OtherOwner) }
}

fn must_be_closed(found: &Metadata) -> Result<(), FileFault> {
    if platform::is_writable_to_others(found) { Err(FileFault::WritableToOthers) } else { Ok(()) }
}
