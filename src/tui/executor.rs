//! Runs tasks, each on its own, and sends what they report as messages.

use std::collections::HashMap;
use std::pin::Pin;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use zeroize::Zeroizing;

use super::message::{Message, TaskProgress};
use super::options::PolicyReader;
use super::task::{Place, RoleRequest, ShellAbout, Task, TaskId};
use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::Draft;
use crate::domain::elevation_list::ElevationList;
use crate::domain::handout::render;
use crate::domain::index::Index;
use crate::domain::policy::{OnEnd, Policy};
use crate::domain::shell_session::ShellSession;
use crate::domain::source::Source;
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::standby::{Diversion, Replicas};
use crate::domain::target::Target;
use crate::domain::time::left_words;
use crate::error::{Error, Kind, Result};
use crate::flows::elevation::{record_warning, review_draft, settle_overdue, until_ended};
use crate::flows::end_elevation::{drill, end_elevation};
use crate::flows::judge::judge;
use crate::flows::obtain::CredentialsRequest;
use crate::flows::retry::RetryPolicy;
use crate::flows::{catalog, identity, login, standby};
use crate::ports::{Clipboard, Copied, Link, Ports, UserShell};

/// How often the index is looked at.
const LOOK_AT_INDEX: Duration = Duration::from_secs(2);

pub(crate) struct Executor {
    worker: Worker,
    running: HashMap<TaskId, AbortHandle>,
}

/// What each running task holds.
#[derive(Clone)]
struct Worker {
    ports: Ports,
    replicas: Replicas,
    read_policy: PolicyReader,
    clipboard: Arc<dyn Clipboard>,
    user_shell: Arc<dyn UserShell>,
    messages: UnboundedSender<Message>,
    shells: UnboundedSender<ReadyShell>,
}

/// A shell that is ready to be started; its environment holds secrets, so it is no message.
pub(crate) struct ReadyShell {
    /// The task that made it ready.
    pub(crate) task: TaskId,
    /// The role that it is for.
    pub(crate) role: (SessionKey, Target),
    /// What the person reads above its first prompt.
    pub(crate) greeting: String,
    pub(crate) command: Command,
    /// Ends when the shell has to.
    pub(crate) over: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Executor {
    /// An executor that sends to `messages`, and shells that are to be started to `shells`.
    pub(crate) fn new(
        ports: Ports,
        replicas: Replicas,
        read_policy: PolicyReader,
        clipboard: Arc<dyn Clipboard>,
        user_shell: Arc<dyn UserShell>,
        messages: UnboundedSender<Message>,
        shells: UnboundedSender<ReadyShell>,
    ) -> Self {
        let worker = Worker { ports, replicas, read_policy, clipboard, user_shell, messages, shells };
        Executor { worker, running: HashMap::new() }
    }

    /// Starts a task. Must be called within a [`tokio::task::LocalSet`].
    pub(crate) fn spawn(&mut self, id: TaskId, task: Task) {
        self.running.retain(|_, handle| !handle.is_finished());
        let worker = self.worker.clone();
        let handle = tokio::task::spawn_local(async move { worker.run(id, task).await });
        self.running.insert(id, handle.abort_handle());
    }

    /// Sends the index and the elevations whenever another process has changed them: what is done in another terminal counts
    /// here too. Must be called within a [`tokio::task::LocalSet`].
    pub(crate) fn watch_index(&self) {
        let worker = self.worker.clone();
        drop(tokio::task::spawn_local(async move { worker.watch_index().await }));
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
            Task::FetchCredentials(request) | Task::CopyCredentials(request, ..) | Task::OpenShell(request, _) => {
                Some(request.source.session().clone())
            }
            _ => None,
        };
        let may_change_elevations = matches!(
            task,
            Task::SignIn { .. }
                | Task::SignOut(_)
                | Task::DropCredentials(_)
                | Task::EndElevation(_)
                | Task::HoldDrill(..)
                | Task::RecordWarning(_)
        );
        let result = self.perform(id, task).await;
        let index = self.send_index().await;
        if fetched_through.is_some() || may_change_elevations {
            self.send_elevations().await;
        }
        if let (Some(session), Err(error)) = (&fetched_through, &result)
            && error.kind() == Kind::Denied
        {
            self.send_catalog(session.key()).await;
        }
        let (result, fetched) = match result {
            Ok(fetched) => (Ok(()), fetched),
            Err(error) => (Err(error), None),
        };
        self.send(Message::TaskEnded(id, result));
        if let (Some(session), Some(credentials), Some(index)) = (fetched_through, fetched, index) {
            let is_known = index.session(&session.key()).is_some_and(|note| note.user.is_some());
            if !is_known {
                self.learn_user(&session, &credentials).await;
            }
        }
    }

