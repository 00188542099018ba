//! How zsh, fish and PowerShell are told what fits.

use crate::domain::completion::Candidate;
use crate::domain::text::{columns, padded};

/// The script of a shell that says which words were typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// It matches and quotes.
    Zsh,
    /// It matches and quotes.
    Fish,
    /// It does neither.
    PowerShell,
}

/// The widest first column of zsh's list.
const COLUMN: usize = 48;

impl Script {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "zsh" => Some(Script::Zsh),
            "fish" => Some(Script::Fish),
            "powershell" => Some(Script::PowerShell),
            _ => None,
        }
    }

    /// One line for each candidate, as the shell's script takes it. No candidate holds a tab or a line feed.
    pub(super) fn lines(self, typed: &str, found: Vec<Candidate>) -> String {
        let found: Vec<_> = found.into_iter().filter(|candidate| self.takes(typed, candidate)).collect();
        let width = found.iter().map(|candidate| columns(&candidate.text)).max().unwrap_or(0).min(COLUMN);
        let lines = found.iter().map(|candidate| {
            let Candidate { text, description } = candidate;
            match self {
                Script::Zsh if description.is_empty() => format!("{text}\t{text}\n"),
                // What is wider than the column is shown whole.
                Script::Zsh if columns(text) > width => format!("{text}\t{text}  {description}\n"),
                Script::Zsh => format!("{text}\t{}  {description}\n", padded(text, width)),
                Script::Fish => format!("{text}\t{description}\n"),
                Script::PowerShell => {
                    let tip = if description.is_empty() { text } else { description };
                    format!("{}\t{text}\t{tip}\n", powershell_word(text))
                }
            }
        });
        lines.collect()
    }

    /// PowerShell replaces the word by whatever it is given, and reads it in an encoding that is not always UTF-8.
    fn takes(self, typed: &str, candidate: &Candidate) -> bool {
        let is_safe = |text: &str| text.chars().all(|character| character == ' ' || character.is_ascii_graphic());
        match self {
            Script::Zsh | Script::Fish => !candidate.text.contains(char::is_control),
            Script::PowerShell => is_safe(&candidate.text) && begins_with(&candidate.text, typed),
        }
    }
}

/// Whether `text` begins with `typed`, without regard to case, as account names are compared.
pub(super) fn begins_with(text: &str, typed: &str) -> bool {
    let mut begun = text.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|character| begun.next() == Some(character))
}

/// `word` without the quote that it begins with.
pub(super) fn without_quote(word: &str) -> &str {
    word.strip_prefix(['\'', '"']).unwrap_or(word)
}

/// `text` as one argument, whatever is in it.
fn powershell_word(text: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+/=".contains(&byte);
    if text.bytes().all(is_bare) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> Vec<Candidate> {
        texts.iter().map(|text| Candidate { text: (*text).to_owned(), description: "Admin".to_owned() }).collect()
    }

    #[test]
    fn powershell_gets_what_fits_as_one_word_each() {
        let lines = Script::PowerShell.lines("lo", found(&["Log Archive/Admin", "log,a/Admin", "zoo", "logé", "lo'x"]));
        assert_eq!(
            lines,
            "'Log Archive/Admin'\tLog Archive/Admin\tAdmin\n'log,a/Admin'\tlog,a/Admin\tAdmin\n'lo''x'\tlo'x\tAdmin\n"
        );
    }

    #[test]
    fn zsh_and_fish_get_everything_and_match_themselves() {
        assert_eq!(Script::Fish.lines("x", found(&["a b"])), "a b\tAdmin\n");
        assert_eq!(Script::Zsh.lines("x", found(&["a", "bcd"])), "a\ta    Admin\nbcd\tbcd  Admin\n");
    }

    #[test]
    fn nothing_that_would_end_a_line_is_printed() {
        for shell in [Script::Zsh, Script::Fish, Script::PowerShell] {
            assert_eq!(shell.lines("", found(&["a\tb", "a\nb", "\u{1b}[2J"])), "");
        }
    }
}
