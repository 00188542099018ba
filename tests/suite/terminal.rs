//! Commands on a terminal: the keyring may prompt once, and Ctrl-C interrupts.

use std::io::{Read as _, Write as _};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use daypass::simulator::{Fault, Operation};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::environment::{DEVELOPER, NET, TestEnv};
use crate::fake_secret_service::Behaviour;

/// Ctrl-C as the terminal sends it.
const CTRL_C: &[u8] = b"\x03";
/// The exit code of an interrupted command, as shells report it.
const INTERRUPTED: u32 = 130;

/// The program on a terminal of its own.
struct OnTerminal {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    input: Box<dyn std::io::Write + Send>,
    output: mpsc::Receiver<Vec<u8>>,
    /// The output read so far.
    shown: String,
    // The terminal is closed when this is dropped.
    _terminal: Box<dyn portable_pty::MasterPty + Send>,
}

impl OnTerminal {
    fn start(world: &TestEnv, arguments: &[&str]) -> Self {
        let like = world.command(arguments);
        let mut command = CommandBuilder::new(like.get_program());
        command.args(like.get_args());
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in like.get_envs().filter_map(|(name, value)| Some((name, value?))) {
            command.env(name, value);
        }
        command.cwd(world.home());
        let pair =
            native_pty_system().openpty(PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 }).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().unwrap();
        let (sender, received) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                let _ = sender.send(bytes[..count].to_vec());
            }
        });
        let input = pair.master.take_writer().unwrap();
        OnTerminal { child, input, output: received, shown: String::new(), _terminal: pair.master }
    }

    /// Reads until `text` was shown.
    fn wait_for(&mut self, text: &str) {
        while !self.shown.contains(text) {
            let Ok(bytes) = self.output.recv_timeout(NET) else { panic!("never shown {text:?}: {}", self.shown) };
            self.shown.push_str(&String::from_utf8_lossy(&bytes));
        }
    }

    /// Reads to the end; returns the exit code, as shells report it, and everything that was shown.
    fn finish(mut self) -> (u32, String) {
        loop {
            match self.output.recv_timeout(NET) {
                Ok(bytes) => self.shown.push_str(&String::from_utf8_lossy(&bytes)),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("it hangs: {}", self.shown),
            }
        }
        let status = self.child.wait().unwrap();
        let code = if status.signal() == Some("Interrupt") { INTERRUPTED } else { status.exit_code() };
        (code, self.shown.clone())
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_locked_keyring_prompts_and_the_command_goes_on_when_it_is_unlocked() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::Locked);
    let (code, shown) = OnTerminal::start(&world, &["roles"]).finish();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("prod-payments-0003"), "{shown}");
    assert_eq!(world.keyring.prompts(), 1);
}

#[test]
fn a_dismissed_prompt_ends_the_command_and_is_not_repeated() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::PromptDismissed);
    for (command, expected) in [(&["roles"][..], 4), (&["logout"], 7), (&["exec", DEVELOPER, "--", "true"], 4)] {
        let before = world.keyring.prompts();
        let (code, shown) = OnTerminal::start(&world, command).finish();
        assert_eq!(code, expected, "{command:?}: {shown}");
        assert!(shown.contains("dismissed"), "{shown}");
        assert_eq!(world.keyring.prompts() - before, 1, "{command:?}: {shown}");
    }
}

#[test]
fn a_credential_process_never_prompts_even_on_a_terminal() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::Locked);
    let (code, shown) = OnTerminal::start(&world, &["credentials", DEVELOPER]).finish();
    assert_eq!((code, world.keyring.prompts()), (7, 0), "{shown}");
}

#[test]
fn an_unanswered_prompt_can_be_interrupted() {
    let world = TestEnv::signed_in();
    world.keyring.behave(Behaviour::PromptIgnored);
    let mut terminal = OnTerminal::start(&world, &["roles"]);
    let deadline = Instant::now() + NET;
    while world.keyring.prompts() == 0 {
        assert!(Instant::now() < deadline, "no prompt");
        thread::yield_now();
    }
    terminal.input.write_all(CTRL_C).unwrap();
    let (code, shown) = terminal.finish();
    assert_eq!(code, INTERRUPTED, "{shown}");
}

#[test]
fn a_sign_in_shows_link_code_and_qr_code_and_ctrl_c_ends_it() {
    let world = TestEnv::new();
    let mut terminal = OnTerminal::start(&world, &["login", "--no-browser"]);
    terminal.wait_for("waiting for the confirmation");
    let code = world.aws.pending_user_codes().remove(0);
    assert!(terminal.shown.contains(&format!("/device?user_code={code}")), "no link: {}", terminal.shown);
    let without_link = terminal.shown.replace(&format!("user_code={code}"), "");
    assert!(without_link.contains(&code), "no code to compare: {}", terminal.shown);
    assert!(terminal.shown.contains('▀') || terminal.shown.contains('█'), "no QR code: {}", terminal.shown);
    terminal.input.write_all(CTRL_C).unwrap();
    let (code, shown) = terminal.finish();
    assert_eq!(code, INTERRUPTED, "{shown}");
}

#[test]
fn the_screen_gives_the_terminal_back_at_a_signal_and_ends_after_the_write_that_is_going_on() {
    let world = TestEnv::signed_in();
    let mut terminal = OnTerminal::start(&world, &[]);
    terminal.wait_for("prod-payments-0003");
    world.keyring.behave(Behaviour::HoldsWrites);
    terminal.input.write_all(b"\r").unwrap();
    assert!(world.keyring.wait_for_held_writes(1, NET));
    let process = Pid::from_raw(terminal.child.process_id().unwrap().try_into().unwrap()).unwrap();
    kill_process(process, Signal::TERM).unwrap();
    terminal.wait_for("\u{1b}[?1049l");
    // One that did not wait would be gone by the time that another has started and ended.
    world.run(&["--version"]).succeeds();
    assert!(terminal.child.try_wait().unwrap().is_none());
    world.keyring.release_one_write();
    let (code, shown) = terminal.finish();
    assert_eq!(code, 143, "{shown}");
    assert!(world.record("session/").unwrap()["targets"][0].is_object(), "what was being written is there");
}

#[test]
fn a_command_that_waits_for_aws_says_so_and_one_for_a_program_does_not() {
    let world = TestEnv::signed_in();
    world.aws.fault_always(Operation::GetRoleCredentials, Fault::Hang);
    let asking = format!("asking AWS for {DEVELOPER} …");
    for command in [&["credentials", DEVELOPER, "--format", "env"][..], &["exec", DEVELOPER, "--", "true"]] {
        let mut waiting = OnTerminal::start(&world, command);
        waiting.wait_for(&asking);
        waiting.input.write_all(CTRL_C).unwrap();
        assert_eq!(waiting.finish().0, INTERRUPTED, "{command:?}");
    }
    let (code, shown) = OnTerminal::start(&world, &["credentials", DEVELOPER]).finish();
    assert_eq!((code, shown.contains("asking AWS")), (6, false), "{shown}");
}
