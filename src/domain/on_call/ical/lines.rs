//! The lines of a calendar (RFC 5545, 3.1), and the components that they make.
//!
//! It is strict where leniency could widen a shift: a calendar that was cut off is none, and a line that cannot be read
//! makes its component unusable.

use std::borrow::Cow;

use crate::domain::on_call::Unreadable;

/// `NAME;PARAM=value:value`.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) name: String,
    params: Vec<(String, String)>,
    /// As it is written.
    pub(super) value: String,
}

impl Line {
    /// The value of a parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value as text, with its escapes undone.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut characters = self.value.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(escaped) => text.push(escaped),
                    None => {}
                },
                plain => text.push(plain),
            }
        }
        text
    }

    fn parse(line: &str) -> Option<Self> {
        let end = line.find([';', ':'])?;
        let name = token(&line[..end])?;
        let mut rest = &line[end..];
        let mut params = Vec::new();
        while let Some(after) = rest.strip_prefix(';') {
            let (param, value) = after.split_once('=')?;
            let (value, after) = param_value(value)?;
            params.push((token(param)?, value));
            rest = after;
        }
        Some(Line { name, params, value: rest.strip_prefix(':')?.to_owned() })
    }
}

/// The value of a parameter, its quotes removed, and what follows; in a list, everything up to its end.
fn param_value(text: &str) -> Option<(String, &str)> {
    let mut is_quoted = false;
    let end = text.find(|character| {
        is_quoted ^= character == '"';
        !is_quoted && (character == ';' || character == ':')
    })?;
    Some((text[..end].replace('"', ""), &text[end..]))
}

fn token(text: &str) -> Option<String> {
    let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_token.then(|| text.to_ascii_uppercase())
}

/// A component with its lines and the components in it.
#[derive(Debug, Default)]
pub(super) struct Component {
    pub(super) name: String,
    pub(super) lines: Vec<Line>,
    pub(super) parts: Vec<Component>,
    /// Whether some line of its own could not be read.
    pub(super) is_damaged: bool,
}

impl Component {
    /// The lines of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.name == name)
    }

    /// The only line of this name; none where there are none, an error where there are several.
    pub(super) fn only<'a>(&'a self, name: &'a str) -> Result<Option<&'a Line>, String> {
        let mut lines = self.all(name);
        match (lines.next(), lines.next()) {
            (_, Some(_)) => Err(format!("it has more than one {name}")),
            (line, None) => Ok(line),
        }
    }
}

/// The deepest that components lie in one another: an alarm in an event in a calendar, and one for good measure.
const DEEPEST: usize = 4;

/// The calendars in `bytes`.
pub(super) fn calendars(bytes: &[u8]) -> Result<Vec<Component>, Unreadable> {
    let text = unfolded(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let mut calendars: Vec<Component> = Vec::new();
    let mut open: Vec<Component> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match (Line::parse(line), open.last_mut()) {
            (Some(line), _) if line.name == "BEGIN" => {
                let name = line.value.trim().to_ascii_uppercase();
                if open.is_empty() && name != "VCALENDAR" {
                    return Err(Unreadable::NotACalendar("it does not begin with BEGIN:VCALENDAR"));
                }
                if open.len() == DEEPEST {
                    return Err(Unreadable::NotACalendar("its components lie too deep in one another"));
                }
                open.push(Component { name, ..Component::default() });
            }
            (Some(line), Some(component)) if line.name == "END" => {
                if component.name != line.value.trim().to_ascii_uppercase() {
                    return Err(Unreadable::NotACalendar("a component ends that did not begin"));
                }
                let Some(ended) = open.pop() else { continue };
                open.last_mut().map_or(&mut calendars, |around| &mut around.parts).push(ended);
            }
            (Some(line), Some(component)) => component.lines.push(line),
            (None, Some(component)) => component.is_damaged = true,
            (_, None) => return Err(Unreadable::NotACalendar("it does not begin with BEGIN:VCALENDAR")),
        }
    }
    if !open.is_empty() {
        return Err(Unreadable::NotACalendar("it was cut off"));
    }
    if calendars.is_empty() { Err(Unreadable::NotACalendar("it is empty")) } else { Ok(calendars) }
}

