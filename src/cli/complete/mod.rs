//! What the completion scripts of the shells ask: the words that fit at the cursor, one a line.
//!
//! clap_complete's engine knows commands, flags and their values; targets, sessions and profiles come from what is kept
//! without secrets. The library's own scripts are not used: in PowerShell they run what is being typed, and in bash they
//! insert names without quoting them.
//!
//! Whatever is wrong, nothing is said: a shell that completes has no place for messages.

mod bash;
mod script;

use std::ffi::{OsStr, OsString};
use std::sync::{Arc, LazyLock};

use clap_complete::engine::{self, ArgValueCompleter, CompletionCandidate};

use self::bash::BashLine;
use self::script::Script;
use super::output;
use crate::domain::completion::{Candidate, Known};
use crate::domain::ids::SessionName;
use crate::domain::text::visible;
use crate::report::Result;

/// The hidden command that the scripts call: `__complete bash WORDBREAKS LINE`, or `__complete SHELL INDEX WORDS...`
/// where the last word is the one at the cursor, and may be missing where it is empty.
pub const COMMAND: &str = "__complete";

/// Reads what is known, when something of it is asked for; `None` where it cannot be read.
pub type Read = Box<dyn Fn() -> Option<Known> + Send + Sync>;

/// Prints what fits, for `program`, the whole command line. `arguments` are those behind [`COMMAND`].
///
/// # Errors
/// Stdout cannot be written.
pub fn run(arguments: &[OsString], program: clap::Command, read: Read) -> Result<u8> {
    output::stdout(&completions(arguments, program, read).unwrap_or_default())?;
    Ok(0)
}

fn completions(arguments: &[OsString], program: clap::Command, read: Read) -> Option<String> {
    let (shell, arguments) = arguments.split_first()?;
    match (shell.to_str()?, arguments) {
        ("bash", [breaks, line]) => {
            let line = BashLine::parse(line.to_str()?, breaks.to_str()?)?;
            let found = fitting(line.words(), line.typed(), program, read);
            Some(line.replies(&found))
        }
        (shell, [index, words @ ..]) => {
            let script = Script::from_word(shell)?;
            let index: usize = index.to_str()?.parse().ok()?;
            let typed = script::without_quote(words.get(index).map_or(Some(""), |word| word.to_str())?);
            let before = words.iter().take(index).cloned().collect();
            Some(script.lines(typed, fitting(before, typed, program, read)))
        }
        _ => None,
    }
}

/// What fits as the word that begins with `typed` after the words `before`, in the order to show it in.
fn fitting(before: Vec<OsString>, typed: &str, program: clap::Command, read: Read) -> Vec<Candidate> {
    let known: Arc<LazyLock<_, _>> = Arc::new(LazyLock::new(read));
    let session = named_session(&before);
    let mut program = with_completers(program, &move |ask| {
        let (known, session) = (Arc::clone(&known), session.clone());
        ArgValueCompleter::new(move |typed: &OsStr| {
            let typed = typed.to_string_lossy();
            // A flag may stand here too; no name begins like one.
            if typed.starts_with('-') {
                return Vec::new();
            }
            let known = LazyLock::force(&known).as_ref();
            let asked = known.map(|known| ask(known, session.as_ref(), &typed));
            asked.into_iter().flatten().map(offered).collect()
        })
    });
    let index = before.len();
    let words = before.into_iter().chain([typed.into()]).collect();
    let found = engine::complete(&mut program, words, index, None).unwrap_or_default();
    let found: Vec<Candidate> = found.iter().filter_map(candidate).collect();
    without_unwanted_flags(found, typed)
}

/// The session that the words before name.
fn named_session(before: &[OsString]) -> Option<SessionName> {
    let words: Vec<&str> = before.iter().filter_map(|word| word.to_str()).collect();
    let after = |at: usize| words.get(at + 1).copied();
    let named = words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--session") {
        Some("") => after(at),
        Some(value) => value.strip_prefix('='),
        None => None,
    });
    SessionName::parse(named?).ok()
}

/// What one kind of argument asks of what is known.
type Ask = fn(&Known, Option<&SessionName>, &str) -> Vec<Candidate>;

/// `program` with a completer for each argument that takes a name of ours, wherever it stands.
fn with_completers(program: clap::Command, completer: &dyn Fn(Ask) -> ArgValueCompleter) -> clap::Command {
    let program = program.mut_args(|arg| {
        let ask: Ask = match arg.get_id().as_str() {
            "target" => |known, session, typed| known.targets(session, typed),
            "account" => |known, _, typed| known.accounts(typed),
            "role" => |known, _, _| known.roles(),
            "profile" => |known, _, _| known.profile_names(),
            "rota" => |known, _, _| known.rota_names(),
            "session" | "global_session" => |known, _, _| known.session_names(),
            _ => return arg,
        };
        arg.add(completer(ask))
    });
    program.mut_subcommands(|command| with_completers(command, completer))
}

fn offered(candidate: Candidate) -> CompletionCandidate {
    CompletionCandidate::new(candidate.text).help(Some(candidate.description.into()))
}

fn candidate(found: &CompletionCandidate) -> Option<Candidate> {
    let text = found.get_value().to_str()?.to_owned();
    let help = found.get_help().map(ToString::to_string).unwrap_or_default();
    Some(Candidate { text, description: visible(help.lines().next().unwrap_or_default()) })
}

/// Flags are offered once a `-` is typed, or where there is nothing else.
fn without_unwanted_flags(mut found: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    let is_flag = |candidate: &Candidate| candidate.text.starts_with('-');
    if !typed.starts_with('-') && !found.iter().all(is_flag) {
        found.retain(|candidate| !is_flag(candidate));
    }
    found
}
