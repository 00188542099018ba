//! An HTTP response.

use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::response_body::ResponseBody;

pub(super) struct HttpResponse {
    pub(super) status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    truncated: bool,
}

impl HttpResponse {
    pub(super) fn new(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        HttpResponse { status, headers: Vec::new(), body: body.into(), truncated: false }
            .header("content-type", content_type)
    }

    pub(super) fn json(status: StatusCode, value: &serde_json::Value) -> Self {
        HttpResponse::new(status, "application/json", value.to_string())
    }

    /// A response that says nothing beyond its status.
    pub(super) fn status_only(status: StatusCode) -> Self {
        HttpResponse::new(status, "text/plain; charset=utf-8", status.canonical_reason().unwrap_or(""))
    }

    /// Redirects the browser with a GET.
    pub(super) fn redirect(to: &str) -> Self {
        HttpResponse::status_only(StatusCode::SEE_OTHER).header("location", to)
    }

    /// Adds a header; a value that HTTP does not allow is left out.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }

    /// Truncates the body half-way.
    pub(super) fn truncated(mut self) -> Self {
        self.truncated = true;
        self
    }

    pub(super) fn into_response(self) -> Response<ResponseBody> {
        let body = if self.truncated { ResponseBody::truncated(self.body) } else { ResponseBody::whole(self.body) };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A status from a number; one that HTTP does not know becomes 500.
pub(super) fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
