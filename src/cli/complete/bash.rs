//! bash's command line, and what it is told: bash neither matches nor quotes, and replaces what stands behind the last of
//! its word breaks, which names may hold.

use std::ffi::OsString;

use super::script::begins_with;
use crate::domain::completion::Candidate;

/// The line up to the cursor, read as bash reads it.
#[derive(Debug)]
pub(super) struct BashLine {
    words: Vec<String>,
    /// The word at the cursor, its quotes and backslashes removed.
    typed: String,
    /// What of that word bash keeps: the part up to the last word break, as it was written.
    kept: String,
    /// Whether the cursor stands within a quote that the word begins with.
    is_quoted: bool,
}

/// The word that is being read.
#[derive(Default)]
struct Word {
    text: String,
    raw: String,
    begun: bool,
    /// The length of `raw` up to and with the last word break.
    kept: usize,
}

impl BashLine {
    /// `None` where the cursor stands at nothing of ours: a redirection, another command, or a quote within a word.
    pub(super) fn parse(line: &str, breaks: &str) -> Option<Self> {
        let (mut words, mut word, mut quote) = (Vec::new(), Word::default(), None);
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            match (quote, character) {
                (Some(open), close) if open == close => quote = None,
                (None, open @ ('\'' | '"')) => quote = Some(open),
                (None | Some('"'), '\\') => {
                    let escaped = characters.next();
                    word.text.extend(escaped);
                    word.raw.push(character);
                    word.raw.extend(escaped);
                    word.begun = true;
                    continue;
                }
                (None, blank) if blank.is_whitespace() => {
                    if word.begun {
                        words.push(std::mem::take(&mut word).text);
                    }
                    continue;
                }
                (None, ';' | '|' | '&' | '<' | '>' | '(' | ')' | '$' | '`') => return None,
                (_, plain) => word.text.push(plain),
            }
            word.raw.push(character);
            word.begun = true;
            if quote.is_none() && !"'\"".contains(character) && breaks.contains(character) {
                word.kept = word.raw.len();
            }
        }
        let is_quoted = match quote {
            None => false,
            Some(open) if word.raw.strip_prefix(open).is_some_and(|rest| !rest.contains(open)) => true,
            Some(_) => return None,
        };
        let kept = if is_quoted { String::new() } else { word.raw[..word.kept].to_owned() };
        Some(BashLine { words, typed: word.text, kept, is_quoted })
    }

    /// The words before the cursor's.
    pub(super) fn words(&self) -> Vec<OsString> {
        self.words.iter().map(OsString::from).collect()
    }

    /// What is typed of the word at the cursor.
    pub(super) fn typed(&self) -> &str {
        &self.typed
    }

    /// The candidates that begin with what is typed, one a line, without what bash keeps.
    pub(super) fn replies(&self, found: &[Candidate]) -> String {
        let fitting = found.iter().filter(|candidate| begins_with(&candidate.text, &self.typed));
        fitting.filter_map(|candidate| Some(self.reply(&candidate.text)? + "\n")).collect()
    }

    fn reply(&self, text: &str) -> Option<String> {
        if text.contains(char::is_control) {
            return None;
        }
        if self.is_quoted {
            let is_literal = |character: char| !"\"'\\$`!".contains(character);
            return text.chars().all(is_literal).then(|| text.to_owned());
        }
        escaped(text).strip_prefix(&self.kept).map(str::to_owned)
    }
}

/// `text` as one word, every character that could mean something to bash behind a backslash.
fn escaped(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for character in text.chars() {
        let is_bare = !character.is_ascii() || character.is_ascii_alphanumeric() || "_./+=,@:%-".contains(character);
        if !is_bare {
            word.push('\\');
        }
        word.push(character);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn found() -> Vec<Candidate> {
        let texts = ["prod/Admin", "Log Archive/Admin", "12/user@corp", "--session=acme", "a$(touch x)/b"];
        texts.map(|text| Candidate { text: text.to_owned(), description: String::new() }).into()
    }

    fn replies(word: &str) -> Option<String> {
        let line = BashLine::parse(&format!("daypass  credentials {word}"), BREAKS)?;
        assert_eq!(line.words(), ["daypass", "credentials"]);
        Some(line.replies(&found()))
    }

    #[test]
    fn a_reply_is_what_bash_puts_in_the_place_of_what_it_takes_for_the_word() {
        let table = [
            ("pr", "prod/Admin\n"),
            ("PR", "prod/Admin\n"),
            ("log", "Log\\ Archive/Admin\n"),
            ("Log\\ A", "Log\\ Archive/Admin\n"),
            ("'Log A", "Log Archive/Admin\n"),
            ("\"Log A", "Log Archive/Admin\n"),
            ("12/user@", "corp\n"),
            ("12/us", "12/user@corp\n"),
            ("--session=ac", "acme\n"),
            ("zzz", ""),
        ];
        for (word, expected) in table {
            assert_eq!(replies(word).as_deref(), Some(expected), "{word}");
        }
    }

    #[test]
    fn nothing_is_inserted_that_bash_would_expand() {
        assert_eq!(replies("a").as_deref(), Some("a\\$\\(touch\\ x\\)/b\n"));
        assert_eq!(replies("'a").as_deref(), Some(""));
        for elsewhere in ["x > f", "x; y", "$(x", "pro\"d", "`x"] {
            assert_eq!(BashLine::parse(&format!("daypass {elsewhere}"), BREAKS).map(drop), None, "{elsewhere}");
        }
    }
}
