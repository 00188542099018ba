//! The picker without a terminal.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::model::{Outcome, Picker};
use super::update::update;
use super::view;
use crate::domain::choices::RoleChoice;
use crate::domain::ids::SessionName;
use crate::domain::tier::Tier;
use crate::domain::time::{Lifespan, Now, Stamp};
use crate::tui::message::Message;
use crate::tui::theme::{Background, ColorDepth, Theme};

fn now() -> Now {
    Now { wall: "2026-11-21T09:00:00Z".parse().unwrap(), boot: None, latest_aws_time: None }
}

fn choice(name: &str, target: &str, tier: Tier, session: &str) -> RoleChoice {
    RoleChoice {
        target: target.parse().unwrap(),
        account_name: name.into(),
        session: SessionName::parse(session).unwrap(),
        tier,
        asks_for_reason: tier == Tier::Admin,
        kept: None,
        frecency: 0.0,
        aliases: Vec::new(),
        profiles: Vec::new(),
        tags: Vec::new(),
    }
}

fn choices() -> Vec<RoleChoice> {
    let obtained = Stamp { at: Now { wall: now().wall - SignedDuration::from_mins(13), ..now() }, aws_offset: None };
    let kept = Lifespan::lasting(obtained, SignedDuration::from_hours(1));
    vec![
        RoleChoice { kept, ..choice("prod-payments-0003", "100000023757/Developer", Tier::Developer, "acme") },
        choice("prod-payments-0003", "100000023757/Admin", Tier::Admin, "acme"),
        RoleChoice {
            aliases: vec!["ledger".into()],
            ..choice("evil\u{1b}[2J", "100000000001/ReadOnly", Tier::ReadOnly, "beta")
        },
        choice("東京支店", "100000000002/ReadOnly", Tier::ReadOnly, "beta"),
    ]
}

fn picker() -> Picker {
    let mut picker = Picker::new(choices(), Theme::new(ColorDepth::Never, Background::Dark), now());
    picker.set_height(6);
    picker
}

fn screen(picker: &mut Picker, width: u16, height: u16) -> String {
    picker.set_height(usize::from(view::list_height(height)));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view::render(picker, frame.area(), frame.buffer_mut())).unwrap();
    terminal.backend().to_string()
}

fn press(picker: &mut Picker, code: KeyCode, in_burst: bool) {
    update(picker, Message::Key { key: KeyEvent::new(code, KeyModifiers::NONE), in_burst });
}

fn type_text(picker: &mut Picker, text: &str) {
    text.chars().for_each(|letter| press(picker, KeyCode::Char(letter), false));
}

#[test]
fn roles_show_tier_session_and_the_time_left() {
    insta::assert_snapshot!("wide", screen(&mut picker(), 90, 8));
}

#[test]
fn on_a_narrow_screen_names_are_cut_and_the_time_left_stays() {
    insta::assert_snapshot!("narrow", screen(&mut picker(), 48, 6));
}

#[test]
fn typing_filters_by_name_role_id_session_and_alias() {
    for (query, taken) in [("pay adm", 1), ("ledger", 2), ("100000000002", 3), ("org:beta read", 2)] {
        let mut picker = picker();
        type_text(&mut picker, query);
        press(&mut picker, KeyCode::Enter, false);
        assert_eq!(picker.outcome, Some(Outcome::Taken(taken)), "{query}");
    }
    let mut picker = picker();
    type_text(&mut picker, "nothing like it");
    press(&mut picker, KeyCode::Enter, false);
    assert_eq!(picker.outcome, None, "there is nothing to take");
    assert!(screen(&mut picker, 60, 8).contains("no role matches"));
}

#[test]
fn a_paste_filters_and_takes_nothing() {
    let mut picker = picker();
    update(&mut picker, Message::Paste("admin\r\n".into()));
    assert_eq!((picker.outcome, picker.counts()), (None, (1, 4)));
    press(&mut picker, KeyCode::Enter, true);
    assert_eq!(picker.outcome, None, "what follows at once was pasted too");
    press(&mut picker, KeyCode::Enter, false);
    assert_eq!(picker.outcome, Some(Outcome::Taken(1)));
}

#[test]
fn the_selection_moves_within_the_list_and_is_always_on_the_screen() {
    let mut picker = picker();
    picker.set_height(2);
    let selected = |picker: &mut Picker| picker.visible().iter().filter(|(_, is_selected, _)| *is_selected).count();
    for code in [KeyCode::Down, KeyCode::PageDown, KeyCode::Down, KeyCode::End, KeyCode::Up, KeyCode::Home] {
        press(&mut picker, code, false);
        assert_eq!(selected(&mut picker), 1, "{code:?}");
    }
    for (code, taken) in [(KeyCode::End, 3), (KeyCode::Up, 2), (KeyCode::Home, 0)] {
        press(&mut picker, code, false);
        press(&mut picker, KeyCode::Enter, false);
        assert_eq!(picker.outcome.take(), Some(Outcome::Taken(taken)), "{code:?}");
    }
}

#[test]
fn escape_and_ctrl_c_cancel() {
    let mut by_escape = picker();
    press(&mut by_escape, KeyCode::Esc, false);
    assert_eq!(by_escape.outcome, Some(Outcome::Cancelled));
    let mut by_interrupt = picker();
    let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    update(&mut by_interrupt, Message::Key { key, in_burst: true });
    assert_eq!(by_interrupt.outcome, Some(Outcome::Cancelled));
}

#[test]
fn it_takes_a_third_of_the_screen_but_eight_lines_at_least_and_never_more_than_there_are() {
    for (rows, height) in [(60, 20), (24, 8), (12, 8), (5, 5), (1, 1), (0, 1)] {
        assert_eq!(view::height(rows), height, "{rows}");
    }
}

#[test]
fn it_is_drawn_at_any_size() {
    for width in [1, 2, 5, 20, 40, 200] {
        for height in [1, 2, 3, 40] {
            screen(&mut picker(), width, height);
        }
    }
}

#[test]
fn time_that_has_run_out_is_shown_no_more() {
    let mut picker = picker();
    assert!(screen(&mut picker, 90, 8).contains("00:47:00"));
    let later: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
    picker.now = Now { wall: later, ..now() };
    assert!(!screen(&mut picker, 90, 8).contains("00:00:00"));
}
