//! The log's last file as it stands, and the chain that it carries.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::folder;
use super::snapshot::LARGEST;
use super::torn_end;
use crate::adapters::files::{Durability, LogFile, read_bounded, unusable};
use crate::domain::audit::{Chain, Event, Head, Line, LogEvent, Refused};
use crate::domain::time::later;
use crate::error::{Error, FileFault, Result};

/// A file this large is closed before the next record, where the keyring can be asked for the key that signs its end.
const FULL: usize = 256 << 10;
/// How long the same refusal is not recorded again.
const SAME_REFUSAL: SignedDuration = SignedDuration::from_mins(1);

/// The log's last file, open for appending. The log's lock is held.
pub(super) struct LastFile {
    number: u32,
    file: LogFile,
    bytes: Vec<u8>,
}

/// The chain that the log's last line belongs to.
pub(super) enum LastChain {
    /// No line was ever written.
    None,
    /// The lines follow from each other.
    Whole {
        /// The chain up to the last line.
        chain: Chain,
        /// Whether that line closes its file.
        is_closed: bool,
        /// Whether the lines that the keyring knows of are among them.
        extends_head: bool,
    },
    /// A line does not follow from the one before; the head is that of the lines before it.
    Broken(Option<Head>),
}

/// What is known of a chain before its lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Nothing: each line is checked.
    Nothing,
    /// The keyring has this head: each line after it is checked.
    Head(Head),
    /// It does not matter: the last line alone is checked, for what carries no checkpoint.
    AllButTheLast,
}

impl LastFile {
    /// Opens it, without what a crash has left at its end. There is always one: the first is made here.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let known = folder::first(folder)?.unwrap_or(folder::FIRST);
        LastFile::open_number(folder, folder::last(folder, known).unwrap_or(known))
    }

    fn open_number(folder: &Path, number: u32) -> Result<Self> {
        let mut file = LogFile::open(&folder::file(folder, number))?;
        let mut bytes = file.read(LARGEST)?;
        torn_end::set_aside(folder, &mut file, &mut bytes)?;
        Ok(LastFile { number, file, bytes })
    }

    /// The chain that it carries on. A file without a line carries on that of the file before it. The lines that `known` says
    /// are only counted and hashed: where they are those of the head that is known, the root says so.
    ///
    /// # Errors
    /// The file before it cannot be read.
    pub(super) fn chain(&self, folder: &Path, known: &dyn Fn(&Chain) -> Known) -> Result<LastChain> {
        let before = self.number.saturating_sub(1);
        if self.is_empty() && folder::file(folder, before).exists() {
            return LastFile::open_number(folder, before)?.chain(folder, known);
        }
        Ok(read(&self.bytes, known))
    }

    /// Whether it has no line yet.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether it is time for the next file.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Whether it tells of `refused` already, within the minute before `at` and with nothing but refusals since: a program that
    /// asks again and again must not fill the log.
    pub(super) fn has_just_recorded(&self, refused: &Refused, at: Timestamp) -> bool {
        let since = later(at, -SAME_REFUSAL);
        self.bytes
            .rsplit(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map_while(|line| Line::read(line).ok())
            .take_while(|line| (since..=at).contains(&line.envelope.at().at.wall))
            .filter_map(|line| line.event.read::<Event>())
            .take_while(|event| matches!(event, Event::Refused(_)))
            .any(|event| matches!(event, Event::Refused(other) if *other == *refused))
    }

    /// The error of a record that cannot follow on what the file holds.
    pub(super) fn nothing_follows(&self, folder: &Path) -> Error {
        let what = "its lines do not follow from each other".into();
        unusable(&folder::file(folder, self.number), FileFault::Invalid { line: None, column: None, what })
    }

    /// Appends `lines`.
    ///
    /// # Errors
    /// They cannot be written, or are not on disk though they should be; the file is as it was then.
    pub(super) fn append(&mut self, lines: &[Vec<u8>], durability: Durability) -> Result<()> {
        self.file.append(lines, durability)
    }

    /// The file after it.
    ///
    /// # Errors
    /// It cannot be made.
    pub(super) fn next(&self, folder: &Path) -> Result<Self> {
        LastFile::open_number(folder, self.number + 1)
    }
}

/// Whether the last file of the log in `folder` is full, as far as can be told without its lock.
pub(super) fn is_full(folder: &Path) -> bool {
    let first = folder::first(folder).ok().flatten();
    let last = first.and_then(|first| folder::last(folder, first)).map(|last| folder::file(folder, last));
    last.and_then(|last| last.metadata().ok()).is_some_and(|found| found.len() >= FULL as u64)
}

/// Whether a file of the log in `folder` has the lines that `head` is of.
///
/// # Errors
/// A file cannot be read.
pub(super) fn has_head(folder: &Path, head: Head) -> Result<bool> {
    let Some(first) = folder::first(folder)? else { return Ok(false) };
    let Some(last) = folder::last(folder, first) else { return Ok(false) };
    for number in first..=last {
        let bytes = read_bounded(&folder::file(folder, number), LARGEST).map_err(Error::OwnFile)?;
        if tells_of(head, &bytes.unwrap_or_default()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn tells_of(head: Head, bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).peekable();
    let Some(Ok(mut chain)) = lines.peek().map(|first| Chain::before(first)) else { return false };
    chain.id() == head.chain
        && lines.any(|line| {
            chain.push(line);
            chain.size() == head.size && chain.head() == head
        })
}

fn read(bytes: &[u8], known: &dyn Fn(&Chain) -> Known) -> LastChain {
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    let Some(first) = lines.first() else { return LastChain::None };
    let Ok(mut chain) = Chain::before(first) else { return LastChain::Broken(None) };
    let known = known(&chain);
    let (hashed_until, head) = match known {
        Known::Nothing => (0, None),
        Known::Head(head) => (head.size, Some(head)),
        Known::AllButTheLast => (chain.size() + lines.len() as u64 - 1, None),
    };
    // A head from before this file was compared when the file began.
    let mut extends_head = head.is_none_or(|head| head.size < chain.size());
    let mut is_closed = false;
    for line in lines {
        extends_head |= head == Some(chain.head());
        if chain.size() < hashed_until {
            chain.push(line);
            continue;
        }
        match chain.take(line) {
            Ok(line) => is_closed = matches!(line.event.read(), Some(LogEvent::Closed {})),
            Err(_) if !extends_head => break,
            Err(_) => return LastChain::Broken(Some(chain.head())),
        }
    }
    extends_head |= head == Some(chain.head());
    LastChain::Whole { chain, is_closed, extends_head }
}
