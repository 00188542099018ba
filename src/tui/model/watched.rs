//! The elevations that were active when last looked at, so that their ends are noticed.

use jiff::Timestamp;

/// What there is to say of an active elevation when it is over.
#[derive(Debug, Clone)]
pub(crate) struct WatchedElevation {
    pub(crate) described: String,
    pub(crate) is_drill: bool,
    /// Until when AWS accepts what was handed out, where that is after its end.
    pub(crate) accepted_until: Option<Timestamp>,
    /// The notice that warns of its end.
    pub(crate) warning: Option<String>,
}
