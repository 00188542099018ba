//! `shell`: the person's own shell, which knows what it is for and how long that lasts.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use daypass::simulator::Options;

use crate::environment::{ADMIN, DEVELOPER, READ_ONLY, TestEnv};
use crate::left_out::left_out;
use crate::pty::Pty;

/// A shell, and its start file for a person whose prompt is `me> `.
pub struct Shell {
    pub program: &'static str,
    rc: &'static str,
    text: &'static str,
}

pub const BASH: Shell = Shell { program: "/bin/bash", rc: ".bashrc", text: "PS1='me> '\n" };
pub const ZSH: Shell = Shell { program: "/usr/bin/zsh", rc: ".zshrc", text: "PS1='me> '\nunsetopt prompt_sp\n" };
pub const FISH: Shell = Shell {
    program: "/usr/bin/fish",
    rc: ".config/fish/config.fish",
    text: "function fish_prompt\n  echo -n 'me> '\nend\nset -g fish_greeting\n",
};

impl Shell {
    pub fn all() -> impl Iterator<Item = Shell> {
        [BASH, ZSH, FISH].into_iter().filter(|shell| {
            let is_here = Path::new(shell.program).exists();
            if !is_here {
                left_out(&format!("{} is not installed", shell.program));
            }
            is_here
        })
    }

    /// Writes its start file in `world`, for a person with these further lines in it.
    pub fn set_up(&self, world: &TestEnv, further: &str) {
        let rc = world.path(self.rc);
        fs::create_dir_all(rc.parent().unwrap()).unwrap();
        // Without this folder fish starts a program to fill it, which outlives the shell.
        fs::create_dir_all(world.path(".local/share/fish/generated_completions")).unwrap();
        fs::write(rc, format!("{}{further}\n", self.text)).unwrap();
    }

    /// `daypass shell` with these arguments in `world`, for a person with these further lines in their start file.
    fn open(&self, world: &TestEnv, arguments: &[&str], further: &str) -> Pty {
        self.set_up(world, further);
        let mut command = shell_command(world, arguments);
        Pty::of(command.env("SHELL", self.program))
    }
}

/// `daypass shell`, whose own temporary files go where those of the test are.
fn shell_command(world: &TestEnv, arguments: &[&str]) -> Command {
    let mut command = world.command(&[&["shell"], arguments].concat());
    command.env("TMPDIR", world.home());
    command
}

/// The screen's last line that is not empty.
pub fn last_line(screen: &str) -> &str {
    screen.lines().map(str::trim_end).rfind(|line| !line.is_empty()).unwrap_or_default()
}

/// Waits for a prompt that begins with `start` and is the person's own apart from that.
pub fn wait_for_prompt(terminal: &Pty, start: &str) {
    terminal.wait_for(start, |screen| {
        let line = last_line(screen);
        line.starts_with(start) && line.ends_with("] me>") && line.matches('[').count() == 1
    });
}

const DEVELOPER_PROMPT: &str = "[prod-payments-0003/Developer 30m";

/// Roles last 30 minutes and almost another, so that their prompts say the same while a test runs.
fn listed() -> TestEnv {
    let world = TestEnv::with(Options { role_session: Duration::from_secs(1_859), ..Options::default() });
    world.sign_in();
    world.run(&["roles", "--refresh"]).succeeds();
    world
}

#[test]
fn a_shell_has_the_keys_shows_what_it_is_for_and_ends_with_its_own_code() {
    for shell in Shell::all() {
        let world = listed();
        let mut terminal = shell.open(&world, &[DEVELOPER], "");
        wait_for_prompt(&terminal, DEVELOPER_PROMPT);
        terminal.wait_for_raw("\u{1b}]");
        assert!(terminal.raw().contains(&format!("daypass: {DEVELOPER} for 30m")), "{}", terminal.raw());
        assert!(terminal.raw().contains("in eu-west-1 (of the profile)"), "{}", terminal.raw());
        terminal.press("printenv > seen\r");
        // At the second prompt the first one is still on the screen.
        terminal.wait_for("two prompts", |screen| screen.matches(DEVELOPER_PROMPT).count() == 2);
        wait_for_prompt(&terminal, DEVELOPER_PROMPT);
        let seen = fs::read_to_string(world.path("seen")).unwrap();
        for line in [
            "AWS_REGION=eu-west-1",
            "AWS_DEFAULT_REGION=eu-west-1",
            "DAYPASS_ACCOUNT=100000023757",
            "DAYPASS_ACCOUNT_NAME=prod-payments-0003",
            "DAYPASS_ROLE=Developer",
            "DAYPASS_TIER=developer",
            "DAYPASS_SHELL=1",
        ] {
            assert!(seen.lines().any(|seen| seen == line), "{}: no {line} in {seen}", shell.program);
        }
        assert!(seen.contains("AWS_ACCESS_KEY_ID=ASIA") && seen.contains("AWS_SESSION_TOKEN="), "{seen}");
        let helpers = ["ZDOTDIR=", "DAYPASS_ZDOTDIR=", "PS1=", "PROMPT_COMMAND="];
        let left = seen.lines().find(|line| helpers.iter().any(|helper| line.starts_with(helper)));
        assert_eq!(left, None, "{}", shell.program);
        terminal.press("exit 7\r");
        let (code, shown) = terminal.finish();
        assert_eq!(code, 7, "{}: {shown}", shell.program);
        assert!(
            shown.contains("]2;prod-payments-0003/Developer 30m") || shown.contains("]0;prod-payments-0003/Developer")
        );
    }
}

