//! One target under libFuzzer, which `.ci/fuzz` runs: it keeps what reaches new code, and changes that.

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

use crate::TARGETS;
use crate::harness::Target;

static CHOSEN: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var_os("DAYPASS_FUZZ_TARGET").expect("DAYPASS_FUZZ_TARGET names a target");
    let chosen = TARGETS.iter().find(|(known, _)| name == *known);
    let known: Vec<&str> = TARGETS.iter().map(|(known, _)| *known).collect();
    chosen.map(|(_, target)| target).unwrap_or_else(|| panic!("the targets are {}", known.join(" ")))
});

/// Puts the target's inputs where libFuzzer begins.
fn write_inputs() {
    let folder = PathBuf::from(std::env::var_os("DAYPASS_FUZZ_CORPUS").expect("DAYPASS_FUZZ_CORPUS names a folder"));
    for (number, input) in (CHOSEN.seeds)().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), input).expect("the folder can be written to");
    }
}

fuzz_target!(init: write_inputs(), |input: &[u8]| (CHOSEN.check)(input));
