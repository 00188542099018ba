//! Puts blocks of ours into the bytes of an AWS config file and leaves every other byte as it was. The file is read
//! once and written once, however many blocks there are.

use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memrchr};

use super::block::{Block, Title};
use super::scan::{BOM, Kind, lines};

/// Why bytes were not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
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

/// A config file and the blocks that are to stand in it.
pub struct ConfigEdit<'a> {
    bytes: &'a [u8],
    sections: HashMap<Title<'a>, Standing>,
    blocks: Vec<Block<'a>>,
}

/// What the file and this edit hold of one title.
#[derive(Default)]
struct Standing {
    /// Our blocks, each from its first mark to its last.
    ours: Vec<Cut>,
    /// What belongs to none of our blocks, with its line.
    foreign: Vec<(u32, Cut)>,
    /// The block that was put, by its place in [`ConfigEdit::blocks`].
    put: Option<usize>,
}

/// Bytes that a new block replaces.
#[derive(Clone)]
struct Cut {
    span: Range<usize>,
    /// Whether they hold a section's header, so that a header may stand in their place.
    holds_section: bool,
}

impl<'a> ConfigEdit<'a> {
    /// An edit of the file that holds `bytes`.
    ///
    /// # Errors
    /// The file is UTF-16.
    pub fn new(bytes: &'a [u8]) -> Result<Self, EditError> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(EditError::NotText);
        }
        Ok(ConfigEdit { bytes, sections: sections(&elements(bytes)), blocks: Vec::new() })
    }

    /// Adds `block`, or replaces the block of its title that daypass wrote before. A refused block leaves the edit as
    /// it was.
    ///
    /// # Errors
    /// A section of that title stands there which daypass did not write.
    pub fn put(&mut self, block: Block<'a>) -> Result<(), EditError> {
        let standing = self.sections.entry(block.title()).or_default();
        if let Some((line, _)) = standing.foreign.first() {
            return Err(EditError::Foreign { header: block.header(), line: *line });
        }
        match standing.put {
            Some(earlier) => self.blocks[earlier] = block,
            None => {
                standing.put = Some(self.blocks.len());
                self.blocks.push(block);
            }
        }
        Ok(())
    }

    /// Adds `block` in the place of everything of its title, whoever wrote it.
    ///
    /// # Errors
    /// None today: what would be refused is replaced.
    pub fn replace(&mut self, block: Block<'a>) -> Result<(), EditError> {
        let standing = self.sections.entry(block.title()).or_default();
        standing.ours.extend(standing.foreign.drain(..).map(|(_, cut)| cut));
        self.put(block)
    }

    /// The file's new bytes. New blocks stand at the end, in the order in which they were put.
    pub fn finish(self) -> Vec<u8> {
        let cuts = self.cuts();
        let newline = newline_of(self.bytes, &cuts);
        let mut out = Vec::with_capacity(self.bytes.len() + 256 * self.blocks.len());
        let mut replaced = vec![false; self.blocks.len()];
        let mut kept_from = 0;
        for (cut, number) in &cuts {
            out.extend_from_slice(&self.bytes[kept_from..cut.span.start]);
            // Where a block stood twice, the second one goes.
            if cut.holds_section && !std::mem::replace(&mut replaced[*number], true) {
                self.blocks[*number].write(&mut out, newline);
            }
            kept_from = cut.span.end;
        }
        out.extend_from_slice(&self.bytes[kept_from..]);
        for (block, _) in self.blocks.iter().zip(&replaced).filter(|(_, replaced)| !**replaced) {
            separate(&mut out, newline);
            block.write(&mut out, newline);
        }
        out
    }

    /// The old blocks that new ones replace, in the order of the file, with the number of the new block.
    fn cuts(&self) -> Vec<(Cut, usize)> {
        let replaced = self.sections.values().filter_map(|standing| Some((standing, standing.put?)));
        let mut cuts: Vec<_> =
            replaced.flat_map(|(standing, put)| standing.ours.iter().map(move |cut| (cut.clone(), put))).collect();
        cuts.sort_unstable_by_key(|(cut, _)| cut.span.start);
        cuts
    }
}

