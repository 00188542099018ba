//! A program on a pseudo-terminal, and what it shows there.

use std::io::{Read as _, Write};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::environment::NET;

/// The exit code of an interrupted program, as shells report it.
pub const INTERRUPTED: u32 = 130;

/// Longer apart than keys of a paste are; see `tui::input`.
pub const DELIBERATE: Duration = Duration::from_millis(100);

/// A program on a terminal of its own, with everything it wrote. Told to end as by a terminal that closes when dropped.
pub struct Pty {
    child: Box<dyn Child + Send + Sync>,
    session: u32,
    master: Box<dyn MasterPty + Send>,
    input: Box<dyn Write + Send>,
    output: Arc<Output>,
}

struct Output {
    state: Mutex<State>,
    changed: Condvar,
}

/// What a program wrote to its terminal.
pub struct State {
    screen: vt100::Parser,
    /// Everything written so far, escape sequences included.
    pub raw: Vec<u8>,
    /// The program and everybody it started have closed the terminal.
    pub is_closed: bool,
}

impl State {
    fn raw_text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// The text on the screen. What the program wrote may lack parts of it, because only changes are drawn.
    fn screen_text(&self) -> String {
        self.screen.screen().contents()
    }
}

impl Pty {
    /// `command` with its arguments, folder and variables, and no others, on a terminal of its own.
    pub fn of(command: &Command) -> Self {
        let mut on_terminal = CommandBuilder::new(command.get_program());
        on_terminal.args(command.get_args());
        on_terminal.env_clear();
        on_terminal.env("TERM", "xterm-256color");
        for (name, value) in command.get_envs().filter_map(|(name, value)| Some((name, value?))) {
            on_terminal.env(name, value);
        }
        if let Some(folder) = command.get_current_dir() {
            on_terminal.cwd(folder);
        }
        Pty::start(on_terminal, 40, 120)
    }

    pub fn start(command: CommandBuilder, rows: u16, cols: u16) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let session = child.process_id().unwrap();
        let screen = vt100::Parser::new(rows, cols, 0);
        let output = Arc::new(Output {
            state: Mutex::new(State { screen, raw: Vec::new(), is_closed: false }),
            changed: Condvar::new(),
        });
        let mut reader = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&output);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                let read = reader.read(&mut buffer).unwrap_or(0);
                let mut state = shared.state.lock().unwrap();
                state.screen.process(&buffer[..read]);
                state.raw.extend_from_slice(&buffer[..read]);
                state.is_closed = read == 0;
                shared.changed.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        let input = pair.master.take_writer().unwrap();
        Pty { child, session, master: pair.master, input, output }
    }

    pub fn press(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Presses a key as a person does, well after whatever came before, whose effect the test has seen.
    pub fn press_alone(&mut self, key: &str) {
        // The time between two keys is what the program decides by, so it has to pass.
        std::thread::sleep(DELIBERATE);
        self.press(key);
    }

    /// Types a text key by key as a person does.
    pub fn type_as_a_person(&mut self, text: &str) {
        text.chars().for_each(|letter| self.press_alone(letter.encode_utf8(&mut [0; 4])));
    }

    /// Everything written so far, escape sequences included.
    pub fn raw(&self) -> String {
        self.output.state.lock().unwrap().raw_text()
    }

    /// Waits until the text on the screen meets `condition`.
    pub fn wait_for(&self, what: &str, condition: impl Fn(&str) -> bool) {
        self.wait_until(what, |state| condition(&state.screen_text()));
    }

    /// Waits until `text` was written, escape sequences included.
    pub fn wait_for_raw(&self, text: &str) {
        self.wait_until(text, |state| state.raw_text().contains(text));
    }

    pub fn wait_until(&self, what: &str, condition: impl Fn(&State) -> bool) {
        let state = self.output.state.lock().unwrap();
        let waited = self.output.changed.wait_timeout_while(state, NET, |state| !condition(state));
        let (state, timeout) = waited.unwrap();
        if timeout.timed_out() {
            let (shown, from) = (state.screen_text(), state.raw.len().saturating_sub(500));
            let last_written = String::from_utf8_lossy(&state.raw[from..]).into_owned();
            // The output is read on while this fails.
            drop(state);
            panic!("no {what:?} in:\n{shown}\nlast written: {last_written:?}");
        }
    }

    pub fn resize(&self, rows: u16, cols: u16) {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        // An empty screen of a size that the emulator supports; the program draws all of it again.
        self.output.state.lock().unwrap().screen = vt100::Parser::new(rows.max(24), cols.max(80), 0);
        self.master.resize(size).unwrap();
    }

    /// The terminal's settings as the kernel has them.
    pub fn settings(&self) -> String {
        format!("{:?}", self.master.get_termios())
    }

    pub fn signal(&mut self, signal: Signal) {
        kill_process(self.running().expect("it runs"), signal).unwrap();
    }

    /// Its process, which has not ended.
    fn running(&mut self) -> Option<Pid> {
        let pid = self.child.process_id()?;
        if self.is_running() { Pid::from_raw(pid.try_into().ok()?) } else { None }
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    pub fn wait_for_exit(&mut self) -> ExitStatus {
        wait_for_exit(&mut *self.child)
    }

    /// Waits until none of those that were started on it runs.
    pub fn wait_for_end_of_all(&self) {
        wait_for_end_of_session(self.session);
    }

    /// Waits for its end; returns its exit code, as shells report it, and everything it wrote.
    pub fn finish(mut self) -> (u32, String) {
        self.wait_until("end", |state| state.is_closed);
        let status = self.wait_for_exit();
        let code = if status.signal() == Some("Interrupt") { INTERRUPTED } else { status.exit_code() };
        (code, self.raw())
    }
}

impl Drop for Pty {
    /// The program ends as it does when its terminal closes, so that it takes its temporary folder with it.
    fn drop(&mut self) {
        let Some(process) = self.running() else { return };
        let _ = kill_process(process, Signal::HUP);
        let deadline = Instant::now() + NET;
        while self.is_running() {
            if Instant::now() > deadline {
                let _ = kill_process(process, Signal::KILL);
            }
            std::thread::yield_now();
        }
    }
}

/// Waits until no process of a session runs, whoever has to reap it.
pub fn wait_for_end_of_session(session: u32) {
    let deadline = Instant::now() + NET;
    loop {
        let running = running_in(session);
        if running.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "left behind: {running:?}");
        std::thread::yield_now();
    }
}

/// What `/proc` says of the processes that run in a session.
fn running_in(session: u32) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let stats = processes.filter_map(|process| std::fs::read_to_string(process.path().join("stat")).ok());
    let is_running = |stat: &String| {
        // The name before it may contain anything: state, parent, group, session follow.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().take(4).collect();
        fields.len() == 4 && !matches!(fields[0], "Z" | "X") && fields[3] == session.to_string()
    };
    stats.filter(is_running).collect()
}

pub fn wait_for_exit(child: &mut (dyn Child + Send + Sync)) -> ExitStatus {
    let deadline = Instant::now() + NET;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < deadline, "still running");
        std::thread::yield_now();
    }
}
