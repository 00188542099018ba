//! What the terminal answers when it is asked for its background (OSC 11).
//!
//! crossterm does not know such answers. `ESC ] 11 ; rgb:ffff/ffff/ffff BEL` arrives as the keys Alt-], eighteen letters
//! and Ctrl-G, or Alt-\ where it ends with ST.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::theme::Background;

/// An answer that comes later than this after the question changes nothing any more.
const DEADLINE: Duration = Duration::from_secs(2);
/// The keys of an answer follow each other faster than this; a person's do not.
const KEY_GAP: Duration = Duration::from_millis(60);
/// The longest answer, in characters.
const LONGEST: usize = 64;

/// Recognises the answer among the keys.
#[derive(Debug)]
pub(super) struct BackgroundAnswer {
    asked: Duration,
    /// What arrived of an answer, and when its last key did.
    partial: Option<(String, Duration)>,
}

/// What a key means for the answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// It is no part of an answer.
    None,
    /// It belongs to one.
    Swallowed,
    /// It ends one that says this.
    Background(Background),
}

impl BackgroundAnswer {
    /// Waits for the answer to a question asked at this time.
    pub(super) fn new(asked: Duration) -> Self {
        BackgroundAnswer { asked, partial: None }
    }

    /// Takes a key that arrived at `at`.
    pub(super) fn take(&mut self, key: KeyEvent, at: Duration) -> Part {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if key.code == KeyCode::Char(']') && alt {
            self.partial = Some((String::new(), at));
            return Part::Swallowed;
        }
        let Some((mut text, last)) = self.partial.take() else { return Part::None };
        if at.saturating_sub(last) > KEY_GAP {
            return Part::None;
        }
        match key.code {
            KeyCode::Char('g') if control => self.ended(&text, at),
            KeyCode::Char('\\') if alt => self.ended(&text, at),
            KeyCode::Char(letter) if !alt && !control && text.len() < LONGEST && may_follow(&text, letter) => {
                text.push(letter);
                self.partial = Some((text, at));
                Part::Swallowed
            }
            _ => Part::None,
        }
    }

    fn ended(&self, answer: &str, at: Duration) -> Part {
        let in_time = at.saturating_sub(self.asked) <= DEADLINE;
        match parse(answer).filter(|_| in_time) {
            Some(background) => Part::Background(background),
            None => Part::Swallowed,
        }
    }
}

/// Whether an answer that began with `text` may go on with `letter`.
fn may_follow(text: &str, letter: char) -> bool {
    const BEGIN: &str = "11;";
    match BEGIN.chars().nth(text.len()) {
        Some(expected) => letter == expected,
        None => letter.is_ascii_hexdigit() || "rgb:/#".contains(letter),
    }
}

/// `11;rgb:RR/GG/BB`, `11;rgba:RR/GG/BB/AA` or `11;#RRGGBB`, each colour with 1 to 4 digits.
fn parse(answer: &str) -> Option<Background> {
    let color = answer.strip_prefix("11;")?;
    let parts: Vec<&str> = match color.strip_prefix('#') {
        Some(digits) if digits.len() % 3 == 0 => {
            let each = digits.len() / 3;
            (0..3).map(|part| digits.get(part * each..(part + 1) * each)).collect::<Option<_>>()?
        }
        Some(_) => return None,
        None => color.strip_prefix("rgb:").or_else(|| color.strip_prefix("rgba:"))?.split('/').collect(),
    };
    let channels: Vec<f64> = parts.into_iter().map(channel).collect::<Option<_>>()?;
    match channels.as_slice() {
        [red, green, blue] | [red, green, blue, _] => Some(background(*red, *green, *blue)),
        _ => None,
    }
}

/// A channel's share of the most that its number of digits can say.
fn channel(digits: &str) -> Option<f64> {
    let most = match digits.len() {
        1 => 0xf_u16,
        2 => 0xff,
        3 => 0xfff,
        4 => 0xffff,
        _ => return None,
    };
    Some(f64::from(u16::from_str_radix(digits, 16).ok()?) / f64::from(most))
}

/// Light is what black text stands out on more than white text does, by the WCAG's luminance.
fn background(red: f64, green: f64, blue: f64) -> Background {
    let linear = |share: f64| if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) };
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    if luminance > 0.179 { Background::Light } else { Background::Dark }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_of_a_color_is_understood() {
        let table = [
            ("11;rgb:ffff/ffff/ffff", Some(Background::Light)),
            ("11;rgb:fdfd/f6f6/e3e3", Some(Background::Light)),
            ("11;rgb:0000/2b2b/3636", Some(Background::Dark)),
            ("11;rgb:28/2c/34", Some(Background::Dark)),
            ("11;rgb:FF/FF/FF", Some(Background::Light)),
            ("11;rgb:f/f/f", Some(Background::Light)),
            ("11;rgb:000/000/000", Some(Background::Dark)),
            ("11;rgba:ffff/ffff/ffff/0000", Some(Background::Light)),
            ("11;#fafafa", Some(Background::Light)),
            ("11;#1e1e2e", Some(Background::Dark)),
            ("11;#fff", Some(Background::Light)),
            ("11;rgb:ffff/ffff", None),
            ("11;rgb:fffff/0/0", None),
            ("11;rgb://", None),
            ("11;#ffff", None),
            ("11;", None),
            ("10;rgb:ffff/ffff/ffff", None),
        ];
        for (answer, expected) in table {
            assert_eq!(parse(answer), expected, "{answer}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_answer_or_none(text in "11;(rgb:|rgba:|#)?[0-9a-fA-F/:#rgé]{0,40}") {
            let _ = parse(&text);
        }
    }
}
