//! Listing accounts and roles: within AWS's rate, streamed as it comes, kept as it goes, resumed where it stopped.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;

use super::rate_limiter::RateLimiter;
use super::retry::{LONGEST_WAIT, RetryPolicy, with_retries};
use super::token::{Access, access_token, forget_access, signed_out_by};
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::catalog::{Account, Catalog};
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::sso_session::SsoSession;
use crate::error::{Error, Result};
use crate::ports::{Page, Ports};

/// Requests under way at once; the rate limiter, not this, sets the rate.
const CONCURRENCY: usize = 12;
/// What was listed is saved at least this often.
const SAVE_INTERVAL: Duration = Duration::from_secs(2);
/// More pages than any portal has.
const MOST_PAGES: usize = 2_000;
/// Why a listing that broke off is incomplete.
const CUT_SHORT: &str = "AWS named the same next page twice";

/// What has been listed.
#[derive(Debug, Clone)]
pub enum Event {
    /// All accounts.
    Accounts(Vec<Account>),
    /// The listing of the accounts broke off: there may be more.
    AccountsCutShort,
    /// The roles of one account.
    Roles(AccountId, Vec<RoleName>),
    /// The first roles of one account, and why there may be more.
    RolesCutShort(AccountId, Vec<RoleName>, String),
    /// One account's roles could not be listed.
    Failed(AccountId, String),
}

/// What a listing has found out, as the catalog takes it.
#[derive(Clone)]
enum Change {
    Accounts(Vec<Account>),
    FirstAccounts(Vec<Account>),
    Roles(AccountId, Vec<RoleName>),
    FirstRoles(AccountId, Vec<RoleName>),
    Failed(AccountId, String),
}

impl Change {
    fn apply(&self, catalog: &mut Catalog, at: Timestamp) {
        match self {
            Change::Accounts(accounts) => catalog.take_accounts(accounts.clone(), at),
            Change::FirstAccounts(accounts) => catalog.take_first_accounts(accounts.clone()),
            Change::Roles(id, names) => catalog.take_roles(id, names.clone(), at),
            Change::FirstRoles(id, names) => catalog.take_first_roles(id, names.clone(), CUT_SHORT.to_owned()),
            Change::Failed(id, why) => catalog.take_failure(id, why.clone()),
        }
    }
}

/// Lists everything `session` holds and keeps it. Accounts that fail are marked, not fatal.
///
/// # Errors
/// `LoginNeeded` when AWS ends the session in the middle, `Unavailable` when not even the accounts could be
/// listed; what was listed until then is kept.
pub async fn refresh(ports: &Ports, session: &SsoSession, tell: &(dyn Fn(Event) + Send + Sync)) -> Result<Catalog> {
    let outcome = list(ports, session, tell).await;
    ports.keep_aws_time().await;
    outcome
}

async fn list(ports: &Ports, session: &SsoSession, tell: &(dyn Fn(Event) + Send + Sync)) -> Result<Catalog> {
    let access = access_token(ports, session, RetryPolicy::INTERACTIVE).await?;
    let key = session.key();
    let catalog = ports.blocking(move |ports| Ok(ports.state.catalog(&key))).await?;
    let mut listed = Listed { catalog, unkept: Vec::new() };
    let listing = Listing { ports, session, access: &access, rate: RateLimiter::new(ports.clock.elapsed()) };

    let started = ports.clock.now().wall;
    // A listing that was broken off a moment ago is taken up again rather than begun anew.
    let is_recent = |at| {
        let age = started.duration_since(at);
        !age.is_negative() && age < jiff::SignedDuration::from_mins(5) && !listed.catalog.due(at).is_empty()
    };
    let resumes = !listed.catalog.cut_short && listed.catalog.listed_at.is_some_and(is_recent);
    let fresh_since = if resumes { listed.catalog.listed_at.unwrap_or(started) } else { started };
    if !resumes {
        let accounts = listing.accounts().await;
        let accounts = listing.or_signed_out(accounts).await?;
        let change = match accounts.complete {
            true => Change::Accounts(accounts.items),
            false => Change::FirstAccounts(accounts.items),
        };
        listed.take(change, started);
    }
    tell(Event::Accounts(listed.catalog.entries.iter().map(|entry| entry.account.clone()).collect()));
    if listed.catalog.cut_short {
        tell(Event::AccountsCutShort);
    }

    let outcome = listing.all_roles(&mut listed, fresh_since, tell).await;
    listed.keep(ports, session).await?;
    match outcome {
        Ok(()) => Ok(listed.catalog),
        Err(error) => {
            forget_access(ports, session, &access).await?;
            Err(signed_out_by(session, error))
        }
    }
}

/// The catalog as listed so far. The kept one gets what is new in it, not the whole: another process may have changed
/// it meanwhile.
struct Listed {
    catalog: Catalog,
    unkept: Vec<(Change, Timestamp)>,
}

impl Listed {
    fn take(&mut self, change: Change, at: Timestamp) {
        change.apply(&mut self.catalog, at);
        self.unkept.push((change, at));
    }

    async fn keep(&mut self, ports: &Ports, session: &SsoSession) -> Result<()> {
        let (key, unkept) = (session.key(), self.unkept.clone());
        let keep = move |ports: &Ports| {
            let mut apply = |catalog: &mut Catalog| unkept.iter().for_each(|(change, at)| change.apply(catalog, *at));
            ports.state.update_catalog(&key, &mut apply)
        };
        ports.blocking(keep).await?;
        self.unkept.clear();
        Ok(())
    }
}

struct Listing<'a> {
    ports: &'a Ports,
    session: &'a SsoSession,
    access: &'a Access,
    rate: RateLimiter,
}

