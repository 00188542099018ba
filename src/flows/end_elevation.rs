//! Ending an elevation before its time, and holding a drill.

use jiff::Timestamp;

use super::elevation::{Pending, end_open, settle_source};
use super::locks::{SOURCE_TIMEOUT, lock_source};
use crate::domain::audit::CallRecord;
use crate::domain::elevation::{ApprovedElevation, ElevationId, EndReason};
use crate::domain::elevation_list::{ElevationList, OpenElevation};
use crate::domain::policy::Verdict;
use crate::domain::source::Source;
use crate::error::{Error, Result};
use crate::ports::{KeyHolders, Ports};

/// What is left of an elevation that was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Until when AWS takes the credentials that were handed out, where that is still to come.
    pub aws_ends_at: Option<Timestamp>,
    /// Who holds them.
    pub holders: KeyHolders,
}

/// Deletes what is kept for the elevation `id` and then records its end.
///
/// # Errors
/// There is no such elevation any more, `Keyring`, or the end cannot be recorded.
pub async fn end_elevation(ports: &Ports, id: ElevationId) -> Result<Ended> {
    ports.blocking_to_its_end(move |ports| end_now(ports, id)).await
}

fn end_now(ports: &Ports, id: ElevationId) -> Result<Ended> {
    let source = open(&ports.audit.elevations()?, id)?.source;
    let _lock = lock_source(ports, &source, SOURCE_TIMEOUT)?;
    // Whoever held the lock may have ended or replaced it.
    let elevations = ports.audit.elevations()?;
    let elevation = open(&elevations, id)?;
    // A drill has nothing that could be deleted; what is kept is that of a real one.
    if elevation.subject.drill {
        end_open(ports, elevation, EndReason::EndedEarly)?;
        return Ok(Ended { aws_ends_at: None, holders: KeyHolders::None });
    }
    let target = elevation.subject.target();
    if !elevation.is_in(ports.store.name()) {
        return Err(Error::KeptElsewhere { target, store: elevation.store() });
    }
    ports.store.delete_elevation(&source)?;
    ports.store.delete_credentials(&source)?;
    let (store, index) = (ports.store.name(), ports.state.index());
    if let Some(source) = index.source(elevation.session(), &target) {
        ports.state.update_index(&mut |index| index.note_dropped(&source, store))?;
    }
    let now = ports.stamp().aws_time_then();
    let valid = elevations.keys_that_aws_accepts(&elevation, now);
    end_open(ports, elevation, EndReason::EndedEarly)?;
    let aws_ends_at = valid.iter().map(|key| key.aws_ends_at).max();
    let keys: Vec<&str> = valid.iter().map(|key| key.access_key_id.as_str()).collect();
    Ok(Ended { aws_ends_at, holders: ports.processes.holders_of(&keys) })
}

fn open(elevations: &ElevationList, id: ElevationId) -> Result<OpenElevation> {
    elevations.get(id).cloned().ok_or(Error::NoSuchElevation(id))
}

/// Does everything of an elevation but asking AWS.
///
/// # Errors
/// A record cannot be written.
pub async fn drill(ports: &Ports, source: &Source, verdict: &Verdict, approved: ApprovedElevation) -> Result<()> {
    let (source, verdict) = (source.clone(), verdict.clone());
    let hold = move |ports: &Ports| {
        let _lock = lock_source(ports, &source.key(), SOURCE_TIMEOUT)?;
        settle_source(ports, &source.key())?;
        let pending = Pending::begin(ports, &source, &verdict, approved)?;
        pending.record_granted(ports, &pending.granted(ports.stamp()), None, None, CallRecord::default())
    };
    ports.blocking_to_its_end(hold).await
}
