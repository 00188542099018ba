//! Standby sign-ins: made beforehand at a replica of an Identity Center, used while its own region does not answer.

use jiff::Timestamp;

use super::admission::admission_cached;
use super::drop_credentials;
use super::forget::{delete_secrets, note_deleted};
use super::judge::judge;
use super::kept::Kept;
use super::locks::{SESSION_TIMEOUT, lock_session};
use super::login::{self, Event, LoginRequest};
use super::logout::{Found, logout};
use super::obtain::{CredentialsRequest, obtain};
use super::retry::RetryPolicy;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::EndReason;
use crate::domain::ids::Region;
use crate::domain::index::Index;
use crate::domain::policy::Policy;
use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby::{Diversion, is_left_aside, means_out, share, usable};
use crate::error::{Error, Result};
use crate::ports::{LONGEST_CALL, Ports};

/// How often it is looked whether the holder of a lock has found the region out. Each time takes half of what is left.
const LOOKS: u32 = 3;

/// Credentials for `request`, which the caller may hand out: through the session's own region, or where that does not
/// answer, through the first of its `standbys` that serves. Those are kept as the standby's own. `kept` is what the caller
/// has read already; `tell` hears of a diversion once.
///
/// # Errors
/// As [`obtain`]; `Unavailable` names the standbys where none serves either.
pub async fn obtain_with_standby(
    ports: &Ports,
    policy: &Policy,
    request: &CredentialsRequest,
    kept: Option<Kept>,
    standbys: &[SsoSession],
    tell: &(dyn Fn(Diversion) + Send + Sync),
) -> Result<CachedCredentials> {
    if standbys.is_empty() {
        return obtain(ports, policy, request, kept).await;
    }
    let primary = request.source.session();
    let (index, now) = (ports.blocking(|ports| Ok(ports.state.index())).await?, ports.clock.now());
    let own = index.session(&primary.key());
    let is_usable = |standby: &&SsoSession| usable(own, index.session(&standby.key()), now).is_some();
    let ways = Ways {
        ports,
        policy,
        request,
        configured: standbys,
        usable: standbys.iter().filter(is_usable).collect(),
        tell,
        was_out: own.is_some_and(|own| own.out_since.is_some()),
    };
    if ways.usable.is_empty() {
        let answer = obtain(ports, policy, request, kept).await;
        return answer.map_err(|error| if is_out(&error) { ways.nobody(Vec::new(), error) } else { error });
    }
    if is_left_aside(own, now) { ways.standby_first(kept).await } else { ways.primary_first(kept).await }
}

/// The ways to the credentials of one request.
struct Ways<'a> {
    ports: &'a Ports,
    policy: &'a Policy,
    request: &'a CredentialsRequest,
    /// The session at each replica that the settings name.
    configured: &'a [SsoSession],
    /// Those among them with a sign-in that may serve.
    usable: Vec<&'a SsoSession>,
    tell: &'a (dyn Fn(Diversion) + Send + Sync),
    /// Whether the session's own region is noted as out.
    was_out: bool,
}

/// Why no standby sign-in served.
enum Missed {
    /// The regions that were asked in vain; the others turned out to have no sign-in.
    Unanswered(Vec<Region>),
    /// One answered with a refusal.
    Refused(Error),
}

