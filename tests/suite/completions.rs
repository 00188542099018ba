//! Completions: what the hidden command answers, and what the shells make of it.

use std::fs;
use std::path::PathBuf;

use daypass::simulator::{Options, Roles};
use portable_pty::CommandBuilder;

use crate::environment::{CONFIG, DEVELOPER, TestEnv, program};
use crate::fake_secret_service::Behaviour;
use crate::programs::write_script;
use crate::pty::Pty;

/// Names that shells would act on, for the first accounts of the directory.
const RENAMED: [(&str, &str); 4] = [
    ("log-archive", "Log Archive"),
    ("security-audit", "$(touch ran)"),
    ("shared-services", "a;touch ran;b:c"),
    ("sandbox-alice", "\\u001b[2J`touch ran`"),
];

/// Five accounts that have been listed and renamed; `DEVELOPER` has been used.
fn listed() -> TestEnv {
    let world = TestEnv::with(Options { roles: Roles::Exactly(3), ..Options::default() });
    world.sign_in();
    world.settings("[aliases]\nledger = \"100000023757/Admin\"\n");
    world.run(&["roles"]).succeeds();
    world.credentials(DEVELOPER).succeeds();
    let path = catalog(&world);
    let mut text = fs::read_to_string(&path).unwrap();
    let names: Vec<String> =
        text.split("\"name\":\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    let others = names.iter().filter(|name| *name != "prod-payments-0003");
    for (name, (_, new)) in others.zip(RENAMED) {
        text = text.replace(&format!("\"name\":\"{name}\""), &format!("\"name\":\"{new}\""));
    }
    fs::write(path, text).unwrap();
    world
}

fn catalog(world: &TestEnv) -> PathBuf {
    let files = fs::read_dir(world.state().join("cache")).unwrap().map(|entry| entry.unwrap().path());
    let mut catalogs = files.filter(|path| path.to_str().unwrap().contains("catalog-"));
    catalogs.next().expect("the accounts have been listed")
}

/// The first column of what zsh is told for `words`, of which the last is at the cursor.
fn offered(world: &TestEnv, words: &[&str]) -> Vec<String> {
    let index = words.len().to_string();
    let told = world.run(&[&["__complete", "zsh", &index, "daypass"], words].concat()).succeeds();
    assert_eq!(told.stderr, "");
    told.stdout.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn targets_are_what_was_used_then_aliases_roles_by_name_and_profiles() {
    let world = listed();
    let targets = offered(&world, &["credentials", ""]);
    assert_eq!(targets[..2], ["prod-payments-0003/Developer", "ledger"]);
    assert_eq!(targets.last().unwrap(), "payments");
    for expected in ["Log Archive/ReadOnly", "prod-payments-0003/ReadOnly", "prod-payments-0003/Admin"] {
        assert!(targets.iter().any(|target| target == expected), "{expected} is not in {targets:?}");
    }
    let by_id = offered(&world, &["exec", "1000"]);
    assert_eq!(by_id[0], DEVELOPER);
    assert!(by_id.iter().any(|target| target == "100000023757/ReadOnly"), "{by_id:?}");
}

#[test]
fn a_name_that_a_shell_could_act_on_is_offered_by_its_id_alone() {
    let world = listed();
    let index = "2";
    for shell in ["zsh", "fish", "powershell"] {
        let told = world.run(&["__complete", shell, index, "daypass", "credentials"]).succeeds().stdout;
        for line in told.lines() {
            let inserted = line.split('\t').next().unwrap();
            assert!(!inserted.contains(['$', ';', '`', ':', '\u{1b}', '(']), "{shell}: {line:?}");
        }
        assert!(!told.contains(|character: char| character.is_control() && !"\n\t".contains(character)), "{told:?}");
        assert!(told.contains("$(touch ran)"), "the name is told beside the id: {told}");
    }
}

#[test]
fn sessions_profiles_accounts_roles_commands_and_flags_are_offered() {
    let world = listed();
    fs::write(world.config(), format!("{CONFIG}[profile keys]\nregion = us-east-1\n[sso-session beta]\nsso_start_url = https://beta.awsapps.com/start\nsso_region = us-east-1\n")).unwrap();
    let sessions = ["acme", "beta"];
    for words in [&["login", ""][..], &["logout", ""], &["status", ""], &["roles", "--session", ""]] {
        assert_eq!(offered(&world, words), sessions, "{words:?}");
    }
    assert_eq!(offered(&world, &["roles", "--session=a"]), ["--session=acme", "--session=beta"]);
    assert_eq!(offered(&world, &["exec", "--profile", ""]), ["payments"]);
    let accounts = offered(&world, &["exec", "--account", ""]);
    assert!(accounts.contains(&"Log Archive".to_owned()) && accounts.contains(&"prod-payments-0003".to_owned()));
    assert!(offered(&world, &["exec", "--role", ""]).contains(&"Developer".to_owned()));
    assert_eq!(offered(&world, &["credentials", "--format", "f"]), ["fish"]);
    assert_eq!(offered(&world, &["cred"]), ["credentials"]);
    assert_eq!(offered(&world, &["status", "--j"]), ["--json"]);
    // Another session's targets do not fit a session that is named.
    assert_eq!(offered(&world, &["credentials", "--session", "beta", ""]), ["ledger", "payments"]);
    assert!(offered(&world, &["__"]).is_empty(), "the hidden command is not offered");
}

#[test]
fn completing_writes_nothing_and_touches_neither_keyring_nor_network() {
    let world = listed();
    world.keyring.behave(Behaviour::Locked);
    world.aws.reset_calls();
    let (calls, before) = (world.keyring.calls().len(), files(&world));
    offered(&world, &["credentials", ""]);
    offered(&world, &["login", ""]);
    assert_eq!((world.keyring.calls().len(), world.aws.counts().total()), (calls, 0));
    assert_eq!(files(&world), before);
    let fresh = TestEnv::new();
    offered(&fresh, &["credentials", ""]);
    assert!(!fresh.state().exists(), "no folder was made");
}

/// Every file below the home folder, with its content.
fn files(world: &TestEnv) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut folders, mut files) = (vec![world.home().to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let content = fs::read(&path).unwrap_or_default();
                files.push((path, content));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn what_is_wrong_is_silence_and_commands_are_offered_all_the_same() {
    type Spoil = fn(&TestEnv);
    let spoiled: [Spoil; 5] = [
        |world| world.settings("this is not TOML"),
        |world| world.settings("store = \"plaintext\""),
        |world| world.policy("max_session = \"48h\""),
        |world| fs::write(world.config(), b"\xff\xfe[[[").unwrap(),
        |world| fs::write(catalog(world), "{").unwrap(),
    ];
    for (number, spoil) in spoiled.into_iter().enumerate() {
        let world = listed();
        spoil(&world);
        assert!(
            !offered(&world, &["credentials", "prod"]).contains(&"prod-payments-0003/Admin".to_owned()),
            "{number}"
        );
        assert_eq!(offered(&world, &["cred"]), ["credentials"], "{number}");
    }
    let world = TestEnv::new();
    for nonsense in
        [&["__complete"][..], &["__complete", "tcsh", "1", "x"], &["__complete", "bash"], &["__complete", "zsh", "-1"]]
    {
        let silent = world.run(nonsense).succeeds();
        assert_eq!((silent.stdout.as_str(), silent.stderr.as_str()), ("", ""), "{nonsense:?}");
    }
}

/// A shell on a terminal, the completions loaded. `daypass` itself is a function there that shows its arguments.
fn shell(world: &TestEnv, program_words: &[&str], setup: &str) -> Pty {
    let bin = world.path("bin");
    fs::create_dir(&bin).unwrap();
    let words: Vec<String> = program().iter().map(|word| format!("'{word}'")).collect();
    write_script(&bin.join("daypass"), &format!("exec {} \"$@\"", words.join(" ")));
    let mut command = CommandBuilder::new(program_words[0]);
    command.args(&program_words[1..]);
    command.env_clear();
    for (name, value) in world.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))) {
        command.env(name, value);
    }
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    command.env("TERM", "xterm-256color");
    command.env("LC_ALL", "C.UTF-8");
    command.cwd(world.home());
    let mut shell = Pty::start(command, 50, 160);
    shell.press(&format!("{setup}\r"));
    shell.wait_for("ready", |text| text.lines().any(|line| line.trim_start_matches("> ") == "ready"));
    shell
}

