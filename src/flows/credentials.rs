//! Role credentials for one target: from the store while fresh, from AWS by one process at a time.

use std::time::Duration;

use super::retry::{RetryPolicy, with_retries};
use super::token::{Access, access_token, forget_access, load_record, lock_session, login_needed};
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::credentials::{CachedCredentials, RoleCredentials};
use crate::domain::elevation::{Passage, Reason, pass};
use crate::domain::freshness::{RoleDecision, TokenDecision, decide_role, decide_token};
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::domain::tier::{Gate, Tier};
use crate::domain::time::Now;
use crate::error::{Error, Kind, Result};
use crate::ports::{ElevationEvent, ElevationStep, LockGuard, Ports};

/// How long to wait for another process that fetches the same credentials.
const LOCK_TIMEOUT: Duration = Duration::from_secs(20);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct CredentialsRequest {
    /// The session to reach it through.
    pub session: SsoSession,
    /// The account and role.
    pub target: Target,
    /// The tier the policy puts it in.
    pub tier: Tier,
    /// Why, where the tier asks.
    pub reason: Option<Reason>,
    /// How long to try.
    pub retry: RetryPolicy,
}

/// Role credentials for `request`, of which the caller may hand out what `freshness` allows.
///
/// # Errors
/// `LoginNeeded`, `Denied`, `ElevationNeeded`, `Unavailable` or `Keyring`; what was kept stays as it was.
pub async fn role_credentials(
    ports: &Ports,
    policy: &Policy,
    request: &CredentialsRequest,
) -> Result<CachedCredentials> {
    let cached = load(ports, request).await?;
    if let Some(usable) = usable(ports, policy, request, cached.clone()) {
        return Ok(usable);
    }
    // Where a person has to sign in first, nobody need queue to learn that.
    if decide_token(&load_record(ports, &request.session).await?, ports.clock.now()) == TokenDecision::LoginNeeded {
        return bridged(ports, policy, request, cached, Err(login_needed(&request.session)));
    }

    let _lock = lock_target(ports, request).await?;
    // Whoever held the lock may have fetched: what was read before counts no more.
    let cached = load(ports, request).await?;
    if let Some(usable) = usable(ports, policy, request, cached.clone()) {
        return Ok(usable);
    }
    let answer = fetch(ports, policy, request, cached.as_ref()).await;
    bridged(ports, policy, request, cached, answer)
}

/// The answer, or what is cached and still valid where the answer is an error that this may bridge. A new reason
/// asks for a new elevation: the old credentials are no answer to that.
fn bridged(
    ports: &Ports,
    policy: &Policy,
    request: &CredentialsRequest,
    cached: Option<CachedCredentials>,
    answer: Result<CachedCredentials>,
) -> Result<CachedCredentials> {
    let Err(error) = answer else { return answer };
    let still_valid = cached.filter(|cached| {
        has_passed(policy, request.tier, cached) && !cached.lifespan().left(ports.clock.now()).is_zero()
    });
    match still_valid.filter(|_| request.reason.is_none() && may_be_bridged(error.kind())) {
        Some(cached) => {
            tracing::warn!(%error, "the credentials could not be renewed; the old ones still serve");
            Ok(cached)
        }
        None => Err(error),
    }
}

/// Whether credentials that are still valid may serve in spite of an error of this kind.
fn may_be_bridged(kind: Kind) -> bool {
    matches!(kind, Kind::Unavailable | Kind::LoginNeeded | Kind::Failed)
}

async fn load(ports: &Ports, request: &CredentialsRequest) -> Result<Option<CachedCredentials>> {
    let (key, target) = (request.session.key(), request.target.clone());
    ports.blocking(move |ports| ports.store.load_role(&key, &target)).await
}

/// What is cached, where it is fresh and no new elevation is asked for.
fn usable(
    ports: &Ports,
    policy: &Policy,
    request: &CredentialsRequest,
    cached: Option<CachedCredentials>,
) -> Option<CachedCredentials> {
    cached
        .filter(|cached| request.reason.is_none() && may_be_handed_out(policy, request.tier, cached, ports.clock.now()))
}

/// Whether `cached` may be handed out as it is: fresh, and past the gate that its tier has now.
pub fn may_be_handed_out(policy: &Policy, tier: Tier, cached: &CachedCredentials, now: Now) -> bool {
    decide_role(Some(cached), now) == RoleDecision::UseCached && has_passed(policy, tier, cached)
}

/// Whether `cached` went through the gate that `tier` has now; the policy may have become stricter since.
fn has_passed(policy: &Policy, tier: Tier, cached: &CachedCredentials) -> bool {
    policy.gate_of(tier) == Gate::None || cached.elevation.is_some()
}

/// One lock a target: a slow role delays no other.
async fn lock_target(ports: &Ports, request: &CredentialsRequest) -> Result<Box<dyn LockGuard>> {
    let name = format!("role/{}/{}", request.session.key(), request.target);
    let retry = request.retry.left(ports, LOCK_TIMEOUT);
    ports.blocking(move |ports| ports.locks.acquire(&name, retry)).await
}

