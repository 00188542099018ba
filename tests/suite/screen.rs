//! The terminal UI on a real terminal: start, restore, signals, suspend, resize, paste, and a terminal that closes.

use std::io::{Read as _, Write as _};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use daypass::adapters::audit_log::AuditLog;
use daypass::adapters::aws::{Aws, ClientOptions};
use daypass::adapters::browser::{Launcher, SystemBrowser};
use daypass::adapters::callback::LoopbackCallbacks;
use daypass::adapters::clipboard::SystemClipboard;
use daypass::adapters::clock::{SystemClock, SystemEntropy};
use daypass::adapters::lock::Locks;
use daypass::adapters::on_call::SystemOnCall;
use daypass::adapters::processes::SystemProcesses;
use daypass::adapters::store::{Interaction, Secrets, StorePaths, open};
use daypass::adapters::user_shell::SystemShell;
use daypass::domain::osc52::Osc52;
use daypass::domain::policy::Policy;
use daypass::domain::session::Flow;
use daypass::domain::sso_session::SsoSession;
use daypass::domain::store_choice::{StoreChoice, StoreName};
use daypass::domain::time::Now;
use daypass::environment::Environment;
use daypass::ports::{Clock, IdentityCenter, Ports, SecretStore, SessionConfig};
use daypass::tui;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::environment::{NET, program};
use crate::pty::{self, Pty};

/// The size of the terminals here.
const ROWS: u16 = 30;
const COLS: u16 = 100;

/// A program on a terminal with a home of its own.
pub struct Terminal {
    pty: Pty,
    // After the program, which may still write there.
    _home: tempfile::TempDir,
}

impl Terminal {
    /// Starts `program` at 100×30.
    fn start(program: &str, arguments: &[&str]) -> Self {
        Terminal::start_with(program, arguments, &[])
    }

    /// The same with further variables.
    fn start_with(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        set_variables(&mut command, home.path());
        for (name, value) in variables {
            command.env(name, value);
        }
        command.env("PS1", "ready> ");
        Terminal { pty: Pty::start(command, ROWS, COLS), _home: home }
    }

    /// The demo, with its sign-in on the screen.
    fn demo() -> Self {
        Terminal::demo_with(&[])
    }

    /// The same with further variables.
    pub fn demo_with(variables: &[(&str, &str)]) -> Self {
        let start = format!("exec {} demo", program().join(" "));
        let terminal = Terminal::start_with("sh", &["-c", &start], variables);
        terminal.wait_for("sign-in", |text| text.contains("/device"));
        terminal
    }

    /// The demo, signed in and with its roles listed.
    fn demo_with_roles() -> Self {
        let terminal = Terminal::demo();
        terminal.wait_for_roles();
        terminal
    }

    /// Waits until the demo is signed in and has listed its roles.
    pub fn wait_for_roles(&self) {
        self.wait_for("roles", |text| text.contains("25 accounts · 83 roles"));
    }

    /// Each of the terminal's modes was switched on and last switched off.
    fn assert_restored(&self) {
        let raw = self.raw();
        for (on, off) in [
            ("\u{1b}[?1049h", "\u{1b}[?1049l"),
            ("\u{1b}[?25l", "\u{1b}[?25h"),
            ("\u{1b}[?2004h", "\u{1b}[?2004l"),
            ("\u{1b}[?1000h", "\u{1b}[?1000l"),
        ] {
            let (on_at, off_at) = (raw.rfind(on), raw.rfind(off));
            assert!(on_at.is_some(), "{on:?} was never switched on");
            assert!(off_at > on_at, "{on:?} was left on");
        }
    }
}

impl Deref for Terminal {
    type Target = Pty;
    fn deref(&self) -> &Pty {
        &self.pty
    }
}

impl DerefMut for Terminal {
    fn deref_mut(&mut self) -> &mut Pty {
        &mut self.pty
    }
}

#[test]
fn a_signal_ends_the_program_and_the_terminal_is_restored() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let mut terminal = Terminal::start("sh", &["-c", &format!("read x; exec {} demo", program().join(" "))]);
        let before = terminal.settings();
        terminal.press("\n");
        terminal.wait_for("sign-in", |text| text.contains("/device"));
        assert_ne!(terminal.settings(), before, "the UI works in raw mode");
        terminal.signal(signal);
        assert_eq!(terminal.wait_for_exit().exit_code(), code);
        terminal.wait_until("end", |state| state.is_closed || state.raw.ends_with(b"\x1b[?25h"));
        terminal.assert_restored();
        assert_eq!(terminal.settings(), before);
    }
}

