//! A target for each parser of what comes from outside: files, keyrings, AWS, calendars, and what people type.
//!
//! Each has inputs of the shape that it meets, and a check that says more than that nothing panics: what is read is within its
//! bounds, says the same when it is written and read again, and is never wider where less is known.
//!
//! As a test each gets its inputs and some thousands of random changes to them, the same at every run. For longer:
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

/// Makes a test of each target, or the table that one is chosen from.
macro_rules! targets {
    ($($name:ident: $target:path,)*) => {
        #[cfg(fuzzing)]
        const TARGETS: &[(&str, harness::Target)] = &[$((stringify!($name), $target)),*];

        $(
            #[cfg(not(fuzzing))]
            #[test]
            fn $name() {
                harness::run(&$target);
            }
        )*
    };
}

targets! {
    policy_file: policy::FILE,
    policy_regular_expression: policy::REGULAR_EXPRESSION,
    policy_glob: policy::GLOB,
    policy_cap: policy::CAP,
    policy_tag: policy::TAG,
    settings_file: settings::FILE,
    rota_calendar: rota::CALENDAR,
    rota_list: rota::LIST,
    rota_address: rota::ADDRESS,
    rota_snapshot: rota::SNAPSHOT,
    audit_line: audit::LINE,
    audit_chain: audit::CHAIN,
    audit_tree: audit::TREE,
    audit_folder: audit::FOLDER,
    elevation_list: audit::ELEVATION_LIST,
    reason: elevation::REASON,
    ticket: elevation::TICKET,
    secret_shapes: elevation::SECRET_SHAPES,
    source_identity: elevation::SOURCE_IDENTITY,
    caller_identity: identity::CALLER,
    role_arn: identity::ROLE_ARN,
    names_and_addresses: identity::NAMES_AND_ADDRESSES,
    issued_by_aws: identity::ISSUED,
    sign_in_callback: identity::CALLBACK,
    target: names::TARGET,
    filter: names::FILTER,
    search: names::SEARCH,
    keyring_records: kept::KEYRING_RECORDS,
    index: kept::INDEX,
    catalog: kept::CATALOG,
    preferences: kept::PREFERENCES,
    uses_log: kept::USES_LOG,
    aws_config_model: aws_config::MODEL,
    aws_config_edit: aws_config::EDIT,
    shown_text: text::SHOWN,
}
