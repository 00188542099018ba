//! Signing in: device authorization or authorization code with PKCE, told to the caller as it goes.

use std::convert::Infallible;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::elevation::settle;
use super::forget::{delete_secrets, note_deleted};
use super::record::{change_record, load_record};
use super::retry::{RetryPolicy, with_retries};
use super::token::no_lifetime;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::device_flow::{Pace, PollOutcome};
use crate::domain::elevation::EndReason;
use crate::domain::index::Index;
use crate::domain::pkce::Attempt;
use crate::domain::session::{ClientRegistration, Flow, IssuedToken, SessionRecord, SignedIn};
use crate::domain::sso_session::SsoSession;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::ports::{DeviceAuthorization, Grant, Link, Opened, Ports};

/// How long a browser may take to come back.
const CALLBACK_TIMEOUT: Duration = Duration::from_secs(600);

/// How to sign in.
#[derive(Debug, Clone)]
pub struct LoginRequest {
    /// Where.
    pub session: SsoSession,
    /// Which way.
    pub flow: Flow,
    /// Our own ceiling for the session.
    pub max_session: jiff::SignedDuration,
    /// Whether a browser may be opened on this machine.
    pub open_browser: bool,
}

/// What the person should see while signing in. No secret but a private link, which is shown to nobody else.
#[derive(Debug, Clone)]
pub enum Event {
    /// A device code was issued.
    CodeIssued {
        /// To be compared with what the browser shows.
        user_code: String,
        /// Where to type it.
        link: Url,
        /// The same with the code filled in.
        link_with_code: Url,
        /// How long the code lives.
        expires_in: Duration,
    },
    /// The browser is to come back by itself.
    BrowserNeeded {
        /// What to open, on this machine.
        link: Link,
        /// How long we listen.
        expires_in: Duration,
    },
    /// What became of opening a browser.
    Browser(Opened),
    /// Another poll brought nothing yet; says why.
    StillWaiting(PollOutcome),
}

/// Signs in and keeps the tokens. Dropping the future cancels.
///
/// # Errors
/// `LoginNeeded` when the time ran out, `Denied` when someone declined, `Unavailable`, `Keyring` or `Failed`.
pub async fn login(ports: &Ports, request: &LoginRequest, tell: &(dyn Fn(Event) + Send + Sync)) -> Result<()> {
    let outcome = login_by_known_client(ports, request, tell).await;
    ports.keep_aws_time().await;
    outcome
}

