//! A scripted Identity Center: each call is noted with its moment and answered as the test says.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;
use tokio::time::Instant;
use url::Url;

use super::steps::Steps;
use crate::domain::assume_role::AssumeRole;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::call_evidence::{Answered, CallEvidence, RequestId};
use crate::domain::caller_identity::CallerIdentity;
use crate::domain::catalog::Account;
use crate::domain::credentials::RoleCredentials;
use crate::domain::ids::{AccountId, Region, RoleName};
use crate::domain::issued::{AccessKeyId, SecretKey, SessionToken};
use crate::domain::pkce::Attempt;
use crate::domain::session::{ClientRegistration, Flow, IssuedToken};
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::error::Result;
use crate::ports::{DeviceAuthorization, Grant, IdentityCenter, Page, Sts};

/// The account of whoever asks, until a role's credentials were asked for.
const USUAL_ACCOUNT: &str = "111111111111";

/// Answers to one operation: those in the queue first, then the last word for ever.
pub struct Script {
    queue: Mutex<VecDeque<Option<AwsErrorKind>>>,
    afterwards: Mutex<Option<AwsErrorKind>>,
    calls: Mutex<Vec<Duration>>,
    started: Instant,
    steps: Arc<Steps>,
}

impl Script {
    fn new(steps: &Arc<Steps>) -> Self {
        Script {
            queue: Mutex::default(),
            afterwards: Mutex::default(),
            calls: Mutex::default(),
            started: Instant::now(),
            steps: Arc::clone(steps),
        }
    }

    /// Fails the next calls for these reasons.
    pub fn fail(&self, reasons: impl IntoIterator<Item = AwsErrorKind>) {
        self.queue.lock().unwrap().extend(reasons.into_iter().map(Some));
    }

    /// Fails every call once the queue is used up, or none with `None`.
    pub fn fail_always(&self, reason: Option<AwsErrorKind>) {
        *self.afterwards.lock().unwrap() = reason;
    }

    /// When the calls came, since the test began.
    pub fn calls(&self) -> Vec<Duration> {
        self.calls.lock().unwrap().clone()
    }

    /// How many calls came.
    pub fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    /// Waits until `count` calls have come.
    pub async fn called(&self, count: usize) {
        // The clock of the tests stands still while anything is at work.
        let waits = std::time::Instant::now();
        while self.count() < count {
            assert!(waits.elapsed() < Duration::from_secs(60), "{} calls came instead of {count}", self.count());
            tokio::task::yield_now().await;
        }
    }

    async fn answer(&self, operation: &'static str) -> Result<(), AwsError> {
        self.calls.lock().unwrap().push(self.started.elapsed());
        self.steps.aws(operation).await?;
        let scripted = self.queue.lock().unwrap().pop_front();
        match scripted.unwrap_or(*self.afterwards.lock().unwrap()) {
            Some(reason) => Err(failure(operation, reason)),
            None => Ok(()),
        }
    }
}

pub fn failure(operation: &'static str, kind: AwsErrorKind) -> AwsError {
    AwsError { operation, kind, detail: "as scripted".into() }
}

/// Answers a page of ListAccountRoles: account, page token, moment.
pub type RolesOf = dyn Fn(&AccountId, Option<&str>, Duration) -> Result<Page<RoleName>, AwsError> + Send + Sync;

/// The scripted Identity Center and STS.
pub struct FakeAws {
    pub register: Script,
    pub start: Script,
    pub token: Script,
    pub accounts: Script,
    pub roles: Script,
    pub credentials: Script,
    pub identities: Script,
    pub assumptions: Script,
    pub logout: Script,
    /// What StartDeviceAuthorization says.
    pub interval: Mutex<Option<i64>>,
    /// What CreateToken says.
    pub token_lifetime: Mutex<SignedDuration>,
    /// Runs once, while the next CreateToken is under way.
    pub during_token: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    /// The next CreateToken waits for the permission that a test gives.
    pub hold_token: Mutex<Option<Arc<Notify>>>,
    /// The refresh tokens that were sent.
    pub refreshed_with: Mutex<Vec<String>>,
    /// The PKCE verifiers of the links that were made.
    pub verifiers: Mutex<Vec<String>>,
    /// The PKCE verifiers that codes were redeemed with.
    pub proved_with: Mutex<Vec<String>>,
    /// The pages of ListAccounts.
    pub account_pages: Mutex<Vec<Vec<Account>>>,
    /// Whether the last page of ListAccounts names itself as the next.
    pub accounts_lead_back: Mutex<bool>,
    /// Answers ListAccountRoles.
    pub roles_of: Mutex<Arc<RolesOf>>,
    /// How long a listing's request takes.
    pub latency: Mutex<Duration>,
    /// How long role credentials live.
    pub role_lifetime: Mutex<SignedDuration>,
    /// GetRoleCredentials for these targets waits for the permission that a test gives.
    pub held: Mutex<HashMap<String, Arc<Notify>>>,
    /// The regions that answer no request for role credentials.
    pub out: Mutex<Vec<Region>>,
    /// AWS's clock minus ours, once an answer has shown it.
    pub offset: Mutex<SignedDuration>,
    /// What GetCallerIdentity says.
    pub caller: Mutex<CallerIdentity>,
    /// The account of the last role that was asked for.
    asked_for: Mutex<Option<AccountId>>,
    /// The ARNs of the roles that were assumed, by access key.
    assumed: Mutex<HashMap<String, String>>,
    /// Whether role credentials were answered in this "process".
    pub answered: AtomicBool,
    started: Instant,
    epoch: Timestamp,
}

