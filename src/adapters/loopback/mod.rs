//! A small server on 127.0.0.1 for one browser. Connections, header size and time are bounded, and connections that say
//! nothing make room for new ones.

mod peer;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{AbortHandle, abortable, ready};
use futures_util::stream::FuturesUnordered;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue, LOCATION, REFERRER_POLICY,
};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// A browser that takes longer than this for one request is none.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of request line and headers.
const HEADER_LIMIT: usize = 16 * 1024;
/// Connections that are open at once; a further one takes the place of the oldest.
const MOST_CONNECTIONS: usize = 64;
/// The pause after the system refused a connection, such as for lack of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// Whose connections are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clients {
    /// Everyone on this machine.
    Anyone,
    /// Everyone but those known to be another user's processes.
    NotAnotherUser,
}

/// What a request is answered with.
pub(super) enum Reply<T> {
    /// A page; the serving goes on.
    Page(Page),
    /// A page for the request that was waited for, and what it brought.
    Last(Page, T),
}

/// A page, or a redirect.
pub(super) type Page = Response<Full<Bytes>>;

/// The server. Dropped, it listens no more.
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
}

impl Loopback {
    /// Listens on a free port of 127.0.0.1.
    pub(super) async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        Ok(Loopback { listener, port })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Serves `clients` until a request gets its [`Reply::Last`]; what comes after that one gets a 410.
    pub(super) async fn serve<T: Send>(
        &self,
        clients: Clients,
        respond: &(dyn Fn(&Request<Incoming>) -> Reply<T> + Sync),
    ) -> T {
        let outcome = Outcome { decided: AtomicBool::new(false), value: Mutex::new(None) };
        let mut connections = FuturesUnordered::new();
        let mut handles: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                biased;
                Some(ended) = connections.next(), if !connections.is_empty() => {
                    // Either the answer's page has been written, or its connection was dropped.
                    if let Ok(true) | Err(_) = ended && let Some(value) = outcome.take() {
                        return value;
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) if clients == Clients::Anyone || !peer::is_another_users(&stream) => {
                        if handles.len() >= MOST_CONNECTIONS {
                            drop_oldest(&mut handles);
                        }
                        let (connection, handle) = abortable(connection(stream, respond, &outcome));
                        connections.push(connection);
                        handles.push_back(handle);
                    }
                    Ok(_) => {}
                    Err(_) => {
                        drop_oldest(&mut handles);
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                }
            }
        }
    }
}

/// Drops the connection accepted longest ago. Requests are answered as soon as they are whole, so it is idle, if it
/// is open at all.
fn drop_oldest(handles: &mut VecDeque<AbortHandle>) {
    if let Some(oldest) = handles.pop_front() {
        oldest.abort();
    }
}

/// What the request that was waited for brought; the first one counts.
struct Outcome<T> {
    decided: AtomicBool,
    value: Mutex<Option<T>>,
}

impl<T> Outcome<T> {
    fn set(&self, value: T) -> bool {
        let first = !self.decided.swap(true, Ordering::SeqCst);
        if first {
            *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        }
        first
    }

    fn take(&self) -> Option<T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Serves one request; says whether it was the one that was waited for.
async fn connection<T>(
    stream: TcpStream,
    respond: &(dyn Fn(&Request<Incoming>) -> Reply<T> + Sync),
    outcome: &Outcome<T>,
) -> bool {
    let was_last = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        let page = match respond(&request) {
            Reply::Page(page) => page,
            Reply::Last(page, value) => {
                let is_first = outcome.set(value);
                was_last.fetch_or(is_first, Ordering::SeqCst);
                if is_first { page } else { stray(StatusCode::GONE) }
            }
        };
        ready(Ok::<_, Infallible>(page))
    });
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(CONNECTION_TIMEOUT)
        .max_buf_size(HEADER_LIMIT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that breaks or stalls is the browser's affair.
    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, serving).await;
    was_last.load(Ordering::SeqCst)
}

/// Path and query of a request.
pub(super) fn target(request: &Request<Incoming>) -> &str {
    request.uri().path_and_query().map_or("", hyper::http::uri::PathAndQuery::as_str)
}

/// The Host header of a request.
pub(super) fn host(request: &Request<Incoming>) -> Option<&str> {
    request.headers().get(HOST).and_then(|host| host.to_str().ok())
}

/// The page for a request that nobody waits for.
pub(super) fn stray(status: StatusCode) -> Page {
    page(status, "This is not what daypass is waiting for.")
}

/// Sends the browser on to `url`.
pub(super) fn redirect(url: &Url) -> Page {
    let Ok(location) = HeaderValue::from_str(url.as_str()) else {
        return stray(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = page(StatusCode::FOUND, "The sign-in goes on.");
    response.headers_mut().insert(LOCATION, location);
    response
}

/// A page of our own words alone: nothing of the request is ever echoed.
pub(super) fn page(status: StatusCode, text: &'static str) -> Page {
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn ask(port: u16, target: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn respond(request: &Request<Incoming>) -> Reply<String> {
        match target(request) {
            "/right" => Reply::Last(page(StatusCode::OK, "thanks"), "brought".to_owned()),
            _ => Reply::Page(stray(StatusCode::NOT_FOUND)),
        }
    }

    #[tokio::test]
    async fn idle_and_half_spoken_connections_make_room_for_a_true_request() {
        let server = Loopback::bind().await.unwrap();
        let port = server.port();
        let visit = async {
            let mut idle = Vec::new();
            for number in 0..200 {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                if number % 2 == 0 {
                    stream.write_all(b"GET /right HTTP/1.1\r\nHost: ").await.unwrap();
                }
                idle.push(stream);
            }
            assert!(ask(port, "/wrong").await.starts_with("HTTP/1.1 404 "));
            let is_open = |stream: &TcpStream| {
                stream.try_read(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
            };
            assert!(idle.iter().any(is_open), "the answer came only when all idle connections had been given up");
            assert!(ask(port, "/right").await.contains("thanks"));
        };
        let (brought, ()) = tokio::join!(server.serve(Clients::Anyone, &respond), visit);
        assert_eq!(brought, "brought");
    }

    #[tokio::test]
    async fn headers_beyond_the_limit_are_refused() {
        let server = Loopback::bind().await.unwrap();
        let port = server.port();
        let visit = async {
            let answer = ask(port, &format!("/{}", "x".repeat(2 * HEADER_LIMIT))).await;
            assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
            ask(port, "/right").await
        };
        tokio::join!(server.serve(Clients::Anyone, &respond), visit);
    }

    #[tokio::test]
    async fn our_own_processes_are_served_where_other_users_are_not() {
        let server = Loopback::bind().await.unwrap();
        let port = server.port();
        let (brought, _) = tokio::join!(server.serve(Clients::NotAnotherUser, &respond), ask(port, "/right"));
        assert_eq!(brought, "brought");
    }
}
