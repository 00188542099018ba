use crate::error::Error;
use crate::ports::Copied;
use crate::tui::tests::test_app::*;
use crate::tui::verbatim;

const EXEC: &str = "daypass exec --session acme-prod 100000023757/Developer --";

/// What could not be reached when the `exec` command was to be copied.
fn not_copied() -> TestApp {
    TestApp::with_kept().keys("pay dev<C-y>").task_failed(Error::NoClipboard { tool: None, source: None })
}

fn copied(copied: Copied) -> TestApp {
    TestApp::with_kept().keys("pay dev<C-y>").copied(copied)
}

#[test]
fn text_that_could_not_be_copied_is_shown_alone_on_its_lines() {
    let narrow = not_copied().size(44, 14).screen();
    let lines: Vec<&str> = narrow.lines().collect();
    let (first, second) = EXEC.split_at(44);
    assert_eq!(lines[2..5], [first, second, ""], "{narrow}");
    let app = not_copied();
    assert!(verbatim::shown(&app.model).is_some(), "the terminal selects it");
    let app = app.keys("<Esc>");
    assert!(app.model.dialogs.is_empty() && verbatim::shown(&app.model).is_none());
}

#[test]
fn what_was_sent_to_the_terminal_is_called_so_and_a_key_shows_it() {
    let toast = copied(Copied::SentToTerminal).screen();
    assert!(toast.contains("Sent to the terminal's clipboard: the daypass exec command · ^V shows it"), "{toast}");
    let shown = copied(Copied::SentToTerminal).keys("<C-v>").screen();
    assert!(shown.lines().any(|line| line == EXEC), "{shown}");
}

#[test]
fn what_is_on_the_clipboard_is_called_copied_and_needs_no_key() {
    let mut app = copied(Copied::ToClipboard);
    assert!(app.screen().contains("Copied the daypass exec command"));
    assert!(app.keys("<C-v>").model.dialogs.is_empty());
}