/// The text with its long lines put together again. They are folded by bytes, so that is done before it is read as text.
fn unfolded(bytes: &[u8]) -> String {
    let mut whole = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let fold = match rest {
            [b'\r', b'\n', b' ' | b'\t', ..] => 3,
            [b'\n', b' ' | b'\t', ..] => 2,
            _ => 0,
        };
        if fold > 0 {
            rest = &rest[fold..];
        } else {
            whole.push(*first);
            rest = after;
        }
    }
    match String::from_utf8_lossy(&whole) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> Component {
        calendars(text.as_bytes()).unwrap().remove(0)
    }

    #[test]
    fn folded_lines_are_put_together_even_within_a_character() {
        let mut bytes = b"BEGIN:VCALENDAR\r\nX-A:Z\xc3\r\n \xbcr\r\n\tich\nEND:VCALENDAR\r\n".to_vec();
        assert_eq!(calendars(&bytes).unwrap()[0].lines[0].value, "Zürich");
        bytes.splice(0..0, *b"\xef\xbb\xbf");
        assert!(calendars(&bytes).is_ok(), "a byte order mark is no part of it");
    }

    #[test]
    fn parameters_may_be_quoted_and_values_may_be_escaped() {
        let calendar = one(
            "BEGIN:VCALENDAR\nattendee;CN=\"Doe; Alice:x\";Role=A,\"B\":mailto:a@b.example\nX:a\\, b\\n\\\\c\\;\nEND:VCALENDAR",
        );
        let line = &calendar.lines[0];
        assert_eq!(
            (line.name.as_str(), line.param("CN"), line.param("ROLE")),
            ("ATTENDEE", Some("Doe; Alice:x"), Some("A,B"))
        );
        assert_eq!((line.value.as_str(), calendar.lines[1].text().as_str()), ("mailto:a@b.example", "a, b\n\\c;"));
    }

    #[test]
    fn a_calendar_that_was_cut_off_or_is_none_is_refused() {
        let whole = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert!(calendars(whole.as_bytes()).is_ok());
        for cut in 0..whole.len() - "\r\n".len() {
            assert!(calendars(&whole.as_bytes()[..cut]).is_err(), "{cut}");
        }
        for text in ["<html></html>", "BEGIN:VCARD\nEND:VCARD", "X:1", "BEGIN:VCALENDAR\nEND:VEVENT", "END:VCALENDAR"] {
            assert!(calendars(text.as_bytes()).is_err(), "{text}");
        }
        let deep = |depth: usize| {
            format!("BEGIN:VCALENDAR\n{}{}END:VCALENDAR", "BEGIN:X\n".repeat(depth), "END:X\n".repeat(depth))
        };
        assert!(calendars(deep(DEEPEST - 1).as_bytes()).is_ok());
        assert!(calendars(deep(100_000).as_bytes()).is_err());
    }

    #[test]
    fn a_line_that_cannot_be_read_damages_its_own_component_alone() {
        let calendar =
            one("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSTATUS CANCELLED\nEND:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR");
        let damaged: Vec<bool> = calendar.parts.iter().map(|part| part.is_damaged).collect();
        assert_eq!((damaged, calendar.is_damaged), (vec![true, false], false));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = calendars(&bytes);
        }

        #[test]
        fn no_lines_make_it_panic(lines in proptest::collection::vec("(BEGIN|END|X)?[;:]?(VCALENDAR|VEVENT|=\"|:|;|a){0,4}", 0..12)) {
            let _ = calendars(lines.join("\n").as_bytes());
        }
    }
}
