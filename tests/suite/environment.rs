//! A test environment: home folder, simulated Identity Center and keyring of its own, and the program run in it.

use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use daypass::domain::audit::TreeHash;
use daypass::simulator::{Operation, Options, Simulator};
use jiff::{SignedDuration, Timestamp};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::fake_secret_service::{Behaviour, FakeSecretService};
use crate::http;

/// Upper bound for any wait, so that a hang fails the test; never what a test asserts.
pub const NET: Duration = Duration::from_secs(60);

/// The third account of the simulated organisation, `prod-payments-0003`, and roles in it.
pub const DEVELOPER: &str = "100000023757/Developer";
pub const READ_ONLY: &str = "100000023757/ReadOnly";
pub const ADMIN: &str = "100000023757/Admin";

/// The `~/.aws/config` that it begins with.
pub const CONFIG: &str = "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\n\
     sso_registration_scopes = sso:account:access\n\n[profile payments]\nsso_session = acme\n\
     sso_account_id = 100000023757\nsso_role_name = Developer\nregion = eu-west-1\n";

/// The program under test as words of a command line: this build's, or what `DAYPASS_TEST_PROGRAM` names between spaces,
/// such as the shipped program, or one for another processor behind its emulator.
pub fn program() -> Vec<String> {
    match std::env::var_os("DAYPASS_TEST_PROGRAM") {
        None => vec![env!("CARGO_BIN_EXE_daypass").to_owned()],
        Some(words) => words.to_str().expect("it is Unicode").split(' ').map(str::to_owned).collect(),
    }
}

/// `starter` with the words of `command` as its last arguments, in the environment and the folder of `command`.
pub fn through(starter: &[&str], command: &Command) -> Command {
    let mut started = Command::new(starter[0]);
    started.args(&starter[1..]).arg(command.get_program()).args(command.get_args());
    started.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        started.current_dir(folder);
    }
    started.stdin(Stdio::null());
    started
}

/// A test environment.
pub struct TestEnv {
    home: tempfile::TempDir,
    pub aws: Simulator,
    pub keyring: FakeSecretService,
}

impl TestEnv {
    /// Five accounts; nobody is signed in.
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// The same with `options` for the simulator.
    pub fn with(options: Options) -> Self {
        let accounts = if options.accounts == Options::default().accounts { 5 } else { options.accounts };
        let world = TestEnv {
            home: tempfile::tempdir().unwrap(),
            aws: Simulator::start(Options { accounts, ..options }).unwrap(),
            keyring: FakeSecretService::start(Behaviour::Good),
        };
        fs::create_dir(world.path(".aws")).unwrap();
        fs::write(world.config(), CONFIG).unwrap();
        world
    }

    /// The same, signed in.
    pub fn signed_in() -> Self {
        let world = Self::new();
        world.sign_in();
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// `~/.aws/config`.
    pub fn config(&self) -> PathBuf {
        self.path(".aws/config")
    }

    pub fn state(&self) -> PathBuf {
        self.path("state")
    }

    pub fn settings(&self, text: &str) {
        fs::create_dir_all(self.path(".config/daypass")).unwrap();
        fs::write(self.path(".config/daypass/config.toml"), text).unwrap();
    }

    pub fn policy(&self, text: &str) {
        fs::create_dir_all(self.path(".config/daypass")).unwrap();
        fs::write(self.path(".config/daypass/policy.toml"), text).unwrap();
    }

    /// The program with `arguments`, with no variables but those of this environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let program = program();
        let mut command = Command::new(&program[0]);
        command.args(&program[1..]).args(arguments).env_clear().current_dir(self.home()).stdin(Stdio::null());
        command.env("HOME", self.home()).env("PATH", "/usr/bin:/bin").env("TMPDIR", std::env::temp_dir());
        command.env("DAYPASS_STATE_DIR", self.state()).env("DBUS_SESSION_BUS_ADDRESS", self.keyring.address());
        command.envs(self.aws.environment());
        command
    }

