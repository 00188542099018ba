//! Notices that something ends soon: when each is due, and how it reaches a person who is not looking at the screen.

use std::collections::BTreeMap;
use std::io::{self, Write as _, stdout};

use jiff::{SignedDuration, Timestamp};

use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::text::visible;
use crate::domain::time::{Lifespan, Now};

/// How long before an end its notice comes.
const NOTICE: SignedDuration = SignedDuration::from_mins(5);

/// How a notice reaches the person, besides its text on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NotifyBy {
    /// A desktop notification by the terminal (OSC 9).
    Osc9,
    /// The terminal's bell.
    Bell,
    /// Nothing.
    #[default]
    Off,
}

/// Sends `text` to the person's desktop.
///
/// # Errors
/// The terminal cannot be written to.
pub(crate) fn notify(by: NotifyBy, text: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(sequence(by, text).as_bytes())?;
    out.flush()
}

/// No character of `text` can end the sequence: all control characters are made visible. It does not begin with `text`,
/// which comes from outside: terminals take a number there for a command, such as `4;` for a progress bar.
fn sequence(by: NotifyBy, text: &str) -> String {
    match by {
        NotifyBy::Osc9 => format!("\x1b]9;daypass: {}\x07", visible(text)),
        NotifyBy::Bell => "\x07".to_owned(),
        NotifyBy::Off => String::new(),
    }
}

/// Something that ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    SignIn(SessionKey),
    Credentials(SessionKey, Target),
}

/// The ends that were announced.
#[derive(Debug, Default)]
pub(crate) struct Announced(BTreeMap<Ending, Timestamp>);

impl Announced {
    /// What is to be announced at `now` of all that lives: what ends in five minutes or less, once in each lifespan. What
    /// lives no longer than that from the start is not announced, nor what has ended.
    pub(crate) fn due(&mut self, living: impl IntoIterator<Item = (Ending, Lifespan)>, now: Now) -> Vec<Ending> {
        let mut due = Vec::new();
        for (ending, lifespan) in living {
            let left = lifespan.left(now);
            let is_near = left.is_positive() && left <= NOTICE && lifespan.total() > NOTICE;
            if is_near && self.0.insert(ending.clone(), lifespan.ends_at()) != Some(lifespan.ends_at()) {
                due.push(ending);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::model::lifespan_from;
    use crate::tui::tests::test_app::{session, target};

    fn at(seconds: i64) -> Now {
        Now { wall: Timestamp::from_second(seconds).unwrap(), boot: None, latest_aws_time: None }
    }

    /// A lifespan that begins at 0.
    fn lasting(minutes: i64) -> Lifespan {
        lifespan_from(at(0), SignedDuration::from_mins(minutes))
    }

    #[test]
    fn a_notice_is_due_five_minutes_before_the_end_and_not_after_it() {
        // Minutes that it lives, the second that is asked about.
        let table = [
            (60, 55 * 60 - 1, false),
            (60, 55 * 60, true),
            (60, 59 * 60 + 59, true),
            (60, 60 * 60, false),
            (60, 61 * 60, false),
            (8, 2 * 60, false),
            (8, 3 * 60, true),
            // It would come at once.
            (5, 0, false),
            (5, 60, false),
        ];
        for (minutes, second, expected) in table {
            let ending = Ending::SignIn(session("acme").key());
            let due = Announced::default().due([(ending.clone(), lasting(minutes))], at(second));
            assert_eq!(due == [ending], expected, "{minutes} min at {second} s");
        }
    }

    #[test]
    fn each_lifespan_is_announced_once_and_a_renewed_one_again() {
        let key = session("acme").key();
        let role = |name: &str| Ending::Credentials(key.clone(), target(name));
        let (one, other) = (role("100000000001/Admin"), role("100000000002/Admin"));
        let mut announced = Announced::default();
        let mut due = |minutes, second| {
            announced.due([(one.clone(), lasting(minutes)), (other.clone(), lasting(90))], at(second))
        };
        assert_eq!(due(60, 56 * 60), std::slice::from_ref(&one));
        assert_eq!(due(60, 57 * 60), []);
        assert_eq!(due(120, 58 * 60), []);
        assert_eq!(due(120, 86 * 60), std::slice::from_ref(&other));
        assert_eq!(due(120, 116 * 60), std::slice::from_ref(&one));
    }

    #[test]
    fn no_text_ends_its_sequence() {
        assert_eq!(sequence(NotifyBy::Osc9, "prod ends in 5 min"), "\x1b]9;daypass: prod ends in 5 min\x07");
        assert_eq!(sequence(NotifyBy::Osc9, "4;1;50"), "\x1b]9;daypass: 4;1;50\x07");
        let hostile = sequence(NotifyBy::Osc9, "a\x07\x1b]52;c;eA==\x07\u{9c}b");
        let inside = hostile.strip_prefix("\x1b]9;").and_then(|rest| rest.strip_suffix('\x07')).unwrap();
        assert!(!inside.chars().any(char::is_control), "{inside:?}");
        assert_eq!((sequence(NotifyBy::Bell, "x"), sequence(NotifyBy::Off, "x")), ("\x07".into(), String::new()));
    }
}
