//! Puts one block of ours into the bytes of an AWS config file and leaves every other byte as it was.
//!
//! A block stands between two comment lines, so that it can be told from what people and other tools wrote:
//!
//! ```text
//! # daypass: begin sso-session acme
//! [sso-session acme]
//! sso_start_url = https://acme.awsapps.com/start
//! # daypass: end sso-session acme
//! ```

use std::ops::Range;

use memchr::memchr_iter;

use super::scan::{Kind, Line, Section, lines};
use crate::domain::sso_session::SsoSession;

/// Why bytes were not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// A section of that name stands there already, and it is not one of our blocks (or no longer one).
    #[error("line {line}: {header} is there already, and daypass did not write it")]
    Foreign {
        /// The section's header as daypass would write it.
        header: String,
        /// The line where it, or a broken mark of ours, stands.
        line: u32,
    },
    /// The file is UTF-16, which AWS's tools do not read either.
    #[error("the file is UTF-16; AWS tools read UTF-8 only")]
    NotText,
}

/// Adds `session` to `bytes`, or replaces the block that daypass wrote for it before.
///
/// # Errors
/// A section of that name which daypass did not write is refused, unless `force` asks to replace it.
pub fn upsert_session(bytes: &[u8], session: &SsoSession, force: bool) -> Result<Vec<u8>, SpliceError> {
    let scopes: Vec<&str> = session.scopes.iter().map(|scope| scope.as_str()).collect();
    let mut properties =
        vec![("sso_start_url", session.start_url.to_string()), ("sso_region", session.region.to_string())];
    if !scopes.is_empty() {
        properties.push(("sso_registration_scopes", scopes.join(",")));
    }
    Block { kind: "sso-session", name: session.name.as_str(), properties }.upsert(bytes, force)
}

/// A section to be written. Its parts come from checked names, which cannot hold what would end a line or a
/// header.
struct Block<'a> {
    kind: &'static str,
    name: &'a str,
    properties: Vec<(&'static str, String)>,
}