    /// Returns the credentials where the task was to fetch them.
    async fn perform(&self, id: TaskId, task: Task) -> Result<Option<CachedCredentials>> {
        let ports = &self.ports;
        match task {
            Task::SignIn { session, place, flow, open_browser } => {
                let max_session = self.policy().await?.max_session();
                let request = login::LoginRequest { session, flow, max_session, open_browser };
                let report = |event| self.send(Message::TaskProgress(id, TaskProgress::SignIn(event)));
                match place {
                    Place::Own => standby::sign_in(ports, &request, &report).await?,
                    Place::Replica => {
                        let standbys = self.replicas.standbys_of(&request.session);
                        standby::sign_in_standby(ports, &request, &standbys, &|_| {}, &report).await?;
                    }
                }
                if let Some(notice) = ports.store.notice() {
                    self.send(Message::Notice(notice));
                }
            }
            Task::SignOut(session) => {
                standby::sign_out(ports, &session, self.replicas.standbys_of(&session)).await?;
            }
            Task::ListRoles(session) => {
                let report = |event| self.send(Message::TaskProgress(id, TaskProgress::Listing(event)));
                catalog::list(ports, &session, &report).await?;
            }
            Task::FetchCredentials(request) => return self.fetch(request).await.map(Some),
            Task::CopyCredentials(request, format, region) => {
                let target = request.source.target().clone();
                let credentials = self.fetch(request).await?;
                let copied = self.clipboard.put_secret(&render(&credentials, &region, format)).await;
                self.send_copied(id, copied.map_err(|error| not_copied(error, target))?);
            }
            Task::OpenShell(request, about) => {
                let source = request.source.clone();
                let credentials = self.fetch(request).await?;
                self.make_shell_ready(id, &source, &credentials, &about)?;
                return Ok(Some(credentials));
            }
            Task::CopyText(text) => self.send_copied(id, self.clipboard.put(&text).await?),
            Task::CopyLink(link) => self.send_copied(id, copy_link(&*self.clipboard, link).await?),
            Task::DropCredentials(source) => {
                standby::drop_credentials(ports, &source, self.replicas.standbys_of(source.session())).await?;
            }
            Task::EndElevation(elevation) => {
                let ended = end_elevation(ports, elevation).await?;
                self.send(Message::TaskProgress(id, TaskProgress::ElevationEnded(ended)));
            }
            Task::HoldDrill(source, draft) => self.hold_drill(source, *draft).await?,
            Task::RecordWarning(warned) => {
                ports.blocking_to_its_end(move |ports| record_warning(ports, *warned)).await?
            }
            Task::AddSession(session) => ports.blocking(move |ports| ports.session_config.add(&session)).await?,
            Task::OpenLink(link) => {
                let opened = ports.browser.open(&link).await;
                self.send(Message::TaskProgress(id, TaskProgress::LinkOpened(opened)));
            }
            Task::SavePreference(change) => {
                let save = move |ports: &Ports| ports.state.update_preferences(&mut |kept| kept.apply(&change));
                ports.blocking_to_its_end(save).await?;
            }
            Task::ReadAllElevations => {
                let all = ports.blocking(|ports| ports.audit.all_elevations()).await?;
                self.send(Message::AllElevations(Box::new(all)));
            }
            Task::PrepareElevation => {
                self.policy().await?;
                let elevations = ports.blocking(|ports| ports.audit.elevations()).await?;
                self.send(Message::Elevations(Box::new(elevations)));
            }
        }
        Ok(None)
    }

    fn make_shell_ready(
        &self,
        task: TaskId,
        source: &Source,
        credentials: &CachedCredentials,
        about: &ShellAbout,
    ) -> Result<()> {
        let ShellAbout { account_name, tier, region, on_end, by_screen_alone } = about;
        let by_screen_alone = *by_screen_alone;
        let session = ShellSession { credentials, account_name, tier: *tier, region, by_screen_alone };
        let command = self.user_shell.command(&session, None)?;
        let target = credentials.target();
        let left = left_words(credentials.life().left(self.ports.clock.now()));
        let mut greeting = format!("daypass: {target} for {left}, in {region}; exit leads back");
        if let Some(hint) = session.elevation_hint() {
            greeting.push_str(&format!("\ndaypass: {hint}"));
        }
        let role = (source.session().key(), target.clone());
        let over = self.end_of_shell(source, credentials, *on_end);
        if self.shells.send(ReadyShell { task, role, greeting, command, over }).is_err() {
            tracing::debug!("the event loop has ended; a shell is dropped");
        }
        Ok(())
    }

    /// Ends with the elevation where the policy has the shell end with it, and otherwise never.
    fn end_of_shell(
        &self,
        source: &Source,
        credentials: &CachedCredentials,
        on_end: OnEnd,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        if on_end == OnEnd::Warn || credentials.elevation().is_none() {
            return Box::pin(std::future::pending());
        }
        let (ports, key, life) = (self.ports.clone(), source.key(), credentials.life());
        Box::pin(async move { until_ended(&ports, &key, life, || {}).await })
    }

    async fn hold_drill(&self, source: Source, draft: Draft) -> Result<()> {
        let policy = self.policy().await?;
        let of = source.clone();
        let review = move |ports: &Ports| {
            let verdict = judge(ports, &policy, &of);
            let approved = review_draft(ports, &of, &verdict, &draft)??;
            Ok((verdict, approved))
        };
        let (verdict, approved) = self.ports.blocking(review).await?;
        drill(&self.ports, &source, &verdict, approved).await
    }

