//! An address on 127.0.0.1 that leads a browser to a link, once. The argument list of a browser's launcher is public;
//! the link behind the address is not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::clock::SystemEntropy;
use super::loopback::{self, Clients, Loopback, Reply, redirect, stray};
use crate::error::{Error, Result};
use crate::ports::Entropy as _;

/// The address, while it leads on.
pub(super) struct OneTimeLink {
    server: Loopback,
    path: String,
    link: Url,
}

impl OneTimeLink {
    /// Listens for the one browser that is to get `link`.
    pub(super) async fn to(link: &Url) -> Result<Self> {
        let mut random = [0; 32];
        SystemEntropy.fill(&mut random)?;
        let server = Loopback::bind().await;
        let server = server.map_err(|source| Error::System { action: "listen on 127.0.0.1", source })?;
        Ok(OneTimeLink { server, path: format!("/{}", URL_SAFE_NO_PAD.encode(random)), link: link.clone() })
    }

    /// The address to open.
    pub(super) fn address(&self) -> String {
        format!("http://{}{}", self.host(), self.path)
    }

    /// Waits until a browser has been led on. On Linux, other users' processes are turned away unheard.
    pub(super) async fn used(&self) {
        self.server.serve(Clients::NotAnotherUser, &|request| self.respond(request)).await;
    }

    fn respond(&self, request: &Request<Incoming>) -> Reply<()> {
        let digest = |text: &str| Sha256::digest(text);
        // Digests compare in a time that says nothing about where the paths differ.
        if digest(loopback::target(request)) != digest(&self.path) {
            return Reply::Page(stray(StatusCode::NOT_FOUND));
        }
        if loopback::host(request) != Some(&self.host()) {
            return Reply::Page(stray(StatusCode::FORBIDDEN));
        }
        if request.method() != Method::GET {
            return Reply::Page(stray(StatusCode::METHOD_NOT_ALLOWED));
        }
        Reply::Last(redirect(&self.link), ())
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.server.port())
    }
}