impl FakeAws {
    /// All is well, from `epoch` on, unless there is trouble among the `steps`.
    pub fn new(epoch: Timestamp, steps: Arc<Steps>) -> Self {
        FakeAws {
            register: Script::new(&steps),
            start: Script::new(&steps),
            token: Script::new(&steps),
            accounts: Script::new(&steps),
            roles: Script::new(&steps),
            credentials: Script::new(&steps),
            identities: Script::new(&steps),
            assumptions: Script::new(&steps),
            logout: Script::new(&steps),
            interval: Mutex::new(Some(5)),
            token_lifetime: Mutex::new(SignedDuration::from_hours(1)),
            during_token: Mutex::default(),
            hold_token: Mutex::default(),
            refreshed_with: Mutex::default(),
            verifiers: Mutex::default(),
            proved_with: Mutex::default(),
            account_pages: Mutex::new(vec![vec![]]),
            accounts_lead_back: Mutex::default(),
            roles_of: Mutex::new(Arc::new(|_, _, _| Ok(Page { items: vec![], next: None }))),
            latency: Mutex::default(),
            role_lifetime: Mutex::new(SignedDuration::from_hours(1)),
            held: Mutex::default(),
            out: Mutex::default(),
            offset: Mutex::default(),
            asked_for: Mutex::default(),
            assumed: Mutex::default(),
            caller: Mutex::new(CallerIdentity {
                account: AccountId::parse(USUAL_ACCOUNT).unwrap(),
                arn: "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Developer_0/alice".into(),
            }),
            answered: AtomicBool::new(false),
            started: Instant::now(),
            epoch,
        }
    }

    /// Holds GetRoleCredentials for `target` until the notification comes.
    pub fn hold(&self, target: &Target) -> Arc<Notify> {
        let permission = Arc::new(Notify::new());
        self.held.lock().unwrap().insert(target.to_string(), Arc::clone(&permission));
        permission
    }

    fn issued(&self, prefix: &str, number: usize, lifetime: SignedDuration) -> RoleCredentials {
        RoleCredentials {
            access_key_id: AccessKeyId::parse(format!("{prefix}{number:016}")).unwrap(),
            secret_access_key: SecretKey::parse("secret").unwrap(),
            session_token: SessionToken::parse("session").unwrap(),
            expires_at: self.now() + lifetime,
        }
    }

    fn answered<T>(&self, value: T) -> Answered<T> {
        let evidence = CallEvidence { request_id: RequestId::parse("request-1"), aws_date: Some(self.now()) };
        Answered { value, evidence }
    }

    /// AWS's time.
    pub fn now(&self) -> Timestamp {
        self.epoch + SignedDuration::try_from(self.started.elapsed()).unwrap()
    }
}

#[async_trait]
impl IdentityCenter for FakeAws {
    async fn register_client(&self, _: &SsoSession, _: Flow) -> Result<(String, SecretString, Timestamp), AwsError> {
        self.register.answer("RegisterClient").await?;
        let number = self.register.count();
        Ok((format!("client-{number}"), "client-secret".into(), self.now() + SignedDuration::from_hours(24 * 90)))
    }

    async fn start_device_authorization(
        &self,
        _: &SsoSession,
        _: &ClientRegistration,
    ) -> Result<DeviceAuthorization, AwsError> {
        self.start.answer("StartDeviceAuthorization").await?;
        Ok(DeviceAuthorization {
            device_code: "device-code".into(),
            user_code: "ABCD-EFGH".into(),
            verification_uri: Url::parse("https://device.example/").unwrap(),
            verification_uri_complete: None,
            expires_in: Duration::from_secs(600),
            interval: *self.interval.lock().unwrap(),
        })
    }

    async fn authorize_url(&self, _: &SsoSession, _: &ClientRegistration, attempt: &Attempt) -> Result<Url> {
        self.verifiers.lock().unwrap().push(attempt.verifier().expose_secret().to_owned());
        Ok(Url::parse("https://oidc.example/authorize").unwrap())
    }

