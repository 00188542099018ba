//! The use cases, each read top to bottom over [`crate::ports::Ports`].

pub mod admission;
pub mod catalog;
pub mod drop_credentials;
pub mod elevation;
mod elsewhere;
pub mod end_elevation;
mod forget;
pub mod identity;
mod issue;
pub mod judge;
pub mod kept;
pub mod locks;
pub mod login;
pub mod logout;
pub mod obtain;
pub mod on_call;
mod rate_limiter;
mod record;
pub mod retry;
pub mod standby;
pub mod token;

#[cfg(test)]
pub(crate) mod tests;
