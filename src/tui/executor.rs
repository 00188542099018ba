//! The only place where effects run. Each piece of work is a task; its events carry its attempt.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

use super::effect::{Wanted, Work};
use super::message::{Attempt, Message, Progress};
use crate::domain::credentials::CachedCredentials;
use crate::domain::handout::render;
use crate::domain::policy::Policy;
use crate::error::Result;
use crate::flows::obtain::{self, CredentialsRequest};
use crate::flows::retry::RetryPolicy;
use crate::flows::{catalog, identity, login, logout};
use crate::ports::{Clipboard, Ports};

/// Runs work and sends what comes of it.
pub struct Executor {
    worker: Worker,
    running: HashMap<Attempt, AbortHandle>,
}

/// What each task holds.
#[derive(Clone)]
struct Worker {
    ports: Ports,
    policy: Arc<Policy>,
    clipboard: Arc<dyn Clipboard>,
    messages: UnboundedSender<Message>,
}

impl Executor {
    /// An executor that sends to `messages`.
    pub fn new(
        ports: Ports,
        policy: Arc<Policy>,
        clipboard: Arc<dyn Clipboard>,
        messages: UnboundedSender<Message>,
    ) -> Self {
        Executor { worker: Worker { ports, policy, clipboard, messages }, running: HashMap::new() }
    }

    /// Begins a piece of work. Must be called within a [`tokio::task::LocalSet`].
    pub fn start(&mut self, attempt: Attempt, work: Work) {
        self.running.retain(|_, task| !task.is_finished());
        let worker = self.worker.clone();
        let task = tokio::task::spawn_local(async move { worker.work(attempt, work).await });
        self.running.insert(attempt, task.abort_handle());
    }

    /// Gives a piece of work up.
    pub fn cancel(&mut self, attempt: Attempt) {
        if let Some(task) = self.running.remove(&attempt) {
            task.abort();
        }
    }
}

impl Worker {
    /// Does the work, then tells what the index says now and how it ended.
    async fn work(&self, attempt: Attempt, work: Work) {
        let asked_by_fetch = match &work {
            Work::Fetch(wanted) => Some(wanted.source.session().clone()),
            _ => None,
        };
        let outcome = self.outcome(attempt, work).await;
        self.send_index().await;
        let (outcome, fetched) = match outcome {
            Ok(fetched) => (Ok(()), fetched),
            Err(error) => (Err(error.into()), None),
        };
        self.send(Message::Ended(attempt, outcome));
        if let (Some(session), Some(cached)) = (asked_by_fetch, fetched) {
            self.learn_user(&session, &cached).await;
        }
    }

    async fn outcome(&self, attempt: Attempt, work: Work) -> Result<Option<CachedCredentials>> {
        let ports = &self.ports;
        match work {
            Work::SignIn { session, flow, open_browser } => {
                let max_session = self.policy.max_session();
                let request = login::LoginRequest { session, flow, max_session, open_browser };
                let tell = |event| self.send(Message::Progress(attempt, Progress::SignIn(event)));
                login::login(ports, &request, &tell).await?;
                if let Some(notice) = ports.store.notice() {
                    self.send(Message::Notice(notice));
                }
            }
            Work::SignOut(session) => logout::logout(ports, &session).await?,
            Work::List(session) => {
                let tell = |event| self.send(Message::Progress(attempt, Progress::Listing(event)));
                catalog::refresh(ports, &session, &tell).await?;
            }
            Work::Fetch(wanted) => return self.fetch(wanted).await.map(Some),
            Work::CopyCredentials(wanted, format) => {
                let cached = self.fetch(wanted).await?;
                self.clipboard.put_secret(&render(&cached, None, format)).await?;
            }
            Work::CopyText(text) => self.clipboard.put(&text).await?,
            Work::Drop(source) => obtain::drop_credentials(ports, &source).await?,
            Work::AddSession(session) => ports.blocking(move |ports| ports.session_config.add(&session)).await?,
            Work::OpenLink(link) => {
                let opened = ports.browser.open(&link).await;
                self.send(Message::Progress(attempt, Progress::Opened(opened)));
            }
        }
        Ok(None)
    }

    async fn fetch(&self, wanted: Wanted) -> Result<CachedCredentials> {
        let Wanted { source, reason } = wanted;
        let request = CredentialsRequest { source, reason: reason.map(String::from), retry: RetryPolicy::INTERACTIVE };
        obtain::obtain(&self.ports, &self.policy, &request, None).await
    }

    /// Who the person is shows in the header; not to know it is no reason to complain.
    async fn learn_user(&self, session: &crate::domain::sso_session::SsoSession, cached: &CachedCredentials) {
        let key = session.key();
        let known = self
            .ports
            .blocking(move |ports| Ok(ports.state.index().session(&key).is_some_and(|note| note.user.is_some())));
        if known.await.unwrap_or(true) {
            return;
        }
        match identity::learn_user(&self.ports, session, cached).await {
            Ok(_) => self.send_index().await,
            Err(error) => tracing::info!(%error, "AWS did not say who signed in"),
        }
    }

    async fn send_index(&self) {
        match self.ports.blocking(|ports| Ok(ports.state.index())).await {
            Ok(index) => self.send(Message::Index(Box::new(index))),
            Err(error) => tracing::warn!(%error, "the index could not be read"),
        }
    }

    fn send(&self, message: Message) {
        if self.messages.send(message).is_err() {
            tracing::debug!("the screen is gone; nobody hears of this");
        }
    }
}
