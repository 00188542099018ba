//! Programs that tests make and start.
//!
//! A process of its own writes them: one that another test starts meanwhile would inherit our open file, and nobody can
//! run a program that is open for writing.

use std::path::Path;
use std::process::Command;

/// Writes the shell script `text` to `program`.
pub fn write_script(program: &Path, text: &str) {
    write("printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$0\" && chmod 755 \"$0\"", program, text.as_ref());
}

/// Copies the program `from`.
#[cfg(target_os = "linux")]
pub fn copy_program(from: &Path, program: &Path) {
    write("cp \"$1\" \"$0\"", program, from);
}

fn write(how: &str, program: &Path, what: &Path) {
    let written = Command::new("sh").args(["-c", how]).arg(program).arg(what).status();
    assert!(written.unwrap().success());
}
