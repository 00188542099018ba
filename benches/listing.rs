//! Listing a thousand accounts at twenty requests a second, the rate that Identity Center allows, in real time.
//!
//! `.ci/with-keyring cargo bench --bench listing`; takes a minute.

mod common;

use common::{Stage, run};
use daypass::simulator::{Operation, Options, Roles};

const ACCOUNTS: usize = 1_000;
const RATE: u32 = 20;

fn main() {
    let stage = Stage::signed_in(Options {
        accounts: ACCOUNTS,
        roles: Roles::Exactly(3),
        rate_limit: Some(RATE),
        ..Options::default()
    });
    stage.simulator.reset_calls();
    let took = run(stage.daypass().args(["roles", "--refresh", "--json"])).as_secs_f64();
    let calls = stage.simulator.calls_log();
    let served = calls.iter().filter(|call| call.status == Some(200)).count();
    let throttled = calls.iter().filter(|call| call.status == Some(429)).count();
    assert_eq!(
        calls.iter().filter(|call| call.operation == Operation::ListAccountRoles && call.status == Some(200)).count(),
        ACCOUNTS
    );
    // The rate limit's capacity is one second's requests.
    let least = (served as f64 - f64::from(RATE)) / f64::from(RATE);
    println!("{ACCOUNTS} accounts, {served} requests served, {throttled} throttled with 429");
    println!("took {took:.1} s; the limit allows no less than {least:.1} s: {:+.1} %", (took / least - 1.0) * 100.0);
}