#[test]
fn the_last_minutes_and_the_end_are_said_once_each() {
    for shell in Shell::all() {
        let world = TestEnv::with(Options { role_session: Duration::from_secs(239), ..Options::default() });
        world.sign_in();
        let mut terminal = shell.open(&world, &[READ_ONLY], "");
        let soon = "daypass: 100000023757/ReadOnly ends in 3m";
        terminal.wait_for_raw(soon);
        wait_for_prompt(&terminal, "[100000023757/ReadOnly 3m");
        let expire = if shell.program == FISH.program { "set DAYPASS_EXPIRES 1\r" } else { "DAYPASS_EXPIRES=1\r" };
        terminal.press(expire);
        wait_for_prompt(&terminal, "[100000023757/ReadOnly ended]");
        terminal.press("echo again\r");
        terminal.wait_for("another prompt", |screen| screen.matches("ReadOnly ended]").count() == 2);
        terminal.press("exit\r");
        let (_, shown) = terminal.finish();
        let times = |words: &str| shown.matches(words).count();
        assert_eq!((times("ends in"), times("has ended")), (1, 1), "{}: {shown}", shell.program);
    }
}

#[test]
fn a_prompt_that_others_set_anew_each_time_keeps_one_mark_and_strict_modes_do_not_end_the_shell() {
    for shell in Shell::all() {
        let further = match shell.program {
            "/bin/bash" => {
                "theirs() { PS1='me> '; }; PROMPT_COMMAND='theirs;'; set -eu; alias printf=false local=false"
            }
            "/usr/bin/zsh" => {
                "setopt err_exit no_unset prompt_subst ksh_arrays; theirs() { PS1='me> '; precmd_functions+=(late) }\n\
                 late() { PS1='me> ' }; precmd_functions=(theirs); alias print=false local=false"
            }
            _ => "alias date=false",
        };
        let world = listed();
        let mut terminal = shell.open(&world, &[DEVELOPER], further);
        wait_for_prompt(&terminal, "[prod-payments-0003/Developer 30m] me>");
        for count in 2..5 {
            terminal.press("true\r");
            terminal.wait_for("another prompt", |screen| screen.matches("me>").count() == count);
            wait_for_prompt(&terminal, "[prod-payments-0003/Developer 30m] me>");
        }
        terminal.press("exit\r");
        assert_eq!(terminal.finish().0, 0, "{}", shell.program);
    }
}

#[test]
fn an_account_name_runs_nothing_and_draws_nothing() {
    for shell in Shell::all() {
        let world = listed();
        let cache = world.state().join("cache");
        let catalogs = fs::read_dir(&cache).unwrap().flatten().map(|entry| entry.path());
        for path in catalogs.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            let text = fs::read_to_string(&path).unwrap();
            let hostile = r"$(touch ran)`touch ran`%F{red}%n\\u!1\u001b[31m(touch ran)";
            fs::write(&path, text.replace("prod-payments-0003", hostile)).unwrap();
        }
        let mut terminal = shell.open(&world, &[DEVELOPER], "");
        wait_for_prompt(&terminal, "[touch rantouch ranFrednu131mtouch ran/Developer 30m");
        terminal.press("exit\r");
        let (_, shown) = terminal.finish();
        assert!(!world.path("ran").exists(), "{}: {shown}", shell.program);
        assert!(!shown.contains("\u{1b}[31m("), "{}: {shown}", shell.program);
    }
}

#[test]
fn admin_is_red_and_no_color_and_a_dumb_terminal_are_respected() {
    for shell in Shell::all() {
        let world = listed();
        world.allow_unattended();
        // Longer than the prompt says by most of a minute, so that it says the same while the test runs.
        let arguments = [ADMIN, "--reason", "INC-4711 payments are stuck", "--duration", "30m50s", "--yes"];
        let mut terminal = shell.open(&world, &arguments, "");
        wait_for_prompt(&terminal, "[prod-payments-0003/Admin 30m ELEVATED]");
        terminal.press("exit\r");
        let (_, shown) = terminal.finish();
        let before = shown.split("[prod-payments").next().unwrap();
        assert!(before.ends_with("31m") || before.contains("\u{1b}[31m"), "{}: {shown:?}", shell.program);
        for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let mut command = shell_command(&world, &[DEVELOPER, "--shell", shell.program]);
            let mut terminal = Pty::of(command.env("SHELL", "/bin/false").env(name, value));
            terminal.wait_for_raw("Developer 30m");
            terminal.press("exit\r");
            let (_, shown) = terminal.finish();
            assert!(!shown.contains("34m["), "{} with {name}: {shown:?}", shell.program);
            let title = shown.contains("]2;prod") || shown.contains("]0;prod");
            assert_eq!(title, name == "NO_COLOR", "{} with {name}: {shown:?}", shell.program);
        }
    }
}