/// A part of the file that matters to blocks.
struct Element<'a> {
    kind: ElementKind,
    /// The title, if daypass writes sections of its kind.
    title: Option<Title<'a>>,
    line: u32,
    span: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ElementKind {
    Begin,
    End,
    /// A section from its header to its last property.
    Section,
    /// A line between our mark and a header: it belongs to the section above.
    Stray,
}

fn elements(bytes: &[u8]) -> Vec<Element<'_>> {
    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut section: Option<usize> = None;
    for line in lines(bytes) {
        let (kind, title) = match line.kind {
            Kind::Comment { text, indented: false } => match (Title::of_begin(text), Title::of_end(text)) {
                (Some(title), _) => (ElementKind::Begin, Some(title)),
                (None, Some(title)) => (ElementKind::End, Some(title)),
                (None, None) => continue,
            },
            Kind::Comment { .. } | Kind::Blank => continue,
            Kind::Section(header) => {
                section = Some(elements.len());
                (ElementKind::Section, Title::of_section(header))
            }
            Kind::Property { .. } | Kind::Continuation { .. } | Kind::Junk => {
                if let Some(section) = section {
                    elements[section].span.end = line.span.end;
                }
                match elements.last() {
                    Some(last) if last.kind == ElementKind::Begin => (ElementKind::Stray, None),
                    _ => continue,
                }
            }
        };
        elements.push(Element { kind, title, line: line.number, span: line.span });
    }
    elements
}

/// What stands in the file, by title.
fn sections<'a>(elements: &[Element<'a>]) -> HashMap<Title<'a>, Standing> {
    let mut sections: HashMap<Title<'a>, Standing> = HashMap::new();
    let mut rest = elements;
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        let Some(title) = first.title else { continue };
        let standing = sections.entry(title).or_default();
        match others {
            [section, end, behind @ ..] if is_ours(first, section, end) => {
                standing.ours.push(Cut { span: first.span.start..end.span.end, holds_section: true });
                rest = behind;
            }
            _ => {
                let cut = Cut { span: first.span.clone(), holds_section: first.kind == ElementKind::Section };
                standing.foreign.push((first.line, cut));
            }
        }
    }
    sections
}

/// Ours is only begin, section, end in a row, with nothing of the section behind the end.
fn is_ours(begin: &Element<'_>, section: &Element<'_>, end: &Element<'_>) -> bool {
    let kinds = (begin.kind, section.kind, end.kind);
    kinds == (ElementKind::Begin, ElementKind::Section, ElementKind::End)
        && (begin.title, section.title) == (section.title, end.title)
        && section.span.end <= end.span.start
}

/// The line end the file uses, going by the first one that stays, or else by the first.
fn newline_of(bytes: &[u8], cuts: &[(Cut, usize)]) -> &'static str {
    let starts = std::iter::once(0).chain(cuts.iter().map(|(cut, _)| cut.span.end));
    let ends = cuts.iter().map(|(cut, _)| cut.span.start).chain([bytes.len()]);
    let mut kept = starts.zip(ends);
    let first_kept = kept.find_map(|(start, end)| Some(start + memchr(b'\n', &bytes[start..end])?));
    // In a file of one unfinished line, a `\r` at its end is half of what it uses.
    let text_end = first_kept.or_else(|| memchr(b'\n', bytes)).unwrap_or(bytes.len());
    if bytes[..text_end].ends_with(b"\r") { "\r\n" } else { "\n" }
}

