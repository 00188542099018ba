//! Credentials of a source: from the keyring while fresh, from AWS by one process at a time.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::admission::{admission, user_of};
use super::elevation::{
    Pending, left_to_the_next_start, record_issued, record_refused, review_draft, settle_granted, settle_unanswered_of,
};
use super::identity::note_user;
use super::issue::{Chain, GET_ROLE_CREDENTIALS, Issued, assumed_role, permission_set};
use super::judge::judge;
use super::kept::Kept;
use super::locks::{SESSION_TIMEOUT, SOURCE_TIMEOUT, lock_session, lock_source};
use super::record::load_record;
use super::retry::RetryPolicy;
use super::token::{Access, access_token_of, forget_access, login_needed, signed_out_by};
use crate::domain::audit::CallRecord;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::credentials::{CachedCredentials, Issue, RoleCredentials};
use crate::domain::elevation::{ApprovedElevation, Authorization, Draft, ElevationNeeded, GrantedElevation, authorize};
use crate::domain::freshness::{TokenDecision, decide_token};
use crate::domain::on_call::{Admission, Evidence, OnDutyProof};
use crate::domain::policy::{Mode, Policy, Verdict};
use crate::domain::session::SessionRecord;
use crate::domain::source::Source;
use crate::domain::text::Untrusted;
use crate::domain::tier::Gate;
use crate::domain::time::Stamp;
use crate::error::{Error, Kind, Result};
use crate::ports::{LockGuard, Ports};

/// How long a rota's source is waited for where a program waits for the answer, and where a person does.
const ROTA_TIMEOUT: Duration = Duration::from_secs(2);
const PATIENT_ROTA_TIMEOUT: Duration = Duration::from_secs(8);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct CredentialsRequest {
    /// Where the credentials come from.
    pub source: Source,
    /// The elevation that the person asks for; looked at where the policy asks for one.
    pub elevation: Option<Draft>,
    /// Whether to fetch new credentials though those that are kept are fresh. Where that fails, the kept ones stay,
    /// and the caller gets the error.
    pub renew: bool,
    /// How long to try.
    pub retry: RetryPolicy,
}

/// Credentials for `request`, which the caller may hand out. `kept` is what the caller has read already.
///
/// # Errors
/// `Usage` for a reason or ticket that is none, `LoginNeeded`, `Denied`, `ElevationNeeded`, `Unavailable` or `Keyring`; what was
/// kept stays as it was.
pub async fn obtain(
    ports: &Ports,
    policy: &Policy,
    request: &CredentialsRequest,
    kept: Option<Kept>,
) -> Result<CachedCredentials> {
    let fetch = Fetch::judged(ports, policy, request).await?;
    let kept = match kept {
        Some(kept) => kept,
        None => fetch.load_kept(ports).await?,
    };
    if let Some(fresh) = fetch.fresh(ports, &kept) {
        return Ok(fetch.used(ports, fresh).await);
    }
    let record = load_record(ports, fetch.source.session()).await?;
    // Where a person has to sign in first, nobody need queue to learn that.
    if decide_token(&record, ports.clock.now()) == TokenDecision::LoginNeeded {
        let error = login_needed(ports, fetch.source.session()).await;
        return fetch.or_still_valid(ports, &kept, Err(error)).await;
    }
    let lock = match fetch.lock(ports).await {
        Ok(lock) => lock,
        Err(held) => return fetch.or_still_valid(ports, &kept, Err(held)).await,
    };
    // From here to the keeping there is a record to be completed, so nobody who stops waiting can stop the work.
    let work = |ports: Ports, cancelled: CancellationToken| async move {
        let answer = fetch.under_lock(&ports, lock, record, &cancelled).await;
        ports.keep_aws_time().await;
        answer
    };
    ports.to_its_end(work).await
}

/// A request after it was judged.
#[derive(Clone)]
struct Fetch {
    source: Source,
    verdict: Verdict,
    /// Where the gate asks for an elevation and the person asks for a new one.
    draft: Option<Draft>,
    /// Whether the person is on duty, where the gate asks for that.
    admission: Admission,
    policy: Policy,
    renew: bool,
    retry: RetryPolicy,
}

