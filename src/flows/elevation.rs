//! The life of an elevation in the audit log: asked for, granted or failed, and ended, with nothing left open.
//!
//! The log is the list of elevations: one is open from its intent until its last record. So whatever ends the program in
//! between, the next start finds what is open and writes how it ended; at worst it does so twice.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::issue::Chain;
use super::locks::{lock_caps, lock_source};
use crate::domain::audit::{
    Access, CallRecord, Ended, Event, Failed, GivenCredentials, Granted, Intent, Issued, Mode, Refused, Subject, Warned,
};
use crate::domain::credentials::RoleCredentials;
use crate::domain::elevation::{
    ApprovedElevation, Draft, ElevationId, EndReason, GrantedElevation, Outlook, Refusal, TicketAnswer, review,
};
use crate::domain::elevation_list::{ElevationList, OpenElevation};
use crate::domain::on_call::{Admission, Evidence};
use crate::domain::policy::{self, Cap, Verdict};
use crate::domain::source::{Source, SourceKey};
use crate::domain::sso_session::SessionKey;
use crate::domain::text::Untrusted;
use crate::domain::time::{Lifespan, Stamp};
use crate::error::{Error, Result};
use crate::ports::Ports;

/// The elevation that `draft` asks for, where the policy approves it now; or why it does not. Blocking.
///
/// # Errors
/// The log cannot be read, or there are no random numbers.
pub fn review_draft(
    ports: &Ports,
    source: &Source,
    verdict: &Verdict,
    draft: &Draft,
) -> Result<Result<ApprovedElevation, Refusal>> {
    let id = ElevationId::new(ports.stamp().aws_time_then(), ports.random_u128()?);
    let (elevations, now) = (elevations_that_count(ports, verdict)?, ports.stamp().aws_time_then());
    Ok(review(draft, verdict, id, |cap| elevations.left_of(cap, now, &source.key())))
}

/// The elevations that the verdict's caps are counted in: from the log itself, whatever was kept of it for a quicker start.
fn elevations_that_count(ports: &Ports, verdict: &Verdict) -> Result<ElevationList> {
    match verdict.terms().caps.is_empty() {
        true => Ok(ElevationList::default()),
        false => ports.audit.elevations_for_decision(),
    }
}

/// What is known beforehand of an elevation of `source`. Blocking.
///
/// # Errors
/// The log cannot be read.
pub fn outlook(
    ports: &Ports,
    source: &Source,
    verdict: &Verdict,
    admission: Admission,
    zone: TimeZone,
) -> Result<Outlook> {
    let times = (ports.stamp(), ports.clock.now());
    Ok(ports.audit.elevations()?.outlook(verdict, source, admission, times, zone))
}

/// What an elevation may exceed a cap by: the one that it replaces went on while this one was begun.
const WHILE_BEGINNING: SignedDuration = SignedDuration::from_mins(1);

/// Why an elevation of this length exceeds a cap at `now`, where it does.
fn exceeded(
    ports: &Ports,
    source: &Source,
    verdict: &Verdict,
    duration: SignedDuration,
    now: Timestamp,
) -> Result<Option<Refusal>> {
    let elevations = elevations_that_count(ports, verdict)?;
    let left = |cap: &Cap| elevations.left_of(cap, now, &source.key());
    let exceeded = verdict.terms().caps.iter().find(|cap| left(cap) + WHILE_BEGINNING < duration);
    Ok(exceeded.map(|cap| Refusal::Cap { cap: cap.clone(), left: left(cap) }))
}

/// An elevation whose intent is in the log and whose outcome is not. The lock of its source is held.
pub struct Pending {
    subject: Subject,
    approved: ApprovedElevation,
}

impl Pending {
    /// Records the intent of a new elevation. Blocking.
    ///
    /// # Errors
    /// Another one has used up a cap since it was approved; or the record cannot be written: nothing may be asked of AWS then.
    pub fn begin(ports: &Ports, source: &Source, verdict: &Verdict, approved: ApprovedElevation) -> Result<Self> {
        let subject = subject(ports, source, verdict, &approved);
        let terms = verdict.terms();
        let intent = Intent {
            subject: subject.clone(),
            duration_s: approved.duration().as_secs(),
            confirmation: approved.confirmation(),
            alerts: terms.alerts.clone(),
            notify: terms.notify.clone(),
            pid: ports.processes.own_id(),
            source: source.key(),
            session_key: source.session().key(),
            store: ports.store.name(),
        };
        // Whoever counts next finds it.
        let _caps = if terms.caps.is_empty() { None } else { Some(lock_caps(ports)?) };
        let (duration, now) = (approved.duration(), ports.stamp().aws_time_then());
        if let Some(refusal) = exceeded(ports, source, verdict, duration, now)? {
            record_refused(ports, source, verdict, refusal.to_string());
            return Err(refusal.into());
        }
        record(ports, Event::Intent(Box::new(intent)))?;
        Ok(Pending { subject, approved })
    }

