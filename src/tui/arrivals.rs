//! What terminal events mean, given how they arrive: a hand cannot press keys a few milliseconds apart.
//!
//! A paste may contain its own end marker; what follows it then arrives as keys, `Enter` included. Whatever
//! comes in the same rush as a paste is therefore text, or nothing.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::Size;

use super::message::Message;

/// Keys closer together than this were not both pressed on purpose. The fastest typing is around 30 ms.
const RUSH: Duration = Duration::from_millis(15);
/// A paste comes in pieces, and a slow line puts gaps between them.
const AFTER_PASTE: Duration = Duration::from_millis(60);

/// Remembers how the last input arrived.
#[derive(Debug, Default)]
pub struct Arrivals {
    last: Option<Duration>,
    in_paste: bool,
}

impl Arrivals {
    /// What `event`, read at this moment of [`crate::ports::Clock::elapsed`], means; nothing for events that
    /// mean nothing here.
    pub fn message(&mut self, event: Event, at: Duration) -> Option<Message> {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => None,
            Event::Key(key) => {
                let gap = self.last.replace(at).map(|last| at.saturating_sub(last));
                self.in_paste &= gap.is_some_and(|gap| gap < AFTER_PASTE);
                if self.in_paste {
                    return match key.code {
                        KeyCode::Char(letter) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
                            Some(Message::Paste(letter.into()))
                        }
                        _ => None,
                    };
                }
                Some(Message::Key { key, hurried: gap.is_some_and(|gap| gap < RUSH) })
            }
            Event::Paste(text) => {
                self.last = Some(at);
                self.in_paste = true;
                Some(Message::Paste(text))
            }
            Event::Mouse(mouse) => Some(Message::Mouse(mouse)),
            Event::Resize(width, height) => Some(Message::Resize(Size { width, height })),
            Event::FocusGained | Event::FocusLost => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyEvent;

    use super::*;

    fn key(code: KeyCode) -> Event {
        Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn what_follows_a_paste_in_the_same_rush_is_text_or_nothing() {
        let mut arrivals = Arrivals::default();
        arrivals.message(Event::Paste("a".into()), at(0));
        assert!(arrivals.message(key(KeyCode::Enter), at(1)).is_none());
        assert!(matches!(arrivals.message(key(KeyCode::Char('b')), at(30)), Some(Message::Paste(text)) if text == "b"));
        assert!(arrivals.message(key(KeyCode::Enter), at(80)).is_none());
        assert!(matches!(arrivals.message(key(KeyCode::Enter), at(400)), Some(Message::Key { hurried: false, .. })));
    }

    #[test]
    fn keys_in_a_rush_are_marked() {
        let mut arrivals = Arrivals::default();
        let mut hurried = |millis| match arrivals.message(key(KeyCode::Enter), at(millis)) {
            Some(Message::Key { hurried, .. }) => hurried,
            other => panic!("{other:?}"),
        };
        assert_eq!([hurried(0), hurried(1), hurried(40), hurried(41)], [false, true, false, true]);
    }
}