impl Fetch {
    async fn judged(ports: &Ports, policy: &Policy, request: &CredentialsRequest) -> Result<Self> {
        let (judged_by, source) = (policy.clone(), request.source.clone());
        let verdict = ports.blocking(move |ports| Ok(judge(ports, &judged_by, &source))).await?;
        let draft = request.elevation.clone().filter(|_| verdict.is_gated());
        let mut fetch = Fetch {
            source: request.source.clone(),
            verdict,
            draft,
            admission: Admission::NotAsked,
            policy: policy.clone(),
            renew: request.renew,
            retry: request.retry,
        };
        // Early, because whoever wrote something that will not do need wait for nothing.
        fetch.reviewed(ports).await?;
        if fetch.draft.is_none() && fetch.verdict.gate() == Gate::OnCall {
            let source = fetch.source.clone();
            let user = ports.blocking(move |ports| Ok(user_of(ports, &source))).await?;
            fetch.admission = fetch.admission_of(ports, user.as_ref()).await;
        }
        Ok(fetch)
    }

    async fn admission_of(&self, ports: &Ports, user: Option<&Untrusted>) -> Admission {
        let most = if self.retry.until.is_some() { ROTA_TIMEOUT } else { PATIENT_ROTA_TIMEOUT };
        let within = self.retry.left(ports, most);
        admission(ports, &self.policy, &self.verdict, user, within).await
    }

    /// The elevation that the person asks for, where the policy allows it.
    async fn reviewed(&self, ports: &Ports) -> Result<Option<ApprovedElevation>> {
        let Some(draft) = self.draft.clone() else { return Ok(None) };
        let (source, verdict) = (self.source.clone(), self.verdict.clone());
        let review = move |ports: &Ports| {
            review_draft(ports, &source, &verdict, &draft)?.map(Some).map_err(|refusal| {
                if !refusal.is_of_what_was_written() {
                    record_refused(ports, &source, &verdict, refusal.to_string());
                }
                refusal.into()
            })
        };
        ports.blocking(review).await
    }

    async fn load_kept(&self, ports: &Ports) -> Result<Kept> {
        let (source, verdict) = (self.source.clone(), self.verdict.clone());
        let load = move |ports: &Ports| {
            let kept = Kept::load(ports, &source, &verdict)?;
            kept.remember_time(ports);
            Ok(kept)
        };
        ports.blocking(load).await
    }

    /// Notes that `kept`, which was fetched before, is the answer. Fetched ones are noted when they are kept.
    async fn used(&self, ports: &Ports, kept: CachedCredentials) -> CachedCredentials {
        let source = self.source.clone();
        let note = move |ports: &Ports| {
            ports.state.note_use(&source, ports.clock.now().wall);
            Ok(())
        };
        if let Err(error) = ports.blocking(note).await {
            tracing::debug!(%error, "a use could not be noted");
        }
        kept
    }

    /// Whether credentials that were fetched before may be the answer. A new reason asks for a new elevation: the
    /// credentials of an earlier one are no answer to that.
    fn accepts_kept(&self) -> bool {
        self.draft.is_none() && !self.renew
    }

    /// What is kept, where it may be handed out.
    fn fresh(&self, ports: &Ports, kept: &Kept) -> Option<CachedCredentials> {
        kept.fresh(&self.verdict, &self.admission, ports.clock.now()).filter(|_| self.accepts_kept())
    }

    /// The answer, or what is kept and still valid where the answer is an error that this may bridge. `before` is what
    /// was kept before AWS was asked: a sign-out, a new sign-in or a drop may have deleted it since, so the keyring is
    /// read again.
    async fn or_still_valid(
        &self,
        ports: &Ports,
        before: &Kept,
        answer: Result<CachedCredentials>,
    ) -> Result<CachedCredentials> {
        let Err(error) = answer else { return answer };
        let is_valid = |kept: &Kept| kept.valid(&self.verdict, &self.admission, ports.clock.now());
        if !self.accepts_kept() || !may_be_bridged(&error) || is_valid(before).is_none() {
            return Err(error);
        }
        match self.load_kept(ports).await.ok().as_ref().and_then(is_valid) {
            Some(cached) => {
                tracing::warn!(%error, "the credentials could not be renewed; the old ones still serve");
                Ok(self.used(ports, cached).await)
            }
            None => Err(error),
        }
    }

