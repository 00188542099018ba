//! The Windows program under Wine, with its Credential Manager, against an Identity Center of our own.
//!
//! They run under `.ci/with-wine`, which says in `WINE` what starts a program; `DAYPASS_WINDOWS_PROGRAM` names ours.
#![cfg(target_os = "linux")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use daypass::simulator::{Operation, Options, Simulator};
use tempfile::TempDir;

/// The third account of the simulated organisation, `prod-payments-0003`, and roles in it.
const DEVELOPER: &str = "100000023757/Developer";
const ADMIN: &str = "100000023757/Admin";

/// What Windows keeps at most in one item of its Credential Manager.
const ITEM_BYTES: usize = 2_560;

/// A folder of someone's with an Identity Center, on the one Windows that all tests share.
struct Desk {
    folder: TempDir,
    aws: Simulator,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { auto_approve: Some(Duration::ZERO), accounts: 5, ..Options::default() };
        let aws = Simulator::start(options).unwrap();
        let name = session_name(&folder);
        let config =
            format!("[sso-session {name}]\r\nsso_start_url = {}\r\nsso_region = {}\r\n", aws.start_url(), aws.region());
        fs::write(folder.path().join("config"), config).unwrap();
        fs::write(folder.path().join("no-authorities.pem"), "").unwrap();
        fs::write(folder.path().join("config.toml"), "policy = 'policy.toml'\n").unwrap();
        fs::write(folder.path().join("policy.toml"), "[tiers.admin]\nunattended = true\n").unwrap();
        Desk { folder, aws }
    }

    fn signed_in() -> Self {
        let desk = Desk::new();
        desk.run(&["login", "--no-browser"]).succeeds();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = std::env::var_os("DAYPASS_WINDOWS_PROGRAM").expect("it names the Windows program");
        let mut command = wine(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .envs(self.aws.environment())
            .env("AWS_CONFIG_FILE", windows_path(&self.path("config")))
            .env("DAYPASS_CONFIG", windows_path(&self.path("config.toml")))
            // Its own hundred authorities take Wine a second to read, and nothing here speaks TLS.
            .env("AWS_CA_BUNDLE", windows_path(&self.path("no-authorities.pem")))
            .env("AWS_SHARED_CREDENTIALS_FILE", windows_path(&self.path("none")))
            .env("DAYPASS_STATE_DIR", windows_path(&self.path("state")));
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    /// The files of sealed records.
    fn sealed(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.path("state").join("sealed")];
        let mut sealed = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
                match path.extension() {
                    _ if path.is_dir() => folders.push(path),
                    Some(kind) if kind == "sealed" => sealed.push(path),
                    _ => {}
                }
            }
        }
        sealed
    }

    /// The lines about this desk's session in what the Credential Manager holds.
    fn held(&self) -> Vec<String> {
        let mut query = wine("reg");
        query.args(["query", r"HKCU\Software\Wine\Credential Manager", "/s"]);
        let shown = Ended::of(query.output().unwrap()).stdout;
        let name = session_name(&self.folder);
        shown.lines().filter(|line| line.contains(&name)).map(str::to_owned).collect()
    }
}

/// What runs a Windows program with the environment of Wine and nothing of ours or AWS's.
fn wine(program: impl Into<OsString>) -> Command {
    let mut command = Command::new(std::env::var_os("WINE").expect("it is run by .ci/with-wine"));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("AWS_") || name.starts_with("DAYPASS_")) {
            command.env_remove(name);
        }
    }
    command.arg(program.into());
    command
}

/// Unix's root is drive Z:.
fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// A name of its own for each folder, since all share the Credential Manager.
fn session_name(folder: &TempDir) -> String {
    folder.path().file_name().unwrap().to_str().unwrap().replace('.', "t-")
}

/// How a program ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    #[track_caller]
    fn fails(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(self.stderr.contains("daypass: "), "{self:?}");
        self
    }

    #[track_caller]
    fn access_key_id(&self) -> String {
        let answer: serde_json::Value = serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"));
        assert_eq!(answer["Version"], 1, "{self:?}");
        for member in ["SecretAccessKey", "SessionToken", "Expiration"] {
            assert!(answer[member].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        }
        answer["AccessKeyId"].as_str().unwrap().to_owned()
    }
}

