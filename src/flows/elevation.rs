//! The life of an elevation in the audit log: asked for, granted or failed, and ended, with nothing left open.
//!
//! A note in the index is written before the log's first record and removed after its last one. So whatever ends the
//! program in between, the next start finds what is open and writes how it ended.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::audit::{Event, Record, Step, Subject};
use crate::domain::elevation::{Active, Approved, EndReason, Leave};
use crate::domain::index::ElevationNote;
use crate::domain::policy::Verdict;
use crate::domain::source::{Source, SourceKey};
use crate::domain::sso_session::SessionKey;
use crate::error::Result;
use crate::ports::{LockGuard, Ports};

/// How long to wait for another process that fetches the same credentials.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(20);

/// Takes the lock that guards what is kept for a source; blocking. One lock a source: a slow role delays no other.
pub fn lock_source(ports: &Ports, source: &SourceKey, timeout: Duration) -> Result<Box<dyn LockGuard>> {
    ports.locks.acquire(&format!("role/{source}"), timeout)
}

/// A fetch under an elevation whose intent is in the log and whose outcome is not. The lock of its source is held.
pub struct Pending {
    subject: Subject,
    leave: PendingLeave,
}

enum PendingLeave {
    New(Approved),
    Running(Active),
}

impl Pending {
    /// Records the intent to fetch credentials; none where the gate asks for no elevation. Blocking.
    ///
    /// # Errors
    /// Where the note or the record cannot be written: nothing may be fetched then.
    pub fn begin(ports: &Ports, source: &Source, verdict: &Verdict, leave: &Leave) -> Result<Option<Self>> {
        let user = || ports.state.index().session(&source.session().key()).and_then(|note| note.user.clone());
        let (subject, leave, max_duration) = match leave {
            Leave::Open => return Ok(None),
            Leave::New(approved) => {
                let subject = Subject::of_new(source, verdict, approved, user());
                ports.state.update_index(&mut |index| index.note_elevation(source, subject.clone()))?;
                (subject, PendingLeave::New(approved.clone()), Some(approved.max_duration()))
            }
            Leave::Running(active) => {
                let subject = Subject::of_running(source, verdict, active, user());
                (subject, PendingLeave::Running(active.clone()), None)
            }
        };
        let pending = Pending { subject, leave };
        if let Err(error) = record(ports, &pending.subject, Step::Intent { max_duration }) {
            pending.forget(ports);
            return Err(error);
        }
        Ok(Some(pending))
    }

    /// The elevation as it is if AWS's answer, just read, grants it.
    pub fn granted(&self, ports: &Ports) -> Option<Active> {
        match &self.leave {
            PendingLeave::New(approved) => approved.clone().granted(ports.stamp()),
            PendingLeave::Running(active) => Some(active.clone()),
        }
    }

    /// Records that AWS has granted `active` with these credentials. Blocking.
    ///
    /// # Errors
    /// Where it cannot be written: the credentials may not be kept or handed out then.
    pub fn record_granted(
        &self,
        ports: &Ports,
        active: &Active,
        access_key_id: &str,
        aws_ends_at: Timestamp,
    ) -> Result<()> {
        if matches!(self.leave, PendingLeave::New(_)) {
            ports.state.update_index(&mut |index| index.note_granted(active))?;
        }
        let ends_at = active.life().ends_at();
        record(ports, &self.subject, Step::Granted { access_key_id: access_key_id.to_owned(), ends_at, aws_ends_at })
    }

    /// Records that nothing was granted. Blocking.
    ///
    /// # Errors
    /// Where it cannot be written; it is then left to the next start.
    pub fn record_failed(&self, ports: &Ports, why: String) -> Result<()> {
        record(ports, &self.subject, Step::Failed { why })?;
        self.forget(ports);
        Ok(())
    }

    /// Records that what was granted could not be kept, which ends a new elevation. Blocking.
    pub fn record_not_kept(&self, ports: &Ports, source: &Source) {
        if matches!(self.leave, PendingLeave::Running(_)) {
            return;
        }
        let notes = ports.state.index().elevations_of(&source.key());
        let own = notes.into_iter().filter(|note| note.subject.id == self.subject.id);
        end_notes(ports, own, EndReason::NotKept).unwrap_or_else(|error| left_to_the_next_start(&error));
    }

