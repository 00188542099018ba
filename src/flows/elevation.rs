//! The life of an elevation in the audit log: asked for, granted or failed, and ended, with nothing left open.
//!
//! The list of open elevations has an entry from before the log's first record until after its last one. So whatever ends
//! the program in between, the next start finds what is open and writes how it ended; at worst it does so twice.

use std::time::Duration;

use jiff::Timestamp;

use super::locks::lock_source;
use crate::domain::audit::{Event, Record, Step, Subject};
use crate::domain::elevation::{Authorization, Basis, ElevationId, EndReason, GrantedElevation};
use crate::domain::open_elevations::OpenElevation;
use crate::domain::policy::Verdict;
use crate::domain::source::{Source, SourceKey};
use crate::domain::sso_session::SessionKey;
use crate::error::{Error, Result};
use crate::ports::Ports;

/// A fetch under an elevation whose intent is in the log and whose outcome is not. The lock of its source is held.
pub struct Pending {
    subject: Subject,
    basis: Basis,
}

impl Pending {
    /// Records the intent to fetch credentials; none where the gate asks for no elevation. Blocking.
    ///
    /// # Errors
    /// Where the note or the record cannot be written: nothing may be fetched then.
    pub fn begin(
        ports: &Ports,
        source: &Source,
        verdict: &Verdict,
        authorization: &Authorization,
    ) -> Result<Option<Self>> {
        let user = || ports.state.index().session(&source.session().key()).and_then(|note| note.user.clone());
        let Some(basis) = authorization.basis() else { return Ok(None) };
        let (subject, max_duration) = match basis {
            Basis::Approved(approved) => {
                let subject = Subject::of_new(source, verdict, approved, user());
                let store = ports.store.name();
                ports.state.update_open_elevations(&mut |open| open.add(source, subject.clone(), store))?;
                (subject, Some(approved.max_duration()))
            }
            Basis::Granted(granted) => {
                let subject = Subject::of_running(source, verdict, granted, user());
                (subject, None)
            }
        };
        let pending = Pending { subject, basis: basis.clone() };
        if let Err(error) = record(ports, &pending.subject, Step::Intent { max_duration }) {
            pending.forget(ports);
            return Err(error);
        }
        Ok(Some(pending))
    }

    /// The elevation as it is if AWS's answer, just read, grants it.
    pub fn granted(&self, ports: &Ports) -> GrantedElevation {
        match &self.basis {
            Basis::Approved(approved) => approved.clone().granted(ports.stamp()),
            Basis::Granted(granted) => granted.clone(),
        }
    }

    /// Records that AWS has granted the elevation with these credentials. Blocking.
    ///
    /// # Errors
    /// Where it cannot be written: the credentials may not be kept or handed out then.
    pub fn record_granted(
        &self,
        ports: &Ports,
        granted: &GrantedElevation,
        access_key_id: &str,
        aws_ends_at: Timestamp,
    ) -> Result<()> {
        let ends_at = granted.life().ends_at();
        let step = Step::Granted { access_key_id: access_key_id.to_owned(), ends_at, aws_ends_at };
        record(ports, &self.subject, step)?;
        match self.basis {
            Basis::Approved(_) => ports.state.update_open_elevations(&mut |open| open.note_granted(granted)),
            Basis::Granted(_) => Ok(()),
        }
    }

    /// Records that nothing was granted. Why that is so says more than that it could not be recorded. Blocking.
    pub fn record_failed(&self, ports: &Ports, why: String) {
        match record(ports, &self.subject, Step::Failed { why }) {
            Ok(()) => self.forget(ports),
            Err(error) => left_to_the_next_start(&error),
        }
    }

    /// Records that what was granted could not be kept, which ends a new elevation. Blocking.
    pub fn record_not_kept(&self, ports: &Ports, source: &Source) {
        let recorded = match self.basis {
            Basis::Approved(_) => self.end_open(ports, source, EndReason::NotKept, |id| id == self.subject.id),
            Basis::Granted(_) => {
                let why = "the credentials that AWS granted could not be kept".to_owned();
                record(ports, &self.subject, Step::Failed { why })
            }
        };
        recorded.unwrap_or_else(|error| left_to_the_next_start(&error));
    }

    /// Records the end of earlier elevations that a new one replaces. Blocking.
    pub fn record_replaced(&self, ports: &Ports, source: &Source) {
        let recorded = self.end_open(ports, source, EndReason::Replaced, |id| id != self.subject.id);
        recorded.unwrap_or_else(|error| left_to_the_next_start(&error));
    }

    fn end_open(
        &self,
        ports: &Ports,
        source: &Source,
        how: EndReason,
        which: impl Fn(ElevationId) -> bool,
    ) -> Result<()> {
        let open = in_this_store(ports, ports.state.open_elevations().of_source(&source.key()));
        end(ports, open.filter(|elevation| which(elevation.subject.id)), how)
    }

    /// A new elevation that came to nothing leaves no note; one that was running goes on.
    fn forget(&self, ports: &Ports) {
        if matches!(self.basis, Basis::Granted(_)) {
            return;
        }
        let forgotten = ports.state.update_open_elevations(&mut |open| open.remove(self.subject.id));
        forgotten.unwrap_or_else(|error| left_to_the_next_start(&error));
    }
}

