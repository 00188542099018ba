//! Whatever is typed, resized or answered: no panic.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::layout::Size;

use super::gallery;
use super::test_app::*;
use crate::domain::catalog::Change;
use crate::error::Error;
use crate::flows::catalog::Event;
use crate::tui::message::{Message, TaskProgress};
use crate::tui::task::TaskId;

#[test]
fn no_size_is_too_odd() {
    let sizes = [(0, 0), (1, 1), (0, 10), (10, 0), (40, 10), (41, 11), (99, 19), (500, 1), (1, 500), (300, 200)];
    for (name, build) in gallery::states() {
        let mut app = build();
        for (width, height) in sizes {
            app = app.size(width, height);
            let screen = app.screen();
            assert!(screen.lines().count() <= usize::from(height), "{name} at {width}x{height}");
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Key(KeyCode, bool, bool),
    Paste(String),
    Resize(u16, u16),
    Click(u16, u16),
    /// At this column of the footer.
    ClickFooter(u16),
    Scroll(bool),
    Wait(i64),
    Ended(u64, u8),
    Listed(usize, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let codes = prop_oneof![
        Just(KeyCode::Enter),
        Just(KeyCode::Esc),
        Just(KeyCode::Tab),
        Just(KeyCode::Up),
        Just(KeyCode::Down),
        Just(KeyCode::PageDown),
        Just(KeyCode::PageUp),
        Just(KeyCode::Home),
        Just(KeyCode::End),
        Just(KeyCode::Left),
        Just(KeyCode::Right),
        Just(KeyCode::Backspace),
        Just(KeyCode::F(1)),
        Just(KeyCode::F(2)),
        Just(KeyCode::F(3)),
        Just(KeyCode::F(4)),
        Just(KeyCode::F(6)),
        any::<char>().prop_map(KeyCode::Char),
        prop::sample::select("payxorcdnlsyqtgkv?:/ 123456789".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
    ];
    prop_oneof![
        6 => (codes, any::<bool>(), any::<bool>()).prop_map(|(code, ctrl, in_burst)| Step::Key(code, ctrl, in_burst)),
        1 => any::<String>().prop_map(Step::Paste),
        1 => (0u16..210, 0u16..70).prop_map(|(width, height)| Step::Resize(width, height)),
        1 => (0u16..210, 0u16..70).prop_map(|(column, row)| Step::Click(column, row)),
        1 => (0u16..210).prop_map(Step::ClickFooter),
        1 => any::<bool>().prop_map(Step::Scroll),
        1 => (0i64..20_000).prop_map(Step::Wait),
        2 => (0u64..30, 0u8..4).prop_map(|(attempt, kind)| Step::Ended(attempt, kind)),
        2 => (0usize..6, any::<bool>()).prop_map(|(at, failed)| Step::Listed(at, failed)),
    ]
}

fn click(column: u16, row: u16) -> Message {
    let kind = MouseEventKind::Down(MouseButton::Left);
    Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    #[test]
    fn random_input_never_panics(steps in prop::collection::vec(step(), 1..50), first in 0u8..5) {
        let mut app = match first {
            0 => TestApp::signed_in().with_credentials("100000023757/Developer", 13, 60, 60, None),
            1 => TestApp::signed_out().opened(),
            2 => gallery::organisations(),
            3 => gallery::busy_day(),
            _ => TestApp::unconfigured(),
        };
        for step in steps {
            match step {
                Step::Key(code, ctrl, in_burst) => {
                    let modifiers = if ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
                    app.send(Message::Key { key: KeyEvent::new(code, modifiers), in_burst });
                }
                Step::Paste(text) => app.send(Message::Paste(text)),
                Step::Resize(width, height) => app.send(Message::Resize(Size { width, height })),
                Step::Click(column, row) => app.send(click(column, row)),
                Step::ClickFooter(column) => {
                    let row = app.model.size.height.saturating_sub(1);
                    app.send(click(column, row));
                }
                Step::Scroll(up) => app.send(Message::Mouse(MouseEvent {
                    kind: if up { MouseEventKind::ScrollUp } else { MouseEventKind::ScrollDown },
                    column: 3, row: 3, modifiers: KeyModifiers::NONE,
                })),
                Step::Wait(seconds) => app = app.advance(seconds),
                Step::Ended(attempt, kind) => {
                    let outcome = match kind {
                        0 | 1 => Ok(()),
                        2 => Err(login_needed()),
                        _ => Err(Error::NotInTime { target: target("100000023757/Developer") }),
                    };
                    app.send(Message::TaskEnded(TaskId(attempt), outcome));
                }
                Step::Listed(at, failed) => {
                    let id = account(ACCOUNTS[at].0, "").id;
                    let change = if failed { Change::Failed(id, "no".into()) } else { Change::Roles(id, roles(), app.model.now.wall) };
                    let event = Event::Changed(change);
                    for attempt in 0..30 {
                        app.send(Message::TaskProgress(TaskId(attempt), TaskProgress::Listing(event.clone())));
                    }
                }
            }
            app.screen();
        }
    }
}
