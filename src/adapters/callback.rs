//! The listener on 127.0.0.1 that the browser comes back to. Strays get a 4xx, and the waiting goes on.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue, REFERRER_POLICY,
};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::domain::pkce::{self, Attempt, Verdict};
use crate::domain::text::Untrusted;
use crate::error::{Error, Result};
use crate::ports::{CallbackListener, Callbacks};

/// A browser that takes longer than this to send a request line is none.
const HEADER_PATIENCE: Duration = Duration::from_secs(10);
/// Connections served at once.
const AT_ONCE: usize = 16;

/// Makes listeners on free ports.
pub struct LoopbackCallbacks;

#[async_trait]
impl Callbacks for LoopbackCallbacks {
    async fn listen(&self) -> Result<Box<dyn CallbackListener>> {
        let bound = async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let port = listener.local_addr()?.port();
            io::Result::Ok(Loopback { listener, port })
        };
        match bound.await {
            Ok(listener) => Ok(Box::new(listener)),
            Err(error) => Err(Error::failed("cannot listen on 127.0.0.1 for the browser")
                .because(error)
                .hint("daypass login --flow device   needs no listener")),
        }
    }
}

struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// AWS's answer: the code, or its refusal.
type Answer = std::result::Result<SecretString, Untrusted>;

#[async_trait]
impl CallbackListener for Loopback {
    fn port(&self) -> u16 {
        self.port
    }

    async fn answer(&mut self, attempt: &Attempt) -> Result<Answer> {
        let (answers, mut answered) = mpsc::channel(1);
        let judge = Judge { answers };
        let mut connections = futures_util::stream::FuturesUnordered::new();
        loop {
            use futures_util::StreamExt as _;
            tokio::select! {
                biased;
                Some(answer) = answered.recv() => {
                    // Whoever comes second gets a 410 from here on.
                    answered.close();
                    // The browser still has to get its page.
                    let _ = tokio::time::timeout(Duration::from_secs(1), connections.next()).await;
                    return Ok(answer);
                }
                Some(()) = connections.next(), if !connections.is_empty() => {}
                accepted = self.listener.accept(), if connections.len() < AT_ONCE => {
                    let Ok((stream, _)) = accepted else { continue };
                    connections.push(judge.serve(stream, attempt));
                }
            }
        }
    }
}

struct Judge {
    answers: mpsc::Sender<Answer>,
}

impl Judge {
    async fn serve(&self, stream: tokio::net::TcpStream, attempt: &Attempt) {
        let service =
            service_fn(async |request: Request<Incoming>| Ok::<_, Infallible>(self.respond(&request, attempt)));
        // A connection that breaks is the browser's affair.
        let _ = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_PATIENCE)
            .max_buf_size(16 * 1024)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    fn respond(&self, request: &Request<Incoming>, attempt: &Attempt) -> Response<Full<Bytes>> {
        let target = request.uri().path_and_query().map_or("", hyper::http::uri::PathAndQuery::as_str);
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let seen = pkce::Request { method: request.method().as_str(), target, host };
        let answer = match attempt.judge(&seen) {
            Verdict::Code(code) => Ok(code),
            Verdict::Refused(said) => Err(said),
            Verdict::Stray(status) => return stray(status),
        };
        let text = match &answer {
            Ok(_) => "You are signed in. You can close this window and go back to the terminal.",
            Err(_) => "The sign-in was declined. You can close this window and go back to the terminal.",
        };
        // Only the first answer counts.
        if self.answers.try_send(answer).is_err() {
            return stray(410);
        }
        page(StatusCode::OK, text)
    }
}

fn stray(status: u16) -> Response<Full<Bytes>> {
    page(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), "This is not what daypass is waiting for.")
}

/// A page of our own words alone: nothing of the request is ever echoed.
fn page(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let html = format!(
        "<!doctype html><meta charset=utf-8><title>daypass</title>\
         <body style=\"font:1.2rem system-ui;margin:20vh auto;max-width:32rem;text-align:center\">\
         <h1 style=\"font-size:1.6rem\">daypass</h1><p>{text}</p>"
    );
    let mut response = Response::new(Full::new(Bytes::from(html)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
