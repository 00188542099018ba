//! The elevation that a command is about: the one that is named, or the only one that is open.

use super::context::Context;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::OpenElevation;
use crate::domain::text::visible;
use crate::error::Error;
use crate::report::{Report, Result};

/// Takes the id of an elevation from the command line.
pub(super) fn elevation_id(text: &str) -> Result<ElevationId, String> {
    ElevationId::try_from(text.to_uppercase())
        .map_err(|_| format!("`{}` is no elevation's id; daypass elevations   lists them", visible(text)))
}

/// The open elevation with this id, or the only one there is.
///
/// # Errors
/// There is none, or there are several and none is named; or the log cannot be read.
pub(super) fn find(id: Option<ElevationId>, context: &Context) -> Result<OpenElevation> {
    let elevations = context.ports.audit.elevations()?;
    if let Some(id) = id {
        return elevations.get(id).cloned().ok_or_else(|| Error::NoSuchElevation(id).into());
    }
    let mut active = elevations.open().filter(|open| open.active.is_some());
    match (active.next(), active.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => Err(Report::usage("no elevation is active").hint("daypass elevations   shows those that were")),
        (Some(_), Some(_)) => {
            Err(Report::usage("several elevations are active").hint("daypass elevations   lists their ids"))
        }
    }
}
