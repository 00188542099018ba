//! Decodes terminal events into messages, by how quickly they follow each other.
//!
//! A paste may contain its own end marker; what follows it then arrives as key presses, `Enter` included. Keys that
//! arrive in the same burst as a paste are therefore text, or ignored.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::Size;

use super::message::Message;

/// Keys closer together than this were not both pressed deliberately. The fastest typing is around 30 ms a key.
const BURST_GAP: Duration = Duration::from_millis(15);
/// Keys closer than this to a paste belong to it: a slow connection delivers it in pieces.
const PASTE_GAP: Duration = Duration::from_millis(60);

/// Remembers when the last input arrived.
#[derive(Debug, Default)]
pub(crate) struct InputDecoder {
    last: Option<Duration>,
    in_paste: bool,
}

impl InputDecoder {
    /// The message for an event that arrived at this time of [`crate::ports::Clock::elapsed`].
    pub(crate) fn decode(&mut self, event: Event, at: Duration) -> Option<Message> {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => None,
            Event::Key(key) => {
                let gap = self.last.replace(at).map(|last| at.saturating_sub(last));
                self.in_paste &= gap.is_some_and(|gap| gap < PASTE_GAP);
                if self.in_paste {
                    return match key.code {
                        KeyCode::Char(letter) if !key.modifiers.contains(KeyModifiers::CONTROL) => {
                            Some(Message::Paste(letter.into()))
                        }
                        _ => None,
                    };
                }
                Some(Message::Key { key, in_burst: gap.is_some_and(|gap| gap < BURST_GAP) })
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
    fn keys_in_the_same_burst_as_a_paste_are_text_or_ignored() {
        let mut input = InputDecoder::default();
        input.decode(Event::Paste("a".into()), at(0));
        assert!(input.decode(key(KeyCode::Enter), at(1)).is_none());
        assert!(matches!(input.decode(key(KeyCode::Char('b')), at(30)), Some(Message::Paste(text)) if text == "b"));
        assert!(input.decode(key(KeyCode::Enter), at(80)).is_none());
        assert!(matches!(input.decode(key(KeyCode::Enter), at(400)), Some(Message::Key { in_burst: false, .. })));
    }

    #[test]
    fn keys_in_a_burst_are_marked() {
        let mut input = InputDecoder::default();
        let mut in_burst = |millis| match input.decode(key(KeyCode::Enter), at(millis)) {
            Some(Message::Key { in_burst, .. }) => in_burst,
            other => panic!("{other:?}"),
        };
        assert_eq!([in_burst(0), in_burst(1), in_burst(40), in_burst(41)], [false, true, false, true]);
    }
}