    async fn lock(&self, ports: &Ports) -> Result<Box<dyn LockGuard>> {
        let (key, timeout) = (self.source.key(), self.retry.left(ports, SOURCE_TIMEOUT));
        ports.blocking(move |ports| lock_source(ports, &key, timeout)).await
    }

    /// Ends what an earlier run left open for the source, whose lock is held, and reads what is kept, each item once.
    async fn settle_and_load(&self, ports: &Ports) -> Result<Kept> {
        let (source, verdict) = (self.source.clone(), self.verdict.clone());
        let settle_and_load = move |ports: &Ports| {
            let key = source.key();
            let granted = match settle_unanswered_of(ports, &key) {
                // Without a gate nothing depends on the log.
                Err(error) if !verdict.is_gated() => {
                    left_to_the_next_start(&error);
                    Vec::new()
                }
                granted => granted?,
            };
            let kept = match granted.is_empty() {
                true => Kept::load(ports, &source, &verdict)?,
                false => Kept::load_with_elevation(ports, &source)?,
            };
            kept.remember_time(ports);
            match settle_granted(ports, &key, granted, kept.elevation()) {
                Ok(false) => Ok(kept),
                Ok(true) => Ok(Kept::default()),
                Err(error) if !verdict.is_gated() => {
                    left_to_the_next_start(&error);
                    Ok(Kept::default())
                }
                Err(error) => Err(error),
            }
        };
        ports.blocking(settle_and_load).await
    }

    /// Decides again on what the lock's last holder may have changed, then asks AWS.
    async fn under_lock(
        self,
        ports: &Ports,
        lock: Box<dyn LockGuard>,
        record: SessionRecord,
        cancelled: &CancellationToken,
    ) -> Result<CachedCredentials> {
        let kept = self.settle_and_load(ports).await?;
        if let Some(fresh) = self.fresh(ports, &kept) {
            return Ok(self.used(ports, fresh).await);
        }
        let answer = self.fetch(ports, &kept, record, cancelled).await;
        drop(lock);
        self.or_still_valid(ports, &kept, answer).await
    }

    async fn fetch(
        &self,
        ports: &Ports,
        kept: &Kept,
        record: SessionRecord,
        cancelled: &CancellationToken,
    ) -> Result<CachedCredentials> {
        // Again, because another elevation may have used up a cap since.
        let approved = self.reviewed(ports).await?;
        let admission = self.admission.clone();
        let authorization = match authorize(&self.verdict, approved, kept.elevation(), admission, ports.clock.now()) {
            Ok(authorization) => authorization,
            Err(needed) => return Err(self.turned_away(ports, needed).await),
        };
        let access = tokio::select! {
            biased;
            access = access_token_of(ports, self.source.session(), record, self.retry) => access?,
            () = cancelled.cancelled() => return Err(given_up().into()),
        };

        // The record comes first: if it cannot be written, nothing is fetched.
        let (source, verdict) = (self.source.clone(), self.verdict.clone());
        if cancelled.is_cancelled() {
            return Err(given_up().into());
        }
        let passage = ports.blocking(move |ports| Passage::begin(ports, &source, &verdict, authorization)).await?;
        let answer = tokio::select! {
            biased;
            () = cancelled.cancelled() => Err(given_up().into()),
            answer = self.ask_aws(ports, &passage, &access) => answer,
        };
        let issued = match answer {
            Ok(issued) => issued,
            Err(error) => {
                let why = error.to_string();
                let refusal = match error {
                    Error::Aws(error) if error.operation == GET_ROLE_CREDENTIALS => {
                        self.refusal(ports, &access, error).await
                    }
                    other => other,
                };
                passage.record_failed(ports, why).await?;
                return Err(refusal);
            }
        };
        let passage = match passage {
            Passage::IfOnDuty => self.admitted(ports, &issued, &access).await?,
            passage => passage,
        };
        let user = issued.user.clone();
        let kept = self.keep(ports, passage, issued, &access).await?;
        self.note_user(ports, user, &access).await;
        Ok(kept)
    }

