//! Accepts connections and serves HTTP/1.1 on them until it is stopped.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::router;
use super::shared::Shared;

/// Connections waiting to be accepted; hundreds of clients may start at once.
const BACKLOG: u32 = 1_024;
/// Connections served at once; further ones wait.
const MAX_CONNECTIONS: usize = 1_024;
/// The most bytes of request line and headers.
const HEADER_LIMIT: usize = 64 * 1024;
/// How long a client may take to send its headers, or be idle between requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(60);
/// The pause after a failed accept, such as when the process is out of file descriptors.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(20);

/// Listens on the loopback address only; port 0 takes a free one.
pub(super) fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // A fixed port must be free again at once after a restart. On Windows this option means something else.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

/// Serves until `stop`; connections that are still open end with the runtime.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    let accepting = accept(listener, shared);
    tokio::select! {
        () = stop.cancelled() => {}
        never = accepting => match never {},
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let permit = Arc::clone(&slots).acquire_owned().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    connection(stream, shared).await;
                    drop(permit);
                });
            }
            Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Without it a response may wait for an acknowledgement; a failure only makes it slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { router::respond(&shared, request).await }
    });
    // An error means that the client disconnected or sent no HTTP and got a 400.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}