    /// Why it exceeds a cap by the time that AWS told with its answer at `obtained`, where it does: before that, this
    /// machine's clock may have been set to any time. Blocking.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn exceeded(
        &self,
        ports: &Ports,
        source: &Source,
        verdict: &Verdict,
        obtained: Stamp,
    ) -> Result<Option<Refusal>> {
        exceeded(ports, source, verdict, self.approved.duration(), obtained.aws_time_then())
    }

    /// The elevation as it is if the answer that AWS gave at `obtained` grants it.
    pub fn granted(&self, obtained: Stamp) -> GrantedElevation {
        self.approved.clone().granted(obtained)
    }

    /// The `role` that it assumes.
    pub(super) fn chain<'a>(&'a self, role: &'a str) -> Chain<'a> {
        Chain {
            role,
            id: self.approved.id(),
            duration: self.approved.duration(),
            reason: self.approved.reason(),
            ticket: self.approved.ticket().ticket(),
        }
    }

    /// Records that AWS has granted the elevation with these credentials, to whom it says. Blocking.
    ///
    /// # Errors
    /// It cannot be written: the credentials may not be kept or handed out then.
    pub fn record_granted(
        &self,
        ports: &Ports,
        granted: &GrantedElevation,
        credentials: Option<&RoleCredentials>,
        user: Option<&Untrusted>,
        calls: CallRecord,
    ) -> Result<()> {
        let mut subject = self.subject.clone();
        subject.access.user = user.map(Untrusted::visible).or(subject.access.user);
        let granted =
            Granted { calls, subject, credentials: credentials.map(given), ends_at: granted.life().ends_at() };
        record(ports, Event::Granted(Box::new(granted)))
    }

    /// Records that nothing was granted. Why that is so says more than that it could not be recorded. Blocking.
    pub fn record_failed(&self, ports: &Ports, why: String) {
        let failed = Failed { subject: self.subject.clone(), why };
        record(ports, Event::Failed(Box::new(failed))).unwrap_or_else(|error| left_to_the_next_start(&error));
    }

    /// Records that what was granted could not be kept, which ends the elevation. Blocking.
    pub fn record_not_kept(&self, ports: &Ports, source: &Source) {
        let this = |open: &OpenElevation| open.subject.elevation == self.subject.elevation;
        let ended = end_some(ports, &source.key(), EndReason::NotKept, this);
        ended.unwrap_or_else(|error| left_to_the_next_start(&error));
    }

    /// Records the end of earlier elevations that this one replaces. Blocking.
    pub fn record_replaced(&self, ports: &Ports, source: &Source) {
        let earlier = |open: &OpenElevation| !open.subject.drill && open.subject.elevation != self.subject.elevation;
        let ended = end_some(ports, &source.key(), EndReason::Replaced, earlier);
        ended.unwrap_or_else(|error| left_to_the_next_start(&error));
    }
}

/// Records that credentials were fetched without a new elevation: through a gate that is open, or under `elevation`, which is
/// active. Blocking.
///
/// # Errors
/// It cannot be written, and there is a gate: the credentials may not be kept or handed out then.
pub fn record_issued(
    ports: &Ports,
    source: &Source,
    verdict: &Verdict,
    elevation: Option<ElevationId>,
    on_call: Vec<Evidence>,
    credentials: &RoleCredentials,
    calls: CallRecord,
) -> Result<()> {
    let access = access(ports, source, verdict);
    let credentials = given(credentials);
    let event = Event::Issued(Box::new(Issued { access, elevation, on_call, credentials, calls }));
    let is_gated = event.is_gated();
    match record(ports, event) {
        Err(error) if !is_gated => {
            tracing::warn!(%error, "credentials were handed out without a record; the next record counts them");
            Ok(())
        }
        recorded => recorded,
    }
}

/// Records that the policy turned somebody away. That it did says more than that it could not be recorded. Blocking.
pub fn record_refused(ports: &Ports, source: &Source, verdict: &Verdict, why: String) {
    let refused = Refused { access: access(ports, source, verdict), why };
    if let Err(error) = record(ports, Event::Refused(Box::new(refused))) {
        tracing::warn!(%error, "a refusal could not be recorded");
    }
}

/// Records that the person was warned, unless the elevation is over or the log tells of that warning already. Blocking.
///
/// # Errors
/// The log cannot be read or written.
pub fn record_warning(ports: &Ports, warned: Warned) -> Result<()> {
    let elevations = ports.audit.elevations()?;
    let active = elevations.get(warned.subject.elevation).and_then(|open| open.active.as_ref());
    if active.is_some_and(|active| active.is_warning_due(warned.minutes_left)) {
        record(ports, Event::Warned(Box::new(warned)))?;
    }
    Ok(())
}