impl Ways<'_> {
    fn primary(&self) -> &SsoSession {
        self.request.source.session()
    }

    async fn primary_first(self, kept: Option<Kept>) -> Result<CachedCredentials> {
        let answer = self.hurried_primary(kept).await;
        let error = match answer {
            Err(error) if is_out(&error) => error,
            Err(error @ Error::LockHeld { .. }) if self.is_left_aside_by_now().await => error,
            // It was this that took the time, and it gets the rest.
            Err(error) if deserves_the_rest(&error) => {
                return obtain(self.ports, self.policy, self.request, None).await;
            }
            // The region was not asked, and an elevation that began at a replica goes on.
            Err(needed @ (Error::ReasonRequired { .. } | Error::NotOnCall { .. })) => {
                return self.kept_at_standby().await?.ok_or(needed);
            }
            answer => {
                self.note_answer(&answer).await;
                return answer;
            }
        };
        // At once: whoever waits for our lock looks there.
        self.note_out(Some(self.ports.clock.now().wall)).await;
        match self.through_standbys(false).await {
            Ok(credentials) => Ok(credentials),
            Err(Missed::Refused(refusal)) => Err(refusal),
            Err(Missed::Unanswered(regions)) => {
                // Where nobody answers, it may be our own network that is out.
                self.note_out(None).await;
                Err(self.nobody(regions, error))
            }
        }
    }

    /// Asks the session's own region for a share of the time. While another process holds the lock, it may be waiting for
    /// that region as well, so that this looks again and again whether it was found out.
    async fn hurried_primary(&self, mut kept: Option<Kept>) -> Result<CachedCredentials> {
        let mut looked = 1;
        loop {
            let hurried = CredentialsRequest { retry: self.hurried(), ..self.request.clone() };
            match obtain(self.ports, self.policy, &hurried, kept.take()).await {
                Err(Error::LockHeld { .. }) if looked < LOOKS && !self.is_left_aside_by_now().await => looked += 1,
                answer => return answer,
            }
        }
    }

    /// The region was found out a short while ago: it is asked last.
    async fn standby_first(self, kept: Option<Kept>) -> Result<CachedCredentials> {
        let kept = match kept {
            Some(kept) => kept,
            None => self.load(&self.request.source).await?,
        };
        if self.is_fresh(&self.request.source, &kept).await? {
            return obtain(self.ports, self.policy, self.request, Some(kept)).await;
        }
        let regions = match self.through_standbys(true).await {
            Ok(credentials) => return Ok(credentials),
            Err(Missed::Refused(refusal)) => return Err(refusal),
            Err(Missed::Unanswered(regions)) => regions,
        };
        let answer = obtain(self.ports, self.policy, self.request, Some(kept)).await;
        self.note_answer(&answer).await;
        answer.map_err(|error| if is_out(&error) { self.nobody(regions, error) } else { error })
    }

    async fn through_standbys(&self, primary_follows: bool) -> Result<CachedCredentials, Missed> {
        let mut unanswered = Vec::new();
        for (at, standby) in self.usable.iter().enumerate() {
            let is_last = at + 1 == self.usable.len() && !primary_follows;
            let retry = if is_last { self.request.retry } else { self.hurried() };
            match self.through(standby, retry).await {
                Ok(credentials) => {
                    (self.tell)(Diversion { from: self.primary().region.clone(), to: standby.region.clone() });
                    return Ok(credentials);
                }
                Err(error) if is_out(&error) => unanswered.push(standby.region.clone()),
                Err(Error::LoginNeeded { .. }) => {}
                Err(refusal) => return Err(Missed::Refused(refusal)),
            }
        }
        Err(Missed::Unanswered(unanswered))
    }

    /// What is kept of a standby session and serves as it is.
    async fn kept_at_standby(&self) -> Result<Option<CachedCredentials>> {
        for standby in &self.usable {
            let source = Source::portal_role((*standby).clone(), self.request.source.target().clone());
            let kept = self.load(&source).await?;
            if self.is_fresh(&source, &kept).await? {
                let request = CredentialsRequest { source, ..self.request.clone() };
                return obtain(self.ports, self.policy, &request, Some(kept)).await.map(Some);
            }
        }
        Ok(None)
    }

    /// The same request to a standby session, whose credentials and elevations are its own.
    async fn through(&self, standby: &SsoSession, retry: RetryPolicy) -> Result<CachedCredentials> {
        self.share_catalog(standby).await;
        let source = Source::portal_role(standby.clone(), self.request.source.target().clone());
        let request = CredentialsRequest { source, retry, ..self.request.clone() };
        obtain(self.ports, self.policy, &request, None).await
    }

    /// Gives the standby session the accounts' names, so that the policy judges the same facts. Without them, its verdict is
    /// at least as strict.
    async fn share_catalog(&self, standby: &SsoSession) {
        let (from, to) = (self.primary().key(), standby.key());
        let share = move |ports: &Ports| {
            let catalog = ports.state.catalog(&from);
            ports.state.update_catalog(&to, &mut |shared| shared.clone_from(&catalog))
        };
        if let Err(error) = self.ports.blocking(share).await {
            tracing::warn!(%error, "the accounts' names could not be shared with the standby session");
        }
    }

    /// The retry policy for a region after which another one can be asked.
    fn hurried(&self) -> RetryPolicy {
        let (retry, elapsed) = (self.request.retry, self.ports.clock.elapsed());
        let left = retry.until.map(|until| until.saturating_sub(elapsed));
        RetryPolicy { until: Some(elapsed + share(left, LONGEST_CALL)), ..retry }
    }

    async fn load(&self, source: &Source) -> Result<Kept> {
        let (policy, source) = (self.policy.clone(), source.clone());
        self.ports.blocking(move |ports| Kept::load(ports, &source, &judge(ports, &policy, &source))).await
    }

    /// Whether what is kept for `source` serves, so that no region need be asked.
    async fn is_fresh(&self, source: &Source, kept: &Kept) -> Result<bool> {
        if self.request.elevation.is_some() || self.request.renew {
            return Ok(false);
        }
        let (policy, source) = (self.policy.clone(), source.clone());
        let look = move |ports: &Ports| {
            let verdict = judge(ports, &policy, &source);
            let admission = admission_cached(ports, &policy, &verdict, &source);
            Ok((verdict, admission))
        };
        let (verdict, admission) = self.ports.blocking(look).await?;
        Ok(kept.fresh(&verdict, &admission, self.ports.clock.now()).is_some())
    }

    async fn is_left_aside_by_now(&self) -> bool {
        let (key, now) = (self.primary().key(), self.ports.clock.now());
        let look = move |ports: &Ports| Ok(is_left_aside(ports.state.index().session(&key), now));
        self.ports.blocking(look).await.unwrap_or(false)
    }

    /// Forgets that the region was out once it has answered, be it with a refusal.
    async fn note_answer(&self, answer: &Result<CachedCredentials>) {
        let has_answered = match answer {
            Ok(_) | Err(Error::NotAssigned { .. } | Error::LoginNeeded { source: Some(_), .. }) => true,
            Err(Error::Aws(error)) => !means_out(error.kind),
            Err(_) => false,
        };
        if self.was_out && has_answered {
            self.note_out(None).await;
        }
    }

    async fn note_out(&self, since: Option<Timestamp>) {
        note_out(self.ports, self.primary(), since).await;
    }

    /// The error where the session's own region gave `error` and nobody else served.
    fn nobody(&self, unanswered: Vec<Region>, error: Error) -> Error {
        let (session, region) = (self.primary().name.clone(), self.primary().region.clone());
        let source = Box::new(error);
        if unanswered.is_empty() {
            let standbys = self.configured.iter().map(|standby| standby.region.clone()).collect();
            return Error::NoStandby { session, region, standbys, source };
        }
        Error::StandbyOut { region, standbys: unanswered, source }
    }
}

