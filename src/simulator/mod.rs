//! An embedded Identity Center and STS over HTTP on loopback, for the demo, the tests and people who test their own
//! tools. It speaks the real wire protocols, so that the AWS SDKs and the AWS CLI run against it by endpoint overrides
//! alone, and tests can inject faults. It uses no other part of the crate.
//!
//! - `options`: how it is set up; `directory`: its accounts and roles; `handle`: the [`Simulator`] that owns it
//! - `server`: connections; `router`: from a request to its response; `request`, `response`, `response_body`, `api_error`
//! - `oidc`, `portal`, `sts`, `pages`: the services, by `operation`; `assume_role`, `trust`: what `sts` asks of a call
//! - `shared`: what connections share; `state`: clients, sessions and tokens; `rate_limit`; `generator`: ids and secrets
//! - `fault`, `response_override`: injected misbehaviour; `call_log`: the calls that arrived; `clock`: time
//!
//! ```
//! use daypass::simulator::{Fault, Operation, Options, Simulator};
//! let simulator = Simulator::start(Options::default())?;
//! simulator.fault(Operation::CreateToken, Fault::oauth("slow_down"));
//! // ... point a client at simulator.url(), sign in ...
//! simulator.approve_all();
//! # Ok::<(), std::io::Error>(())
//! ```

mod api_error;
mod assume_role;
mod call_log;
mod clock;
mod directory;
mod fault;
mod generator;
mod handle;
mod oidc;
mod operation;
mod options;
mod pages;
mod portal;
mod rate_limit;
mod request;
mod response;
mod response_body;
mod response_override;
mod router;
mod server;
mod shared;
mod state;
mod sts;
#[cfg(test)]
mod tests;
mod trust;

pub use self::assume_role::AssumeRoleCall;
pub use self::call_log::{Call, Counts};
pub use self::directory::Account;
pub use self::fault::Fault;
pub use self::handle::Simulator;
pub use self::operation::{Grant, Operation};
pub use self::options::{Options, Roles, TimeSource};
pub use self::trust::TrustedRole;
