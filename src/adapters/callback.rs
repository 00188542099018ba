//! The listener on 127.0.0.1 that the browser comes back to. Strays get a 4xx, and the waiting goes on.

use async_trait::async_trait;
use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use secrecy::SecretString;

use super::loopback::{self, Clients, Loopback, Reply, page, stray};
use crate::domain::pkce::{self, Attempt, CallbackOutcome};
use crate::domain::text::Untrusted;
use crate::error::{Error, Result};
use crate::ports::{CallbackListener, Callbacks};

/// Makes listeners on free ports.
pub struct LoopbackCallbacks;

#[async_trait]
impl Callbacks for LoopbackCallbacks {
    async fn listen(&self) -> Result<Box<dyn CallbackListener>> {
        match Loopback::bind().await {
            Ok(server) => Ok(Box::new(Listener(server))),
            Err(error) => Err(Error::NoCallbackListener(error)),
        }
    }
}

struct Listener(Loopback);

/// AWS's answer: the code, or its refusal.
type Answer = std::result::Result<SecretString, Untrusted>;

#[async_trait]
impl CallbackListener for Listener {
    fn port(&self) -> u16 {
        self.0.port()
    }

    async fn answer(&mut self, attempt: &Attempt) -> Result<Answer> {
        // Whoever knows the state is the browser, whichever user started it.
        Ok(self.0.serve(Clients::Anyone, &|request| respond(request, attempt)).await)
    }
}

fn respond(request: &Request<Incoming>, attempt: &Attempt) -> Reply<Answer> {
    let seen = pkce::Request {
        method: request.method().as_str(),
        target: loopback::target(request),
        host: loopback::host(request),
    };
    match attempt.check(&seen) {
        CallbackOutcome::Code(code) => {
            let text = "You are signed in. You can close this window and go back to the terminal.";
            Reply::Last(page(StatusCode::OK, text), Ok(code))
        }
        CallbackOutcome::Refused(said) => {
            let text = "The sign-in was declined. You can close this window and go back to the terminal.";
            Reply::Last(page(StatusCode::OK, text), Err(said))
        }
        CallbackOutcome::Stray(status) => {
            Reply::Page(stray(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)))
        }
    }
}