/// Ends the last line and leaves one blank line before what is appended.
fn separate(out: &mut Vec<u8>, newline: &str) {
    let text = out.strip_prefix(BOM).unwrap_or(out);
    if text.is_empty() {
        return;
    }
    let ended = text.strip_suffix(b"\n");
    let last_line = ended.unwrap_or(text);
    let last_line = &last_line[memrchr(b'\n', last_line).map_or(0, |at| at + 1)..];
    let missing = usize::from(ended.is_none()) + usize::from(!last_line.trim_ascii().is_empty());
    out.extend_from_slice(newline.repeat(missing).as_bytes());
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::super::model::parse;
    use super::*;
    use crate::domain::ids::{Region, SessionName, StartUrl};
    use crate::domain::sso_session::{Scope, SsoSession};

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

    fn put_all(before: &[u8], sessions: &[SsoSession]) -> Result<Vec<u8>, EditError> {
        let mut edit = ConfigEdit::new(before)?;
        sessions.iter().try_for_each(|session| edit.put(Block::sso_session(session)))?;
        Ok(edit.finish())
    }

    fn put(before: &str) -> Result<String, EditError> {
        let after = put_all(before.as_bytes(), &[session("acme", "new.example")])?;
        Ok(String::from_utf8(after).unwrap())
    }

    #[test]
    fn a_new_block_goes_to_the_end_and_moves_nothing() {
        let new = block("acme", "new.example");
        let crlf = new.replace('\n', "\r\n");
        let table = [
            ("", new.clone()),
            ("\u{feff}", format!("\u{feff}{new}")),
            ("\u{feff} ", format!("\u{feff} \n{new}")),
            ("\n", format!("\n{new}")),
            ("[default]\nregion = x\n", format!("[default]\nregion = x\n\n{new}")),
            ("[default]\nregion = x\n\n", format!("[default]\nregion = x\n\n{new}")),
            ("[default]\nregion = x\n \t", format!("[default]\nregion = x\n \t\n{new}")),
            ("[default]\ns3 =\n  a = 1", format!("[default]\ns3 =\n  a = 1\n\n{new}")),
            ("[default]\r\nregion = x", format!("[default]\r\nregion = x\r\n\r\n{crlf}")),
            ("# c\r", format!("# c\r\r\n\r\n{crlf}")),
            ("[sso-session other]\n", format!("[sso-session other]\n\n{new}")),
            ("[profile acme]\n", format!("[profile acme]\n\n{new}")),
        ];
        for (before, after) in table {
            assert_eq!(put(before).unwrap(), after, "{before:?}");
        }
    }

    #[test]
    fn only_our_own_block_is_replaced() {
        let (old, new) = (block("acme", "old.example"), block("acme", "new.example"));
        let around =
            |inner: &str| format!("\u{feff}# mine\n[default]\n\n{inner}\n; tail\n[profile \"x\"]\n\tregion = y");
        assert_eq!(put(&around(&old)).unwrap(), around(&new));
        assert_eq!(put(&around(&new)).unwrap(), around(&new));
        let twice = format!("{old}[profile x]\n{old}");
        assert_eq!(put(&twice).unwrap(), format!("{new}[profile x]\n"));
        let edited = old.replace("sso_region = us-east-1", "sso_region = eu-west-1\n# note");
        assert_eq!(put(&edited).unwrap(), new);
    }

    #[test]
    fn a_foreign_section_of_the_name_is_refused() {
        let old = block("acme", "old.example");
        let end = "# daypass: end sso-session acme\n";
        let table = [
            ("[sso-session acme]\nx = 1\n".to_owned(), 1),
            ("# c\n[ sso-session \"acme\" ] # d\nx = 1\n\n# e\n[default]\n".to_owned(), 2),
            (format!("{old}[default]\n[sso-session acme]\nsso_region = x\n"), 8),
            (format!("{old}sso_region = added-behind-the-end\n"), 1),
            (old.replace(end, "[profile x]\n"), 1),
            (old.replace(end, "# daypass: end sso-session other\n"), 1),
            (format!("[default]\n{}", old.replace("[sso-session acme]", "region = x\n[sso-session acme]")), 2),
            (old.replace("[sso-session acme]", "[profile x]\n[sso-session acme]"), 1),
            (old.replace("[sso-session acme]", "[sso-session other]"), 1),
            (format!("[default]\n{end}region = x\n"), 2),
        ];
        for (before, line) in table {
            let refused = EditError::Foreign { header: "[sso-session acme]".into(), line };
            assert_eq!(put(&before), Err(refused), "{before}");
        }
    }

    #[test]
    fn blocks_whose_marks_cross_are_refused() {
        let marks = |which| ["one", "two"].map(|name| format!("# daypass: {which} sso-session {name}\n"));
        let ([begin_one, begin_two], [end_one, end_two]) = (marks("begin"), marks("end"));
        let crossed = format!("{begin_one}[sso-session one]\n{begin_two}{end_one}[sso-session two]\n{end_two}");
        for name in ["one", "two"] {
            let refused = put_all(crossed.as_bytes(), &[session(name, "new.example")]);
            assert!(matches!(refused, Err(EditError::Foreign { .. })), "{name}");
        }
    }

    #[test]
    fn a_refused_block_leaves_the_others_in_the_edit() {
        let (one, two) = (session("one", "one.example"), session("two", "two.example"));
        let mut edit = ConfigEdit::new(b"[sso-session one]\n").unwrap();
        assert!(edit.put(Block::sso_session(&one)).is_err());
        edit.put(Block::sso_session(&two)).unwrap();
        let after = String::from_utf8(edit.finish()).unwrap();
        assert_eq!(after, format!("[sso-session one]\n\n{}", block("two", "two.example")));
    }

    #[test]
    fn the_later_one_of_two_blocks_of_one_title_counts() {
        let sessions = [session("acme", "first.example"), session("b", "b.example"), session("acme", "new.example")];
        let after = String::from_utf8(put_all(b"", &sessions).unwrap()).unwrap();
        assert_eq!(after, format!("{}\n{}", block("acme", "new.example"), block("b", "b.example")));
    }

    #[test]
    fn five_thousand_blocks_among_ten_thousand_profiles_move_no_other_byte() {
        let profile = |number| format!("[profile p{number}]\r\nregion = us-east-1 # caf\u{e9}\r\n");
        let old = |number| block(&format!("s{number}"), "old.example").replace('\n', "\r\n");
        let new = |number| block(&format!("s{number}"), "new.example").replace('\n', "\r\n");
        // Every second profile is followed by a block of ours, which is to be replaced; as many are new.
        let file = |block: &dyn Fn(u32) -> String| {
            let parts = (0..10_000).flat_map(|number| [profile(number), old_place(number, block)]);
            parts.collect::<String>()
        };
        fn old_place(number: u32, block: &dyn Fn(u32) -> String) -> String {
            if number.is_multiple_of(4) { block(number) } else { String::new() }
        }
        let sessions: Vec<_> =
            (0..10_000).step_by(2).map(|number| session(&format!("s{number}"), "new.example")).collect();
        assert_eq!(sessions.len(), 5_000);
        let after = put_all(file(&old).as_bytes(), &sessions).unwrap();
        let appended: String = (2..10_000).step_by(4).map(|number| format!("\r\n{}", new(number))).collect();
        assert!(after == format!("{}{appended}", file(&new)).into_bytes());
        assert!(put_all(&after, &sessions).unwrap() == after, "the same blocks again change nothing");
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
        for bytes in [b"\xff\xfe[\0", b"\xfe\xff\0["] {
            assert_eq!(put_all(bytes, &[]), Err(EditError::NotText));
        }
    }

    /// Bytes that look like a config file often enough to reach every path.
    fn files() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop_oneof![
            Just("# daypass: begin sso-session acme\n".as_bytes().to_vec()),
            Just("# daypass: end sso-session acme\n".as_bytes().to_vec()),
            Just("# daypass: begin sso-session a b\r\n".as_bytes().to_vec()),
            Just("# daypass: end x\n".as_bytes().to_vec()),
            Just("[sso-session acme]\n".as_bytes().to_vec()),
            Just("[sso-session \"acme\"]\r\n".as_bytes().to_vec()),
            Just("[sso-session other]\n".as_bytes().to_vec()),
            Just("[profile acme]\n".as_bytes().to_vec()),
            Just("sso_region = eu-west-1\n".as_bytes().to_vec()),
            Just("  sso_region = eu-west-1\n".as_bytes().to_vec()),
            Just("s3 =\n".as_bytes().to_vec()),
            Just("\n".as_bytes().to_vec()),
            Just("# note\r\n".as_bytes().to_vec()),
            Just(b"junk\xfc".to_vec()),
            Just(BOM.to_vec()),
            Just(block("acme", "old.example").into_bytes()),
            Just(block("other", "old.example").into_bytes()),
            Just(block("a b", "old.example").replace("[sso-session a b]", "[sso-session \"a b\"]").into_bytes()),
        ];
        let lines = proptest::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat());
        prop_oneof![3 => lines, 1 => proptest::collection::vec(any::<u8>(), 0..300)]
    }

    fn sessions() -> impl Strategy<Value = Vec<SsoSession>> {
        let names = proptest::sample::subsequence(vec!["acme", "a b", "other", "fourth"], 0..=4).prop_shuffle();
        names.prop_map(|names| names.into_iter().map(|name| session(name, "new.example")).collect())
    }

    proptest! {
        #[test]
        fn an_edit_keeps_every_other_byte_and_lands_what_was_asked(before in files(), sessions in sessions()) {
            if let Ok(after) = put_all(&before, &sessions) {
                let path = Path::new("config");
                for wanted in &sessions {
                    prop_assert_eq!(parse(path, &after).session(&wanted.name).unwrap(), Some(wanted.clone()));
                }
                prop_assert_eq!(&put_all(&after, &sessions).unwrap(), &after);
                let names: Vec<_> = sessions.iter().map(|session| session.name.as_str()).collect();
                let (old, new) = (without_blocks(&before, &names), without_blocks(&after, &names));
                let added = new.strip_prefix(old.as_slice());
                prop_assert!(added.is_some_and(|added| added.iter().all(|byte| b"\r\n".contains(byte))));
            }
        }

        #[test]
        fn blocks_put_at_once_stand_where_they_stand_when_put_one_by_one(before in files(), sessions in sessions()) {
            if let Ok(after) = put_all(&before, &sessions) {
                let one_by_one = sessions.iter().fold(before, |bytes, session| {
                    put_all(&bytes, std::slice::from_ref(session)).unwrap()
                });
                // Which line end a block gets may hang on another block, where a file mixes them; and where a block stood
                // twice, so may the blank lines around the second one.
                let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
                    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end().to_vec());
                    lines.filter(|line| !line.is_empty()).collect()
                };
                prop_assert_eq!(lines(&after), lines(&one_by_one));
            }
        }

        #[test]
        fn an_edit_without_blocks_changes_nothing(before in files()) {
            if let Ok(after) = put_all(&before, &[]) {
                prop_assert_eq!(after, before);
            }
        }
    }

    /// The bytes outside our marks, told apart line by line and without the scanner.
    fn without_blocks(bytes: &[u8], names: &[&str]) -> Vec<u8> {
        let is_mark = |which: &str, text: &[u8]| {
            names
                .iter()
                .any(|name| text.trim_ascii_end() == format!("# daypass: {which} sso-session {name}").as_bytes())
        };
        let (mut kept, mut inside) = (Vec::new(), false);
        for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let (bom, text) = match line.strip_prefix(BOM) {
                Some(text) if number == 0 => (&line[..3], text),
                _ => (&line[..0], line),
            };
            kept.extend_from_slice(bom);
            inside |= is_mark("begin", text);
            if !inside {
                kept.extend_from_slice(text);
            }
            inside &= !is_mark("end", text);
        }
        kept
    }
}
