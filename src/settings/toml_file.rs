//! Reads a TOML file that a person wrote: every error names file, line and what is allowed.

use std::fmt::Display;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::source::{Source, Sourced};
use crate::adapters::files::read_trusted;
use crate::domain::nearest::nearest;
use crate::error::{Error, FileError, Result};

/// The largest file read, in bytes.
const LARGEST: u64 = 1 << 20;

/// A file's text and its path, for messages.
#[derive(Debug)]
pub(super) struct TomlFile {
    path: Arc<Path>,
    text: String,
    /// Where each line but the first begins.
    lines: Vec<usize>,
}

impl TomlFile {
    /// The bytes of the file at `path`; `None` if it is not there.
    ///
    /// # Errors
    /// It cannot be read, or someone else than this user and root can change it: it says what is asked for before
    /// credentials are handed out, and which programs are started.
    pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
        read_trusted(path, LARGEST).map_err(Error::UserFile)
    }

    /// Takes `bytes` as the text of the file at `path`.
    pub(super) fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self> {
        match String::from_utf8(bytes) {
            Ok(text) => {
                let feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
                let lines = feeds.map(|(at, _)| at + 1).collect();
                Ok(TomlFile { path: path.into(), text, lines })
            }
            Err(why) => {
                let good = &why.as_bytes()[..why.utf8_error().valid_up_to()];
                Err(Error::UserFile(FileError::invalid(path, line_after(good), "not UTF-8")))
            }
        }
    }

    /// The folder of the file.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Parses the text.
    pub(super) fn root(&self) -> Result<DeTable<'_>> {
        DeTable::parse(&self.text)
            .map(Spanned::into_inner)
            .map_err(|why| self.wrong(why.span().unwrap_or_default(), with_hint(why.message())))
    }

    /// An error at `span`.
    pub(super) fn wrong(&self, span: Range<usize>, what: impl Display) -> Error {
        Error::UserFile(self.invalid(&span, what))
    }

    fn invalid(&self, span: &Range<usize>, what: impl Display) -> FileError {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let column = String::from_utf8_lossy(line).chars().count() + 1;
        FileError::invalid_at(&self.path, self.line(span), u32::try_from(column).unwrap_or(u32::MAX), what)
    }

    fn line(&self, span: &Range<usize>) -> u32 {
        let before = self.lines.partition_point(|begin| *begin <= span.start);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }

    fn source(&self, span: &Range<usize>) -> Source {
        Source::File { path: self.path.clone(), line: self.line(span) }
    }
}

/// What the TOML parser says, and for an unknown escape what is meant most of the time: a regular expression.
fn with_hint(message: &str) -> String {
    match message.contains("escape") {
        true => format!("{message}; in single quotes a backslash is one: 'INC-\\d+'"),
        false => message.to_owned(),
    }
}

/// The number of the line after `text`'s last line feed.
fn line_after(text: &[u8]) -> u32 {
    let ends = text.iter().filter(|byte| **byte == b'\n').count();
    u32::try_from(ends).unwrap_or(u32::MAX).saturating_add(1)
}

/// A table of a file.
pub(super) struct Table<'t> {
    file: &'t TomlFile,
    values: &'t DeTable<'t>,
    /// The offset of its first byte.
    start: usize,
}

/// A value and its position.
pub(super) struct Found<'t, T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
    file: &'t TomlFile,
}

impl<T> Found<'_, T> {
    /// Checks the value; an error names its line.
    pub(super) fn checked<U, E: Display>(self, check: impl FnOnce(T) -> Result<U, E>) -> Result<Sourced<U>> {
        match check(self.value) {
            Ok(value) => Ok(Sourced::new(value, self.file.source(&self.span))),
            Err(why) => Err(self.file.wrong(self.span, why)),
        }
    }

    /// An error about the value.
    pub(super) fn wrong(&self, what: impl Display) -> Error {
        self.file.wrong(self.span.clone(), what)
    }

    /// The value with its line.
    pub(super) fn sourced(self) -> Sourced<T> {
        Sourced { source: self.file.source(&self.span), value: self.value }
    }
}

impl<'t> Table<'t> {
    /// The whole file.
    pub(super) fn new(file: &'t TomlFile, values: &'t DeTable<'t>) -> Self {
        Table { file, values, start: 0 }
    }

    /// An error about the table as a whole.
    pub(super) fn wrong(&self, what: impl Display) -> Error {
        self.file.wrong(self.start..self.start, what)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<Found<'t, &'t str>>> {
        self.typed(key, "text in quotes", |value| value.as_str())
    }

    pub(super) fn boolean(&self, key: &str) -> Result<Option<Found<'t, bool>>> {
        self.typed(key, "true or false", DeValue::as_bool)
    }