    /// The same, started by a shell script as `exec "$@"`.
    pub fn through_shell(&self, script: &str, arguments: &[&str]) -> Command {
        through(&["sh", "-c", script, "sh"], &self.command(arguments))
    }

    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Running::start(&mut self.command(arguments)).finish()
    }

    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        Running::start(self.command(arguments).envs(variables.iter().copied())).finish()
    }

    pub fn spawn(&self, arguments: &[&str]) -> Running {
        Running::start(&mut self.command(arguments))
    }

    /// Role credentials for `target` as a `credential_process` gets them.
    pub fn credentials(&self, target: &str) -> Outcome {
        self.run(&["credentials", target])
    }

    /// Signs in by PKCE with a browser that comes back at once.
    pub fn sign_in(&self) {
        self.sign_in_to(&[]);
    }

    /// Signs in with further arguments.
    pub fn sign_in_to(&self, arguments: &[&str]) {
        self.aws.set_auto_approve(Some(Duration::ZERO));
        let login = self.spawn(&[&["login", "--flow", "pkce", "--no-browser", "--force"], arguments].concat());
        let callback = http::get(&login.link()).location.expect("a redirect back");
        assert_eq!(http::get(&callback).status, 200);
        login.finish().succeeds();
        self.aws.set_auto_approve(None);
        self.aws.reset_calls();
    }

    /// Starts a device login and waits until its code is on the screen.
    pub fn device_login(&self, arguments: &[&str]) -> Running {
        let login = self.spawn(&[&["login", "--no-browser"], arguments].concat());
        login.until("confirm the code");
        login
    }

    pub fn calls(&self, operation: Operation) -> usize {
        self.aws.calls(operation)
    }

    /// The JSON record in the keyring whose item begins with `kind`: `session/` or `role/`.
    pub fn record(&self, kind: &str) -> Option<Value> {
        let found = self.keyring.items().into_iter().find(|item| item.attributes["username"].starts_with(kind));
        found.map(|item| serde_json::from_slice(&item.secret).unwrap())
    }

    /// Changes every record of that kind in the keyring.
    pub fn change_records(&self, kind: &str, change: impl Fn(&mut Value)) {
        self.keyring.change(|item| {
            if item.attributes["username"].starts_with(kind) {
                let mut record = serde_json::from_slice(&item.secret).unwrap();
                change(&mut record);
                item.secret = serde_json::to_vec(&record).unwrap();
            }
        });
    }

    /// `credentials` for the target under a new elevation, which the policy allows without a terminal.
    pub fn elevated(&self, target: &str, reason: &str) -> Outcome {
        self.allow_unattended();
        self.run(&["credentials", target, "--reason", reason, "--yes"])
    }

    /// Lets the policy allow elevations into Admin without a terminal, unless there is a policy already.
    pub fn allow_unattended(&self) {
        if !self.path(".config/daypass/policy.toml").exists() {
            self.policy("[tiers.admin]\nunattended = true\n");
        }
    }

    /// The files of the audit log, the first one first.
    pub fn log_files(&self) -> Vec<PathBuf> {
        let names = (1..).map(|number| self.state().join(format!("audit-{number:06}.jsonl")));
        names.take_while(|path| path.exists()).collect()
    }

    /// The records of the audit log.
    pub fn log(&self) -> Vec<Value> {
        let text: String = self.log_files().into_iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Those that are about elevations.
    pub fn elevations(&self) -> Vec<Value> {
        self.log().into_iter().filter(|line| line["kind"].as_str().unwrap().starts_with("elevation.")).collect()
    }

    /// The steps of elevations.
    pub fn steps(&self) -> Vec<String> {
        let kinds = self.elevations().into_iter().map(|line| line["kind"].as_str().unwrap().to_owned());
        kinds.map(|kind| kind.trim_start_matches("elevation.").to_owned()).collect()
    }

    /// Writes the audit log anew with every time in it moved back by `by`.
    fn age_log(&self, by: SignedDuration) {
        let mut prev = TreeHash::BEFORE_FIRST;
        for path in self.log_files() {
            let mut aged = Vec::new();
            for line in fs::read_to_string(&path).unwrap().lines() {
                let mut line: Value = serde_json::from_str(line).unwrap();
                log_earlier(&mut line, by);
                line["prev"] = prev.to_string().into();
                let bytes = serde_json_canonicalizer::to_vec(&line).unwrap();
                prev = TreeHash::of_line(&bytes);
                aged.extend(bytes);
                aged.push(b'\n');
            }
            fs::write(path, aged).unwrap();
        }
        let _ = fs::remove_file(self.state().join("elevations.json"));
        self.keyring.remove(|item| item.attributes["username"].ends_with("log/head"));
    }

    /// Moves all times in keyring and state back by `by`, as if everything had happened that much earlier.
    pub fn age(&self, by: SignedDuration) {
        self.change_records("", |record| earlier(record, by));
        self.age_log(by);
        for folder in [self.state(), self.state().join("cache")] {
            let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
            for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
                let mut notes: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                earlier(&mut notes, by);
                fs::write(path, serde_json::to_vec(&notes).unwrap()).unwrap();
            }
        }
    }
}

