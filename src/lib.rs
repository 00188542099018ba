//! daypass: time-limited AWS access through IAM Identity Center.
//!
//! # Map
//!
//! Dependencies point one way: `domain` ← `ports` ← `flows` ← `cli` and `tui`; `adapters` implement `ports`.
//!
//! | module | owns |
//! |---|---|
//! | [`domain`] | the rules, without I/O and without a clock: policy and its verdict, elevations, lifetimes, freshness, sources, names, search, preferences, completion |
//! | [`ports`] | what the use cases need of the world, as traits |
//! | [`flows`] | the use cases: sign in, list, judge, admit by duty, obtain credentials, elevate and end, stand by, sign out |
//! | [`adapters`] | the world behind the ports: AWS, the keyring, files, locks, clocks, processes, the audit log, rotas, the log of uses, the browser, the clipboard, the person's shell |
//! | [`settings`] | flag over environment over file over default, and the policy file |
//! | [`environment`] | the environment variables; the one place of ours that reads them. Libraries read those of proxies, certificate authorities and the platform's folders themselves |
//! | [`cli`] | the command line, one file a command; `cli::complete` answers the shells' completion scripts |
//! | [`tui`] | the terminal UI: message → update → model → view; a folder for each screen and dialog, and one for the list under the prompt |
//! | [`simulator`] | an embedded Identity Center and STS; knows nothing of the rest |
//! | [`error`] | what can go wrong, as facts with their causes, each with its message |
//! | [`report`] | what people read beside it: heading, next commands, exit code; mapped once, for `cli` and `tui` |
//! | `assemble`, `demo` | which adapter stands behind which port, and for the demo |
//! | `screen`, `picker`, `confirmation`, `colors` | the terminal UI as settings and terminal want it: the whole screen, or a question under the prompt |
//! | `child_process` | a program that a command starts and that has to end with an elevation; `flows::elevation::until_ended` tells when |
//! | `start`, `hardening`, `logging`, `runtime` | from `main` to the exit code |
//!
//! # How data travels
//!
//! - **`credentials`, warm**: `start` → `assemble` (nothing is connected yet) → source → `flows::kept` (one keyring read,
//!   two behind a gate) → `domain::freshness` and the verdict → one write to stdout. No runtime, logger, TLS or AWS
//!   client comes into being.
//! - **`credentials`, cold** (`flows::obtain`): the verdict → the source's lock → load and decide again → authorize →
//!   access token (refreshed under the session's lock, decided again on what was re-read) → the log's intent →
//!   GetRoleCredentials → the log's grant → index, then keyring → stdout. From the lock on this is a task that its caller
//!   can await and not drop.
//! - **An elevation**: `Draft` → `review` → `ApprovedElevation` → under the lock of the caps the log's intent → AWS
//!   (`flows::issue`: the permission set's credentials, or those of the role that it assumes, and whose they are) →
//!   `GrantedElevation`, with an end that counts from AWS's answer → the log's grant → keyring. The log is the list of
//!   elevations (`domain::elevation_list`), read with a snapshot that nobody waits for. It ends there, whatever ends it:
//!   `flows::elevation::settle` closes what a killed program left.
//! - **Duty** (`flows::admission`): the verdict's rotas → what was read of them a moment ago, or their source → `Admission`, which
//!   `authorize` takes beside the verdict. With the credentials AWS says who the person is, and that person's duty is judged
//!   before anything is kept or handed out.
//! - **Signing in on the screen**: key → `update` returns an effect with a task's id → the executor runs `flows::login` →
//!   its events come back as messages; those of a task that was given up are dropped. Device codes and tokens never
//!   enter the model.
//! - **A shell from the screen**: the executor obtains the credentials and has `ports::UserShell` make the command; the event
//!   loop gives the terminal back, stops reading it, waits for the shell, and draws again. Neither command nor credentials
//!   enter the model.
//! - **A use of kept credentials** is one line in `adapters::uses_log`, without lock or fsync, until whoever next changes the
//!   index counts it. Pins, regions, reasons and the view are `domain::preferences`, changed in the model at once and written
//!   behind it.
//! - **A press of Tab** (`cli::complete`): settings, policy, config, index and catalogs → `domain::completion` → lines quoted
//!   for the shell. No keyring, no network, nothing written.
//! - **An error** carries facts and their message through all layers; [`report`] alone adds heading, next commands and
//!   exit code. Usage errors of one command are reports from the beginning, made in its file.
//!
//! # Where the next things go
//!
//! Further terms grow in `domain::policy`, behind [`domain::policy::Policy::judge`]; approval has its place in
//! `domain::elevation::review`. Any event enters the log as a variant of [`domain::audit::Event`]; the chain and its checkpoints
//! are `adapters::audit_log`'s own affair, behind [`ports::AuditLog`]. Web identity is a further kind of
//! [`domain::source::Source`]; everything kept is filed under its key already. Profiles are further blocks
//! in `adapters::aws_config::block`, hundreds in one edit. The local endpoint shares `adapters::loopback` with the callback.
//! Alerts are a port of their own.

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
mod child_process;
pub mod cli;
mod colors;
mod confirmation;
mod demo;
pub mod domain;
pub mod environment;
pub mod error;
pub mod flows;
mod hardening;
mod logging;
mod picker;
pub mod ports;
pub mod report;
mod runtime;
mod screen;
pub mod settings;
pub mod simulator;
mod start;
pub mod tui;

pub use start::start;