    /// Text; `true` and `false` may stand without quotes.
    pub(super) fn text_or_boolean(&self, key: &str) -> Result<Option<Found<'t, &'t str>>> {
        self.typed(key, "text in quotes, true or false", |value| match value.as_bool() {
            Some(true) => Some("true"),
            Some(false) => Some("false"),
            None => value.as_str(),
        })
    }

    pub(super) fn integer(&self, key: &str) -> Result<Option<Found<'t, i64>>> {
        self.typed(key, "a whole number", |value| {
            let integer = value.as_integer()?;
            i64::from_str_radix(integer.as_str(), integer.radix()).ok()
        })
    }

    /// One text, or a list of texts.
    pub(super) fn texts_of(&self, key: &str) -> Result<Option<Vec<Found<'t, &'t str>>>> {
        let what = "text in quotes or a list of such";
        let Some(value) = self.values.get(key) else { return Ok(None) };
        let text = |value: &'t Spanned<DeValue<'t>>| match value.get_ref().as_str() {
            Some(text) => Ok(Found { value: text, span: value.span(), file: self.file }),
            None => Err(self.must_be(key, what, value)),
        };
        match value.get_ref().as_array() {
            Some(array) => array.iter().map(text).collect::<Result<Vec<_>>>().map(Some),
            None => text(value).map(|found| Some(vec![found])),
        }
    }

    /// Whether there is such a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys().any(|known| known.value == key)
    }

    /// The folder of the file.
    pub(super) fn folder(&self) -> &'t Path {
        self.file.folder()
    }

    /// The key's own place, for what is wrong about it and what others say.
    pub(super) fn wrong_key(&self, key: &str, what: impl Display) -> Error {
        let span = self.values.iter().find(|(name, _)| name.get_ref() == key).map(|(name, _)| name.span());
        self.file.wrong(span.unwrap_or(self.start..self.start), what)
    }

    pub(super) fn table(&self, key: &str) -> Result<Option<Table<'t>>> {
        let found = self.typed(key, "a table", |value| value.as_table())?;
        Ok(found.map(|found| Table { file: self.file, values: found.value, start: found.span.start }))
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(&self, key: &str) -> Result<Vec<Table<'t>>> {
        let Some(array) = self.typed(key, "a list of tables", |value| value.as_array())? else { return Ok(Vec::new()) };
        let tables = array.value.iter().map(|item| match item.get_ref().as_table() {
            Some(values) => Ok(Table { file: self.file, values, start: item.span().start }),
            None => Err(self.must_be(key, "a list of tables", item)),
        });
        tables.collect()
    }

    /// Every key.
    pub(super) fn keys(&self) -> impl Iterator<Item = Found<'t, &'t str>> {
        let file = self.file;
        self.values.iter().map(move |(key, _)| Found { value: key.get_ref().as_ref(), span: key.span(), file })
    }

    /// Every key with its text.
    pub(super) fn texts(&self) -> Result<Vec<(Found<'t, &'t str>, Found<'t, &'t str>)>> {
        let entries = self.values.iter().map(|(key, value)| {
            let name = Found { value: key.get_ref().as_ref(), span: key.span(), file: self.file };
            match value.get_ref().as_str() {
                Some(text) => Ok((name, Found { value: text, span: value.span(), file: self.file })),
                None => Err(self.must_be(name.value, "text in quotes", value)),
            }
        });
        entries.collect()
    }

    /// An error for each key that is not one of `known`.
    pub(super) fn unknown(&self, known: &[&'static str]) -> Vec<FileError> {
        let unknown = self.values.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref()));
        let told = unknown.map(|(key, _)| {
            let name = key.get_ref().as_ref();
            let suggestion = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys are {}", known.join(", ")),
            };
            self.file.invalid(&key.span(), format!("there is no key `{}`; {suggestion}", shortened(name)))
        });
        told.collect()
    }

    fn typed<T>(
        &self,
        key: &str,
        what: &str,
        read: impl FnOnce(&'t DeValue<'t>) -> Option<T>,
    ) -> Result<Option<Found<'t, T>>> {
        let Some(value) = self.values.get(key) else { return Ok(None) };
        match read(value.get_ref()) {
            Some(found) => Ok(Some(Found { value: found, span: value.span(), file: self.file })),
            None => Err(self.must_be(key, what, value)),
        }
    }

    fn must_be(&self, key: &str, what: &str, value: &Spanned<DeValue<'_>>) -> Error {
        let given = value.get_ref().type_str();
        self.file.wrong(value.span(), format!("`{}` must be {what}, not of type {given}", shortened(key)))
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}
