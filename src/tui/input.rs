//! Decodes terminal events into messages, by how quickly they follow each other.
//!
//! A paste may contain its own end marker; what follows it then arrives as key presses, `Enter` included. Keys that
//! arrive in the same burst as a paste are therefore text, or ignored, and so are clicks. What the terminal answers about its background
//! arrives as key presses too, and is never taken for them.

mod background;

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::Size;

use self::background::{BackgroundAnswer, Part};
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
    /// Present where the terminal was asked for its background.
    answer: Option<BackgroundAnswer>,
}

impl InputDecoder {
    /// A decoder for a terminal that was asked for its background at this time, if it was.
    pub(crate) fn new(background_asked: Option<Duration>) -> Self {
        InputDecoder { answer: background_asked.map(BackgroundAnswer::new), ..InputDecoder::default() }
    }

    /// The message for an event that arrived at this time of [`crate::ports::Clock::elapsed`].
    pub(crate) fn decode(&mut self, event: Event, at: Duration) -> Option<Message> {
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => None,
            Event::Key(key) => {
                match self.answer.as_mut().map_or(Part::None, |answer| answer.take(key, at)) {
                    Part::None => {}
                    Part::Swallowed => return None,
                    Part::Background(background) => return Some(Message::Background(background)),
                }
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
            // What follows a paste's own end marker may look like a click too.
            Event::Mouse(_) if self.in_paste && self.follows_within(PASTE_GAP, at) => {
                self.last = Some(at);
                None
            }
            Event::Mouse(_) if self.follows_within(BURST_GAP, at) => None,
            Event::Mouse(mouse) => Some(Message::Mouse(mouse)),
            Event::Resize(width, height) => Some(Message::Resize(Size { width, height })),
            Event::FocusGained | Event::FocusLost => None,
        }
    }

    /// Whether less than `gap` has passed since the last key or paste.
    fn follows_within(&self, gap: Duration, at: Duration) -> bool {
        self.last.is_some_and(|last| at.saturating_sub(last) < gap)
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyEvent, MouseButton, MouseEvent, MouseEventKind};

    use super::*;
    use crate::tui::theme::Background;

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
    fn a_click_in_the_same_burst_as_a_paste_or_a_key_is_none() {
        let click = || {
            Event::Mouse(MouseEvent {
                kind: MouseEventKind::Down(MouseButton::Left),
                column: 3,
                row: 29,
                modifiers: KeyModifiers::NONE,
            })
        };
        let mut input = InputDecoder::default();
        input.decode(Event::Paste("a".into()), at(0));
        for millis in [1, 50, 100] {
            assert!(input.decode(click(), at(millis)).is_none(), "{millis}");
        }
        assert!(input.decode(key(KeyCode::Enter), at(150)).is_none());
        assert!(matches!(input.decode(click(), at(400)), Some(Message::Mouse(_))));
        input.decode(key(KeyCode::Char('a')), at(500));
        assert!(input.decode(click(), at(505)).is_none());
        assert!(matches!(input.decode(click(), at(530)), Some(Message::Mouse(_))));
    }

    /// The keys that crossterm makes of an answer.
    fn answer(text: &str, end: KeyEvent) -> Vec<Event> {
        let begin = KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT);
        let letters = text.chars().map(|letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE));
        std::iter::once(begin).chain(letters).chain([end]).map(Event::Key).collect()
    }

    fn bel() -> KeyEvent {
        KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL)
    }

    fn st() -> KeyEvent {
        KeyEvent::new(KeyCode::Char('\\'), KeyModifiers::ALT)
    }

    const WHITE: &str = "11;rgb:ffff/ffff/ffff";

    /// What of `events` comes through, arriving at `millis`.
    fn decoded(input: &mut InputDecoder, events: Vec<Event>, millis: u64) -> Vec<Message> {
        events.into_iter().filter_map(|event| input.decode(event, at(millis))).collect()
    }

    #[test]
    fn an_answer_about_the_background_is_no_text_and_changes_it_only_in_time() {
        for end in [bel(), st()] {
            let mut input = InputDecoder::new(Some(at(0)));
            let messages = decoded(&mut input, answer(WHITE, end), 100);
            assert!(matches!(messages.as_slice(), [Message::Background(Background::Light)]), "{messages:?}");
            // A late one, and one in the middle of a paste.
            assert!(decoded(&mut input, answer(WHITE, end), 2_001).is_empty());
            input.decode(Event::Paste("a".into()), at(3_000));
            assert!(decoded(&mut input, answer(WHITE, end), 3_001).is_empty());
        }
    }

    #[test]
    fn keys_after_an_answer_are_keys_and_not_of_its_burst() {
        let mut input = InputDecoder::new(Some(at(0)));
        let events = answer(WHITE, bel()).into_iter().chain([key(KeyCode::Enter)]).collect();
        let messages = decoded(&mut input, events, 100);
        let [Message::Background(_), Message::Key { key, in_burst: false }] = messages.as_slice() else {
            panic!("{messages:?}");
        };
        assert_eq!(key.code, KeyCode::Enter);
    }

    #[test]
    fn keys_that_only_begin_like_an_answer_are_keys() {
        let alt = Event::Key(KeyEvent::new(KeyCode::Char(']'), KeyModifiers::ALT));
        // After a person's pause, and at once but not as an answer goes on.
        for (letter, millis) in [('1', 100), ('p', 1), ('2', 1)] {
            let mut input = InputDecoder::new(Some(at(0)));
            assert!(input.decode(alt.clone(), at(0)).is_none());
            let typed = input.decode(key(KeyCode::Char(letter)), at(millis));
            assert!(matches!(typed, Some(Message::Key { key, .. }) if key.code == KeyCode::Char(letter)), "{letter}");
        }
        let mut endless = InputDecoder::new(Some(at(0)));
        let text = format!("11;{}", "f".repeat(200));
        assert!(!decoded(&mut endless, answer(&text, bel()), 1).is_empty(), "no more than an answer is swallowed");
        // Where nobody asked, nobody answers.
        assert_eq!(decoded(&mut InputDecoder::new(None), answer(WHITE, bel()), 1).len(), WHITE.len() + 2);
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
