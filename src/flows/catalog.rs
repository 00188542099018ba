//! Listing accounts and roles: within AWS's rate, streamed as it comes, kept as it goes, resumed where it stopped.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::rate_limiter::RateLimiter;
use super::retry::{LONGEST_WAIT, RetryPolicy, with_retries};
use super::token::{Access, access_token, forget_access, signed_out_by};
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::catalog::{Account, Catalog, Change};
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::sso_session::SsoSession;
use crate::error::{Error, Result};
use crate::ports::{Page, Ports};

/// Requests under way at once; the rate limiter, not this, sets the rate.
const CONCURRENCY: usize = 12;
/// What was listed is saved at least this often.
const SAVE_INTERVAL: Duration = Duration::from_secs(2);
/// More pages of accounts than any organization has: 50,000 accounts.
const MOST_ACCOUNT_PAGES: usize = 500;
/// More pages of roles than any account has: as many roles as Identity Center has permission sets.
const MOST_ROLE_PAGES: usize = 20;

/// What a listing reports as it goes.
#[derive(Debug, Clone)]
pub enum Event {
    /// The accounts are known: the catalog as it is before their roles are listed, and how many of them are due.
    Begun {
        /// The catalog.
        catalog: Catalog,
        /// How many accounts' roles are going to be listed.
        due: usize,
    },
    /// What was found out about one account, to be applied to that catalog.
    Changed(Change),
}

/// Lists everything `session` holds and keeps it. Accounts that fail are marked, not fatal.
///
/// # Errors
/// `LoginNeeded` when AWS ends the session in the middle, `Unavailable` when not even the accounts could be
/// listed; what was listed until then is kept.
pub async fn list(ports: &Ports, session: &SsoSession, tell: &(dyn Fn(Event) + Send + Sync)) -> Result<Catalog> {
    let outcome = list_and_keep(ports, session, tell).await;
    ports.keep_aws_time().await;
    outcome
}

async fn list_and_keep(ports: &Ports, session: &SsoSession, tell: &(dyn Fn(Event) + Send + Sync)) -> Result<Catalog> {
    let access = access_token(ports, session, RetryPolicy::INTERACTIVE).await?;
    let key = session.key();
    let catalog = ports.blocking(move |ports| Ok(ports.state.catalog(&key))).await?;
    let mut listed = Listed { catalog, unkept: Vec::new() };
    let listing = Listing { ports, session, access: &access, rate: RateLimiter::new(ports.clock.elapsed()) };

    let now = ports.clock.now().wall;
    let began = match listed.catalog.resumable_since(now) {
        Some(began) => began,
        None => {
            let accounts = listing.accounts().await;
            let accounts = listing.or_signed_out(accounts).await?;
            listed.take(match accounts.cut_short {
                None => Change::Accounts(accounts.items, now),
                Some(_) => Change::FirstAccounts(accounts.items),
            });
            now
        }
    };
    let due = listed.catalog.due(began);
    tell(Event::Begun { catalog: listed.catalog.clone(), due: due.len() });
    let outcome = listing.roles_of_all(due, &mut listed, tell).await;
    listed.keep(ports, session).await?;
    listing.or_signed_out(outcome).await?;
    Ok(listed.catalog)
}

/// The catalog as listed so far. The kept one gets what is new in it, not the whole: another process may have changed
/// it meanwhile.
struct Listed {
    catalog: Catalog,
    unkept: Vec<Change>,
}

impl Listed {
    fn take(&mut self, change: Change) {
        self.catalog.apply(change.clone());
        self.unkept.push(change);
    }

    async fn keep(&mut self, ports: &Ports, session: &SsoSession) -> Result<()> {
        let (key, unkept) = (session.key(), self.unkept.clone());
        let keep = move |ports: &Ports| {
            let mut apply = |catalog: &mut Catalog| unkept.iter().for_each(|change| catalog.apply(change.clone()));
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
    /// Why the last page was not reached, where it was not.
    cut_short: Option<CutShort>,
}

/// Why a listing ended before its last page.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum CutShort {
    /// What follows a page that comes back has been seen.
    #[error("AWS named the same next page twice")]
    PageCameBack,
    #[error("AWS named more than {0} pages")]
    TooManyPages(usize),
}

/// Whether AWS still serves a listing.
struct Service {
    failed_in_a_row: usize,
    /// When AWS last answered anything but that it cannot.
    answered: Duration,
}

impl Service {
    /// A listing that begins at `now`.
    fn new(now: Duration) -> Self {
        Service { failed_in_a_row: 0, answered: now }
    }

    fn note_answer(&mut self, now: Duration) {
        *self = Service::new(now);
    }

    /// Notes an error at `now`. Returns whether to give up: AWS asks for a wait that nobody waits out, or has served none
    /// of as many requests in a row as go at once, after all their retries. Trouble that is no throttling is retried so
    /// briefly that it must also last as long as the longest wait.
    fn gives_up_after(&mut self, error: &AwsError, now: Duration) -> bool {
        let (asked, lasts) = match error.kind {
            AwsErrorKind::Throttled(asked) => (asked, true),
            passing if passing.is_passing() => (None, now.saturating_sub(self.answered) >= LONGEST_WAIT),
            // An answer about one account.
            _ => {
                self.note_answer(now);
                return false;
            }
        };
        self.failed_in_a_row += 1;
        (lasts && self.failed_in_a_row >= CONCURRENCY) || asked.is_some_and(|asked| asked > LONGEST_WAIT)
    }
}

impl Listing<'_> {
    async fn accounts(&self) -> std::result::Result<Pages<Account>, AwsError> {
        let mut listed = self
            .every_page("ListAccounts", MOST_ACCOUNT_PAGES, async |page| {
                self.ports.identity_center.list_accounts(self.session, &self.access.token, page).await
            })
            .await?;
        let mut seen = HashSet::new();
        listed.items.retain(|account| seen.insert(account.id.clone()));
        Ok(listed)
    }