    /// Why the gate did not open; for somebody who is not on duty, that is recorded.
    async fn turned_away(&self, ports: &Ports, needed: ElevationNeeded) -> Error {
        let target = self.source.target().clone();
        match needed {
            ElevationNeeded::BreakGlass(tier, lacking) => Error::ReasonRequired { target, tier, lacking },
            ElevationNeeded::NotOnDuty(why) => {
                let (source, verdict, words) = (self.source.clone(), self.verdict.clone(), why.to_string());
                let record = move |ports: &Ports| {
                    record_refused(ports, &source, &verdict, words);
                    Ok(())
                };
                ports
                    .blocking(record)
                    .await
                    .unwrap_or_else(|error| tracing::warn!(%error, "a refusal is not recorded"));
                Error::NotOnCall { target, why }
            }
        }
    }

    /// Notes who AWS says the person is, where it was asked.
    async fn note_user(&self, ports: &Ports, user: Option<Untrusted>, access: &Access) {
        let Some(user) = user else { return };
        if let Err(error) = note_user(ports, self.source.session(), access.login_id, &user).await {
            tracing::warn!(%error, "who AWS says the person is could not be noted");
        }
    }

    /// Whether the person is on duty whom AWS has named with the credentials, whoever was noted before. They are dropped
    /// where it is not so.
    async fn admitted(&self, ports: &Ports, issued: &Issued, access: &Access) -> Result<Passage> {
        let user = issued.user.clone().ok_or(Error::UserUnknown)?;
        // Whoever is refused need not be asked about again.
        self.note_user(ports, Some(user.clone()), access).await;
        match self.admission_of(ports, Some(&user)).await {
            Admission::OnDuty(proof) => Ok(Passage::OnDuty(proof)),
            Admission::Refused(why) => Err(self.turned_away(ports, ElevationNeeded::NotOnDuty(why)).await),
            Admission::NotAsked | Admission::UserUnknown => Err(Error::UserUnknown),
        }
    }

    /// The permission set's credentials, or under an elevation those of the role that the policy has it assume.
    async fn ask_aws(&self, ports: &Ports, passage: &Passage, access: &Access) -> Result<Issued> {
        let source = self.source.clone();
        let user = ports.blocking(move |ports| Ok(user_of(ports, &source))).await?;
        let chain = match &self.verdict.terms().mode {
            Mode::Chained(role) => passage.chain(role, ports),
            Mode::Direct => None,
        };
        let verify = passage.is_verified() || (chain.is_some() && user.is_none());
        let issued = permission_set(ports, &self.source, &access.token, self.retry, verify).await?;
        match chain {
            Some(chain) => assumed_role(ports, &self.source, issued, &chain, user, self.retry).await,
            None => Ok(issued),
        }
    }

    /// Turns AWS's refusal into the caller's error and draws the consequences for what is kept.
    async fn refusal(&self, ports: &Ports, access: &Access, error: AwsError) -> Error {
        let (session, target) = (self.source.session(), self.source.target());
        let consequence = match error.kind {
            AwsErrorKind::SignedOut => forget_access(ports, session, access).await,
            AwsErrorKind::NotFound => forget_role(ports, &self.source).await,
            _ => Ok(()),
        };
        if let Err(also) = consequence {
            tracing::warn!(error = %also, "could not note what AWS answered");
        }
        match error.kind {
            AwsErrorKind::Forbidden => Error::NotAssigned { target: target.clone(), source: error },
            AwsErrorKind::SignedOut => signed_out_by(session, error),
            _ => error.into(),
        }
    }

    /// Records what AWS granted and keeps it. What cannot be recorded or kept is not handed out.
    async fn keep(
        &self,
        ports: &Ports,
        passage: Passage,
        issued: Issued,
        access: &Access,
    ) -> Result<CachedCredentials> {
        let (source, verdict, access) = (self.source.clone(), self.verdict.clone(), access.clone());
        let Issued { credentials, record, obtained, user } = issued;
        let granted = passage.elevation(obtained);
        let issue = Issue {
            obtained,
            login_id: access.login_id,
            session_ends_at: access.session_ends_at,
            elevation: granted.as_ref(),
        };
        let cached = CachedCredentials::new(source.target().clone(), credentials, issue);
        let Some(cached) = cached.and_then(|cached| passage.limited(cached)) else {
            let error = have_ended();
            passage.record_failed(ports, error.to_string()).await?;
            return Err(error.into());
        };
        let timeout = self.retry.left(ports, SESSION_TIMEOUT);
        let keep = move |ports: &Ports| {
            passage.check_caps(ports, &source, &verdict, obtained)?;
            let given = Given { granted: granted.as_ref(), credentials: cached.credentials(), user, calls: record };
            passage.record(ports, &source, &verdict, given)?;
            let kept = keep_unless_signed_out(ports, &source, granted.as_ref(), &cached, timeout);
            passage.record_kept(ports, &source, kept.is_ok());
            kept.map(|()| cached).map_err(|error| passage.not_kept(error))
        };
        ports.blocking(keep).await
    }
}

