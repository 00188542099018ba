//! Says what each line of an AWS config file is, with byte spans into the file.
//!
//! The rules are those the AWS CLI (Python's configparser) and the SDKs have in common: a line indented deeper
//! than the property above it continues that property's value; `#` and `;` begin a comment at the start of a
//! line or after a space. Bytes need not be UTF-8.

use std::ops::Range;

use memchr::{memchr, memchr2_iter};

/// The byte order mark of UTF-8.
pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// One line and where it lies.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub number: u32,
    /// From its first byte (after a byte order mark) past its terminator.
    pub span: Range<usize>,
    pub kind: Kind<'a>,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Blank,
    /// The comment with its mark, without what follows it; `indented` if it does not begin the line.
    Comment {
        text: &'a [u8],
        indented: bool,
    },
    Section(Section<'a>),
    Property {
        key: &'a [u8],
        value: Range<usize>,
    },
    /// More of the property above; `end` is where its text ends.
    Continuation {
        end: usize,
    },
    /// Neither of these: AWS's tools would refuse or skip it.
    Junk,
}

/// What a `[section]` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section<'a> {
    /// `[default]`
    Default,
    /// `[profile NAME]`
    Profile(&'a [u8]),
    /// `[sso-session NAME]`
    SsoSession(&'a [u8]),
    /// Any other, or one whose bracket is never closed.
    Other,
}

/// The lines of `bytes`, first to last. Constant memory; linear time.
pub(super) fn lines(bytes: &[u8]) -> Lines<'_> {
    let position = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    Lines { bytes, position, number: 0, property_indent: None }
}

/// See [`lines`].
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    position: usize,
    number: u32,
    /// How far the property that a deeper line would continue is indented.
    property_indent: Option<usize>,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let start = self.position;
        if start >= self.bytes.len() {
            return None;
        }
        let (text_end, end) = match memchr(b'\n', &self.bytes[start..]) {
            Some(length) => (start + length, start + length + 1),
            None => (self.bytes.len(), self.bytes.len()),
        };
        self.position = end;
        self.number = self.number.saturating_add(1);
        let kind = self.classify(start..text_end);
        Some(Line { number: self.number, span: start..end, kind })
    }
}

impl<'a> Lines<'a> {
    fn classify(&mut self, line: Range<usize>) -> Kind<'a> {
        let text = trimmed(self.bytes, line.clone());
        let indent = text.start - line.start;
        match self.bytes[text.clone()].first() {
            None => Kind::Blank,
            Some(b'#' | b';') => Kind::Comment { text: &self.bytes[text], indented: indent > 0 },
            Some(_) if self.property_indent.is_some_and(|property| indent > property) => {
                Kind::Continuation { end: text.end }
            }
            Some(b'[') => {
                self.property_indent = None;
                Kind::Section(section(&self.bytes[text]))
            }
            Some(_) => self.property(text, indent),
        }
    }

    fn property(&mut self, text: Range<usize>, indent: usize) -> Kind<'a> {
        let divider = match memchr(b'=', &self.bytes[text.clone()]) {
            Some(length) if length > 0 => text.start + length,
            _ => {
                self.property_indent = None;
                return Kind::Junk;
            }
        };
        self.property_indent = Some(indent);
        let key = trimmed(self.bytes, text.start..divider);
        let value = without_comment(self.bytes, divider + 1..text.end);
        Kind::Property { key: &self.bytes[key], value: trimmed(self.bytes, value) }
    }
}

/// What stands between the brackets.
fn section(text: &[u8]) -> Section<'_> {
    let Some(close) = memchr(b']', text) else { return Section::Other };
    let inner = text[1..close].trim_ascii();
    let word_end = inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
    let (word, rest) = inner.split_at(word_end);
    let name = unquoted(rest.trim_ascii());
    match word {
        b"default" if name.is_empty() => Section::Default,
        b"profile" if !name.is_empty() => Section::Profile(name),
        b"sso-session" if !name.is_empty() => Section::SsoSession(name),
        _ => Section::Other,
    }
}

fn unquoted(name: &[u8]) -> &[u8] {
    match name {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        _ => name,
    }
}

/// Cuts a comment: a `#` or `;` after a space.
fn without_comment(bytes: &[u8], value: Range<usize>) -> Range<usize> {
    let text = &bytes[value.clone()];
    let mark = memchr2_iter(b'#', b';', text).find(|&at| at > 0 && text[at - 1].is_ascii_whitespace());
    value.start..mark.map_or(value.end, |at| value.start + at)
}

fn trimmed(bytes: &[u8], span: Range<usize>) -> Range<usize> {
    let text = &bytes[span.clone()];
    let start = span.start + (text.len() - text.trim_ascii_start().len());
    start..start + text.trim_ascii().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn described(text: &str) -> Vec<String> {
        lines(text.as_bytes())
            .map(|line| match line.kind {
                Kind::Property { key, value } => {
                    format!("{}={}", String::from_utf8_lossy(key), &text[value])
                }
                Kind::Section(Section::Profile(name)) => format!("profile {}", String::from_utf8_lossy(name)),
                Kind::Section(Section::SsoSession(name)) => format!("session {}", String::from_utf8_lossy(name)),
                Kind::Section(Section::Default) => "default".into(),
                Kind::Section(Section::Other) => "other".into(),
                Kind::Blank => "blank".into(),
                Kind::Comment { .. } => "comment".into(),
                Kind::Continuation { .. } => "more".into(),
                Kind::Junk => "junk".into(),
            })
            .collect()
    }

    #[test]
    fn each_line_is_what_aws_takes_it_for() {
        let table: [(&str, &[&str]); 16] = [
            ("[default]", &["default"]),
            ("\u{feff}[default]\r\n", &["default"]),
            ("[profile a]", &["profile a"]),
            ("[ profile\t\"a b\" ] # why", &["profile a b"]),
            ("[sso-session 'x']", &["session x"]),
            ("[profilea]\n[profile]\n[services s]\n[profile a", &["other", "other", "other", "other"]),
            ("region = eu-west-1 # home\r\n", &["region=eu-west-1"]),
            ("region=eu-west-1\t;home", &["region=eu-west-1"]),
            ("u = https://x/start#/", &["u=https://x/start#/"]),
            ("u = # nothing", &["u="]),
            ("u = a=b", &["u=a=b"]),
            ("s3 =\n  max = 1\n\n  min = 2\nregion = x", &["s3=", "more", "blank", "more", "region=x"]),
            ("[profile a]\n  x = 1\n  y = 2\n    z = 3", &["profile a", "x=1", "y=2", "more"]),
            ("x = 1\n  [profile a]", &["x=1", "more"]),
            ("# c\n  ; c\n\t\n", &["comment", "comment", "blank"]),
            ("= 1\nnothing\n", &["junk", "junk"]),
        ];
        for (text, expected) in table {
            assert_eq!(described(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_spans_of_any_bytes_join_to_the_bytes(bytes in proptest::collection::vec(
            prop_oneof![Just(b'\n'), Just(b'['), Just(b']'), Just(b'='), Just(b' '), Just(b'#'), any::<u8>()], 0..400)
        ) {
            let mut joined = if bytes.starts_with(BOM) { BOM.to_vec() } else { Vec::new() };
            for line in lines(&bytes) {
                prop_assert_eq!(line.span.start, joined.len());
                joined.extend_from_slice(&bytes[line.span]);
            }
            prop_assert_eq!(joined, bytes);
        }
    }
}
