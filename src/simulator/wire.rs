//! What comes in and goes out over HTTP: a request read whole, a reply, a refusal.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::reply_body::ReplyBody;

/// The largest request body read; the largest real one has a few kilobytes.
const BODY_LIMIT: usize = 64 * 1024;
/// The most of a body that is taken off the wire, so that a client that is about to be refused can finish
/// sending and read why.
const DRAIN_LIMIT: usize = 16 * BODY_LIMIT;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A request with its body.
pub(super) struct Inbound {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    /// The id that the answer carries.
    pub(super) request_id: String,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl Inbound {
    /// Reads the whole request, or says with which status to refuse it.
    pub(super) async fn read(request: Request<Incoming>, request_id: String) -> Result<Self, StatusCode> {
        let (head, body) = request.into_parts();
        let body = tokio::time::timeout(BODY_TIMEOUT, read_body(body)).await;
        let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)??;
        let query = pairs(head.uri.query().unwrap_or("").as_bytes());
        let path = head.uri.path().to_owned();
        Ok(Inbound { method: head.method, path, headers: head.headers, request_id, query, body })
    }

    /// The query parameter `name`.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// The query parameter `name`, or the refusal that names it.
    pub(super) fn required_query(&self, name: &str) -> Result<&str, Refusal> {
        self.query(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::new(400, "InvalidRequestException", format!("Missing parameter {name}")))
    }

    /// The header `name`, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The parameters of a form, or of the query where there is no body.
    pub(super) fn form(&self) -> Form {
        if self.body.is_empty() { Form(self.query.clone()) } else { Form(pairs(&self.body)) }
    }

    /// The body read as JSON, or the refusal that OIDC gives.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Refusal::oauth("invalid_request", format!("Unreadable request: {error}")))
    }
}

async fn read_body(mut body: Incoming) -> Result<Bytes, StatusCode> {
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data() else { continue };
        length += data.len();
        if length <= BODY_LIMIT {
            kept.extend_from_slice(&data);
        } else if length > DRAIN_LIMIT {
            break;
        }
    }
    if length > BODY_LIMIT { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(kept.into()) }
}

/// The fields of a form.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        find(&self.0, name)
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// An error answer before it is written in an operation's protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// The exception's name: the AWS SDKs' error code.
    pub(super) error_type: String,
    /// OAuth's name for it, where SSO-OIDC refuses.
    pub(super) oauth: String,
    pub(super) message: String,
    pub(super) retry_after: Option<String>,
}

/// OAuth's errors, their exceptions and statuses in the SSO-OIDC model.
const OAUTH_ERRORS: [(&str, &str, u16); 13] = [
    ("authorization_pending", "AuthorizationPendingException", 400),
    ("slow_down", "SlowDownException", 400),
    ("expired_token", "ExpiredTokenException", 400),
    ("access_denied", "AccessDeniedException", 400),
    ("invalid_client", "InvalidClientException", 401),
    ("invalid_grant", "InvalidGrantException", 400),
    ("invalid_request", "InvalidRequestException", 400),
    ("invalid_scope", "InvalidScopeException", 400),
    ("unauthorized_client", "UnauthorizedClientException", 400),
    ("unsupported_grant_type", "UnsupportedGrantTypeException", 400),
    ("invalid_client_metadata", "InvalidClientMetadataException", 400),
    ("invalid_redirect_uri", "InvalidRedirectUriException", 400),
    ("server_error", "InternalServerException", 500),
];

impl Refusal {
    pub(super) fn new(status: u16, error_type: &str, message: impl Into<String>) -> Self {
        let oauth = OAUTH_ERRORS.iter().find(|known| known.1 == error_type).map_or(error_type, |known| known.0);
        Refusal {
            status,
            error_type: error_type.to_owned(),
            oauth: oauth.to_owned(),
            message: message.into(),
            retry_after: None,
        }
    }

    /// SSO-OIDC's refusal by OAuth error; an unknown one stands for its own exception.
    pub(super) fn oauth(code: &str, message: impl Into<String>) -> Self {
        let (error_type, status) =
            OAUTH_ERRORS.iter().find(|known| known.0 == code).map_or((code, 400), |known| (known.1, known.2));
        Refusal { oauth: code.to_owned(), ..Refusal::new(status, error_type, message) }
    }

    pub(super) fn retry_after(mut self, value: Option<String>) -> Self {
        self.retry_after = value;
        self
    }
}

/// An answer on its way out.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    cut: bool,
}

impl Reply {
    pub(super) fn new(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        Reply { status, headers: Vec::new(), body: body.into(), cut: false }.header("content-type", content_type)
    }

    pub(super) fn json(status: StatusCode, value: &serde_json::Value) -> Self {
        Reply::new(status, "application/json", value.to_string())
    }

    /// An answer that has nothing to say beyond its status.
    pub(super) fn bare(status: StatusCode) -> Self {
        Reply::new(status, "text/plain; charset=utf-8", status.canonical_reason().unwrap_or(""))
    }

    /// Sends the browser on with a GET.
    pub(super) fn redirect(to: &str) -> Self {
        Reply::bare(StatusCode::SEE_OTHER).header("location", to)
    }

    /// Adds a header, unless its value cannot stand in one.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }

    /// Lets the body break off half-way.
    pub(super) fn cut(mut self) -> Self {
        self.cut = true;
        self
    }

    pub(super) fn into_response(self) -> Response<ReplyBody> {
        let body = if self.cut { ReplyBody::cut(self.body) } else { ReplyBody::whole(self.body) };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A status from a number; what HTTP does not know becomes 500.
pub(super) fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
