//! `~/.aws/config` and our own files: spliced, private, whole or untouched.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use daypass::simulator::{Fault, Operation};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::environment::{ADMIN, CONFIG, DEVELOPER, NET, READ_ONLY, Running, TestEnv};
use crate::left_out::left_out;

const ADD: [&str; 6] = ["login", "beta", "--start-url", "https://beta.awsapps.com/start", "--region", "eu-central-1"];

/// Adds a session to the config and lets the sign-in fail right after that.
fn add(world: &TestEnv) -> crate::environment::Outcome {
    world.aws.fault_always(Operation::RegisterClient, Fault::oauth("invalid_request"));
    world.run(&ADD)
}

#[test]
fn a_new_session_is_spliced_in_and_every_other_byte_stays() {
    let odd = [
        CONFIG.to_owned().into_bytes(),
        Vec::new(),
        b"[default]\nregion = us-east-1".to_vec(),
        b"\xef\xbb\xbf[default]\r\nregion = us-east-1\r\n\r\n[services x]\r\ns3 =\r\n  endpoint_url = http://x\r\n"
            .to_vec(),
        b"# caf\xe9 in Latin-1\n[profile a]\nregion=us-east-1\n[profile a]\n\tregion\t=\teu-west-1 ; odd\n[broken\n"
            .to_vec(),
        (0..10_000)
            .map(|number| format!("[profile p{number}]\nregion = us-east-1\n\n"))
            .collect::<String>()
            .into_bytes(),
        [b"[profile long]\nnote = ".to_vec(), vec![b'x'; 1 << 20], b"\n".to_vec()].concat(),
    ];
    for before in odd {
        let world = TestEnv::new();
        fs::write(world.config(), &before).unwrap();
        add(&world).fails_saying(1, "added [sso-session beta]");
        let after = fs::read(world.config()).unwrap();
        let shown = String::from_utf8_lossy(&after[..after.len().min(500)]).into_owned();
        assert!(after.starts_with(&before), "{shown}");
        let block = String::from_utf8(after[before.len()..].to_vec()).unwrap();
        assert!(block.contains("[sso-session beta]") && block.contains("https://beta.awsapps.com/start"), "{block}");
        assert!(block.contains("eu-central-1"), "{block}");
        // The same again changes nothing.
        add(&world).fails(1);
        assert_eq!(fs::read(world.config()).unwrap(), after);
    }
}

#[test]
fn a_session_of_that_name_with_another_portal_is_not_replaced() {
    let world = TestEnv::new();
    let foreign = "[sso-session beta]\nsso_start_url = https://other.awsapps.com/start\nsso_region = us-east-1\n";
    fs::write(world.config(), foreign).unwrap();
    add(&world).fails_saying(2, "was not changed");
    assert_eq!(fs::read_to_string(world.config()).unwrap(), foreign);
    assert_eq!(world.aws.counts().total(), 0);
}

