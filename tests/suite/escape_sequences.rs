//! What the terminal UI asks of the terminal by escape sequences, and what it makes of the answers.

use crate::screen::Terminal;

const ASK_BACKGROUND: &str = "\u{1b}]11;?\u{7}";
const WHITE: &str = "\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\";
/// The accent of each palette, as a foreground.
const DARK_ACCENT: &str = "38;2;86;194;214";
const LIGHT_ACCENT: &str = "38;2;11;101;119";
const TRUECOLOR: (&str, &str) = ("COLORTERM", "truecolor");

#[test]
fn a_terminal_that_reports_a_light_background_gets_the_colors_for_it() {
    let mut terminal = Terminal::demo_with(&[TRUECOLOR]);
    terminal.wait_for_raw(ASK_BACKGROUND);
    terminal.wait_for_raw(DARK_ACCENT);
    terminal.press(WHITE);
    terminal.wait_for_raw(LIGHT_ACCENT);
    terminal.wait_for_roles();
    terminal.wait_for("no text of the answer", |text| !text.contains("11;") && !text.contains("rgb"));
}

#[test]
fn a_terminal_that_never_answers_is_not_waited_for() {
    let mut terminal = Terminal::demo_with(&[TRUECOLOR]);
    terminal.wait_for_raw(ASK_BACKGROUND);
    terminal.press("?");
    terminal.wait_for("help", |text| text.contains("Keys"));
    assert!(terminal.raw().contains(DARK_ACCENT) && !terminal.raw().contains(LIGHT_ACCENT));
}

#[test]
fn an_answer_that_comes_late_between_keys_types_nothing_and_changes_nothing() {
    let mut terminal = Terminal::demo_with(&[TRUECOLOR]);
    // The demo's sign-in takes longer than an answer may.
    terminal.wait_for_roles();
    terminal.press("log-");
    terminal.wait_for("first keys", |text| text.contains("› log-"));
    terminal.press(WHITE);
    terminal.press("archive");
    terminal.wait_for("all keys", |text| text.contains("› log-archive "));
    assert!(!terminal.raw().contains(LIGHT_ACCENT));
}

#[test]
fn a_background_that_is_set_or_a_terminal_without_colors_is_not_asked() {
    for variables in [[("NO_COLOR", "1")], [("TERM", "linux")]] {
        let terminal = Terminal::demo_with(&variables);
        assert!(!terminal.raw().contains("\u{1b}]11;"), "{variables:?}");
    }
}

#[test]
fn over_ssh_the_link_is_copied_through_the_terminal_and_can_be_shown() {
    let mut terminal = Terminal::demo_with(&[("SSH_CONNECTION", "192.0.2.1 4000 192.0.2.2 22")]);
    terminal.press("c");
    terminal.wait_for_raw("\u{1b}]52;c;");
    terminal
        .wait_for("what is certain", |text| text.contains("Sent to the terminal's clipboard: the link · ^V shows it"));
    terminal.press("\u{16}");
    terminal.wait_for("the link alone", |text| {
        text.starts_with("Select it; esc goes back.")
            && text.lines().any(|line| line.starts_with("http://") && line.contains("/device"))
    });
}

#[test]
fn the_link_can_be_clicked_and_selected_where_the_terminal_can_do_that() {
    let terminal = Terminal::demo_with(&[]);
    terminal.wait_for_raw("\u{1b}]8;;http://127.0.0.1:");
    assert_eq!(mouse_is_captured(&terminal.raw()), Some(false), "the mouse selects");
    terminal.wait_for_roles();
    terminal.wait_until("mouse", |state| mouse_is_captured(&String::from_utf8_lossy(&state.raw)) == Some(true));
    let console = Terminal::demo_with(&[("TERM", "linux")]);
    assert!(!console.raw().contains("\u{1b}]8;"));
}

fn mouse_is_captured(raw: &str) -> Option<bool> {
    Some(raw.rfind("\u{1b}[?1000h")? > raw.rfind("\u{1b}[?1000l").unwrap_or(0))
}
