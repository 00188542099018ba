//! Settings, policy, profiles and aliases: what is wrong is an error, never a weaker default.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::environment::{CONFIG, DEVELOPER, Running, TestEnv};

#[test]
fn a_settings_or_policy_file_that_is_wrong_stops_everything() {
    type Write = fn(&TestEnv, &str);
    let (settings, policy): (Write, Write) = (TestEnv::settings, TestEnv::policy);
    let table = [
        (settings, "store = \"plaintext\"\n", "store"),
        (settings, "flow = [1]\n", "flow"),
        (settings, "this is not TOML\n", "config.toml"),
        (settings, "policy = \"missing.toml\"\n", "missing.toml"),
        (settings, "[aliases]\nbad = \"no-slash\"\n", "no-slash"),
        (policy, "max_session = \"48h\"\n", "15m to 12h"),
        (policy, "[tiers.admin]\nmax_duration = \"2h\"\n", "1m to 1h"),
        (policy, "[tiers.admin]\nmin_reason = 0\n", "10 to 500"),
        (policy, "max_sesion = \"8h\"\n", "max_session"),
        (policy, "[tiers.admin]\ngate = \"none\"\n", "break_glass"),
        (policy, "[tiers.developer]\ngate = \"open\"\n", "on_call"),
        (policy, "[[rule]]\nrole = \"x\"\n", "this rule has no `id`"),
        (policy, "[[rule]]\nid = \"x\"\ntier = \"root\\u001b[2J\"\n", "not one of"),
        (policy, "\u{0}", "policy.toml"),
    ];
    let world = TestEnv::signed_in();
    world.credentials(DEVELOPER).succeeds();
    for (write, text, words) in table {
        world.settings("");
        world.policy("");
        write(&world, text);
        for command in [&["credentials", DEVELOPER][..], &["status"], &["login"]] {
            let failed = world.run(command);
            assert_eq!((failed.code, failed.stdout.as_str()), (Some(2), ""), "{text:?}: {failed:?}");
            assert!(failed.stderr.contains(words) && failed.stderr.len() < 1024, "{text:?}: {failed:?}");
            failed.is_clean();
        }
    }
}