#[test]
fn a_first_session_makes_the_file_and_signs_in() {
    let world = TestEnv::new();
    fs::remove_dir_all(world.path(".aws")).unwrap();
    world.sign_in_to(&ADD[1..]);
    world.run(&["credentials", DEVELOPER]).succeeds();
    assert_eq!(fs::metadata(world.config()).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(world.path(".aws")).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn a_link_is_followed_and_stays_a_link() {
    let world = TestEnv::new();
    let target = world.path("dotfiles");
    fs::rename(world.config(), &target).unwrap();
    symlink(&target, world.config()).unwrap();
    add(&world).fails(1);
    assert!(fs::symlink_metadata(world.config()).unwrap().is_symlink());
    assert!(fs::read_to_string(&target).unwrap().contains("[sso-session beta]"));

    fs::remove_file(world.config()).unwrap();
    symlink(world.config(), world.config()).unwrap();
    let failed = add(&world);
    assert_ne!(failed.code, Some(0), "a link to itself: {failed:?}");
    failed.is_clean();
}

#[test]
fn a_config_that_belongs_to_someone_else_is_left_alone() {
    let world = TestEnv::new();
    if std::os::unix::fs::chown(world.config(), Some(65_534), None).is_err() {
        return left_out("only root can give a file away");
    }
    add(&world).fails_saying(1, "belongs to another user");
    assert_eq!(fs::read_to_string(world.config()).unwrap(), CONFIG);
}

#[test]
fn the_mode_of_the_config_is_kept_and_one_that_others_may_write_is_refused() {
    for (mode, code) in [(0o640, 1), (0o600, 1), (0o444, 1), (0o660, 1), (0o646, 1)] {
        let world = TestEnv::new();
        fs::set_permissions(world.config(), Permissions::from_mode(mode)).unwrap();
        let ended = add(&world);
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert_eq!(fs::metadata(world.config()).unwrap().mode() & 0o777, mode);
        let refused = mode & 0o022 != 0;
        assert_eq!(fs::read_to_string(world.config()).unwrap() == CONFIG, refused, "{mode:o} {ended:?}");
        assert_eq!(ended.stderr.contains("chmod go-w"), refused, "{ended:?}");
    }
}

#[test]
fn our_files_are_private_whatever_the_umask() {
    let world = TestEnv::new();
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.allow_unattended();
    let script = "umask 0; \"$@\" login --no-browser && \"$@\" roles && \
                  \"$@\" credentials 100000023757/Admin --yes --reason 'umask of the suite' >/dev/null";
    Running::start(world.through_shell(script, &[]).env("DAYPASS_LOG", "debug")).finish().succeeds();
    let mut folders = vec![world.state()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700, "{}", folder.display());
        for entry in fs::read_dir(&folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                files += 1;
                assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{}", entry.path().display());
            }
        }
    }
    assert!(files >= 4, "index, catalog, log and elevations: {files}");
}

#[test]
fn no_lock_file_stays_for_what_was_listed_or_fetched() {
    let world = TestEnv::signed_in();
    world.run(&["roles"]).succeeds();
    for target in [DEVELOPER, READ_ONLY] {
        world.credentials(target).succeeds();
    }
    let locks = fs::read_dir(world.state().join("locks")).unwrap().flatten();
    assert_eq!(locks.map(|entry| entry.file_name()).collect::<Vec<_>>(), ["in-use"]);
}

#[test]
fn the_log_file_is_never_written_through_a_link_or_into_a_fifo() {
    let world = TestEnv::signed_in();
    let (log, victim) = (world.state().join("daypass.log"), world.path("victim"));
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, &log).unwrap();
    let logged = [("DAYPASS_LOG", "trace")];
    world.run_with(&["status"], &logged).fails_saying(1, "daypass.log");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");

    fs::remove_file(&log).unwrap();
    mknodat(CWD, &log, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    world.run_with(&["status"], &logged).fails_saying(1, "daypass.log");

    fs::remove_file(&log).unwrap();
    world.run_with(&["status"], &logged).succeeds();
    assert!(log.is_file());
}

/// Every file below `folder` with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let nested = entries.map(|path| match path.is_dir() {
        true => contents(&path),
        false => BTreeMap::from([(path.clone(), fs::read(&path).unwrap())]),
    });
    nested.flatten().collect()
}

#[test]
fn another_state_folder_has_its_own_locks_and_log() {
    let world = TestEnv::signed_in();
    world.credentials(DEVELOPER).succeeds();
    world.aws.fault(Operation::GetRoleCredentials, Fault::Hang);
    let holder = world.spawn(&["credentials", READ_ONLY]);
    assert!(world.aws.wait_for_calls(Operation::GetRoleCredentials, 2, NET));
    let before = contents(&world.state());

    let other = world.path("other");
    let variables = [("DAYPASS_STATE_DIR", other.to_str().unwrap()), ("DAYPASS_LOG", "trace")];
    world.aws.set_auto_approve(Some(Duration::ZERO));
    world.run_with(&["login", "--no-browser", "--force"], &variables).succeeds();
    world.run_with(&["credentials", READ_ONLY], &variables).succeeds();
    assert!(contents(&world.state()) == before, "the first state folder is as it was");
    for ours in ["daypass.log", "index.json", "locks/in-use"] {
        assert!(other.join(ours).is_file(), "{ours}");
    }
    holder.kill();
}