/// What is typed before Tab, and the arguments that each shell then reads.
const COMPLETED: [(&str, &str); 7] = [
    ("stat", "[status]"),
    ("credentials prod-payments-0003/D", "[credentials][prod-payments-0003/Developer]"),
    ("credentials 100000023757/Adm", "[credentials][100000023757/Admin]"),
    ("credentials led", "[credentials][ledger]"),
    ("credentials Log\\ Archive/R", "[credentials][Log Archive/ReadOnly]"),
    ("roles --session=ac", "[roles][--session=acme]"),
    ("exec ledger -- /usr/bin/printen", "[exec][ledger][--][/usr/bin/printenv]"),
];

/// Types what is to be completed in every shell and in this one, each followed by Tab, and takes the line: the shell's own reading of it appears.
fn completes(world: &TestEnv, mut shell: Pty, in_this_one: &[(&str, &str)]) {
    for (typed, read) in COMPLETED.iter().chain(in_this_one) {
        shell.press(&format!("daypass {typed}\t"));
        // What follows is typed when the answer stands there.
        shell.wait_for(read, |text| text.replace('\\', "").contains(&shown(read)));
        shell.press("\r");
        shell.wait_for(read, |text| text.contains(read));
    }
    // A list with the descriptions of every account, the hostile ones among them.
    shell.press("daypass credentials 1000\t\t\t");
    shell.wait_for("the list", |text| text.contains("100000023757/ReadOnly"));
    assert!(!world.path("ran").exists(), "a name was run");
}