#[test]
#[ignore = "needs Wine and the Windows program: see .ci/run"]
fn a_day_from_login_to_logout() {
    let desk = Desk::new();
    desk.run(&["credentials", DEVELOPER]).fails(3);
    desk.run(&["login", "--no-browser"]).succeeds();
    desk.run(&["status"]).succeeds();
    let roles = desk.run(&["roles", "payments", "--json"]).succeeds();
    assert!(roles.stdout.contains("prod-payments-0003") && roles.stdout.contains("Developer"), "{roles:?}");

    let first = desk.run(&["credentials", DEVELOPER]).succeeds();
    let again = desk.run(&["credentials", DEVELOPER]).succeeds();
    assert_eq!(first.access_key_id(), again.access_key_id());
    assert_eq!(desk.aws.calls(Operation::GetRoleCredentials), 1);

    desk.run(&["logout"]).succeeds();
    assert_eq!(desk.aws.calls(Operation::Logout), 1);
    assert!(desk.sealed().is_empty());
    assert_eq!(desk.held(), [""; 0]);
    desk.run(&["credentials", DEVELOPER]).fails(3);
    assert_eq!(desk.run(&["status"]).code, Some(3));
}

#[test]
#[ignore = "needs Wine and the Windows program: see .ci/run"]
fn exit_codes_are_those_of_the_contract() {
    let desk = Desk::signed_in();
    desk.run(&["credentials", "no-such-thing/Developer"]).fails(2);
    desk.run(&["credentials", "100000023757/Nobody"]).fails(4);
    desk.run(&["credentials", ADMIN]).fails(5);
    desk.run(&["credentials", ADMIN, "--yes", "--reason", "INC-4711 under Wine"]).succeeds();
    let log = fs::read_to_string(desk.path("state").join("audit-000001.jsonl")).unwrap();
    assert!(log.contains("INC-4711 under Wine"), "{log}");
}

#[test]
#[ignore = "needs Wine and the Windows program: see .ci/run"]
fn records_too_long_for_an_item_are_sealed_with_a_key_that_the_credential_manager_holds() {
    let desk = Desk::new();
    desk.aws.override_answer(Operation::CreateToken, "/accessToken", Some("x".repeat(2 * ITEM_BYTES).into()));
    desk.run(&["login", "--no-browser"]).succeeds();
    desk.aws.clear_overrides();
    let sealed = desk.sealed();
    assert_eq!(sealed.len(), 1);
    let record = fs::read(&sealed[0]).unwrap();
    assert!(record.starts_with(b"DPS1") && record.len() > 2 * ITEM_BYTES, "{} bytes", record.len());
    assert!(!record.windows(16).any(|bytes| bytes == [b'x'; 16]), "the token can be read");
    let held = desk.held();
    assert!(!held.is_empty() && held.iter().all(|line| line.contains("sealing-key")), "{held:?}");
    desk.run(&["status"]).succeeds();
}

#[test]
#[ignore = "needs Wine and the Windows program: see .ci/run"]
fn programs_that_ask_at_once_make_one_call() {
    let desk = Desk::signed_in();
    let keys: Vec<String> = thread::scope(|scope| {
        let callers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| desk.run(&["credentials", DEVELOPER]).succeeds())).collect();
        callers.into_iter().map(|caller| caller.join().unwrap().access_key_id()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!(desk.aws.calls(Operation::GetRoleCredentials), 1);
}

#[test]
#[ignore = "needs Wine and the Windows program: see .ci/run"]
fn a_program_gets_the_credentials_and_daypass_its_exit_code() {
    let desk = Desk::signed_in();
    let shown = desk.run(&["exec", DEVELOPER, "--", "cmd", "/c", "echo %AWS_ACCESS_KEY_ID%&& exit 7"]);
    assert_eq!(shown.code, Some(7), "{shown:?}");
    assert_eq!(shown.stdout.trim(), desk.run(&["credentials", DEVELOPER]).succeeds().access_key_id());
}

#[test]
#[ignore = "needs Wine and the Windows program: see .ci/run"]
fn a_portal_is_added_to_a_config_of_windows_lines() {
    let desk = Desk::new();
    let before = fs::read(desk.path("config")).unwrap();
    let url = "https://other.awsapps.com/start";
    desk.run(&["login", "other", "--start-url", url, "--region", "eu-central-1", "--no-browser"]).succeeds();
    let after = fs::read(desk.path("config")).unwrap();
    assert!(after.starts_with(&before), "{}", String::from_utf8_lossy(&after));
    assert!(String::from_utf8_lossy(&after[before.len()..]).contains(url));
    desk.run(&["logout", "other"]).succeeds();
}