#[test]
fn suspending_restores_the_terminal_and_resuming_draws_again() {
    let mut terminal = Terminal::start("bash", &["--norc", "--noprofile", "--noediting", "-i"]);
    terminal.wait_for("shell", |text| text.contains("ready>"));
    terminal.press(&format!("{} demo\n", program().join(" ")));
    terminal.wait_for("sign-in", |text| text.contains("/device"));
    terminal.press("\u{1a}");
    terminal.wait_for("shell's word", |text| text.contains("Stopped"));
    terminal.assert_restored();
    terminal.press("fg\n");
    terminal.wait_for("screen again", |text| text.contains("acme-demo") && !text.contains("Stopped"));
}

#[test]
fn a_suspended_program_that_is_told_to_end_ends() {
    let mut terminal = Terminal::start("bash", &["--norc", "--noprofile", "--noediting", "-i"]);
    terminal.wait_for("shell", |text| text.contains("ready>"));
    terminal.press(&format!("set -b; {} demo\n", program().join(" ")));
    terminal.wait_for("sign-in", |text| text.contains("/device"));
    terminal.press("\u{1a}");
    terminal.wait_for("shell's word", |text| text.contains("Stopped"));
    terminal.press("kill %1\n");
    terminal.wait_for("its exit code", |text| text.contains("Exit 143"));
}

#[test]
fn a_program_in_the_background_leaves_the_terminals_modes_to_the_shell_and_ends() {
    let mut terminal = Terminal::start("bash", &["--norc", "--noprofile", "--noediting", "-i"]);
    terminal.wait_for("shell", |text| text.contains("ready>"));
    terminal.press(&format!("set -b; sh -c 'echo pid=$$.; exec {} demo'\n", program().join(" ")));
    terminal.wait_for("sign-in", |text| text.contains("/device"));
    let raw = terminal.raw();
    let pid =
        raw.split("pid=").filter_map(|rest| rest.split_once('.')?.0.parse().ok()).find_map(Pid::from_raw).unwrap();
    // Not by its own key: it has not given the terminal back.
    kill_process(pid, Signal::STOP).unwrap();
    let prompts = |text: &str| text.split_once("Stopped").is_some_and(|(_, after)| after.contains("ready>"));
    terminal.wait_for("shell's prompt", prompts);
    let shells = terminal.settings();
    kill_process(pid, Signal::TERM).unwrap();
    kill_process(pid, Signal::CONT).unwrap();
    terminal.wait_for("its exit code", |text| text.contains("Exit 143"));
    assert_eq!(terminal.settings(), shells);
}

#[test]
fn after_many_resizes_the_screen_fits_the_last_size() {
    let terminal = Terminal::demo_with_roles();
    for (rows, cols) in [(1, 1), (0, 0), (500, 500), (3, 200), (200, 3)].into_iter().cycle().take(60) {
        terminal.resize(rows, cols);
    }
    terminal.resize(24, 80);
    // Frames of other sizes may still arrive: they have no whole frame of 80 columns around the roles.
    terminal.wait_for("screen of 80×24", |text| {
        let lines: Vec<&str> = text.lines().collect();
        let is_whole = |at: usize, first, last| {
            lines
                .get(at)
                .is_some_and(|line| line.starts_with(first) && line.ends_with(last) && line.chars().count() == 80)
        };
        let has_footer = lines.get(23).is_some_and(|line| line.contains("help"));
        is_whole(1, '╭', '╮') && is_whole(22, '╰', '╯') && has_footer
    });
}

#[test]
fn a_paste_is_text_and_submits_nothing() {
    let is_open = |text: &str| text.contains("╭ Elevate");
    let mut terminal = Terminal::demo_with_roles();
    terminal.press("log-archive AWSAdmin");
    terminal.wait_for("filtered role", |text| text.contains("1 of 83"));
    terminal.press_alone("\r");
    terminal.wait_for("form", is_open);
    terminal.press("\u{1b}[200~because I need it\r\n\u{1b}[201~\r\u{1b}[200~\r\u{1b}[201~");
    terminal.wait_for("pasted text", |text| text.contains("because I need it"));
    // Keys are handled in order: once this one is shown, the Enters before it have been handled.
    terminal.press("!");
    terminal.wait_for("form with the typed key", |text| is_open(text) && text.contains('!'));
}

#[test]
fn a_terminal_that_closes_ends_the_program_as_sighup_does() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(exit_when_the_terminal_closes(demo_command(home.path())).exit_code(), 129);
}

