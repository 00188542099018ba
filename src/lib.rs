//! daypass: time-limited AWS access through IAM Identity Center.
//!
//! # Map
//!
//! Dependencies point one way: `domain` ← `ports` ← `flows` ← `cli` and `tui`; `adapters` implement `ports`.
//!
//! | module | owns |
//! |---|---|
//! | [`domain`] | the rules: freshness, pace, PKCE, tiers, gates, names; no I/O and no clock |
//! | [`ports`] | what the use cases need of the world, as traits |
//! | [`flows`] | the use cases: sign in, list, fetch role credentials, sign out |
//! | [`adapters`] | the world behind the ports: AWS, the keyring, files, locks, clocks, the browser |
//! | [`settings`] | flag over environment over file over default, and the policy file |
//! | [`cli`] | the command line, one file a command |
//! | [`tui`] | the terminal UI: message → update → model → view; a folder for each screen and dialog |
//! | [`simulator`] | an embedded Identity Center and STS; knows nothing of the rest |
//! | [`error`] | the one error people see: kind, causes, next command |
//! | `assemble`, `screen`, `demo` | which adapter stands behind which port |
//! | `start`, `hardening`, `logging`, `runtime` | from `main` to the exit code |
//!
//! # How data travels
//!
//! - **`credentials`, warm**: `start` → `assemble` (nothing is connected yet) → target → `SecretStore::load_role`
//!   → `freshness::decide_role` → one write to stdout. No runtime, logger, TLS or AWS client comes into being.
//! - **`credentials`, cold**: the target's lock → load and decide again → gate → access token (refreshed under the
//!   session's lock, decided again on what was re-read) → GetRoleCredentials → index, then keyring → stdout.
//! - **Signing in on the screen**: key → command → `update` returns an effect that spawns a task → the executor runs
//!   `flows::login` → its events come back as messages with the task's id; those of a cancelled task are dropped.
//!   Device codes and tokens never enter the model.
//!
//! # Where the next things go
//!
//! Break-glass policy grows in `domain::policy` and `domain::elevation` behind the gate that
//! `flows::credentials` already passes; the chained audit log takes `adapters::elevation_log`'s place behind
//! [`ports::ElevationLog`]; alerts are a port of their own; profile generation is a second kind of block in
//! `adapters::aws_config::splice`; the local endpoint and the token helpers are commands over
//! `flows::credentials`; role chains are a flow over [`ports::Sts`].

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stdout,
        clippy::print_stderr,
        reason = "people see errors with a cause and a next command; stdout is data, and a closed one is no panic"
    )
)]

pub mod adapters;
mod assemble;
pub mod cli;
mod demo;
pub mod domain;
pub mod error;
pub mod flows;
mod hardening;
mod logging;
pub mod ports;
mod runtime;
mod screen;
pub mod settings;
pub mod simulator;
mod start;
pub mod tui;

pub use start::start;