/// Moves every time in `value` back.
fn earlier(value: &mut Value, by: SignedDuration) {
    match value {
        Value::String(text) => {
            if let Ok(time) = text.parse::<Timestamp>() {
                *text = (time - by).to_string();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| earlier(value, by)),
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_u64() {
                    Some(millis) if name == "millis" => {
                        *value = millis.saturating_sub(by.as_millis().try_into().unwrap()).into();
                    }
                    _ => earlier(value, by),
                }
            }
        }
        _ => {}
    }
}

/// Moves every time of a line of the audit log back.
fn log_earlier(line: &mut Value, by: SignedDuration) {
    let millis = i64::try_from(by.as_millis()).unwrap();
    let earlier = |value: &mut Value| *value = (value.as_i64().unwrap() - millis).max(0).into();
    for name in ["ts", "mono_ms"] {
        line.get_mut(name).into_iter().for_each(earlier);
    }
    for (name, value) in line["data"].as_object_mut().unwrap() {
        if name.ends_with("_at") {
            earlier(value);
        }
    }
}

/// The program while it runs; killed when dropped.
pub struct Running {
    child: Child,
    stdout: mpsc::Receiver<String>,
    stderr: Arc<(Mutex<Said>, Condvar)>,
}

#[derive(Default)]
struct Said {
    text: String,
    over: bool,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (written, stdout) = mpsc::channel();
        let mut pipe = child.stdout.take().unwrap();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            let _ = written.send(String::from_utf8(bytes).expect("stdout is UTF-8"));
        });
        let stderr = Arc::new((Mutex::new(Said::default()), Condvar::new()));
        let (heard, mut pipe) = (Arc::clone(&stderr), child.stderr.take().unwrap());
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let count = pipe.read(&mut bytes).unwrap_or(0);
                let mut said = heard.0.lock().unwrap();
                said.text.push_str(&String::from_utf8_lossy(&bytes[..count]));
                said.over = count == 0;
                heard.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        Running { child, stdout, stderr }
    }

    /// Waits until stderr has said `words`.
    pub fn until(&self, words: &str) -> String {
        let said = self.stderr.0.lock().unwrap();
        let waiting = |said: &mut Said| !said.over && !said.text.contains(words);
        let (said, _) = self.stderr.1.wait_timeout_while(said, NET, waiting).unwrap();
        assert!(said.text.contains(words), "stderr never said {words:?}: {}", said.text);
        said.text.clone()
    }

    /// The link that a PKCE login asks to open.
    pub fn link(&self) -> String {
        let said = self.until("code_challenge=");
        let complete = said.lines().find(|line| line.contains("code_challenge=")).unwrap();
        complete.trim().to_owned()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Sends SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Outcome {
        let Ok(stdout) = self.stdout.recv_timeout(NET) else {
            panic!("it hangs, having said: {}", self.stderr.0.lock().unwrap().text);
        };
        let status = self.child.wait().unwrap();
        let said = self.stderr.0.lock().unwrap();
        let (said, _) = self.stderr.1.wait_timeout_while(said, NET, |said| !said.over).unwrap();
        Outcome { code: status.code(), signal: status.signal(), stdout, stderr: said.text.clone() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.is_clean();
        self
    }

    /// It failed as the contract says: this code, nothing on stdout, one short escaped report with a next command.
    #[track_caller]
    pub fn fails(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        self.is_clean();
        let report = &self.stderr[self.stderr.rfind("daypass: ").unwrap_or_else(|| panic!("no report: {self:?}"))..];
        assert!(report.len() < 1024, "{self:?}");
        assert!(report.lines().skip(1).any(|line| line.starts_with("  ")), "no next command: {self:?}");
        self
    }

    /// Like [`Self::fails`], and the report says `words`.
    #[track_caller]
    pub fn fails_saying(self, code: i32, words: &str) -> Self {
        let failed = self.fails(code);
        assert!(failed.stderr.contains(words), "does not say {words:?}: {failed:?}");
        failed
    }

    /// Nothing on stderr acts on a terminal.
    #[track_caller]
    pub fn is_clean(&self) {
        let acts = |character: char| character.is_control() && character != '\n';
        assert!(!self.stderr.contains(acts), "{self:?}");
    }

    /// Stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Stdout as the answer of a `credential_process`.
    #[track_caller]
    pub fn access_key_id(&self) -> String {
        let answer = self.json();
        assert_eq!(answer["Version"], 1, "{self:?}");
        assert!(answer["SecretAccessKey"].as_str().is_some_and(|key| key.starts_with("SIMSECRET")));
        assert!(answer["SessionToken"].as_str().is_some_and(|token| token.contains("SIMSESSIONTOKEN")));
        answer["Expiration"].as_str().unwrap().parse::<Timestamp>().unwrap();
        answer["AccessKeyId"].as_str().unwrap().to_owned()
    }
}