fn subject(ports: &Ports, source: &Source, verdict: &Verdict, approved: &ApprovedElevation) -> Subject {
    Subject {
        elevation: approved.id(),
        extends: approved.extends(),
        group: approved.group(),
        access: access(ports, source, verdict),
        mode: match verdict.terms().mode {
            policy::Mode::Direct => Mode::Direct,
            policy::Mode::Chained(_) => Mode::Chained,
        },
        reason: approved.reason().clone(),
        ticket: approved.ticket().ticket().cloned(),
        no_ticket: *approved.ticket() == TicketAnswer::NoTicket,
        drill: approved.is_drill(),
        requested_at: verdict.at(),
    }
}

/// What records say of an access to `source`, with what is known of person and account.
fn access(ports: &Ports, source: &Source, verdict: &Verdict) -> Access {
    let session = source.session().key();
    let user = ports.state.index().session(&session).and_then(|note| note.user.as_ref().map(|user| user.visible()));
    let catalog = ports.state.catalog(&session);
    let account_name = catalog.account(&source.target().account).map(|account| account.name.visible());
    Access::of(source, verdict, user, account_name)
}

fn given(credentials: &RoleCredentials) -> GivenCredentials {
    GivenCredentials { access_key_id: credentials.access_key_id.to_string(), aws_ends_at: credentials.expires_at }
}

/// What is not in the log yet stays open; the next start finds it.
pub(super) fn left_to_the_next_start(error: &Error) {
    tracing::warn!(%error, "the end of an elevation could not be recorded; the next start tries again");
}

fn record(ports: &Ports, event: Event) -> Result<()> {
    ports.audit.append(ports.stamp(), event)
}

/// Records how each of these elevations ended.
fn end(ports: &Ports, open: impl Iterator<Item = OpenElevation>, how: EndReason) -> Result<()> {
    for elevation in open {
        let now = ports.clock.now();
        // One whose time was over before anybody looked has expired, whatever brought us here.
        let (how, ended_at) = match elevation.active {
            None => (how, None),
            Some(active) if active.life.is_over(now) => (EndReason::Expired, Some(active.life.ends_at())),
            Some(active) => (how, Some(active.life.obtained().aws_time(now))),
        };
        let id = elevation.subject.elevation;
        record(ports, Event::Ended(Box::new(Ended { subject: elevation.subject, how, ended_at })))?;
        ports.state.note_elevation_ended(id);
    }
    Ok(())
}

/// Records how this elevation ended.
pub(super) fn end_open(ports: &Ports, elevation: OpenElevation, how: EndReason) -> Result<()> {
    end(ports, std::iter::once(elevation), how)
}

/// Those whose credentials are kept in the store at hand: what another store has is still served.
fn in_this_store(ports: &Ports, open: Vec<OpenElevation>) -> impl Iterator<Item = OpenElevation> {
    let store = ports.store.name();
    open.into_iter().filter(move |elevation| elevation.is_in(store))
}

fn end_some(ports: &Ports, source: &SourceKey, how: EndReason, which: impl Fn(&OpenElevation) -> bool) -> Result<()> {
    let open = in_this_store(ports, ports.audit.elevations()?.of_source(source));
    end(ports, open.filter(|elevation| which(elevation)), how)
}

/// Ends the elevations of `source` that AWS has granted: their credentials are gone from this store. One that is being
/// asked for at this moment is left to whoever asks. Blocking.
///
/// # Errors
/// The end cannot be recorded; it is then left to the next start.
pub fn end_granted(ports: &Ports, source: &SourceKey, how: EndReason) -> Result<()> {
    let open = in_this_store(ports, ports.audit.elevations()?.of_source(source));
    end(ports, open.filter(is_granted), how)
}

/// Whether AWS has granted it; a drill has nothing of AWS's.
fn is_granted(elevation: &OpenElevation) -> bool {
    elevation.active.is_some() && !elevation.subject.drill
}

/// The same for all sources of a session.
///
/// # Errors
/// As [`end_granted`].
pub fn end_granted_of_session(ports: &Ports, session: &SessionKey, how: EndReason) -> Result<()> {
    let open = in_this_store(ports, ports.audit.elevations()?.of_session(session));
    end(ports, open.filter(is_granted), how)
}

/// Writes the ends that an earlier run left open for `source`, whose lock is held: what has no outcome, or is not in
/// the keyring, ended in a way that nobody knows, and what is over has expired and leaves the keyring. Blocking.
///
/// # Errors
/// The log or the keyring cannot be read or written.
pub(super) fn settle_source(ports: &Ports, source: &SourceKey) -> Result<()> {
    let granted = settle_unanswered_of(ports, source)?;
    if granted.is_empty() {
        return Ok(());
    }
    let kept = ports.store.load_elevation(source)?;
    settle_granted(ports, source, granted, kept.as_ref()).map(|_| ())
}