/// In another session than the terminal's, which therefore announces nothing.
#[test]
fn a_terminal_that_closes_without_sighup_ends_the_program_all_the_same() {
    let home = tempfile::tempdir().unwrap();
    // The shell outlives the terminal, to tell how the program ended.
    let shell = ["sh", "-c", r#"trap "" HUP; setsid --wait "$@""#, "sh"];
    assert_eq!(exit_when_the_terminal_closes(demo_command_through(&shell, home.path())).exit_code(), 129);
}

/// Closes the terminal of a program that shows its sign-in, and waits for its end.
fn exit_when_the_terminal_closes(command: CommandBuilder) -> ExitStatus {
    let (mut child, mut terminal) = start_until(command, &[("/device", "")]);
    // The program is busy with what was typed when the terminal closes, with the last handle of its master side.
    terminal.input.write_all("\u{1b}[A".repeat(300).as_bytes()).unwrap();
    drop(terminal);
    pty::wait_for_exit(&mut *child)
}

/// The last handles of a terminal's master side.
pub struct LastHandles {
    input: Box<dyn std::io::Write + Send>,
    _master: Box<dyn MasterPty + Send>,
}

/// Starts a program on a terminal, and each time that it shows one of these texts, presses the keys with it. Nobody reads
/// what it writes after the last of them.
pub fn start_until(command: CommandBuilder, steps: &[(&str, &str)]) -> (Box<dyn Child + Send + Sync>, LastHandles) {
    let size = PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut input = pair.master.take_writer().unwrap();
    let (sender, shown) = mpsc::channel();
    let last = steps.last().unwrap().0.to_owned();
    let reading = std::thread::spawn(move || {
        let (mut screen, mut buffer) = (vt100::Parser::new(ROWS, COLS, 0), [0; 8192]);
        while !screen.screen().contents().contains(&last) {
            let read = reader.read(&mut buffer).unwrap();
            assert_ne!(read, 0, "the program ended");
            screen.process(&buffer[..read]);
            let _ = sender.send(screen.screen().contents());
        }
        // With its handle of the terminal's master side.
        drop(reader);
    });
    let deadline = Instant::now() + NET;
    let mut seen = String::new();
    for (text, keys) in steps {
        while !seen.contains(text) {
            match shown.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(screen) => seen = screen,
                Err(_) => {
                    let _ = child.kill();
                    panic!("no {text:?} in:\n{seen}");
                }
            }
        }
        std::thread::sleep(pty::DELIBERATE);
        input.write_all(keys.as_bytes()).unwrap();
    }
    reading.join().unwrap();
    (child, LastHandles { input, _master: pair.master })
}

fn demo_command(home: &std::path::Path) -> CommandBuilder {
    demo_command_through(&[], home)
}

/// The demo, started by another program, which takes it as arguments.
fn demo_command_through(starter: &[&str], home: &std::path::Path) -> CommandBuilder {
    let program = program();
    let words = starter.iter().copied().chain(program.iter().map(String::as_str)).chain(["demo"]);
    let mut command = CommandBuilder::from_argv(words.map(Into::into).collect());
    set_variables(&mut command, home);
    command
}

/// Leaves nothing of our own variables but the path of programs and the folder for temporary files, where `.ci/run` looks
/// for what is left.
fn set_variables(command: &mut CommandBuilder, home: &std::path::Path) {
    command.env_clear();
    command.env("HOME", home);
    command.env("TERM", "xterm-256color");
    command.env("PATH", std::env::var_os("PATH").unwrap());
    command.env("TMPDIR", std::env::temp_dir());
}

/// A clock that does something when it is read for the first, second, ... time.
struct EventfulClock {
    system: SystemClock,
    reads: AtomicUsize,
    on_read: fn(usize),
}

#[async_trait::async_trait]
impl Clock for EventfulClock {
    fn now(&self) -> Now {
        (self.on_read)(self.reads.fetch_add(1, Ordering::Relaxed));
        self.system.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.system.sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed()
    }

    fn saw_aws_time(&self, time: jiff::Timestamp) {
        self.system.saw_aws_time(time);
    }

    fn keep_aws_time(&self) {
        self.system.keep_aws_time();
    }
}

/// Adds no sessions.
struct NoConfig;

impl SessionConfig for NoConfig {
    fn add(&self, _: &SsoSession) -> daypass::error::Result<()> {
        Ok(())
    }
    fn replace(&self, _: &SsoSession) -> daypass::error::Result<()> {
        Ok(())
    }
}