/// What the pages of a listing held.
struct Pages<T> {
    items: Vec<T>,
    /// Whether the last page was reached.
    complete: bool,
}

impl Listing<'_> {
    async fn accounts(&self) -> std::result::Result<Pages<Account>, AwsError> {
        let mut listed = self
            .every_page(async |page| {
                self.ports.identity_center.list_accounts(self.session, &self.access.token, page).await
            })
            .await?;
        let mut seen = HashSet::new();
        listed.items.retain(|account| seen.insert(account.id.clone()));
        Ok(listed)
    }

    async fn roles(&self, account: &AccountId) -> std::result::Result<Pages<RoleName>, AwsError> {
        self.every_page(async |page| {
            self.ports.identity_center.list_roles(self.session, &self.access.token, account, page).await
        })
        .await
    }

    /// Lists the roles of all accounts that are due. Ends early when the session is over, and when AWS serves nobody
    /// any more: those that are left then fail for the same reason.
    async fn all_roles(
        &self,
        listed: &mut Listed,
        fresh_since: Timestamp,
        tell: &(dyn Fn(Event) + Send + Sync),
    ) -> std::result::Result<(), AwsError> {
        let due = listed.catalog.due(fresh_since);
        let mut unanswered: BTreeSet<AccountId> = due.iter().cloned().collect();
        let mut due = due.into_iter();
        let mut under_way = FuturesUnordered::new();
        let mut saved_at = self.ports.clock.elapsed();
        let mut throttled_in_a_row = 0;
        let list = |id: AccountId| async move { (self.roles(&id).await, id) };
        under_way.extend(due.by_ref().take(CONCURRENCY).map(list));
        while let Some((answer, id)) = under_way.next().await {
            unanswered.remove(&id);
            match answer {
                Ok(roles) => {
                    throttled_in_a_row = 0;
                    let (change, event) = roles_of(id, roles);
                    listed.take(change, self.ports.clock.now().wall);
                    tell(event);
                }
                Err(error) if error.kind == AwsErrorKind::SignedOut => return Err(error),
                Err(error) => {
                    throttled_in_a_row = if is_throttled(&error) { throttled_in_a_row + 1 } else { 0 };
                    let hopeless = asks_too_long(&error) || throttled_in_a_row >= CONCURRENCY;
                    let failed = if hopeless { std::mem::take(&mut unanswered) } else { BTreeSet::new() };
                    let why = error.to_string();
                    for id in failed.into_iter().chain([id]) {
                        listed.take(Change::Failed(id.clone(), why.clone()), self.ports.clock.now().wall);
                        tell(Event::Failed(id, why.clone()));
                    }
                    if hopeless {
                        return Ok(());
                    }
                }
            }
            if self.ports.clock.elapsed().saturating_sub(saved_at) > SAVE_INTERVAL {
                saved_at = self.ports.clock.elapsed();
                if let Err(error) = listed.keep(self.ports, self.session).await {
                    tracing::warn!(%error, "could not save what was listed so far");
                }
            }
            under_way.extend(due.next().map(list));
        }
        Ok(())
    }

    /// All pages of a listing, or those before a paging token came back: what follows it has been seen.
    async fn every_page<T>(
        &self,
        ask: impl AsyncFn(Option<&str>) -> std::result::Result<Page<T>, AwsError>,
    ) -> std::result::Result<Pages<T>, AwsError> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut next: Option<String> = None;
        while seen.len() < MOST_PAGES {
            let page = self.rate_limited(async || ask(next.as_deref()).await).await?;
            items.extend(page.items);
            let Some(token) = page.next else {
                return Ok(Pages { items, complete: true });
            };
            if !seen.insert(token.clone()) {
                break;
            }
            next = Some(token);
        }
        Ok(Pages { items, complete: false })
    }

    /// One request as the rate limit allows, retried while that may help.
    async fn rate_limited<T>(
        &self,
        ask: impl AsyncFn() -> std::result::Result<T, AwsError>,
    ) -> std::result::Result<T, AwsError> {
        let clock = &self.ports.clock;
        with_retries(self.ports, RetryPolicy::INTERACTIVE, || async {
            clock.sleep(self.rate.reserve(clock.elapsed())).await;
            let sent = clock.elapsed();
            let answer = ask().await;
            match &answer {
                Ok(_) => self.rate.note_success(),
                Err(AwsError { kind: AwsErrorKind::Throttled(asked), .. }) => {
                    self.rate.note_throttled(sent, clock.elapsed(), *asked);
                }
                Err(_) => {}
            }
            answer
        })
        .await
    }

    async fn or_signed_out<T>(&self, answer: std::result::Result<T, AwsError>) -> Result<T> {
        match answer {
            Ok(value) => Ok(value),
            Err(error) if error.kind == AwsErrorKind::SignedOut => {
                forget_access(self.ports, self.session, self.access).await?;
                Err(signed_out_by(self.session, error))
            }
            Err(error) => Err(Error::from(error)),
        }
    }
}

fn roles_of(id: AccountId, roles: Pages<RoleName>) -> (Change, Event) {
    match roles.complete {
        true => (Change::Roles(id.clone(), roles.items.clone()), Event::Roles(id, roles.items)),
        false => (
            Change::FirstRoles(id.clone(), roles.items.clone()),
            Event::RolesCutShort(id, roles.items, CUT_SHORT.to_owned()),
        ),
    }
}

fn is_throttled(error: &AwsError) -> bool {
    matches!(error.kind, AwsErrorKind::Throttled(_))
}

/// Whether AWS asks for a wait that nobody waits out.
fn asks_too_long(error: &AwsError) -> bool {
    matches!(error.kind, AwsErrorKind::Throttled(Some(asked)) if asked > LONGEST_WAIT)
}
