//! An HTTP request, read whole and within limits.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::{Method, Request, StatusCode};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::api_error::ApiError;

/// The largest request body read; the largest real one has a few kilobytes.
const BODY_LIMIT: usize = 64 * 1024;
/// The most of a body that is read, so that a client whose body is too large can finish sending and read the 413.
const DRAIN_LIMIT: usize = 16 * BODY_LIMIT;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A request with its body.
pub(super) struct HttpRequest {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    /// The `x-amzn-requestid` of the response.
    pub(super) request_id: String,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl HttpRequest {
    /// Reads the whole request, or returns the status that rejects it.
    pub(super) async fn read(request: Request<Incoming>, request_id: String) -> Result<Self, StatusCode> {
        let (head, body) = request.into_parts();
        let body = tokio::time::timeout(BODY_TIMEOUT, read_body(body)).await;
        let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)??;
        let query = pairs(head.uri.query().unwrap_or("").as_bytes());
        let path = head.uri.path().to_owned();
        Ok(HttpRequest { method: head.method, path, headers: head.headers, request_id, query, body })
    }

    /// The query parameter `name`.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// The query parameter `name`, or the error that names it.
    pub(super) fn required_query(&self, name: &str) -> Result<&str, ApiError> {
        self.query(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| ApiError::new(400, "InvalidRequestException", format!("Missing parameter {name}")))
    }

    /// The header `name`, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The parameters of a form, or of the query where there is no body.
    pub(super) fn form(&self) -> Form {
        if self.body.is_empty() { Form(self.query.clone()) } else { Form(pairs(&self.body)) }
    }

    /// The body read as JSON, or SSO-OIDC's error.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| ApiError::oauth("invalid_request", format!("Unreadable request: {error}")))
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