    /// Records the end of earlier elevations that a new one replaces. Blocking.
    pub fn record_replaced(&self, ports: &Ports, source: &Source) {
        let notes = ports.state.index().elevations_of(&source.key());
        let earlier = notes.into_iter().filter(|note| note.subject.id != self.subject.id);
        end_notes(ports, earlier, EndReason::Replaced).unwrap_or_else(|error| left_to_the_next_start(&error));
    }

    /// A new elevation that came to nothing leaves no note; one that was running goes on.
    fn forget(&self, ports: &Ports) {
        if matches!(self.leave, PendingLeave::Running(_)) {
            return;
        }
        let forgotten = ports.state.update_index(&mut |index| index.note_ended(self.subject.id));
        forgotten.unwrap_or_else(|error| left_to_the_next_start(&error));
    }
}

fn left_to_the_next_start(error: &crate::error::Error) {
    tracing::warn!(%error, "the end of an elevation could not be recorded; the next start tries again");
}

fn record(ports: &Ports, subject: &Subject, step: Step) -> Result<()> {
    let event = Event::Elevation { subject: subject.clone(), step };
    ports.audit.append(&Record { at: ports.stamp(), event }).map(|_| ())
}

/// Records how each of these elevations ended, and forgets it.
fn end_notes(ports: &Ports, notes: impl Iterator<Item = ElevationNote>, how: EndReason) -> Result<()> {
    for note in notes {
        let now = ports.stamp().aws_time_then();
        let ended_at = match (how, note.granted) {
            (EndReason::Unknown, _) | (_, None) => None,
            (EndReason::Expired, Some(life)) => Some(life.ends_at()),
            (_, Some(life)) => Some(now.min(life.ends_at())),
        };
        // One whose time was over before anybody looked has expired, whatever brought us here.
        let how = match note.granted {
            Some(life) if life.is_over(ports.clock.now()) => EndReason::Expired,
            _ => how,
        };
        record(ports, &note.subject, Step::Ended { how, ended_at })?;
        ports.state.update_index(&mut |index| index.note_ended(note.subject.id))?;
    }
    Ok(())
}

/// Ends the elevations of `source` that AWS has granted: their credentials are gone from the keyring. One that is
/// being asked for at this moment is left to whoever asks. Blocking.
///
/// # Errors
/// Where the end cannot be recorded; it is then left to the next start.
pub fn end_granted(ports: &Ports, source: &SourceKey, how: EndReason) -> Result<()> {
    let notes = ports.state.index().elevations_of(source);
    end_notes(ports, notes.into_iter().filter(|note| note.granted.is_some()), how)
}

/// The same for all sources of a session.
///
/// # Errors
/// As [`end_granted`].
pub fn end_granted_of_session(ports: &Ports, session: &SessionKey, how: EndReason) -> Result<()> {
    let index = ports.state.index();
    let of_session = |note: &ElevationNote| note.session == session.as_str() && note.granted.is_some();
    end_notes(ports, index.elevations.into_values().filter(of_session), how)
}

/// Writes the ends that an earlier run left open for `source`, whose lock is held: what was asked for without an
/// outcome is unknown, and what is over has expired and leaves the keyring. Blocking.
///
/// # Errors
/// Where the log, the index or the keyring cannot be written.
pub fn settle_source(ports: &Ports, source: &SourceKey) -> Result<()> {
    for note in ports.state.index().elevations_of(source) {
        match note.granted {
            None => end_notes(ports, std::iter::once(note), EndReason::Unknown)?,
            Some(life) if life.is_over(ports.clock.now()) => {
                let kept = ports.store.load_elevation(source)?;
                if kept.is_some_and(|kept| kept.id() == note.subject.id) {
                    ports.store.delete_elevation(source)?;
                    ports.store.delete_credentials(source)?;
                }
                end_notes(ports, std::iter::once(note), EndReason::Expired)?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Settles every source that nobody is working on. Blocking; costs a read of the index where nothing is open.
pub fn settle(ports: &Ports) {
    let mut sources: Vec<String> = ports.state.index().elevations.into_values().map(|note| note.source).collect();
    sources.dedup();
    for source in sources.into_iter().map(SourceKey::from_note) {
        let Ok(_lock) = lock_source(ports, &source, Duration::ZERO) else { continue };
        settle_source(ports, &source).unwrap_or_else(|error| left_to_the_next_start(&error));
    }
}
