//! Uses of credentials that were kept already: a line each in a log that any process appends to without a lock, until
//! they are counted in the index.
//!
//! A process may be killed in the middle of a line. So each line has a mark at its beginning and a line feed at its end;
//! what lacks one of them counts for nothing, and spoils no other line.

use jiff::Timestamp;
use memchr::memrchr;

use super::source::SourceKey;

/// Begins each line. No session, account or role has it in its name.
const BEGIN: char = '>';

/// A use, as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use<'a> {
    /// The session's key.
    pub session: &'a str,
    /// The target, `ACCOUNT/ROLE`.
    pub target: &'a str,
    /// When, to the second.
    pub at: Timestamp,
}

/// The line for a use of `source`.
pub fn line(source: &SourceKey, at: Timestamp) -> String {
    format!("{BEGIN}{} {source}\n", at.as_second())
}

/// The uses in a log.
pub fn uses(log: &[u8]) -> impl Iterator<Item = Use<'_>> {
    let lines = log.split_inclusive(|byte| *byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
    lines.filter_map(parse)
}

fn parse(line: &[u8]) -> Option<Use<'_>> {
    let begin = memrchr(BEGIN as u8, line)?;
    let whole = std::str::from_utf8(&line[begin + 1..]).ok()?;
    let (seconds, source) = whole.split_once(' ')?;
    let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    let (before_role, _) = source.rsplit_once('/')?;
    let (session, _) = before_role.rsplit_once('/')?;
    let target = source.get(session.len() + 1..)?;
    Some(Use { session, target, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{Region, SessionName, StartUrl};
    use crate::domain::sso_session::SsoSession;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn key(role: &str) -> (SourceKey, String) {
        let session = SsoSession::new(
            SessionName::parse("acme corp").unwrap(),
            StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
            Region::parse("us-east-1").unwrap(),
        );
        let target = format!("100000023757/{role}").parse().unwrap();
        (SourceKey::of(&session.key(), &target), session.key().as_str().to_owned())
    }

    #[test]
    fn what_is_written_is_read_again() {
        let (developer, session) = key("Developer");
        let (read_only, _) = key("Read+Only,=.@-_");
        let log = [line(&developer, at(1_763_762_400)), line(&read_only, at(1_763_762_401))].concat();
        let expected = [
            Use { session: &session, target: "100000023757/Developer", at: at(1_763_762_400) },
            Use { session: &session, target: "100000023757/Read+Only,=.@-_", at: at(1_763_762_401) },
        ];
        assert_eq!(uses(log.as_bytes()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_torn_line_counts_for_nothing_and_spoils_no_other() {
        let (key, _) = key("Developer");
        let (torn, whole) = (line(&key, at(1_000)), line(&key, at(2_000)));
        for length in 0..torn.len() {
            let log = [&torn[..length], &whole, &whole, &torn[..length]].concat();
            let times: Vec<_> = uses(log.as_bytes()).map(|used| used.at).collect();
            assert_eq!(times, [at(2_000), at(2_000)], "{length}");
        }
        let damaged = [&b">1 \xff"[..], whole.as_bytes()].concat();
        assert_eq!(uses(&damaged).map(|used| used.at).collect::<Vec<_>>(), [at(2_000)], "what is no text either");
        for junk in ["\n", ">\n", "> \n", ">1 a\n", ">1 a/b\n", ">x a/b/c\n", ">99999999999999 a/b/c\n", "\u{0}\n"] {
            assert_eq!(uses(junk.as_bytes()).count(), 0, "{junk:?}");
        }
        assert_eq!(uses(b">1 a/b/\xff\n").count(), 0);
    }
}