#[test]
fn a_shell_inside_another_says_so_and_other_keys_take_the_mark_away() {
    let world = listed();
    let mut terminal = BASH.open(&world, &[DEVELOPER], "");
    wait_for_prompt(&terminal, DEVELOPER_PROMPT);
    let program = crate::environment::program().join(" ");
    terminal.press(&format!("{program} shell {READ_ONLY}\r"));
    terminal.wait_for_raw(&format!("inside the one for {DEVELOPER}; exit leads back there"));
    wait_for_prompt(&terminal, "[prod-payments-0003/ReadOnly 30m");
    terminal.press("exit\r");
    terminal.wait_for("the outer prompt", |screen| last_line(screen).starts_with(DEVELOPER_PROMPT));
    terminal.press(&format!("eval \"$({program} credentials {READ_ONLY} --format env)\"\r"));
    terminal.wait_for("a prompt without mark", |screen| last_line(screen) == "me>");
    terminal.press("exit\r");
    assert_eq!(terminal.finish().0, 0);
}

#[test]
fn the_persons_own_zsh_files_are_read_from_where_they_are() {
    if !Path::new(ZSH.program).exists() {
        return left_out("zsh is not installed");
    }
    let world = listed();
    let folder = world.path("dots");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(".zshenv"), "export FROM_ZSHENV=$ZDOTDIR\n").unwrap();
    fs::write(folder.join(".zshrc"), "PS1='me> '\nFROM_ZSHRC=$ZDOTDIR\n").unwrap();
    let mut command = world.command(&["shell", DEVELOPER]);
    let mut terminal = Pty::of(command.env("SHELL", ZSH.program).env("ZDOTDIR", &folder));
    wait_for_prompt(&terminal, DEVELOPER_PROMPT);
    terminal.press("print -r $FROM_ZSHENV $FROM_ZSHRC $ZDOTDIR ${HISTFILE-none} > seen; exit\r");
    assert_eq!(terminal.finish().0, 0);
    let seen = fs::read_to_string(world.path("seen")).unwrap();
    let folder = folder.to_str().unwrap();
    assert_eq!(seen.trim(), format!("{folder} {folder} {folder} none"));
}

#[test]
fn a_shell_without_a_script_gets_the_environment_and_one_that_is_not_there_is_named() {
    let world = listed();
    let mut terminal = Pty::of(&world.command(&["shell", DEVELOPER, "--shell", "/bin/dash", "--region", "eu-west-2"]));
    terminal.wait_for("its prompt", |screen| last_line(screen) == "[prod-payments-0003/Developer] $");
    terminal.press("echo $AWS_REGION; exit 3\r");
    let (code, shown) = terminal.finish();
    assert!(code == 3 && shown.contains("eu-west-2"), "{shown}");
    world.run(&["shell", DEVELOPER, "--shell", "no-such-shell"]).fails_saying(1, "cannot start no-such-shell");
    world.run(&["shell", ADMIN]).fails(5);
}

#[test]
fn an_elevations_shell_warns_twice_with_the_way_on_and_tells_of_an_end_that_came_early() {
    for shell in Shell::all() {
        let world = listed();
        world.allow_unattended();
        let arguments = [ADMIN, "--reason", "INC-4711 payments are stuck", "--duration", "8m30s", "--yes"];
        let mut terminal = shell.open(&world, &arguments, "");
        wait_for_prompt(&terminal, "[prod-payments-0003/Admin 8m");
        terminal.wait_for_raw("; daypass extend 01");
        let soon = if shell.program == FISH.program {
            "set DAYPASS_EXPIRES (math (date +%s) + 110)\r"
        } else {
            "DAYPASS_EXPIRES=$(($(date +%s) + 110))\r"
        };
        terminal.press(soon);
        wait_for_prompt(&terminal, "[prod-payments-0003/Admin 1m");
        world.run(&["end"]).succeeds();
        terminal.press("true\r");
        wait_for_prompt(&terminal, "[prod-payments-0003/Admin ended]");
        terminal.press("exit\r");
        let (_, shown) = terminal.finish();
        let warnings = shown.lines().filter(|line| line.contains("ends in") && line.contains("carries it on")).count();
        assert_eq!((warnings, shown.matches("was ended early").count()), (2, 1), "{}: {shown}", shell.program);
    }
}
