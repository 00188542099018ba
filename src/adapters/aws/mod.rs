//! AWS through its own SDK: SSO-OIDC, the access portal and STS. One call here is one request; whether to
//! try again is decided by the flows.

mod body_limit;
mod clients;
mod environment;
mod errors;
mod evidence;
mod issued;
mod masking;
mod offset;
mod oidc;
mod portal;
mod retry_after;
mod sts;

pub use clients::Aws;
pub use environment::{ClientOptions, endpoints_from_environment};