/// What is not written down is only found out once more.
async fn note_out(ports: &Ports, session: &SsoSession, since: Option<Timestamp>) {
    let session = session.clone();
    let note = move |ports: &Ports| ports.state.update_index(&mut |index| index.note_out(&session, since));
    if let Err(error) = ports.blocking(note).await {
        tracing::warn!(%error, "whether the region answers could not be noted");
    }
}

/// Whether the region did not answer.
fn is_out(error: &Error) -> bool {
    matches!(error, Error::Aws(error) if means_out(error.kind))
}

fn deserves_the_rest(error: &Error) -> bool {
    matches!(error, Error::LockHeld { .. } | Error::Aws(AwsError { kind: AwsErrorKind::Throttled(_), .. }))
}

/// Signs in to a session itself. Standby sign-ins of an earlier sign-in, which may have been another person's, are forgotten.
///
/// # Errors
/// As [`login::login`].
pub async fn sign_in(ports: &Ports, request: &LoginRequest, tell: &(dyn Fn(Event) + Send + Sync)) -> Result<()> {
    match login::login(ports, request, tell).await {
        Ok(()) => {
            let primary = request.session.clone();
            let forget = move |ports: &Ports| forget_standbys(ports, &primary);
            if let Err(error) = ports.blocking_to_its_end(forget).await {
                // They are older than this sign-in, so that they serve no more in any case.
                tracing::warn!(%error, "an earlier standby sign-in could not be deleted");
            }
            Ok(())
        }
        Err(error) => {
            if is_out(&error) {
                note_out(ports, &request.session, Some(ports.clock.now().wall)).await;
            }
            Err(error)
        }
    }
}

