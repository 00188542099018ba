//! The command that was typed, as it has to be typed next time.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};

use crate::domain::text::visible;
use crate::error::Kind;
use crate::report::{Result, word};

/// The longest command that is shown, in bytes: a hint that is cut could be pasted all the same.
const LONGEST: usize = 200;

/// Where `outcome` failed for want of a reason, its report shows the command of `arguments` with one added. What `exec` runs
/// may hold a secret, so that it is repeated to a terminal alone.
pub fn with_command_again(outcome: Result<u8>, arguments: &[OsString]) -> Result<u8> {
    outcome.map_err(|report| match report.kind() {
        Kind::ElevationNeeded => match with_reason(arguments, io::stderr().is_terminal()) {
            Some(command) => report.with_only_hint(command),
            None => report,
        },
        _ => report,
    })
}

/// The command with a place for a reason, quoted for a POSIX shell; `None` where that would be too long, or would not read
/// back as what was typed.
fn with_reason(arguments: &[OsString], show_child: bool) -> Option<String> {
    let arguments: Vec<&str> = arguments.iter().map(|argument| argument.to_str()).collect::<Option<_>>()?;
    let end = arguments.iter().position(|argument| *argument == "--").unwrap_or(arguments.len());
    let (ours, childs) = arguments.split_at(end);
    // One that has a reason was refused for something else; and `credentials` is called by programs, which begin no elevation.
    let says_reason = |argument: &&str| *argument == "--reason" || argument.starts_with("--reason=");
    if ours.iter().any(|argument| says_reason(argument) || *argument == "credentials") {
        return None;
    }
    let childs: &[&str] = if show_child || childs.is_empty() { childs } else { &["--", "CMD"] };
    if ours.iter().chain(childs).any(|argument| visible(argument) != **argument) {
        return None;
    }
    let words = ours.iter().map(word);
    let all: Vec<String> = words.chain(["--reason \"…\"".to_owned()]).chain(childs.iter().map(word)).collect();
    Some(all.join(" ")).filter(|command| command.len() <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(arguments: &[&str], show_child: bool) -> Option<String> {
        with_reason(&arguments.iter().map(OsString::from).collect::<Vec<_>>(), show_child)
    }

    #[test]
    fn the_reason_goes_before_the_childs_command_and_every_word_is_quoted_as_a_shell_reads_it() {
        let exec = ["daypass", "--session", "my acme", "exec", "a b/Admin", "--", "sh", "-c", "echo '$x' --", "--"];
        let expected = r#"daypass --session 'my acme' exec 'a b/Admin' --reason "…" -- sh -c 'echo '\''$x'\'' --' --"#;
        assert_eq!(again(&exec, true).as_deref(), Some(expected));
        let hidden = r#"daypass --session 'my acme' exec 'a b/Admin' --reason "…" -- CMD"#;
        assert_eq!(again(&exec, false).as_deref(), Some(hidden));
        for show_child in [true, false] {
            let shell = again(&["/opt/daypass", "shell", "pay", "--region=eu-west-1"], show_child);
            assert_eq!(shell.as_deref(), Some(r#"/opt/daypass shell pay --region=eu-west-1 --reason "…""#));
        }
        let words = shlex::split(expected).unwrap();
        let mut given = exec.to_vec();
        given.splice(5..5, ["--reason", "…"]);
        assert_eq!(words, given);
    }

    #[test]
    fn a_word_that_only_some_shells_expand_is_quoted_too() {
        let exec = ["daypass", "exec", "pay", "--", "ls", "~", "a=~/b", "=ls"];
        let expected = r#"daypass exec pay --reason "…" -- ls '~' 'a=~/b' '=ls'"#;
        assert_eq!(again(&exec, true).as_deref(), Some(expected));
    }

    #[test]
    fn a_command_that_could_not_be_pasted_as_it_was_is_not_shown() {
        assert_eq!(again(&["daypass", "exec", "pay", "--", "printf", "a\nb"], true), None);
        assert_eq!(again(&["daypass", "exec", "pay", "--", &"x".repeat(LONGEST)], true), None);
        assert!(again(&["daypass", "exec", "pay", "--", &"x".repeat(LONGEST)], false).is_some());
    }
}
