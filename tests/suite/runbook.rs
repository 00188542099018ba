//! `runbook`: it needs neither network nor keyring, writes nothing, and prints what it can where files are wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use daypass::simulator::Operation;

use crate::environment::{Running, TestEnv, through};
use crate::left_out::left_out;

const POLICY: &str = "[[rule]]\nid = \"break-glass\"\nrole = \"Admin\"\ntier = \"admin\"\nmode = \"chained\"\n\
     assume = \"arn:aws:iam::{account}:role/BreakGlassAdmin\"\n";

/// What a person has who has listed the accounts once.
fn prepared() -> TestEnv {
    let world = TestEnv::signed_in();
    world.policy(POLICY);
    world.run(&["roles"]).succeeds();
    world.aws.reset_calls();
    world
}

const KNOWN: [&str; 5] = [
    "https://acme.awsapps.com/start, region us-east-1, 5 accounts",
    "\n- 100000023757 prod-payments-0003: Admin",
    "\n- arn:aws:iam::100000023757:role/BreakGlassAdmin, from 100000023757/Admin",
    "\n- acme: portal ____ in region ____",
    "root of the account",
];

/// Every file under `folder`, with what is in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
            found.insert(path, Vec::new());
        } else {
            found.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn the_runbook_says_what_is_known_and_asks_nobody() {
    let world = prepared();
    let (before, connections) = (files(world.home()), world.keyring.connections());
    let page = world.run(&["runbook"]).succeeds();
    for words in KNOWN {
        assert!(page.stdout.contains(words), "{words}: {page:?}");
    }
    assert_eq!(page.stderr, "");
    assert_eq!(world.keyring.connections(), connections);
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles, Operation::CreateToken] {
        assert_eq!(world.calls(operation), 0, "{operation:?}");
    }
    assert_eq!(files(world.home()), before);
}

/// `command` without any network, with the folder `home` not to be written to and no bus.
fn cut_off(command: &Command, home: &Path) -> Command {
    let home = home.display();
    let script = format!("mount --bind '{home}' '{home}'; mount -o remount,bind,ro '{home}'; exec \"$@\"");
    let mut started = through(&["unshare", "-rmn", "sh", "-ec", &script, "sh"], command);
    started.env_remove("DBUS_SESSION_BUS_ADDRESS").current_dir("/");
    started
}

#[test]
fn the_runbook_needs_no_network_no_keyring_and_no_folder_to_write_to() {
    let world = prepared();
    let mut refused = Command::new("sh");
    refused.args(["-c", "! touch \"$0/file\""]).arg(world.home()).env("PATH", "/usr/bin:/bin");
    let probe = cut_off(&refused, world.home()).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        return left_out("a process cannot be cut off here: unshare fails");
    }
    let page = Running::start(&mut cut_off(&world.command(&["runbook"]), world.home())).finish().succeeds();
    for words in KNOWN {
        assert!(page.stdout.contains(words), "{words}: {page:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_remark_and_no_obstacle() {
    let world = prepared();
    world.policy("no policy");
    let page = world.run(&["runbook"]);
    assert_eq!(page.code, Some(8), "{page:?}");
    assert!(page.stdout.contains("- Not known: ") && page.stdout.contains("policy.toml"), "{page:?}");
    assert!(page.stdout.contains(KNOWN[0]) && page.stdout.contains(KNOWN[1]), "{page:?}");
    fs::write(world.config(), "[sso-session acme]\nsso_start_url = nonsense\n").unwrap();
    let page = world.run(&["runbook"]);
    assert!(page.code == Some(8) && page.stdout.contains("No SSO session is configured"), "{page:?}");
}

#[test]
fn the_runbook_of_one_session_or_of_none() {
    let world = prepared();
    assert!(world.run(&["runbook", "--session", "acme"]).succeeds().stdout.contains(KNOWN[1]));
    world.run(&["runbook", "--session", "nobody"]).fails_saying(2, "there is no SSO session `nobody`");
    let page = TestEnv::new().run_with(&["runbook"], &[("AWS_CONFIG_FILE", "/nowhere")]).succeeds();
    assert!(page.stdout.contains("No SSO session is configured"), "{page:?}");
}