/// Runs the UI without sessions, on a clock that does `on_read`.
fn run_screen(on_read: fn(usize)) -> daypass::error::Result<tui::Exit> {
    let folder = tempfile::tempdir().unwrap();
    let system = SystemClock::new(folder.path());
    let clock: Arc<dyn Clock> = Arc::new(EventfulClock { system, reads: AtomicUsize::new(0), on_read });
    let aws = Arc::new(Aws::new(ClientOptions::default(), Arc::clone(&clock)));
    let locks = Locks::new(folder.path());
    let paths = StorePaths::of(folder.path(), &Environment::default());
    let raw = open(StoreChoice::Only(StoreName::Memory), &paths, Interaction::Forbidden).unwrap();
    let secrets: Arc<dyn SecretStore> = Arc::new(Secrets::new(raw));
    let ports = Ports {
        identity_center: Arc::clone(&aws) as Arc<dyn IdentityCenter>,
        sts: aws,
        on_call: Arc::new(SystemOnCall::new(ClientOptions::default())),
        store: Arc::clone(&secrets),
        state: Arc::new(daypass::adapters::state::State::new(folder.path(), folder.path(), locks.clone())),
        audit: Arc::new(AuditLog::new(folder.path(), secrets)),
        processes: Arc::new(SystemProcesses),
        tasks: tokio_util::task::TaskTracker::new(),
        locks: Arc::new(locks),
        clock,
        entropy: Arc::new(SystemEntropy),
        browser: Arc::new(SystemBrowser::new(Launcher::None("none is needed".into()))),
        callbacks: Arc::new(LoopbackCallbacks),
        session_config: Arc::new(NoConfig),
    };
    tui::run(tui::Options {
        ports,
        clipboard: Arc::new(SystemClipboard::new(&Environment::default(), Osc52::Never, "daypass".into())),
        user_shell: Arc::new(SystemShell::new(&Environment::default(), folder.path().join("shell"))),
        policy: Arc::new(Policy::built_in()),
        read_policy: Arc::new(|| Ok(Policy::built_in())),
        sessions: Vec::new(),
        replicas: Default::default(),
        selected: None,
        flow: Flow::Device,
        open_browser: false,
        profiles: Vec::new(),
        regions: Default::default(),
        aliases: Default::default(),
        zone: jiff::tz::TimeZone::UTC,
        display: tui::DisplayOptions { mouse: true, ..tui::DisplayOptions::default() },
        notices: Vec::new(),
        demo: None,
        program: "daypass".into(),
        config_file: "config".into(),
        endpoints: Arc::default(),
        settings: Vec::new(),
        settings_file: "config.toml".into(),
    })
    .map(|left| left.exit)
}

/// Starts this test of ours, which is ignored otherwise, as a program on a terminal.
fn start_child(test: &str) -> Terminal {
    let program = std::env::current_exe().unwrap();
    let arguments = ["--ignored", "--exact", &format!("screen::{test}"), "--nocapture"];
    Terminal::start(program.to_str().unwrap(), &arguments)
}

#[test]
#[ignore = "is the child of a_signal_at_the_start_ends_the_program_and_the_terminal_is_restored"]
fn child_that_is_told_to_end_at_its_start() {
    let exit = run_screen(|read| {
        if read == 0 {
            kill_process(rustix::process::getpid(), Signal::TERM).unwrap();
        }
    });
    // Without a terminal it is not the child, but one of the ignored tests that run on their own.
    if let Ok(exit) = exit {
        std::process::exit(exit.code().into());
    }
}

#[test]
fn a_signal_at_the_start_ends_the_program_and_the_terminal_is_restored() {
    let mut terminal = start_child("child_that_is_told_to_end_at_its_start");
    assert_eq!(terminal.wait_for_exit().exit_code(), 143);
    terminal.wait_until("end", |state| state.is_closed || state.raw.ends_with(b"\x1b[?25h"));
    terminal.assert_restored();
}

#[test]
#[ignore = "is the child of a_panic_restores_the_terminal_and_does_not_print_its_message"]
fn child_whose_screen_panics() {
    let _ = run_screen(|read| assert!(read < 4, "CANARY of the panic message"));
}

#[test]
fn a_panic_restores_the_terminal_and_does_not_print_its_message() {
    let mut terminal = start_child("child_whose_screen_panics");
    terminal.wait_for("report", |text| text.contains("internal error at"));
    assert!(!terminal.wait_for_exit().success());
    terminal.assert_restored();
    assert!(!terminal.raw().contains("CANARY"));
}
