//! What is said after something was copied, and the way to text that did not arrive.

use crate::ports::Copied;
use crate::report::Report;
use crate::tui::dialogs::text::model::TextDialog;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// Says where `what`, which is no secret, went. The terminal never answers, so the text stays at hand.
pub(crate) fn text_copied(model: &mut Model, what: &str, text: String, copied: Copied) {
    match copied {
        Copied::ToClipboard => model.show_toast(format!("Copied {what}")),
        Copied::SentToTerminal => {
            model.sent_to_terminal = Some(text);
            model.show_toast(format!("Sent to the terminal's clipboard: {what} · ^V shows it"));
        }
    }
}

/// Says where a secret went: only a desktop's clipboard is cleared again.
pub(crate) fn secret_copied(model: &mut Model, what: &str, copied: Copied) {
    let where_to = match copied {
        Copied::ToClipboard => "Copied for a minute",
        Copied::SentToTerminal => "Sent to the terminal's clipboard",
    };
    model.show_toast(format!("{where_to}: {what}"));
}

/// Shows text that could not be copied.
pub(crate) fn text_not_copied(model: &mut Model, text: String, failure: Report) {
    model.open_dialog(Dialog::Text(TextDialog { text, failure: Some(failure) }));
}

/// Shows what was sent to the terminal last.
pub(crate) fn show_sent(model: &mut Model) {
    if let Some(text) = model.sent_to_terminal.clone() {
        model.open_dialog(Dialog::Text(TextDialog { text, failure: None }));
    }
}
