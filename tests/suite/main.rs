//! Tests of the whole: the program against the embedded Identity Center and a fake keyring, in pipes and on terminals.
//!
//! Beside these, `architecture` reads the source tree, `aws_templates` the templates of `packaging/aws`, and `memory` and a
//! test of `screen` call the library: they look into their own process, or need a clock that fails. Ignored tests need a
//! service that a machine may lack, or are child processes of other tests.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "real programs are watched here, and those live in real time")]

#[path = "../support/fake_secret_service.rs"]
mod fake_secret_service;
#[path = "../support/left_out.rs"]
mod left_out;
#[path = "../support/own_memory.rs"]
mod own_memory;
#[path = "../support/programs.rs"]
mod programs;

mod environment;
mod http;
mod pty;

mod architecture;
mod aws_templates;
mod clipboard;
mod completions;
mod concurrency;
mod config;
mod elevate;
mod elevation;
mod elevation_faults;
mod endpoints;
mod escape_sequences;
mod exec;
mod files;
mod hardening;
mod keyring;
mod memory;
mod network;
mod on_call_gate;
mod on_end;
mod oncall;
mod picker;
mod pkce;
mod policy;
mod policy_schema;
mod portal;
mod process;
mod reason;
mod roles;
mod runbook;
mod screen;
mod screen_shell;
mod secrets;
mod shell;
mod sign_in;
mod simulator_command;
mod standby;
mod status;
mod sts;
mod terminal;
mod warm_path;
