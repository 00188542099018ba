//! The use cases, each read top to bottom over [`crate::ports::Ports`].

pub mod catalog;
pub mod credentials;
pub mod identity;
pub mod login;
pub mod logout;
mod rate_limiter;
pub mod retry;
pub mod token;

#[cfg(test)]
mod tests;
