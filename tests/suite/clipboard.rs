//! The process that takes a secret off the clipboard.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use sha2::{Digest as _, Sha256};

use crate::environment::TestEnv;
use crate::programs::write_script;

#[test]
fn the_clearing_process_empties_the_clipboard_that_still_holds_the_secret() {
    for (holds, left) in [("a secret\n", ""), ("copied since", "copied since")] {
        let world = TestEnv::new();
        // A clipboard that is a file, filled and read the way xclip does it.
        let tools = world.path("tools");
        fs::create_dir(&tools).unwrap();
        let script = "case $3 in -out) cat \"$HOME/clipboard\" ;; -in) cat >\"$HOME/clipboard\" ;; esac";
        write_script(&tools.join("xclip"), script);
        fs::write(world.path("clipboard"), holds).unwrap();

        let mut command = world.command(&["clear-clipboard", "0"]);
        command.env("DISPLAY", ":0").env("PATH", format!("{}:/usr/bin:/bin", tools.display()));
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let digest: String = Sha256::digest("a secret").iter().map(|byte| format!("{byte:02x}")).collect();
        child.stdin.take().unwrap().write_all(digest.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(fs::read_to_string(world.path("clipboard")).unwrap(), left);
    }
}