/// AWS answered with credentials that have ended.
fn have_ended() -> AwsError {
    let kind = AwsErrorKind::Protocol("credentials that have ended");
    AwsError { operation: GET_ROLE_CREDENTIALS, kind, detail: "".into() }
}

/// Whether credentials that are still valid may serve in spite of this error. Never those of a sign-in that the person
/// has ended.
fn may_be_bridged(error: &Error) -> bool {
    let ended = matches!(error, Error::SignedOutMeanwhile { .. });
    !ended && matches!(error.kind(), Kind::Unavailable | Kind::LoginNeeded | Kind::Failed)
}

fn given_up() -> AwsError {
    AwsError {
        operation: GET_ROLE_CREDENTIALS,
        kind: AwsErrorKind::Unreachable,
        detail: "given up; an answer that came after that reached nobody".into(),
    }
}

/// What AWS gave, for the record of it.
struct Given<'a> {
    granted: Option<&'a GrantedElevation>,
    credentials: &'a RoleCredentials,
    /// Who AWS says the person is.
    user: Option<Untrusted>,
    calls: CallRecord,
}

/// How credentials come through the gate, and what of it the log has yet to learn.
enum Passage {
    /// The gate is open to everybody.
    Free,
    /// The person whom AWS has named is on duty.
    OnDuty(OnDutyProof),
    /// Whoever is on duty may pass, and AWS has yet to name the person.
    IfOnDuty,
    /// Under an elevation that was granted before.
    Running(GrantedElevation),
    /// Under a new one, whose intent is recorded.
    New(Box<Pending>),
}

impl Passage {
    /// Records the intent of a new elevation: if that cannot be written, nothing is fetched. Blocking.
    fn begin(ports: &Ports, source: &Source, verdict: &Verdict, authorization: Authorization) -> Result<Self> {
        Ok(match authorization {
            Authorization::Free => Passage::Free,
            Authorization::IfOnDuty => Passage::IfOnDuty,
            Authorization::Running(elevation) => Passage::Running(elevation),
            Authorization::Approved(approved) => {
                Passage::New(Box::new(Pending::begin(ports, source, verdict, approved)?))
            }
        })
    }

    /// The elevation that the answer which AWS gave at `obtained` is given under.
    fn elevation(&self, obtained: Stamp) -> Option<GrantedElevation> {
        match self {
            Passage::Free | Passage::OnDuty(_) | Passage::IfOnDuty => None,
            Passage::Running(elevation) => Some(elevation.clone()),
            Passage::New(pending) => Some(pending.granted(obtained)),
        }
    }

    /// The role that its elevation assumes, where it has one.
    fn chain<'a>(&'a self, role: &'a str, ports: &Ports) -> Option<Chain<'a>> {
        match self {
            Passage::New(pending) => Some(pending.chain(role)),
            Passage::Running(elevation) => Some(Chain {
                role,
                id: elevation.id(),
                duration: elevation.life().left(ports.clock.now()),
                reason: elevation.reason(),
                ticket: elevation.ticket(),
            }),
            Passage::Free | Passage::OnDuty(_) | Passage::IfOnDuty => None,
        }
    }

    /// Whether AWS is asked whose the credentials are.
    fn is_verified(&self) -> bool {
        matches!(self, Passage::New(_) | Passage::IfOnDuty)
    }

    /// The credentials, handed out no longer than the passage is open.
    fn limited(&self, cached: CachedCredentials) -> Option<CachedCredentials> {
        match self {
            Passage::OnDuty(proof) => cached.ending_by(proof.handed_out_until),
            Passage::Free | Passage::IfOnDuty | Passage::Running(_) | Passage::New(_) => Some(cached),
        }
    }