async fn login_by_known_client(
    ports: &Ports,
    request: &LoginRequest,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> Result<()> {
    match try_login(ports, request, tell).await {
        // AWS has forgotten the registration we kept: once more with a new one.
        Err(Failure::UnknownClient(_)) => {
            set_registration(ports, request, None).await?;
            try_login(ports, request, tell).await.map_err(Error::from)
        }
        outcome => outcome.map_err(Error::from),
    }
}

/// Why a try failed.
enum Failure {
    UnknownClient(AwsError),
    Other(Error),
}

impl From<AwsError> for Failure {
    fn from(error: AwsError) -> Self {
        match error.kind {
            AwsErrorKind::InvalidClient => Failure::UnknownClient(error),
            _ => Failure::Other(error.into()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Other(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::UnknownClient(error) => error.into(),
            Failure::Other(error) => error,
        }
    }
}

async fn try_login(
    ports: &Ports,
    request: &LoginRequest,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> std::result::Result<(), Failure> {
    let registration = registration(ports, request).await?;
    let token = match request.flow {
        Flow::Device => by_device(ports, request, &registration, tell).await?,
        Flow::Pkce => by_pkce(ports, request, &registration, tell).await?,
    };
    let stamp = ports.stamp();
    Ok(keep(ports, request, registration, token, stamp).await?)
}

/// The registration kept for this flow, or a new one.
async fn registration(ports: &Ports, request: &LoginRequest) -> std::result::Result<ClientRegistration, Failure> {
    let record = load_record(ports, &request.session).await?;
    if let Some(kept) = record.registration(request.flow).filter(|kept| kept.is_usable(ports.clock.now())) {
        return Ok(kept.clone());
    }
    let (client_id, client_secret, expires_at) =
        with_retries(ports, RetryPolicy::INTERACTIVE, "RegisterClient", || async {
            ports.identity_center.register_client(&request.session, request.flow).await
        })
        .await?;
    let registration = ClientRegistration { client_id, client_secret, expires_at, obtained: ports.stamp() };
    // Kept at once: a sign-in that is declined or abandoned need not register again.
    set_registration(ports, request, Some(registration.clone())).await?;
    Ok(registration)
}

async fn set_registration(
    ports: &Ports,
    request: &LoginRequest,
    registration: Option<ClientRegistration>,
) -> Result<()> {
    let flow = request.flow;
    let set = move |_: &Ports, mut record: SessionRecord| {
        record.set_registration(flow, registration);
        Ok(Some(record))
    };
    change_record(ports, &request.session, set).await
}

/// Keeps the new sign-in in the place of any earlier one, of which nothing is handed out any more.
async fn keep(
    ports: &Ports,
    request: &LoginRequest,
    registration: ClientRegistration,
    token: IssuedToken,
    stamp: Stamp,
) -> Result<()> {
    let signed_in =
        SignedIn::begin(ports.random()?, request.flow, token, stamp, request.max_session).ok_or_else(no_lifetime)?;
    let (session, flow) = (request.session.clone(), request.flow);
    let replace = move |ports: &Ports, mut record: SessionRecord| {
        settle(ports);
        let store = ports.store.name();
        // What no note names, a sign-out with another store would not see; and where no note can be written, the earlier
        // sign-in stays.
        ports.state.update_index(&mut |index| index.note_store(&session, store, signed_in.session))?;
        // Before the new sign-in is kept: killed in between, nobody is signed in, and there is never a new sign-in with
        // old credentials. The record goes too, and with it the key of sealed files, copies included.
        delete_secrets(ports, &session, &std::mem::take(&mut record.targets))?;
        let mut note = |index: &mut Index| {
            index.note_sign_out(&session, store);
            index.note_store(&session, store, signed_in.session);
        };
        note_deleted(ports, &session, EndReason::SignedInAnew, &mut note)?;
        record.set_registration(flow, Some(registration));
        record.signed_in = Some(signed_in);
        Ok(Some(record))
    };
    change_record(ports, &request.session, replace).await
}

async fn by_device(
    ports: &Ports,
    request: &LoginRequest,
    registration: &ClientRegistration,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> std::result::Result<IssuedToken, Failure> {
    let authorization = with_retries(ports, RetryPolicy::INTERACTIVE, "StartDeviceAuthorization", || async {
        ports.identity_center.start_device_authorization(&request.session, registration).await
    })
    .await?;
    let issued = ports.clock.elapsed();
    let link = authorization.verification_uri.clone();
    let link_with_code = authorization.verification_uri_complete.clone().unwrap_or_else(|| link.clone());
    tell(Event::CodeIssued {
        user_code: authorization.user_code.visible(),
        link,
        link_with_code: link_with_code.clone(),
        expires_in: authorization.expires_in,
    });
    let poll = poll(ports, request, registration, &authorization, issued, tell);
    // Whoever else reads the code can confirm it as themselves alone; the tokens go to the device code's holder.
    while_opening(ports, request, &Link::Public(link_with_code), tell, poll).await
}

/// Opens the browser and does `work` meanwhile: a launcher that hangs delays nothing.
async fn while_opening<T>(
    ports: &Ports,
    request: &LoginRequest,
    link: &Link,
    tell: &(dyn Fn(Event) + Send + Sync),
    work: impl Future<Output = T>,
) -> T {
    if !request.open_browser {
        return work.await;
    }
    let opening = async {
        tell(Event::Browser(ports.browser.open(link).await));
        std::future::pending::<Infallible>().await
    };
    tokio::select! {
        biased;
        answer = work => answer,
        never = opening => match never {},
    }
}

async fn poll(
    ports: &Ports,
    request: &LoginRequest,
    registration: &ClientRegistration,
    authorization: &DeviceAuthorization,
    issued: Duration,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> std::result::Result<IssuedToken, Failure> {
    let mut pace = Pace::new(authorization.interval, authorization.expires_in);
    loop {
        let elapsed = ports.clock.elapsed().saturating_sub(issued);
        let Some(wait) = pace.wait(elapsed) else {
            ports.clock.sleep(pace.left(elapsed)).await;
            return Err(Error::SignInExpired { session: request.session.name.clone() }.into());
        };
        ports.clock.sleep(wait).await;
        let grant = Grant::DeviceCode(&authorization.device_code);
        let answer = match ports.identity_center.create_token(&request.session, registration, grant).await {
            Ok(token) => return Ok(token),
            Err(error) => match error.kind {
                AwsErrorKind::AuthorizationPending => PollOutcome::Pending,
                AwsErrorKind::SlowDown => PollOutcome::SlowDown,
                AwsErrorKind::CodeExpired => {
                    return Err(Error::SignInExpired { session: request.session.name.clone() }.into());
                }
                AwsErrorKind::Throttled(_) => PollOutcome::Throttled,
                passing if passing.is_passing() => PollOutcome::Unreachable,
                _ => return Err(error.into()),
            },
        };
        pace.note(answer);
        tell(Event::StillWaiting(answer));
    }
}

async fn by_pkce(
    ports: &Ports,
    request: &LoginRequest,
    registration: &ClientRegistration,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> std::result::Result<IssuedToken, Failure> {
    // The listener accepts before any browser can come back.
    let mut listener = ports.callbacks.listen().await?;
    let mut random = [0; 64];
    ports.entropy.fill(&mut random)?;
    let attempt = Attempt::new(&random, listener.port());
    let link = Link::Private(ports.identity_center.authorize_url(&request.session, registration, &attempt).await?);
    tell(Event::BrowserNeeded { link: link.clone(), expires_in: CALLBACK_TIMEOUT });
    let answer = while_opening(ports, request, &link, tell, async {
        tokio::select! {
            answer = listener.answer(&attempt) => answer,
            () = ports.clock.sleep(CALLBACK_TIMEOUT) => Err(Error::BrowserTimeout { session: request.session.name.clone(), limit: CALLBACK_TIMEOUT }),
        }
    })
    .await?;
    drop(listener);
    let code: SecretString = answer.map_err(|said| Error::SignInDeclined { said })?;
    let token = with_retries(ports, RetryPolicy::INTERACTIVE, "CreateToken", || async {
        let grant = Grant::AuthorizationCode { code: &code, attempt: &attempt };
        ports.identity_center.create_token(&request.session, registration, grant).await
    })
    .await?;
    Ok(token)
}