/// Fetches and keeps; the target's lock is held.
async fn fetch(
    ports: &Ports,
    policy: &Policy,
    request: &CredentialsRequest,
    before: Option<&CachedCredentials>,
) -> Result<CachedCredentials> {
    let running = before.and_then(|cached| cached.elevation.as_ref());
    let passage = pass(policy, request.tier, request.reason.clone(), running, ports.random()?, ports.stamp())
        .map_err(|refused| reason_needed(request, &refused))?;
    let access = access_token(ports, &request.session, request.retry).await?;
    // The record comes first: if it cannot be written, nothing is fetched.
    record(ports, request, &passage, ElevationStep::Intent)?;
    let credentials = match ask_aws(ports, request, &access).await {
        Ok(credentials) => credentials,
        Err(error) => {
            record(ports, request, &passage, ElevationStep::Failed { why: error.to_string() })?;
            return Err(refusal(ports, request, &access, error).await);
        }
    };
    let access_key_id = credentials.access_key_id.as_str();
    let granted = ElevationStep::Granted { access_key_id, aws_ends_at: credentials.expires_at };
    record(ports, request, &passage, granted)?;
    let cached = CachedCredentials {
        target: request.target.clone(),
        credentials,
        obtained: ports.stamp(),
        login_id: access.login_id,
        elevation: passage.elevation().cloned(),
    };
    keep(ports, request, cached).await
}

fn reason_needed(request: &CredentialsRequest, refused: &dyn std::fmt::Display) -> Error {
    Error::new(Kind::ElevationNeeded, format!("{}: {refused}", request.target))
        .hint(format!("daypass credentials {} --reason \"why you need it\" --format env", request.target))
}

fn record(ports: &Ports, request: &CredentialsRequest, passage: &Passage, what: ElevationStep<'_>) -> Result<()> {
    let Some(elevation) = passage.elevation() else {
        return Ok(());
    };
    ports.elevations.append(&ElevationEvent {
        what,
        elevation,
        tier: request.tier,
        target: &request.target,
        session: &request.session,
        at: ports.stamp(),
    })
}

async fn ask_aws(ports: &Ports, request: &CredentialsRequest, access: &Access) -> Result<RoleCredentials, AwsError> {
    with_retries(ports, request.retry, async || {
        ports.identity_center.role_credentials(&request.session, &access.token, &request.target).await
    })
    .await
}

/// Turns AWS's refusal into the caller's error and draws the consequences for what is kept.
async fn refusal(ports: &Ports, request: &CredentialsRequest, access: &Access, error: AwsError) -> Error {
    let consequence = match error.kind {
        AwsErrorKind::SignedOut => forget_access(ports, &request.session, access).await,
        AwsErrorKind::NotFound => forget_role(ports, request).await,
        _ => Ok(()),
    };
    if let Err(also) = consequence {
        tracing::warn!(error = %also, "could not note what AWS answered");
    }
    match error.kind {
        AwsErrorKind::Forbidden => Error::new(Kind::Denied, format!("{} is not assigned to you", request.target))
            .because(error)
            .hint("daypass roles --refresh   shows what is"),
        AwsErrorKind::SignedOut => login_needed(&request.session).because(error),
        _ => error.into(),
    }
}

async fn forget_role(ports: &Ports, request: &CredentialsRequest) -> Result<()> {
    let (key, target) = (request.session.key(), request.target.clone());
    ports
        .blocking(move |ports| {
            let mut catalog = ports.state.catalog(&key);
            catalog.drop_role(&target.account, &target.role);
            ports.state.save_catalog(&key, &catalog)
        })
        .await
}

/// Keeps what was fetched, unless the person has signed out, or in anew, in the meantime.
async fn keep(ports: &Ports, request: &CredentialsRequest, cached: CachedCredentials) -> Result<CachedCredentials> {
    let session = request.session.clone();
    let _lock = lock_session(ports, &session, LOCK_TIMEOUT).await?;
    let mut record = load_record(ports, &session).await?;
    if record.signed_in.as_ref().is_none_or(|now| now.login_id != cached.login_id) {
        return Err(login_needed(&session).because("the session was signed out while fetching"));
    }
    ports
        .blocking(move |ports| {
            // Their names first: what neither index nor record names, a later logout would not find.
            ports.state.update_index(&mut |index| index.note_kept(&session, &cached))?;
            if record.targets.insert(cached.target.clone()) {
                ports.store.save_session(&session.key(), &record)?;
            }
            ports.store.save_role(&session.key(), &cached)?;
            Ok(cached)
        })
        .await
}

/// Forgets the credentials kept for a target.
pub async fn drop_credentials(ports: &Ports, session: &SsoSession, target: &Target) -> Result<()> {
    let (session, target) = (session.clone(), target.clone());
    ports
        .blocking(move |ports| {
            ports.store.delete_role(&session.key(), &target)?;
            ports.state.update_index(&mut |index| index.note_dropped(&session, &target))
        })
        .await
}