/// What a line means for one block.
struct Mark {
    kind: MarkKind,
    line: u32,
    span: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MarkKind {
    Begin,
    End,
    /// The block's own header; its span goes on to the section's last property.
    Section,
    /// Another section's header, or a line of the section above behind our begin.
    Other,
}

/// Bytes that a new block replaces.
struct Cut {
    span: Range<usize>,
    /// Whether they hold a section's header, so that a header may stand in their place.
    holds_section: bool,
}

impl Block<'_> {
    fn upsert(&self, bytes: &[u8], force: bool) -> Result<Vec<u8>, SpliceError> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(SpliceError::NotText);
        }
        let (cuts, foreign) = self.cuts(&self.marks(bytes));
        match foreign {
            Some(line) if !force => Err(SpliceError::Foreign { header: self.header(), line }),
            _ => Ok(self.spliced(bytes, &cuts)),
        }
    }

    /// The lines that concern this block, in the order of the file.
    fn marks(&self, bytes: &[u8]) -> Vec<Mark> {
        let (begin, end) = (self.mark("begin"), self.mark("end"));
        let mut marks: Vec<Mark> = Vec::new();
        let mut section: Option<usize> = None;
        for line in lines(bytes) {
            let kind = match line.kind {
                Kind::Comment { text, indented: false } if text == begin.as_bytes() => MarkKind::Begin,
                Kind::Comment { text, indented: false } if text == end.as_bytes() => MarkKind::End,
                Kind::Section(header) if self.is(header) => MarkKind::Section,
                Kind::Section(_) => MarkKind::Other,
                Kind::Comment { .. } | Kind::Blank => continue,
                Kind::Property { .. } | Kind::Continuation { .. } | Kind::Junk => {
                    extend(section.and_then(|at| marks.get_mut(at)), &line);
                    // A line between our mark and our header belongs to the section above.
                    match marks.last() {
                        Some(mark) if mark.kind == MarkKind::Begin => MarkKind::Other,
                        _ => continue,
                    }
                }
            };
            section = match (kind, &line.kind) {
                (MarkKind::Section, _) => Some(marks.len()),
                (_, Kind::Section(_)) => None,
                _ => section,
            };
            marks.push(Mark { kind, line: line.number, span: line.span });
        }
        marks
    }

    /// What a new block replaces, and the line of the first part of it that is not ours.
    ///
    /// Ours is only begin, section, end in a row, with nothing of the section behind the end.
    fn cuts(&self, marks: &[Mark]) -> (Vec<Cut>, Option<u32>) {
        let mut cuts = Vec::new();
        let mut foreign = None;
        let mut rest = marks;
        while let Some((first, others)) = rest.split_first() {
            rest = others;
            if let [section, end, behind @ ..] = others {
                let kinds = (first.kind, section.kind, end.kind);
                let ours = kinds == (MarkKind::Begin, MarkKind::Section, MarkKind::End);
                if ours && section.span.end <= end.span.start {
                    cuts.push(Cut { span: first.span.start..end.span.end, holds_section: true });
                    rest = behind;
                    continue;
                }
            }
            if first.kind != MarkKind::Other {
                cuts.push(Cut { span: first.span.clone(), holds_section: first.kind == MarkKind::Section });
                foreign = foreign.or(Some(first.line));
            }
        }
        (cuts, foreign)
    }

    /// `bytes` without `cuts`, and with this block in place of the first section among them or else at the end.
    /// In place of a stray mark it could part the section around it from its own lines.
    fn spliced(&self, bytes: &[u8], cuts: &[Cut]) -> Vec<u8> {
        let newline = newline_of(bytes, cuts);
        let place = cuts.iter().position(|cut| cut.holds_section);
        let mut out = Vec::with_capacity(bytes.len() + 512);
        let mut kept_from = 0;
        for (number, cut) in cuts.iter().enumerate() {
            // A mark inside a section that is cut goes with it.
            if cut.span.start >= kept_from {
                out.extend_from_slice(&bytes[kept_from..cut.span.start]);
            }
            if place == Some(number) {
                self.write(&mut out, newline);
            }
            kept_from = kept_from.max(cut.span.end);
        }
        out.extend_from_slice(&bytes[kept_from..]);
        if place.is_none() {
            separate(&mut out, newline);
            self.write(&mut out, newline);
        }
        out
    }

    fn write(&self, out: &mut Vec<u8>, newline: &str) {
        let properties = self.properties.iter().map(|(key, value)| format!("{key} = {value}"));
        let head = [self.mark("begin"), self.header()].into_iter();
        for line in head.chain(properties).chain([self.mark("end")]) {
            debug_assert!(!line.contains(['\n', '\r']), "a checked name held a line end");
            out.extend_from_slice(line.as_bytes());
            out.extend_from_slice(newline.as_bytes());
        }
    }

    fn mark(&self, which: &str) -> String {
        format!("# daypass: {which} {} {}", self.kind, self.name)
    }

    fn header(&self) -> String {
        let quote = if self.name.contains(' ') { "\"" } else { "" };
        format!("[{} {quote}{}{quote}]", self.kind, self.name)
    }

    fn is(&self, section: Section<'_>) -> bool {
        match section {
            Section::SsoSession(name) => self.kind == "sso-session" && name == self.name.as_bytes(),
            Section::Default | Section::Profile(_) | Section::Other => false,
        }
    }
}

/// Lengthens a section to this line of it.
fn extend(section: Option<&mut Mark>, line: &Line<'_>) {
    if let Some(section) = section {
        section.span.end = line.span.end;
    }
}

/// The line end the file uses, going by the first one that stays, or else by the first.
fn newline_of(bytes: &[u8], cuts: &[Cut]) -> &'static str {
    let mut ends = memchr_iter(b'\n', bytes);
    let stays = |at: &usize| !cuts.iter().any(|cut| cut.span.contains(at));
    let first = ends.clone().find(stays).or_else(|| ends.next());
    // In a file of one unfinished line, a `\r` at its end is half of what it uses.
    let text_end = first.unwrap_or(bytes.len());
    if bytes[..text_end].ends_with(b"\r") { "\r\n" } else { "\n" }
}