    async fn create_token(
        &self,
        _: &SsoSession,
        _: &ClientRegistration,
        grant: Grant<'_>,
    ) -> Result<IssuedToken, AwsError> {
        match grant {
            Grant::Refresh(token) => self.refreshed_with.lock().unwrap().push(token.expose_secret().to_owned()),
            Grant::AuthorizationCode { attempt, .. } => {
                self.proved_with.lock().unwrap().push(attempt.verifier().expose_secret().to_owned());
            }
            Grant::DeviceCode(_) => {}
        }
        if let Some(meanwhile) = self.during_token.lock().unwrap().take() {
            meanwhile();
        }
        let answer = self.token.answer("CreateToken").await;
        let held = self.hold_token.lock().unwrap().take();
        if let Some(permission) = held {
            permission.notified().await;
        }
        answer?;
        let number = self.token.count();
        Ok(IssuedToken {
            access_token: format!("access-{number}").into(),
            refresh_token: Some(format!("refresh-{number}").into()),
            expires_in: *self.token_lifetime.lock().unwrap(),
        })
    }

    async fn list_accounts(
        &self,
        _: &SsoSession,
        _: &SecretString,
        page: Option<&str>,
    ) -> Result<Page<Account>, AwsError> {
        self.accounts.answer("ListAccounts").await?;
        let pages = self.account_pages.lock().unwrap();
        let number: usize = page.map_or(0, |page| page.parse().unwrap());
        let last = number + 1 == pages.len();
        let next = if last { number } else { number + 1 };
        let leads_on = !last || *self.accounts_lead_back.lock().unwrap();
        Ok(Page { items: pages[number].clone(), next: leads_on.then(|| next.to_string()) })
    }

    async fn list_roles(
        &self,
        _: &SsoSession,
        _: &SecretString,
        account: &AccountId,
        page: Option<&str>,
    ) -> Result<Page<RoleName>, AwsError> {
        let answer = self.roles.answer("ListAccountRoles").await.and_then(|()| {
            let roles_of = Arc::clone(&self.roles_of.lock().unwrap());
            roles_of(account, page, self.started.elapsed())
        });
        let latency = *self.latency.lock().unwrap();
        tokio::time::sleep(latency).await;
        answer
    }

    async fn role_credentials(
        &self,
        session: &SsoSession,
        _: &SecretString,
        target: &Target,
    ) -> Result<Answered<RoleCredentials>, AwsError> {
        let answer = self.credentials.answer("GetRoleCredentials").await;
        if self.out.lock().unwrap().contains(&session.region) {
            return Err(failure("GetRoleCredentials", AwsErrorKind::Unreachable));
        }
        *self.asked_for.lock().unwrap() = Some(target.account.clone());
        let held = self.held.lock().unwrap().get(&target.to_string()).cloned();
        if let Some(permission) = held {
            permission.notified().await;
        }
        self.answered.store(true, Ordering::SeqCst);
        answer?;
        let lifetime = *self.role_lifetime.lock().unwrap();
        Ok(self.answered(self.issued("ASIA", self.credentials.count(), lifetime)))
    }

    async fn logout(&self, _: &SsoSession, _: &SecretString) -> Result<(), AwsError> {
        self.logout.answer("Logout").await
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        self.answered.load(Ordering::SeqCst).then(|| *self.offset.lock().unwrap())
    }
}

#[async_trait]
impl Sts for FakeAws {
    async fn caller_identity(
        &self,
        _: &SsoSession,
        credentials: &RoleCredentials,
    ) -> Result<Answered<CallerIdentity>, AwsError> {
        self.identities.answer("GetCallerIdentity").await?;
        let mut caller = self.caller.lock().unwrap().clone();
        if let Some(assumed) = self.assumed.lock().unwrap().get(credentials.access_key_id.as_str()) {
            caller.arn = assumed.as_str().into();
        }
        // In whatever account they were asked for, unless the test says otherwise.
        let asked_for = self.asked_for.lock().unwrap().clone();
        if let Some(account) = asked_for.filter(|_| caller.account.as_str() == USUAL_ACCOUNT) {
            caller.arn = caller.arn.raw().replace(USUAL_ACCOUNT, account.as_str()).as_str().into();
            caller.account = account;
        }
        Ok(self.answered(caller))
    }

    async fn assume_role(
        &self,
        _: &SsoSession,
        _: &RoleCredentials,
        request: &AssumeRole,
    ) -> Result<Answered<RoleCredentials>, AwsError> {
        self.assumptions.answer("AssumeRole").await?;
        let lifetime = SignedDuration::from_secs(request.duration.as_secs().into());
        let issued = self.issued("ASIACHAINED", self.assumptions.count(), lifetime);
        let (role, name) = (request.role.name(), &request.session_name);
        let arn = format!("arn:aws:sts::{USUAL_ACCOUNT}:assumed-role/{role}/{name}");
        self.assumed.lock().unwrap().insert(issued.access_key_id.to_string(), arn);
        Ok(self.answered(issued))
    }
}
