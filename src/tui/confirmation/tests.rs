//! The confirmation without a terminal.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::model::Confirmation;
use super::view;
use crate::domain::elevation::ConfirmationPhrase;
use crate::domain::ids::AccountId;
use crate::tui::message::Message;
use crate::tui::theme::{Background, ColorDepth, Theme};
use crate::tui::typed_phrase::Refused;

fn question() -> Confirmation {
    let account = (AccountId::parse("123456780008").unwrap(), Some("prod-payments".to_owned()));
    Confirmation::new(ConfirmationPhrase::of(&[account]), Theme::new(ColorDepth::Never, Background::Dark))
}

fn press(question: &mut Confirmation, code: KeyCode, in_burst: bool) -> Option<Option<()>> {
    question.update(Message::Key { key: KeyEvent::new(code, KeyModifiers::NONE), in_burst })
}

fn type_slowly(question: &mut Confirmation, text: &str) {
    for letter in text.chars() {
        assert_eq!(press(question, KeyCode::Char(letter), false), None);
    }
}

#[test]
fn what_is_typed_confirms_and_nothing_else_does() {
    for (typed, confirms) in [("0008", true), ("prod-payments", true), ("", false), ("y", false), ("yes", false)] {
        let mut question = question();
        type_slowly(&mut question, typed);
        assert_eq!(press(&mut question, KeyCode::Enter, false), confirms.then_some(Some(())), "{typed}");
    }
}

#[test]
fn a_paste_confirms_nothing_even_one_that_ends_itself() {
    let mut question = question();
    assert_eq!(question.update(Message::Paste("0008".to_owned())), None);
    assert_eq!(question.phrase.refused, Some(Refused::Pasted));
    assert_eq!(press(&mut question, KeyCode::Enter, false), None);
    type_slowly(&mut question, "0008");
    assert_eq!(question.phrase.refused, None);
    assert_eq!(press(&mut question, KeyCode::Enter, true), None, "an end that came with other keys");
    assert_eq!((question.phrase.refused, question.phrase.typed.text()), (Some(Refused::EnterTooFast), "0008"));
    assert_eq!(press(&mut question, KeyCode::Enter, false), Some(Some(())));
}

#[test]
fn keys_that_no_person_types_that_fast_were_pasted() {
    let mut question = question();
    for letter in "0008".chars() {
        press(&mut question, KeyCode::Char(letter), true);
    }
    assert_eq!((question.phrase.refused, question.phrase.typed.text()), (Some(Refused::TooFast), ""));
    // Two at once come from a slow connection.
    type_slowly(&mut question, "00");
    press(&mut question, KeyCode::Char('0'), true);
    type_slowly(&mut question, "8");
    assert_eq!(press(&mut question, KeyCode::Enter, false), Some(Some(())));
}

#[test]
fn escape_and_control_c_give_up() {
    assert_eq!(press(&mut question(), KeyCode::Esc, false), Some(None));
    let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(question().update(Message::Key { key: control_c, in_burst: true }), Some(None));
}

#[test]
fn it_says_what_to_type_at_every_width() {
    let lines = |question: &Confirmation, width| {
        let area = Rect::new(0, 0, width, view::HEIGHT);
        let mut buffer = Buffer::empty(area);
        view::render(question, area, &mut buffer);
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>().trim_end().to_owned();
        [row(0), row(1)]
    };
    let mut question = question();
    type_slowly(&mut question, "00");
    assert_eq!(
        lines(&question, 79),
        [" type prod-payments or 0008 to go on › 00", " ↵ goes on · esc cancels · typed, not pasted"]
    );
    assert_eq!(press(&mut question, KeyCode::Enter, false), None);
    assert_eq!(lines(&question, 79)[1], " that is not it");
    for width in [1, 2, 12, 20, 40] {
        lines(&question, width);
    }
}