#[test]
fn two_that_add_a_session_at_once_both_succeed() {
    let world = TestEnv::new();
    world.aws.fault_always(Operation::RegisterClient, Fault::oauth("invalid_request"));
    let names: Vec<String> = (0..8).map(|number| format!("side-{number}")).collect();
    let all: Vec<Running> = names
        .iter()
        .map(|name| {
            let url = format!("https://{name}.awsapps.com/start");
            world.spawn(&["login", name, "--start-url", &url, "--region", "us-east-1"])
        })
        .collect();
    for outcome in all.into_iter().map(Running::finish) {
        outcome.fails(1);
    }
    let text = fs::read_to_string(world.config()).unwrap();
    assert!(text.starts_with(CONFIG));
    for name in names {
        assert_eq!(text.matches(&format!("[sso-session {name}]")).count(), 1, "{name}: {text}");
    }
}

/// Runs the program where each write of a byte to a file fails: the file size limit stands for a full disk.
fn without_room(world: &TestEnv, arguments: &[&str]) -> crate::environment::Outcome {
    Running::start(&mut world.through_shell("trap '' XFSZ; ulimit -f 0; exec \"$@\"", arguments)).finish()
}

#[test]
fn a_refreshed_token_is_not_lost_to_a_full_disk() {
    let world = TestEnv::signed_in();
    world.age(jiff::SignedDuration::from_mins(61));
    without_room(&world, &["credentials", DEVELOPER]).fails(1);
    world.credentials(DEVELOPER).succeeds().access_key_id();
    assert_eq!(world.calls(Operation::CreateToken), 1);
}

#[test]
fn where_nothing_more_can_be_written_everything_stays_as_it_was() {
    let world = TestEnv::signed_in();
    let state = world.state();
    let index = fs::read(state.join("index.json")).unwrap();
    world.allow_unattended();
    for command in [
        &ADD[..],
        &["login", "--force", "--no-browser"],
        &["credentials", ADMIN, "--yes", "--reason", "no room at all"],
    ] {
        world.aws.set_auto_approve(Some(Duration::ZERO));
        without_room(&world, command).fails(1);
        assert_eq!(fs::read_to_string(world.config()).unwrap(), CONFIG, "{command:?}");
        assert_eq!(fs::read(state.join("index.json")).unwrap(), index, "{command:?}");
        assert_eq!(world.calls(Operation::GetRoleCredentials), 0, "{command:?}");
        for folder in [state.clone(), world.path(".aws")] {
            let names = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name());
            let left: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with(".daypass-")).collect();
            assert!(left.is_empty(), "{command:?} left {left:?}");
        }
    }
    world.elevated(ADMIN, "room again at last").succeeds();
    assert_eq!(world.steps(), ["intent", "granted"]);
}

#[test]
fn without_a_writable_home_the_keyring_still_serves_programs() {
    let world = TestEnv::signed_in();
    let kept = world.credentials(DEVELOPER).succeeds().access_key_id();
    let config = world.config().display().to_string();
    // A file in the folder's place keeps root out as well, whom no mode does.
    fs::rename(world.state(), world.path("away")).unwrap();
    fs::write(world.state(), "").unwrap();
    for home in ["/proc/nowhere", "/dev/null", ""] {
        let variables = [("HOME", home), ("AWS_CONFIG_FILE", config.as_str())];
        let answer = world.run_with(&["credentials", DEVELOPER], &variables).succeeds();
        assert_eq!(answer.access_key_id(), kept, "HOME={home:?}");
        world.run_with(&["login", "--force", "--no-browser"], &variables).fails(1);
    }
    let mut unset = world.command(&["credentials", DEVELOPER]);
    let answer = Running::start(unset.env_remove("HOME").env("AWS_CONFIG_FILE", &config)).finish().succeeds();
    assert_eq!(answer.access_key_id(), kept);
}

#[test]
fn damaged_state_files_count_as_empty_and_heal() {
    let world = TestEnv::signed_in();
    let kept = world.credentials(DEVELOPER).succeeds().access_key_id();
    for damage in [&b""[..], b"{", b"[1]", b"\xff"] {
        fs::write(world.state().join("index.json"), damage).unwrap();
        assert_eq!(world.run(&["status"]).code, Some(3), "the index alone says what is signed in");
        assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), kept);
    }
    world.sign_in();
    world.run(&["status"]).succeeds();
}