/// Puts something that is no file of ordinary size at `path`, and says what the program calls it.
fn put_odd_file(path: &Path, kind: &'static str) -> &'static str {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir(path);
    match kind {
        "a FIFO" => mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap(),
        "a folder" => fs::create_dir(path).unwrap(),
        "a device" => symlink("/dev/zero", path).unwrap(),
        "larger than" => fs::File::create(path).unwrap().set_len(1 << 30).unwrap(),
        _ => unreachable!("{kind}"),
    }
    kind
}

const ODD_FILES: [&str; 4] = ["a FIFO", "a folder", "a device", "larger than"];

#[test]
fn a_config_settings_or_policy_that_is_no_plain_file_is_refused_and_nothing_hangs() {
    let world = TestEnv::signed_in();
    world.credentials(DEVELOPER).succeeds();
    world.settings("");
    world.policy("");
    let files = [world.config(), world.path(".config/daypass/config.toml"), world.path(".config/daypass/policy.toml")];
    for path in files {
        let good = fs::read(&path).unwrap();
        for kind in ODD_FILES {
            let called = put_odd_file(&path, kind);
            for command in [&["credentials", DEVELOPER][..], &["status"], &["login"]] {
                let failed = world.run(command).fails_saying(2, called);
                assert!(failed.stderr.contains(path.to_str().unwrap()), "{failed:?}");
            }
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, good).unwrap();
    }
    world.credentials(DEVELOPER).succeeds();
}

#[test]
fn settings_or_a_policy_behind_a_link_that_leads_nowhere_are_not_taken_for_none() {
    let world = TestEnv::signed_in();
    fs::create_dir_all(world.path(".config/daypass")).unwrap();
    for name in ["config.toml", "policy.toml"] {
        let path = world.path(".config/daypass").join(name);
        symlink(world.path("gone"), &path).unwrap();
        let failed = world.credentials(DEVELOPER).fails_saying(2, "cannot read");
        assert!(failed.stderr.contains(path.to_str().unwrap()), "{failed:?}");
        fs::remove_file(&path).unwrap();
    }
    world.credentials(DEVELOPER).succeeds();
}

#[test]
fn a_file_that_is_read_on_the_side_holds_nothing_up() {
    let world = TestEnv::signed_in();
    let kept = world.credentials(DEVELOPER).succeeds().access_key_id();
    world.run(&["roles"]).succeeds();
    let cache = world.state().join("cache");
    let catalog = fs::read_dir(cache).unwrap().flatten().next().unwrap().path();
    for path in [world.path(".aws/credentials"), world.state().join("index.json"), catalog] {
        for kind in ODD_FILES {
            put_odd_file(&path, kind);
            assert_eq!(world.credentials(DEVELOPER).succeeds().access_key_id(), kept, "{path:?} is {kind}");
            let shown = world.run(&["status"]);
            assert!(matches!(shown.code, Some(0 | 3)), "{path:?} is {kind}: {shown:?}");
        }
    }
}

#[test]
fn ten_thousand_profiles_are_no_trouble() {
    let world = TestEnv::signed_in();
    let profile = |number| {
        format!("\n[profile p{number}]\nsso_session = acme\nsso_account_id = 100000023757\nsso_role_name = Developer\n")
    };
    fs::write(world.config(), CONFIG.to_owned() + &(0..10_000).map(profile).collect::<String>()).unwrap();
    let key = world.run(&["credentials", "--profile", "p9999"]).succeeds().access_key_id();
    assert_eq!(world.run(&["credentials", "p0"]).succeeds().access_key_id(), key);
    world.run(&["credentials", "p10000"]).fails_saying(2, "did you mean");
}

#[test]
fn an_unknown_setting_is_a_warning_with_a_suggestion() {
    let world = TestEnv::signed_in();
    world.settings("sesion = \"acme\"\n");
    let answer = world.credentials(DEVELOPER).succeeds();
    answer.access_key_id();
    assert!(answer.stderr.contains("sesion") && answer.stderr.contains("session"), "{answer:?}");
}

#[test]
fn variables_that_make_no_sense_are_errors() {
    let world = TestEnv::signed_in();
    let missing = world.path("none.toml").display().to_string();
    for (name, value) in [
        ("DAYPASS_STORE", "plaintext"),
        ("DAYPASS_CONFIG", missing.as_str()),
        ("DAYPASS_STATE_DIR", "relative"),
        ("DAYPASS_LOG", "=["),
    ] {
        let failed = world.run_with(&["credentials", DEVELOPER], &[(name, value)]);
        assert_eq!((failed.code, failed.stdout.as_str()), (Some(2), ""), "{name}: {failed:?}");
        failed.is_clean();
    }
}

#[test]
fn every_way_to_write_a_target_means_the_same() {
    let world = TestEnv::signed_in();
    world.settings("[aliases]\npay = \"100000023757/Developer\"\nbyname = \"prod-payments-0003/Developer\"\n");
    world.run(&["credentials", "prod-payments-0003/Developer"]).fails_saying(2, "daypass roles --refresh");
    world.run(&["roles"]).succeeds();
    let key = world.credentials(DEVELOPER).succeeds().access_key_id();
    for target in [
        &["pay"][..],
        &["byname"],
        &["payments"],
        &["prod-payments-0003/Developer"],
        &["PROD-Payments-0003/Developer"],
        &["--profile", "payments"],
        &["--account", "100000023757", "--role", "Developer"],
        &["--account", "prod-payments-0003", "--role", "Developer"],
    ] {
        let answer = world.run(&[&["credentials"], target].concat()).succeeds();
        assert_eq!(answer.access_key_id(), key, "{target:?}");
    }
    for (typed, near) in
        [("paay", "pay"), ("prod-paymnts-0003/Developer", "prod-payments-0003/Developer"), ("paymentz", "payments")]
    {
        world.run(&["credentials", typed]).fails_saying(2, &format!("did you mean `{near}`"));
    }
}

#[test]
fn the_general_endpoint_variable_leads_there_too() {
    let world = TestEnv::signed_in();
    let mut command = world.command(&["credentials", DEVELOPER]);
    for name in ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"] {
        command.env_remove(name);
    }
    Running::start(command.env("AWS_ENDPOINT_URL", world.aws.url())).finish().succeeds().access_key_id();
}

#[test]
fn legacy_profiles_work_as_they_are() {
    let world = TestEnv::new();
    let legacy = "[profile old]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n\
        sso_account_id = 100000023757\nsso_role_name = Developer\nregion = eu-west-1\n";
    fs::write(world.config(), legacy).unwrap();
    world.sign_in();
    world.run(&["credentials", "--profile", "old"]).succeeds().access_key_id();
    assert_eq!(fs::read_to_string(world.config()).unwrap(), legacy);
}

#[test]
fn without_a_session_it_says_how_to_add_one() {
    let world = TestEnv::new();
    for text in ["", "[default]\nregion = us-east-1\n", "[sso-session acme]\nsso_region = us-east-1\n"] {
        fs::write(world.config(), text).unwrap();
        for command in [&["login"][..], &["status"], &["credentials", DEVELOPER], &["roles"]] {
            world.run(command).fails_saying(2, "SSO session in ");
        }
    }
    fs::write(world.config(), CONFIG.replace("us-east-1", "us east 1")).unwrap();
    world.run(&["login"]).fails(2);
}