/// What has no outcome in the log, though the process that asked is gone, ended in a way that nobody knows. Returns the
/// elevations that were granted.
pub(super) fn settle_unanswered_of(ports: &Ports, source: &SourceKey) -> Result<Vec<OpenElevation>> {
    let open = ports.audit.elevations()?.of_source(source);
    let (granted, unanswered): (Vec<_>, Vec<_>) = open.into_iter().partition(|elevation| elevation.active.is_some());
    let abandoned = unanswered.into_iter().filter(|elevation| is_abandoned(ports, elevation));
    end(ports, abandoned, EndReason::Unknown)?;
    Ok(granted)
}

/// Whether the process that asked for the elevation can write no outcome any more. It is not this one: the lock of its source
/// is held here.
fn is_abandoned(ports: &Ports, elevation: &OpenElevation) -> bool {
    let boots = elevation.asked.at.boot.zip(ports.clock.now().boot);
    let rebooted = boots.is_some_and(|(then, now)| then.boot_id != now.boot_id);
    rebooted || elevation.pid == ports.processes.own_id() || !ports.processes.is_running(elevation.pid)
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
        let is_kept = kept.is_some_and(|kept| kept.id() == elevation.subject.elevation);
        let is_over = elevation.active.as_ref().is_some_and(|active| active.life.is_over(ports.clock.now()));
        let may_serve = is_kept || elevation.subject.drill || !elevation.is_in(ports.store.name());
        if may_serve && !is_over {
            continue;
        }
        if is_kept {
            ports.store.delete_elevation(source)?;
            ports.store.delete_credentials(source)?;
            deleted = true;
        }
        end_open(ports, elevation, EndReason::CredentialsGone)?;
    }
    Ok(deleted)
}

/// Settles every source that nobody is working on. Blocking; where nothing is open it costs a look for the list.
pub fn settle(ports: &Ports) {
    settle_each(ports, |_| true, settle_source);
}

/// The same where something is over, or was never answered: what still runs is left alone, and so is the keyring. Blocking.
pub fn settle_overdue(ports: &Ports) {
    let now = ports.clock.now();
    let is_overdue = |open: &OpenElevation| open.active.as_ref().is_none_or(|active| active.life.is_over(now));
    settle_each(ports, is_overdue, settle_source);
}

/// The same without opening the keyring: what was granted is left to [`settle`].
pub fn settle_unanswered(ports: &Ports) {
    settle_each(ports, |open| open.active.is_none(), |ports, source| settle_unanswered_of(ports, source).map(|_| ()));
}

/// How often it is looked whether an elevation has ended.
const LOOK_FOR_END: Duration = Duration::from_secs(2);

/// Waits until no elevation of `source` runs any more, wherever it was ended; where the log does not tell, until `life` is
/// over. Another elevation of it, such as an extension, carries on what was begun under the first. `meanwhile` is done at each
/// look.
pub async fn until_ended(ports: &Ports, source: &SourceKey, life: Lifespan, meanwhile: impl Fn()) {
    loop {
        let source = source.clone();
        let look = move |ports: &Ports| {
            settle_overdue(ports);
            runs(ports, &source)
        };
        let runs = ports.blocking(look).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "it cannot be told whether the elevation has ended");
            !life.is_over(ports.clock.now())
        });
        if !runs {
            return;
        }
        meanwhile();
        ports.clock.sleep(LOOK_FOR_END).await;
    }
}

/// Whether an elevation of `source` is active.
fn runs(ports: &Ports, source: &SourceKey) -> Result<bool> {
    let (elevations, now) = (ports.audit.elevations()?, ports.clock.now());
    let is_running = |open: &OpenElevation| open.active.as_ref().is_some_and(|active| !active.life.is_over(now));
    Ok(elevations.of_source(source).iter().any(is_running))
}

/// Settles the sources that have an elevation which `concerns` picks.
fn settle_each(
    ports: &Ports,
    concerns: impl Fn(&OpenElevation) -> bool,
    settle: impl Fn(&Ports, &SourceKey) -> Result<()>,
) {
    let sources = match ports.audit.elevations() {
        Ok(elevations) => elevations.sources_of(concerns),
        Err(error) => return left_to_the_next_start(&error),
    };
    for source in sources {
        let Ok(_lock) = lock_source(ports, &source, Duration::ZERO) else { continue };
        if let Err(error) = settle(ports, &source) {
            left_to_the_next_start(&error);
            if error.is_silent_keyring() {
                return;
            }
        }
    }
}
