//! A target for each parser of what comes from outside: files, keyrings, AWS, calendars, and what people type.
//!
//! Each has inputs of the shape that it meets, and a check that says more than that nothing panics: what is read is within its
//! bounds, says the same when it is written and read again, and is never wider where less is known.
//!
//! As a test each gets its inputs and some hundreds of random changes to them, the same at every run. For longer:
//!
//! ```text
//! DAYPASS_FUZZ_RUNS=1000000 cargo test --test fuzz policy_file
//! DAYPASS_FUZZ_SEED=7 DAYPASS_FUZZ_RUNS=1000000 cargo test --test fuzz     # other changes
//! .ci/fuzz policy_file 300                                                # 5 minutes, guided by coverage
//! ```
//!
//! A failure prints the input as a Rust literal: it becomes one of the target's inputs, beside a plain test of what was wrong.
#![cfg_attr(fuzzing, no_main)]

mod audit;
mod aws_config;
#[cfg(fuzzing)]
mod by_coverage;
mod elevation;
mod harness;
mod identity;
mod kept;
mod names;
mod policy;
#[cfg(not(fuzzing))]
mod random;
mod rota;
mod settings;
mod text;

/// Makes a test of each target, with so many runs unless said otherwise, or the table that one is chosen from.
macro_rules! targets {
    ($($name:ident: $target:path, $runs:literal;)*) => {
        #[cfg(fuzzing)]
        const TARGETS: &[(&str, harness::Target)] = &[$((stringify!($name), $target)),*];

        $(
            #[cfg(not(fuzzing))]
            #[test]
            fn $name() {
                harness::run(&$target, $runs);
            }
        )*
    };
}

targets! {
    policy_file: policy::FILE, 1_000;
    policy_regular_expression: policy::REGULAR_EXPRESSION, 1_000;
    policy_glob: policy::GLOB, 1_000;
    policy_cap: policy::CAP, 1_000;
    policy_tag: policy::TAG, 1_000;
    settings_file: settings::FILE, 1_000;
    rota_calendar: rota::CALENDAR, 500;
    rota_list: rota::LIST, 1_000;
    rota_address: rota::ADDRESS, 1_000;
    rota_snapshot: rota::SNAPSHOT, 1_000;
    audit_line: audit::LINE, 1_000;
    audit_chain: audit::CHAIN, 500;
    audit_tree: audit::TREE, 300;
    audit_folder: audit::FOLDER, 100;
    elevation_list: audit::ELEVATION_LIST, 1_000;
    reason: elevation::REASON, 1_000;
    ticket: elevation::TICKET, 1_000;
    secret_shapes: elevation::SECRET_SHAPES, 400;
    source_identity: elevation::SOURCE_IDENTITY, 1_000;
    caller_identity: identity::CALLER, 1_000;
    role_arn: identity::ROLE_ARN, 1_000;
    names_and_addresses: identity::NAMES_AND_ADDRESSES, 1_000;
    issued_by_aws: identity::ISSUED, 1_000;
    sign_in_callback: identity::CALLBACK, 1_000;
    target: names::TARGET, 1_000;
    filter: names::FILTER, 1_000;
    search: names::SEARCH, 500;
    keyring_records: kept::KEYRING_RECORDS, 1_000;
    index: kept::INDEX, 1_000;
    catalog: kept::CATALOG, 1_000;
    preferences: kept::PREFERENCES, 1_000;
    uses_log: kept::USES_LOG, 1_000;
    aws_config_model: aws_config::MODEL, 1_000;
    aws_config_edit: aws_config::EDIT, 1_000;
    shown_text: text::SHOWN, 1_000;
}
