//! The AWS CLI and boto3 with daypass as their `credential_process`: real clients, a real keyring, and an
//! Identity Center and STS of our own.
//!
//! They run under `.ci/with-keyring`, with the clients on the PATH: `python3` with boto3, `aws` of version 1 and
//! `aws2` of version 2.
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use daypass::adapters::clock::SystemClock;
use daypass::adapters::store::{Interaction, Secrets, StorePaths, open};
use daypass::domain::credentials::{CachedCredentials, Issue, RoleCredentials};
use daypass::domain::endpoint::{Endpoint, Endpoints};
use daypass::domain::ids::{Region, SessionName, StartUrl};
use daypass::domain::issued::{AccessKeyId, SecretKey, SessionToken};
use daypass::domain::source::Source;
use daypass::domain::sso_session::SsoSession;
use daypass::domain::store_choice::{StoreChoice, StoreName};
use daypass::domain::target::Target;
use daypass::domain::time::{Now, Stamp};
use daypass::environment::Environment;
use daypass::ports::{Clock as _, SecretStore as _};
use daypass::simulator::{Operation, Options, Roles, Simulator};
use jiff::SignedDuration;
use tempfile::TempDir;

const BOTO3: &str = "import boto3; print(boto3.Session(profile_name='dev').client('sts').get_caller_identity()['Arn'])";

/// One signed-in engineer with a profile `dev` that names us.
struct Stage {
    simulator: Simulator,
    folder: TempDir,
    session: SsoSession,
    target: Target,
}

impl Stage {
    /// `name` keeps the keyring's items of one test apart from those of the others.
    fn signed_in(name: &str) -> Self {
        let options =
            Options { auto_approve: Some(Duration::ZERO), roles: Roles::Exactly(2), accounts: 3, ..Options::default() };
        let simulator = Simulator::start(options).unwrap();
        let session = SsoSession::new(
            SessionName::parse(&format!("{name}-{}", std::process::id())).unwrap(),
            StartUrl::parse(simulator.start_url()).unwrap(),
            Region::parse(simulator.region()).unwrap(),
        )
        .at(Endpoints::all(Endpoint::parse(simulator.url()).unwrap()));
        let target: Target = format!("{}/Developer", simulator.accounts()[0].id).parse().unwrap();
        let stage = Stage { simulator, folder: tempfile::tempdir().unwrap(), session, target };
        std::fs::write(stage.config_file(), stage.config()).unwrap();
        let login = stage.run(env!("CARGO_BIN_EXE_daypass"), &["login", stage.session.name.as_str(), "--no-browser"]);
        assert!(login.status.success(), "{}", said(&login));
        stage
    }

    fn config_file(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    fn config(&self) -> String {
        let (name, url, region) = (&self.session.name, &self.session.start_url, &self.session.region);
        let (program, target) = (env!("CARGO_BIN_EXE_daypass"), &self.target);
        format!(
            "[sso-session {name}]\nsso_start_url = {url}\nsso_region = {region}\n\n\
             [profile dev]\nregion = {region}\ncredential_process = \"{program}\" credentials {target}\n"
        )
    }

    /// Runs a program as the engineer would, with nothing of AWS in the environment but where our AWS is.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let ours = name.to_str().is_some_and(|name| name.starts_with("AWS_") || name.starts_with("DAYPASS_"));
            if ours {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .envs(self.simulator.environment())
            .env("AWS_CONFIG_FILE", self.config_file())
            .env("AWS_SHARED_CREDENTIALS_FILE", self.folder.path().join("none"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("DAYPASS_STORE", "secret-service")
            .env("DAYPASS_STATE_DIR", self.folder.path().join("state"));
        command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
    }

    /// Puts credentials in the keyring that AWS does not know and that end in `left`.
    fn keep(&self, left: SignedDuration) {
        let state = self.folder.path().join("state");
        let paths = StorePaths::of(&state, &Environment::of_process());
        let store =
            Secrets::new(open(StoreChoice::Only(StoreName::SecretService), &paths, Interaction::Forbidden).unwrap());
        let now = SystemClock::new(&state).now().wall;
        let then = Now { wall: now - (SignedDuration::from_hours(1) - left), boot: None, latest_aws_time: None };
        let credentials = RoleCredentials {
            access_key_id: AccessKeyId::parse("ASIAKEPTKEPTKEPTKEPT").unwrap(),
            secret_access_key: SecretKey::parse("kept").unwrap(),
            session_token: SessionToken::parse("kept").unwrap(),
            expires_at: now + left,
        };
        let issue = Issue {
            obtained: Stamp { at: then, aws_offset: None },
            login_id: 1,
            session_ends_at: now + SignedDuration::from_hours(8),
            elevation: None,
        };
        let cached = CachedCredentials::new(self.target.clone(), credentials, issue).unwrap();
        store.save_credentials(&Source::portal_role(self.session.clone(), self.target.clone()), &cached).unwrap();
    }

    /// What a client must do: get an identity, with one upstream call for all its runs, and with one more once
    /// what is kept comes near its end.
    fn serves(&self, program: &str, arguments: &[&str]) {
        self.identifies(program, arguments, 1);
        self.identifies(program, arguments, 1);
        // Handed out as it is, this would fail at STS, which has never heard of it.
        self.keep(SignedDuration::from_mins(12));
        self.identifies(program, arguments, 2);
        self.identifies(program, arguments, 2);
    }

    fn identifies(&self, program: &str, arguments: &[&str], upstream: usize) {
        let output = self.run(program, arguments);
        assert!(output.status.success(), "{program}: {}", said(&output));
        assert!(said(&output).contains("Developer"), "{program}: {}", said(&output));
        assert_eq!(self.simulator.calls(Operation::GetRoleCredentials), upstream, "{program}");
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
#[ignore = "needs boto3 and a keyring: see .ci/run"]
fn boto3_gets_its_credentials_from_us() {
    Stage::signed_in("boto3").serves("python3", &["-c", BOTO3]);
}

#[test]
#[ignore = "needs the AWS CLI and a keyring: see .ci/run"]
fn the_aws_cli_v1_gets_its_credentials_from_us() {
    let stage = Stage::signed_in("cli-v1");
    let url = stage.simulator.url().to_owned();
    stage.serves("aws", &["--profile", "dev", "--endpoint-url", &url, "sts", "get-caller-identity"]);
}

#[test]
#[ignore = "needs the AWS CLI v2 and a keyring: see .ci/run"]
fn the_aws_cli_v2_gets_its_credentials_from_us() {
    Stage::signed_in("cli-v2").serves("aws2", &["--profile", "dev", "sts", "get-caller-identity"]);
}