    async fn roles(&self, account: &AccountId) -> std::result::Result<Pages<RoleName>, AwsError> {
        self.every_page("ListAccountRoles", MOST_ROLE_PAGES, async |page| {
            self.ports.identity_center.list_roles(self.session, &self.access.token, account, page).await
        })
        .await
    }

    /// Lists the roles of the accounts that are `due`. Ends early when the session is over, and when AWS serves nobody
    /// any more: those that are left then fail for the same reason.
    async fn roles_of_all(
        &self,
        due: Vec<AccountId>,
        listed: &mut Listed,
        tell: &(dyn Fn(Event) + Send + Sync),
    ) -> std::result::Result<(), AwsError> {
        let mut unanswered: BTreeSet<AccountId> = due.iter().cloned().collect();
        let mut due = due.into_iter();
        let mut under_way = FuturesUnordered::new();
        let mut saved_at = self.ports.clock.elapsed();
        let mut service = Service::new(saved_at);
        let take = |listed: &mut Listed, change: Change| {
            listed.take(change.clone());
            tell(Event::Changed(change));
        };
        let list = |id: AccountId| async move { (self.roles(&id).await, id) };
        under_way.extend(due.by_ref().take(CONCURRENCY).map(list));
        while let Some((answer, id)) = under_way.next().await {
            unanswered.remove(&id);
            let now = self.ports.clock.elapsed();
            match answer {
                Ok(roles) => {
                    service.note_answer(now);
                    take(listed, self.roles_found(id, roles));
                }
                Err(error) if error.kind == AwsErrorKind::SignedOut => return Err(error),
                Err(error) => {
                    take(listed, Change::Failed(id, error.to_string()));
                    if service.gives_up_after(&error, now) {
                        unanswered.into_iter().for_each(|id| take(listed, Change::Failed(id, error.to_string())));
                        return Ok(());
                    }
                }
            }
            if now.saturating_sub(saved_at) > SAVE_INTERVAL {
                saved_at = now;
                if let Err(error) = listed.keep(self.ports, self.session).await {
                    tracing::warn!(%error, "could not save what was listed so far");
                }
            }
            under_way.extend(due.next().map(list));
        }
        Ok(())
    }

    fn roles_found(&self, id: AccountId, roles: Pages<RoleName>) -> Change {
        match roles.cut_short {
            None => Change::Roles(id, roles.items, self.ports.clock.now().wall),
            Some(why) => Change::FirstRoles(id, roles.items, why.to_string()),
        }
    }

    /// All pages of a listing, or those before it was cut short; at most `most`.
    async fn every_page<T>(
        &self,
        operation: &'static str,
        most: usize,
        ask: impl AsyncFn(Option<&str>) -> std::result::Result<Page<T>, AwsError>,
    ) -> std::result::Result<Pages<T>, AwsError> {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut next: Option<String> = None;
        loop {
            let page = self.rate_limited(operation, async || ask(next.as_deref()).await).await?;
            items.extend(page.items);
            let Some(token) = page.next else {
                return Ok(Pages { items, cut_short: None });
            };
            if !seen.insert(token.clone()) {
                return Ok(Pages { items, cut_short: Some(CutShort::PageCameBack) });
            }
            if seen.len() >= most {
                return Ok(Pages { items, cut_short: Some(CutShort::TooManyPages(most)) });
            }
            next = Some(token);
        }
    }

    /// One request as the rate limit allows, retried while that may help.
    async fn rate_limited<T>(
        &self,
        operation: &'static str,
        ask: impl AsyncFn() -> std::result::Result<T, AwsError>,
    ) -> std::result::Result<T, AwsError> {
        let clock = &self.ports.clock;
        with_retries(self.ports, RetryPolicy::INTERACTIVE, operation, || async {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Untrusted;

    fn failed(kind: AwsErrorKind) -> AwsError {
        AwsError { operation: "ListAccountRoles", kind, detail: Untrusted::default() }
    }

    #[test]
    fn a_listing_is_given_up_where_nobody_is_served_any_more_or_nobody_waits_that_long() {
        let end = LONGEST_WAIT;
        for kind in [AwsErrorKind::Throttled(None), AwsErrorKind::Unreachable, AwsErrorKind::ServerTrouble] {
            let unserved = failed(kind);
            let last_before_the_end = || {
                let mut service = Service::new(Duration::ZERO);
                for _ in 1..CONCURRENCY {
                    assert!(!service.gives_up_after(&unserved, end), "{kind:?}");
                }
                service
            };
            assert!(last_before_the_end().gives_up_after(&unserved, end), "{kind:?}");
            let is_throttled = kind == AwsErrorKind::Throttled(None);
            assert_eq!(last_before_the_end().gives_up_after(&unserved, end / 2), is_throttled, "{kind:?}");
            let mut after_success = last_before_the_end();
            after_success.note_answer(end);
            assert!(!after_success.gives_up_after(&unserved, 2 * end), "{kind:?}");
            let mut after_an_answer = last_before_the_end();
            assert!(!after_an_answer.gives_up_after(&failed(AwsErrorKind::Forbidden), end), "{kind:?}");
            assert!(!after_an_answer.gives_up_after(&unserved, 2 * end), "{kind:?}");
        }
        let mut begins = Service::new(Duration::ZERO);
        let mut asks = |wait| begins.gives_up_after(&failed(AwsErrorKind::Throttled(Some(wait))), Duration::ZERO);
        assert!(!asks(LONGEST_WAIT));
        assert!(asks(LONGEST_WAIT + Duration::from_secs(1)));
    }
}
