//! Runs tasks, each on its own, and sends what they report as messages.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

use super::message::{Message, TaskProgress};
use super::task::{RoleRequest, Task, TaskId};
use crate::domain::credentials::CachedCredentials;
use crate::domain::handout::render;
use crate::domain::policy::Policy;
use crate::domain::sso_session::SsoSession;
use crate::error::Result;
use crate::flows::obtain::{self, CredentialsRequest};
use crate::flows::retry::RetryPolicy;
use crate::flows::{catalog, identity, login, logout};
use crate::ports::{Clipboard, Link, Ports};

pub(crate) struct Executor {
    worker: Worker,
    running: HashMap<TaskId, AbortHandle>,
}

/// What each running task holds.
#[derive(Clone)]
struct Worker {
    ports: Ports,
    policy: Arc<Policy>,
    clipboard: Arc<dyn Clipboard>,
    messages: UnboundedSender<Message>,
}

impl Executor {
    /// An executor that sends to `messages`.
    pub(crate) fn new(
        ports: Ports,
        policy: Arc<Policy>,
        clipboard: Arc<dyn Clipboard>,
        messages: UnboundedSender<Message>,
    ) -> Self {
        Executor { worker: Worker { ports, policy, clipboard, messages }, running: HashMap::new() }
    }

    /// Starts a task. Must be called within a [`tokio::task::LocalSet`].
    pub(crate) fn spawn(&mut self, id: TaskId, task: Task) {
        self.running.retain(|_, handle| !handle.is_finished());
        let worker = self.worker.clone();
        let handle = tokio::task::spawn_local(async move { worker.run(id, task).await });
        self.running.insert(id, handle.abort_handle());
    }

    /// Aborts a task.
    pub(crate) fn cancel(&mut self, id: TaskId) {
        if let Some(handle) = self.running.remove(&id) {
            handle.abort();
        }
    }
}

impl Worker {
    /// Runs the task, then sends the index as it is now and the result.
    async fn run(&self, id: TaskId, task: Task) {
        let fetched_through = match &task {
            Task::FetchCredentials(request) => Some(request.source.session().clone()),
            _ => None,
        };
        let result = self.perform(id, task).await;
        self.send_index().await;
        let (result, fetched) = match result {
            Ok(fetched) => (Ok(()), fetched),
            Err(error) => (Err(error.into()), None),
        };
        self.send(Message::TaskEnded(id, result));
        if let (Some(session), Some(credentials)) = (fetched_through, fetched) {
            self.learn_user(&session, &credentials).await;
        }
    }

    /// Returns the credentials where the task was to fetch them.
    async fn perform(&self, id: TaskId, task: Task) -> Result<Option<CachedCredentials>> {
        let ports = &self.ports;
        match task {
            Task::SignIn { session, flow, open_browser } => {
                let max_session = self.policy.max_session();
                let request = login::LoginRequest { session, flow, max_session, open_browser };
                let report = |event| self.send(Message::TaskProgress(id, TaskProgress::SignIn(event)));
                login::login(ports, &request, &report).await?;
                if let Some(notice) = ports.store.notice() {
                    self.send(Message::Notice(notice));
                }
            }
            Task::SignOut(session) => logout::logout(ports, &session).await?,
            Task::ListRoles(session) => {
                let report = |event| self.send(Message::TaskProgress(id, TaskProgress::Listing(event)));
                catalog::refresh(ports, &session, &report).await?;
            }
            Task::FetchCredentials(request) => return self.fetch(request).await.map(Some),
            Task::CopyCredentials(request, format) => {
                let credentials = self.fetch(request).await?;
                self.clipboard.put_secret(&render(&credentials, None, format)).await?;
            }
            Task::CopyText(text) => self.clipboard.put(&text).await?,
            Task::CopyLink(link) => copy_link(&*self.clipboard, link).await?,
            Task::DropCredentials(source) => obtain::drop_credentials(ports, &source).await?,
            Task::AddSession(session) => ports.blocking(move |ports| ports.session_config.add(&session)).await?,
            Task::OpenLink(link) => {
                let opened = ports.browser.open(&link).await;
                self.send(Message::TaskProgress(id, TaskProgress::LinkOpened(opened)));
            }
        }
        Ok(None)
    }

    async fn fetch(&self, request: RoleRequest) -> Result<CachedCredentials> {
        let RoleRequest { source, reason } = request;
        let request = CredentialsRequest { source, reason: reason.map(String::from), retry: RetryPolicy::INTERACTIVE };
        obtain::obtain(&self.ports, &self.policy, &request, None).await
    }

    /// Asks AWS who the user is, once, for the header. A failure is only logged: nothing depends on the name.
    async fn learn_user(&self, session: &SsoSession, credentials: &CachedCredentials) {
        let key = session.key();
        let is_known = self
            .ports
            .blocking(move |ports| Ok(ports.state.index().session(&key).is_some_and(|note| note.user.is_some())));
        if is_known.await.unwrap_or(true) {
            return;
        }
        match identity::learn_user(&self.ports, session, credentials).await {
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
            tracing::debug!("the event loop has ended; a message is dropped");
        }
    }
}

/// A private link is cleared again as a secret is: whoever reads it could act in the person's place.
async fn copy_link(clipboard: &dyn Clipboard, link: Link) -> Result<()> {
    match link {
        Link::Public(url) => clipboard.put(url.as_str()).await,
        Link::Private(url) => clipboard.put_secret(&Zeroizing::new(url.into())).await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;

    /// Notes what is put on it, and whether as a secret.
    #[derive(Default)]
    struct Notes(Mutex<Vec<(String, bool)>>);

    #[async_trait]
    impl Clipboard for Notes {
        async fn put(&self, text: &str) -> Result<()> {
            self.0.lock().unwrap().push((text.to_owned(), false));
            Ok(())
        }

        async fn put_secret(&self, text: &Zeroizing<String>) -> Result<()> {
            self.0.lock().unwrap().push((text.to_string(), true));
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_private_link_is_copied_as_a_secret_and_a_public_one_is_not() {
        let clipboard = Notes::default();
        let url = "https://oidc.example/authorize?state=abc".parse::<url::Url>().unwrap();
        for link in [Link::Public(url.clone()), Link::Private(url.clone())] {
            copy_link(&clipboard, link).await.unwrap();
        }
        let copied = clipboard.0.into_inner().unwrap();
        assert_eq!(copied, [(url.to_string(), false), (url.to_string(), true)]);
    }
}