/// What is not in the log yet stays open; the next start finds it.
pub(super) fn left_to_the_next_start(error: &Error) {
    tracing::warn!(%error, "the end of an elevation could not be recorded; the next start tries again");
}

fn record(ports: &Ports, subject: &Subject, step: Step) -> Result<()> {
    let event = Event::Elevation { subject: subject.clone(), step };
    ports.audit.append(&Record { at: ports.stamp(), event }).map(|_| ())
}

/// Records how each of these elevations ended, and closes it.
fn end(ports: &Ports, open: impl Iterator<Item = OpenElevation>, how: EndReason) -> Result<()> {
    for elevation in open {
        let now = ports.clock.now();
        // One whose time was over before anybody looked has expired, whatever brought us here.
        let (how, ended_at) = match elevation.granted {
            None => (how, None),
            Some(life) if life.is_over(now) => (EndReason::Expired, Some(life.ends_at())),
            Some(life) => (how, Some(life.obtained().aws_time(now))),
        };
        record(ports, &elevation.subject, Step::Ended { how, ended_at })?;
        ports.state.update_open_elevations(&mut |open| open.remove(elevation.subject.id))?;
    }
    Ok(())
}

/// Those whose credentials are kept in the store at hand: what another store has is still served.
fn in_this_store(ports: &Ports, open: Vec<OpenElevation>) -> impl Iterator<Item = OpenElevation> {
    let store = ports.store.name();
    open.into_iter().filter(move |elevation| elevation.is_in(store))
}

/// Ends the elevations of `source` that AWS has granted: their credentials are gone from this store. One that is being
/// asked for at this moment is left to whoever asks. Blocking.
///
/// # Errors
/// Where the end cannot be recorded; it is then left to the next start.
pub fn end_granted(ports: &Ports, source: &SourceKey, how: EndReason) -> Result<()> {
    let open = in_this_store(ports, ports.state.open_elevations().of_source(source));
    end(ports, open.filter(|elevation| elevation.granted.is_some()), how)
}

/// The same for all sources of a session.
///
/// # Errors
/// As [`end_granted`].
pub fn end_granted_of_session(ports: &Ports, session: &SessionKey, how: EndReason) -> Result<()> {
    let open = in_this_store(ports, ports.state.open_elevations().of_session(session));
    end(ports, open.filter(|elevation| elevation.granted.is_some()), how)
}

/// Writes the ends that an earlier run left open for `source`, whose lock is held: what has no outcome, or is not in
/// the keyring, ended in a way that nobody knows, and what is over has expired and leaves the keyring. Blocking.
///
/// # Errors
/// Where the log, the list or the keyring cannot be written.
fn settle_source(ports: &Ports, source: &SourceKey) -> Result<()> {
    let granted = settle_unanswered_of(ports, source)?;
    if granted.is_empty() {
        return Ok(());
    }
    let kept = ports.store.load_elevation(source)?;
    settle_granted(ports, source, granted, kept.as_ref()).map(|_| ())
}

/// What has no outcome in the log, though nobody is at it any more, ended in a way that nobody knows. Returns the
/// elevations that were granted.
pub(super) fn settle_unanswered_of(ports: &Ports, source: &SourceKey) -> Result<Vec<OpenElevation>> {
    let open = ports.state.open_elevations().of_source(source);
    let (granted, unanswered): (Vec<_>, Vec<_>) = open.into_iter().partition(|elevation| elevation.granted.is_some());
    end(ports, unanswered.into_iter(), EndReason::Unknown)?;
    Ok(granted)
}

/// Ends those of the `granted` elevations of `source` that are over, or should be in this store and are not the one that
/// it has (`kept`). Returns whether that one, and its credentials, were deleted.
pub(super) fn settle_granted(
    ports: &Ports,
    source: &SourceKey,
    granted: Vec<OpenElevation>,
    kept: Option<&GrantedElevation>,
) -> Result<bool> {
    let mut deleted = false;
    for elevation in granted {
        let is_kept = kept.is_some_and(|kept| kept.id() == elevation.subject.id);
        let is_over = elevation.granted.is_some_and(|life| life.is_over(ports.clock.now()));
        let may_serve = is_kept || !elevation.is_in(ports.store.name());
        if may_serve && !is_over {
            continue;
        }
        if is_kept {
            ports.store.delete_elevation(source)?;
            ports.store.delete_credentials(source)?;
            deleted = true;
        }
        end(ports, std::iter::once(elevation), EndReason::Unknown)?;
    }
    Ok(deleted)
}

/// Settles every source that nobody is working on. Blocking; where nothing is open it costs a look for the list.
pub fn settle(ports: &Ports) {
    settle_each(ports, settle_source);
}

/// The same without opening the keyring: what was granted is left to [`settle`].
pub fn settle_unanswered(ports: &Ports) {
    settle_each(ports, |ports, source| settle_unanswered_of(ports, source).map(|_| ()));
}

fn settle_each(ports: &Ports, settle: impl Fn(&Ports, &SourceKey) -> Result<()>) {
    for source in ports.state.open_elevations().sources() {
        let Ok(_lock) = lock_source(ports, &source, Duration::ZERO) else { continue };
        if let Err(error) = settle(ports, &source) {
            left_to_the_next_start(&error);
            if error.is_silent_keyring() {
                return;
            }
        }
    }
}