/// Signs in beforehand at the first of `standbys`, the replicas of the session in `request`, that answers: one sign-in
/// serves, and each further one would ask the person again. `at` hears of each region that is tried. Gives the session that
/// was signed in to.
///
/// # Errors
/// As [`login::login`].
pub async fn sign_in_standby(
    ports: &Ports,
    request: &LoginRequest,
    standbys: &[SsoSession],
    at: &(dyn Fn(&Region) + Send + Sync),
    tell: &(dyn Fn(Event) + Send + Sync),
) -> Result<SsoSession> {
    let mut outcome = Err(Error::NoReplica { session: request.session.name.clone() });
    for standby in standbys {
        at(&standby.region);
        // First, so that signing out of the session finds it.
        let (noted, primary) = (standby.clone(), request.session.clone());
        let note = move |ports: &Ports| ports.state.update_index(&mut |index| index.note_standby(&noted, &primary));
        ports.blocking(note).await?;
        let there = LoginRequest { session: standby.clone(), ..request.clone() };
        match login::login(ports, &there, tell).await {
            Ok(()) => return Ok(standby.clone()),
            Err(error) if is_out(&error) => outcome = Err(error),
            Err(error) => return Err(error),
        }
    }
    outcome
}

/// The session at each of its replicas: at those that the settings name, `configured`, and at those besides where the index
/// has something to sign out of. Blocking.
pub fn all_standbys(ports: &Ports, primary: &SsoSession, configured: Vec<SsoSession>) -> Vec<SsoSession> {
    let mut standbys = configured;
    for standby in ports.state.index().standbys_in_use(&primary.key()) {
        if standbys.iter().all(|known| known.key() != standby.key()) {
            standbys.push(standby);
        }
    }
    standbys
}

/// Signs out of `primary` and of its standby sessions; each is tried though another failed.
///
/// # Errors
/// The first of [`logout`]'s.
pub async fn sign_out(ports: &Ports, primary: &SsoSession, configured: Vec<SsoSession>) -> Result<Found> {
    let session = primary.clone();
    let standbys = ports.blocking(move |ports| Ok(all_standbys(ports, &session, configured))).await?;
    let mut outcome = logout(ports, primary).await;
    for standby in &standbys {
        outcome = match (outcome, logout(ports, standby).await) {
            (Ok(Found::Nothing), other) => other,
            (Ok(Found::SignIn), Err(error)) => Err(error),
            (outcome, _) => outcome,
        };
    }
    outcome
}

/// Forgets what is kept for `source`, and for the same role at its session's replicas.
///
/// # Errors
/// As [`drop_credentials::drop_credentials`]; the first of several.
pub async fn drop_credentials(ports: &Ports, source: &Source, configured: Vec<SsoSession>) -> Result<()> {
    let (session, target) = (source.session().clone(), source.target().clone());
    let find = move |ports: &Ports| {
        let (index, role) = (ports.state.index(), target.to_string());
        let is_noted = |standby: &SsoSession| {
            index
                .session(&standby.key())
                .is_some_and(|note| note.targets.get(&role).is_some_and(|role| role.kept.is_some()))
        };
        let standbys = all_standbys(ports, &session, configured).into_iter().filter(is_noted);
        Ok(standbys.map(|standby| Source::portal_role(standby, target.clone())).collect::<Vec<_>>())
    };
    let others = ports.blocking(find).await?;
    let mut outcome = drop_credentials::drop_credentials(ports, source).await;
    for other in &others {
        outcome = outcome.and(drop_credentials::drop_credentials(ports, other).await);
    }
    outcome
}

/// Deletes what is kept of the standby sign-ins of `primary`. AWS may still take their tokens, which nobody holds any more.
/// Blocking.
fn forget_standbys(ports: &Ports, primary: &SsoSession) -> Result<()> {
    let mut outcome = Ok(());
    for standby in ports.state.index().standbys_in_use(&primary.key()) {
        outcome = outcome.and(forget(ports, &standby));
    }
    outcome
}

fn forget(ports: &Ports, standby: &SsoSession) -> Result<()> {
    let _lock = lock_session(ports, standby, SESSION_TIMEOUT)?;
    let record = ports.store.load_session(&standby.key())?.unwrap_or_default();
    delete_secrets(ports, standby, &record.targets)?;
    let store = ports.store.name();
    note_deleted(ports, standby, EndReason::SignedInAnew, &mut |index: &mut Index| index.note_sign_out(standby, store))
}