/// Ends the last line and leaves one blank line before what is appended.
fn separate(out: &mut Vec<u8>, newline: &str) {
    let Some(last) = lines(out).last() else { return };
    let blank = last.kind == Kind::Blank;
    if !out.ends_with(b"\n") {
        out.extend_from_slice(newline.as_bytes());
    }
    if !blank {
        out.extend_from_slice(newline.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::model::parse;
    use super::*;
    use crate::domain::ids::{Region, SessionName, StartUrl};
    use crate::domain::sso_session::Scope;

    fn session(name: &str, host: &str) -> SsoSession {
        SsoSession::new(
            SessionName::parse(name).unwrap(),
            StartUrl::parse(&format!("https://{host}/start")).unwrap(),
            Region::parse("us-east-1").unwrap(),
        )
    }

    fn block(name: &str, host: &str) -> String {
        format!(
            "# daypass: begin sso-session {name}\n[sso-session {name}]\nsso_start_url = https://{host}/start\n\
             sso_region = us-east-1\nsso_registration_scopes = sso:account:access\n# daypass: end sso-session {name}\n"
        )
    }

    fn upserted(before: &str, force: bool) -> Result<String, SpliceError> {
        let after = upsert_session(before.as_bytes(), &session("acme", "new.example"), force)?;
        Ok(String::from_utf8(after).unwrap())
    }

    #[test]
    fn a_new_block_goes_to_the_end_and_moves_nothing() {
        let new = block("acme", "new.example");
        let crlf = new.replace('\n', "\r\n");
        let table = [
            ("", new.clone()),
            ("\u{feff}", format!("\u{feff}{new}")),
            ("[default]\nregion = x\n", format!("[default]\nregion = x\n\n{new}")),
            ("[default]\nregion = x\n\n", format!("[default]\nregion = x\n\n{new}")),
            ("[default]\ns3 =\n  a = 1", format!("[default]\ns3 =\n  a = 1\n\n{new}")),
            ("[default]\r\nregion = x", format!("[default]\r\nregion = x\r\n\r\n{crlf}")),
            ("# c\r", format!("# c\r\r\n\r\n{crlf}")),
            ("[sso-session other]\n", format!("[sso-session other]\n\n{new}")),
            ("[profile acme]\n", format!("[profile acme]\n\n{new}")),
        ];
        for (before, after) in table {
            assert_eq!(upserted(before, false).unwrap(), after, "{before:?}");
        }
    }

    #[test]
    fn only_our_own_block_is_replaced() {
        let (old, new) = (block("acme", "old.example"), block("acme", "new.example"));
        let around =
            |inner: &str| format!("\u{feff}# mine\n[default]\n\n{inner}\n; tail\n[profile \"x\"]\n\tregion = y");
        assert_eq!(upserted(&around(&old), false).unwrap(), around(&new));
        assert_eq!(upserted(&around(&new), false).unwrap(), around(&new));
        let twice = format!("{old}[profile x]\n{old}");
        assert_eq!(upserted(&twice, false).unwrap(), format!("{new}[profile x]\n"));
        let edited = old.replace("sso_region = us-east-1", "sso_region = eu-west-1\n# note");
        assert_eq!(upserted(&edited, false).unwrap(), new);
    }

    #[test]
    fn a_foreign_section_of_the_name_is_refused_without_force() {
        let (old, new) = (block("acme", "old.example"), block("acme", "new.example"));
        let table = [
            ("[sso-session acme]\nx = 1\n".to_owned(), 1, new.clone()),
            (
                "# c\n[ sso-session \"acme\" ] # d\nx = 1\n\n# e\n[default]\n".to_owned(),
                2,
                format!("# c\n{new}\n# e\n[default]\n"),
            ),
            (format!("{old}[default]\n[sso-session acme]\nsso_region = x\n"), 8, format!("{new}[default]\n")),
            (format!("{old}sso_region = added-behind-the-end\n"), 1, new.clone()),
            (old.replace("# daypass: end sso-session acme\n", "[profile x]\n"), 1, format!("{new}[profile x]\n")),
            (
                format!("[default]\n{}", old.replace("[sso-session acme]", "region = x\n[sso-session acme]")),
                2,
                format!("[default]\nregion = x\n{new}"),
            ),
            (old.replace("[sso-session acme]", "[profile x]\n[sso-session acme]"), 1, format!("[profile x]\n{new}")),
            (
                "[default]\n# daypass: end sso-session acme\nregion = x\n".to_owned(),
                2,
                format!("[default]\nregion = x\n\n{new}"),
            ),
        ];
        for (before, line, forced) in table {
            let refused = SpliceError::Foreign { header: "[sso-session acme]".into(), line };
            assert_eq!(upserted(&before, false), Err(refused), "{before}");
            assert_eq!(upserted(&before, true).unwrap(), forced, "{before}");
        }
    }

    #[test]
    fn two_edits_one_after_another_are_both_there() {
        let first = upsert_session(b"[default]\n", &session("one", "one.example"), false).unwrap();
        let both = upsert_session(&first, &session("two", "two.example"), false).unwrap();
        let expected = format!("[default]\n\n{}\n{}", block("one", "one.example"), block("two", "two.example"));
        assert_eq!(String::from_utf8(both).unwrap(), expected);
    }

    #[test]
    fn names_that_could_break_out_never_become_a_session() {
        for name in ["x]\ncredential_process=rm", "x]", "x\r", "a\"b", "a#b", "", " x"] {
            assert!(SessionName::parse(name).is_err(), "{name:?}");
        }
        assert!(StartUrl::parse("https://x/\ncredential_process = rm").is_err());
        assert!(Scope::parse("a\ncredential_process=rm").is_err());
    }

    #[test]
    fn a_utf16_file_is_left_alone() {
        assert_eq!(upsert_session(b"\xff\xfe[\0", &session("a", "x.y"), true), Err(SpliceError::NotText));
    }

    /// Bytes that look like a config file often enough to reach every path.
    fn files() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop_oneof![
            Just(&b"# daypass: begin sso-session acme\n"[..]),
            Just(&b"# daypass: end sso-session acme\n"[..]),
            Just(&b"[sso-session acme]\n"[..]),
            Just(&b"[sso-session \"acme\"]\r\n"[..]),
            Just(&b"[sso-session other]\n"[..]),
            Just(&b"[profile acme]\n"[..]),
            Just(&b"sso_region = eu-west-1\n"[..]),
            Just(&b"  sso_region = eu-west-1\n"[..]),
            Just(&b"s3 =\n"[..]),
            Just(&b"\n"[..]),
            Just(&b"# note\r\n"[..]),
            Just(&b"junk\xfc"[..]),
            Just(&b"\xef\xbb\xbf"[..]),
        ];
        let lines = proptest::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat());
        prop_oneof![3 => lines, 1 => proptest::collection::vec(any::<u8>(), 0..300)]
    }

    proptest! {
        #[test]
        fn splicing_keeps_every_other_byte_and_lands_what_was_asked(
            before in files(),
            name in prop_oneof![Just("acme"), Just("a b")],
            force: bool,
        ) {
            let wanted = session(name, "new.example");
            if let Ok(after) = upsert_session(&before, &wanted, force) {
                let path = Path::new("config");
                prop_assert_eq!(parse(path, &after).session(&wanted.name).unwrap(), Some(wanted.clone()));
                if !force {
                    prop_assert_eq!(&upsert_session(&after, &wanted, false).unwrap(), &after);
                    let (old, new) = (without_block(&before, name), without_block(&after, name));
                    let added = new.strip_prefix(old.as_slice());
                    prop_assert!(added.is_some_and(|added| added.iter().all(|byte| b"\r\n".contains(byte))));
                }
            }
        }
    }

    /// The bytes outside our marks, told apart line by line and without the scanner.
    fn without_block(bytes: &[u8], name: &str) -> Vec<u8> {
        let mark = |which: &str| format!("# daypass: {which} sso-session {name}").into_bytes();
        let (mut kept, mut inside) = (Vec::new(), false);
        for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let (bom, text) = match line.strip_prefix(b"\xef\xbb\xbf") {
                Some(text) if number == 0 => (&line[..3], text),
                _ => (&line[..0], line),
            };
            kept.extend_from_slice(bom);
            inside |= text.trim_ascii_end() == mark("begin");
            if !inside {
                kept.extend_from_slice(text);
            }
            inside &= text.trim_ascii_end() != mark("end");
        }
        kept
    }
}