    async fn fetch(&self, request: RoleRequest) -> Result<CachedCredentials> {
        let policy = self.policy().await?;
        let RoleRequest { source, elevation, renew } = request;
        let elevation = elevation.map(|draft| *draft);
        let request = CredentialsRequest { source, elevation, renew, retry: RetryPolicy::INTERACTIVE };
        let standbys = self.replicas.standbys_of(request.source.session());
        let tell = |diversion: Diversion| self.send(Message::Notice(diversion.to_string()));
        let obtained = standby::obtain_with_standby(&self.ports, &policy, &request, None, &standbys, &tell).await;
        if let Some(notice) = self.ports.audit.notice() {
            self.send(Message::Notice(notice));
        }
        obtained
    }

    /// The policy in force now, which is shown from now on. Where it cannot be read, nothing goes on under the last one.
    async fn policy(&self) -> Result<Arc<Policy>> {
        let read = Arc::clone(&self.read_policy);
        let policy = Arc::new(self.ports.blocking(move |_| read()).await?);
        self.send(Message::Policy(Arc::clone(&policy)));
        Ok(policy)
    }

    /// Asks AWS who the user is, once, for the header. A failure is only logged: nothing depends on the name.
    async fn learn_user(&self, session: &SsoSession, credentials: &CachedCredentials) {
        match identity::learn_user(&self.ports, session, credentials).await {
            Ok(_) => drop(self.send_index().await),
            Err(error) => tracing::info!(%error, "AWS did not say who signed in"),
        }
    }

    async fn watch_index(&self) {
        let (mut last, mut last_elevations) = (None, None);
        loop {
            self.ports.clock.sleep(LOOK_AT_INDEX).await;
            self.settle_overdue().await;
            if let Some(elevations) = self.elevations().await
                && last_elevations.as_ref() != Some(&elevations)
            {
                self.send(Message::Elevations(Box::new(elevations.clone())));
                last_elevations = Some(elevations);
            }
            let Some(index) = self.index().await else { continue };
            if last.as_ref() != Some(&index) {
                self.send(Message::Index(Box::new(index.clone())));
                last = Some(index);
            }
        }
    }

    /// Records the ends of elevations whose time is over, and deletes what was kept for them.
    async fn settle_overdue(&self) {
        let settle = |ports: &Ports| {
            settle_overdue(ports);
            Ok(())
        };
        if let Err(error) = self.ports.blocking(settle).await {
            tracing::warn!(%error, "the end of an elevation could not be recorded");
        }
    }

    async fn send_index(&self) -> Option<Index> {
        let index = self.index().await;
        if let Some(index) = index.clone() {
            self.send(Message::Index(Box::new(index)));
        }
        index
    }

    async fn send_elevations(&self) {
        if let Some(elevations) = self.elevations().await {
            self.send(Message::Elevations(Box::new(elevations)));
        }
    }

    async fn elevations(&self) -> Option<ElevationList> {
        match self.ports.blocking(|ports| ports.audit.elevations()).await {
            Ok(elevations) => Some(elevations),
            Err(error) => {
                tracing::warn!(%error, "the elevations could not be read");
                None
            }
        }
    }

    /// A role that AWS does not know any more is no longer in the catalog.
    async fn send_catalog(&self, key: SessionKey) {
        let of = key.clone();
        match self.ports.blocking(move |ports| Ok(ports.state.catalog(&of))).await {
            Ok(catalog) => self.send(Message::Catalog(key, Box::new(catalog))),
            Err(error) => tracing::warn!(%error, "the catalog could not be read"),
        }
    }

    async fn index(&self) -> Option<Index> {
        match self.ports.blocking(|ports| Ok(ports.state.index())).await {
            Ok(index) => Some(index),
            Err(error) => {
                tracing::warn!(%error, "the index could not be read");
                None
            }
        }
    }

    fn send_copied(&self, id: TaskId, copied: Copied) {
        self.send(Message::TaskProgress(id, TaskProgress::Copied(copied)));
    }

    fn send(&self, message: Message) {
        if self.messages.send(message).is_err() {
            tracing::debug!("the event loop has ended; a message is dropped");
        }
    }
}

/// Where there is no clipboard for credentials, there are other ways to use them.
fn not_copied(error: Error, target: Target) -> Error {
    match error {
        Error::NoClipboard { .. } => Error::SecretNotCopied { target, source: Box::new(error) },
        other => other,
    }
}

/// A private link is cleared again as a secret is: whoever reads it could act in the person's place.
async fn copy_link(clipboard: &dyn Clipboard, link: Link) -> Result<Copied> {
    match link {
        Link::Public(url) => clipboard.put(url.as_str()).await,
        Link::Private(url) => clipboard.put_secret(&Zeroizing::new(url.into())).await,
    }
}

#[cfg(test)]
mod tests;