    /// Records that a new elevation came to nothing where it turns out to exceed a cap, now that AWS has told the time at
    /// `obtained`. Blocking.
    fn check_caps(&self, ports: &Ports, source: &Source, verdict: &Verdict, obtained: Stamp) -> Result<()> {
        let Passage::New(pending) = self else { return Ok(()) };
        let Some(refusal) = pending.exceeded(ports, source, verdict, obtained)? else { return Ok(()) };
        pending.record_failed(ports, refusal.to_string());
        Err(refusal.into())
    }

    /// Records what AWS gave. What cannot be recorded behind a gate may not be kept or handed out. Blocking.
    fn record(&self, ports: &Ports, source: &Source, verdict: &Verdict, given: Given<'_>) -> Result<()> {
        let Given { granted, credentials, user, calls } = given;
        let issued = |elevation, on_call: &[Evidence], calls| {
            record_issued(ports, source, verdict, elevation, on_call.to_vec(), credentials, calls)
        };
        match (self, granted) {
            (Passage::New(pending), Some(granted)) => {
                pending.record_granted(ports, granted, Some(credentials), user.as_ref(), calls)
            }
            (Passage::OnDuty(proof), _) => issued(None, &proof.evidence, calls),
            (_, elevation) => issued(elevation.map(GrantedElevation::id), &[], calls),
        }
    }

    /// Records what follows from the keeping for this elevation and for earlier ones. Blocking.
    fn record_kept(&self, ports: &Ports, source: &Source, is_kept: bool) {
        match self {
            Passage::New(pending) if is_kept => pending.record_replaced(ports, source),
            Passage::New(pending) => pending.record_not_kept(ports, source),
            Passage::Free | Passage::OnDuty(_) | Passage::IfOnDuty | Passage::Running(_) => {}
        }
    }

    /// Why what AWS gave could not be kept. Nobody who gets such an error asks again under the same confirmation.
    fn not_kept(&self, why: Error) -> Error {
        match self {
            Passage::New(_) => Error::GrantNotKept(Box::new(why)),
            Passage::Free | Passage::OnDuty(_) | Passage::IfOnDuty | Passage::Running(_) => why,
        }
    }

    /// Records that a new elevation came to nothing.
    async fn record_failed(self, ports: &Ports, why: String) -> Result<()> {
        let Passage::New(pending) = self else { return Ok(()) };
        let record = move |ports: &Ports| {
            pending.record_failed(ports, why);
            Ok(())
        };
        ports.blocking(record).await
    }
}

async fn forget_role(ports: &Ports, source: &Source) -> Result<()> {
    let (key, target) = (source.session().key(), source.target().clone());
    ports
        .blocking(move |ports| {
            ports.state.update_catalog(&key, &mut |catalog| catalog.drop_role(&target.account, &target.role))
        })
        .await
}

/// Keeps what was fetched, unless the person has signed out, or in anew, in the meantime.
fn keep_unless_signed_out(
    ports: &Ports,
    source: &Source,
    granted: Option<&GrantedElevation>,
    cached: &CachedCredentials,
    timeout: Duration,
) -> Result<()> {
    let session = source.session();
    let _lock = lock_session(ports, session, timeout)?;
    let mut record = ports.store.load_session(&session.key())?.unwrap_or_default();
    if record.signed_in.as_ref().is_none_or(|now| now.login_id != cached.login_id()) {
        return Err(Error::SignedOutMeanwhile { session: session.name.clone() });
    }
    // Their names first: what neither index nor record names, a later logout would not find.
    let store = ports.store.name();
    ports.state.update_index(&mut |index| index.note_kept(source, cached, granted, store))?;
    if record.targets.insert(source.target().clone()) {
        ports.store.save_session(&session.key(), &record)?;
    }
    ports.store.save_credentials(source, cached)?;
    // The elevation last: until it is kept, the credentials behind the gate serve nobody.
    let Some(granted) = granted else { return Ok(()) };
    let kept = ports.store.save_elevation(&source.key(), granted);
    if kept.is_err() {
        // A store that failed may have kept it all the same.
        ports.store.delete_elevation(&source.key())?;
    }
    kept
}
