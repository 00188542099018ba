//! Listing accounts and roles: paced, streamed as it comes, kept as it goes, resumed where it stopped.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;

use super::pace::Pacer;
use super::retry::{RetryPolicy, with_retries};
use super::token::{Access, access_token, forget_access};
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::catalog::{Account, Catalog};
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::sso_session::SsoSession;
use crate::error::{Error, Result};
use crate::ports::{Page, Ports};

/// Requests under way at once; the pacer, not this, sets the rate.
const AT_ONCE: usize = 12;
/// What was listed is kept at least this often.
const KEEP_EVERY: Duration = Duration::from_secs(2);
/// More pages than any portal has: a paging token that goes in circles ends here.
const MOST_PAGES: usize = 2_000;

/// What has been listed.
#[derive(Debug, Clone)]
pub enum Event {
    /// All accounts.
    Accounts(Vec<Account>),
    /// The roles of one account.
    Roles(AccountId, Vec<RoleName>),
    /// One account's roles could not be listed.
    Failed(AccountId, String),
}

impl Event {
    fn apply(&self, catalog: &mut Catalog, at: Timestamp) {
        match self {
            Event::Accounts(accounts) => catalog.take_accounts(accounts.clone(), at),
            Event::Roles(id, names) => catalog.take_roles(id, names.clone(), at),
            Event::Failed(id, why) => catalog.take_failure(id, why.clone()),
        }
    }
}

/// Lists everything `session` holds and keeps it. Accounts that fail are marked, not fatal.
///
/// # Errors
/// `LoginNeeded` when AWS ends the session in the middle, `Unavailable` when not even the accounts could be
/// listed; what was listed until then is kept.
pub async fn refresh(ports: &Ports, session: &SsoSession, tell: &(dyn Fn(Event) + Send + Sync)) -> Result<Catalog> {
    let access = access_token(ports, session, RetryPolicy::INTERACTIVE).await?;
    let key = session.key();
    let catalog = ports.blocking(move |ports| Ok(ports.state.catalog(&key))).await?;
    let mut listed = Listed { catalog, unkept: Vec::new() };
    let listing = Listing { ports, session, access: &access, pacer: Pacer::new(ports.clock.elapsed()) };

    let started = ports.clock.now().wall;
    // A listing that was broken off a moment ago is taken up again rather than begun anew.
    let resumes = listed.catalog.listed_at.is_some_and(|at| {
        let age = started.duration_since(at);
        !age.is_negative() && age < jiff::SignedDuration::from_mins(5) && !listed.catalog.due(at).is_empty()
    });
    let fresh_since = if resumes { listed.catalog.listed_at.unwrap_or(started) } else { started };
    if !resumes {
        let accounts = listing.accounts().await;
        let accounts = listing.or_signed_out(accounts).await?;
        listed.take(Event::Accounts(accounts), started);
    }
    tell(Event::Accounts(listed.catalog.entries.iter().map(|entry| entry.account.clone()).collect()));

    let outcome = listing.all_roles(&mut listed, fresh_since, tell).await;
    listed.keep(ports, session).await?;
    match outcome {
        Ok(()) => Ok(listed.catalog),
        Err(error) => {
            forget_access(ports, session, &access).await?;
            Err(super::token::signed_out_by(session, error))
        }
    }
}

/// The catalog as listed so far. The kept one gets what is new in it, not the whole: another process may have changed
/// it meanwhile.
struct Listed {
    catalog: Catalog,
    unkept: Vec<(Event, Timestamp)>,
}

impl Listed {
    fn take(&mut self, event: Event, at: Timestamp) {
        event.apply(&mut self.catalog, at);
        self.unkept.push((event, at));
    }

    async fn keep(&mut self, ports: &Ports, session: &SsoSession) -> Result<()> {
        let (key, unkept) = (session.key(), self.unkept.clone());
        let keep = move |ports: &Ports| {
            let mut apply = |catalog: &mut Catalog| unkept.iter().for_each(|(event, at)| event.apply(catalog, *at));
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
    pacer: Pacer,
}

impl Listing<'_> {
    async fn accounts(&self) -> std::result::Result<Vec<Account>, AwsError> {
        self.every_page("ListAccounts", async |page| {
            self.ports.identity_center.list_accounts(self.session, &self.access.token, page).await
        })
        .await
    }

    async fn roles(&self, account: &AccountId) -> std::result::Result<Vec<RoleName>, AwsError> {
        self.every_page("ListAccountRoles", async |page| {
            self.ports.identity_center.list_roles(self.session, &self.access.token, account, page).await
        })
        .await
    }

    /// Lists the roles of all accounts that are due; ends early only when the session is over.
    async fn all_roles(
        &self,
        listed: &mut Listed,
        fresh_since: Timestamp,
        tell: &(dyn Fn(Event) + Send + Sync),
    ) -> std::result::Result<(), AwsError> {
        let mut due = listed.catalog.due(fresh_since).into_iter();
        let mut under_way = FuturesUnordered::new();
        let mut kept_at = self.ports.clock.elapsed();
        let list = |id: AccountId| async move { (self.roles(&id).await, id) };
        under_way.extend(due.by_ref().take(AT_ONCE).map(list));
        while let Some((answer, id)) = under_way.next().await {
            let event = match answer {
                Ok(names) => Event::Roles(id, names),
                Err(error) if error.kind == AwsErrorKind::SignedOut => return Err(error),
                Err(error) => Event::Failed(id, error.to_string()),
            };
            listed.take(event.clone(), self.ports.clock.now().wall);
            tell(event);
            if self.ports.clock.elapsed().saturating_sub(kept_at) > KEEP_EVERY {
                kept_at = self.ports.clock.elapsed();
                if let Err(error) = listed.keep(self.ports, self.session).await {
                    tracing::warn!(%error, "could not keep what was listed so far");
                }
            }
            under_way.extend(due.next().map(list));
        }
        Ok(())
    }

    async fn every_page<T>(
        &self,
        operation: &'static str,
        ask: impl AsyncFn(Option<&str>) -> std::result::Result<Page<T>, AwsError>,
    ) -> std::result::Result<Vec<T>, AwsError> {
        let mut items = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = self.paced(async || ask(next.as_deref()).await).await?;
            items.extend(page.items);
            if page.next.is_none() {
                return Ok(items);
            }
            next = page.next;
        }
        Err(AwsError { operation, kind: AwsErrorKind::Protocol("endless pages"), detail: "".into() })
    }

    /// One request in its turn, tried again while that may help.
    async fn paced<T>(
        &self,
        ask: impl AsyncFn() -> std::result::Result<T, AwsError>,
    ) -> std::result::Result<T, AwsError> {
        let clock = &self.ports.clock;
        with_retries(self.ports, RetryPolicy::INTERACTIVE, || async {
            clock.sleep(self.pacer.turn(clock.elapsed())).await;
            let sent = clock.elapsed();
            let answer = ask().await;
            match &answer {
                Ok(_) => self.pacer.served(),
                Err(AwsError { kind: AwsErrorKind::Throttled(asked), .. }) => {
                    self.pacer.throttled(sent, clock.elapsed(), *asked);
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
                Err(super::token::signed_out_by(self.session, error))
            }
            Err(error) => Err(Error::from(error)),
        }
    }
}