/// How the arguments `[a][b]` stand on a command line, quotes and backslashes aside.
fn shown(read: &str) -> String {
    read.trim_start_matches('[').trim_end_matches(']').replace("][", " ")
}

#[test]
fn bash_completes() {
    let world = listed();
    let setup = "PS1='> '; . <(daypass completions bash); daypass() { printf '[%s]' \"$@\"; echo; }; echo rea''dy";
    let shell = shell(&world, &["bash", "--norc", "--noprofile", "-i"], setup);
    completes(
        &world,
        shell,
        &[
            ("credentials LOG", "[credentials][Log Archive/"),
            ("credentials 'Log Archive/R", "[credentials][Log Archive/ReadOnly]"),
        ],
    );
}

#[test]
#[ignore = "needs zsh"]
fn zsh_completes() {
    let world = listed();
    let setup = "PS1='> '; autoload -Uz compinit; compinit -u -D; . <(daypass completions zsh); \
                 daypass() { printf '[%s]' \"$@\"; echo; }; echo rea''dy";
    let shell = shell(&world, &["zsh", "-f", "-i"], setup);
    completes(&world, shell, &[("credentials 'Log Archive/R", "[credentials][Log Archive/ReadOnly]")]);
}

#[test]
#[ignore = "needs fish"]
fn fish_completes() {
    let world = listed();
    let setup = "function fish_prompt; echo '> '; end; function fish_right_prompt; end; \
                 daypass completions fish | source; \
                 function daypass; printf '[%s]' $argv; echo; end; echo rea''dy";
    let shell = shell(&world, &["fish", "--no-config", "-i"], setup);
    completes(&world, shell, &[]);
}
