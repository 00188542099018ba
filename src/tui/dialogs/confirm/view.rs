//! How the confirmation dialog is drawn.

use ratatui::Frame;
use ratatui::text::Line;

use super::model::Confirmation;
use crate::domain::text::fit;
use crate::tui::model::Model;
use crate::tui::model::screen::Screen;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::dialog;

const WIDTH: u16 = 60;

/// ```text
/// ╭ Drop these credentials? ─────────────────────────────────╮
/// │ prod-payments-0003 / Developer                           │
/// │                                                          │
/// │ daypass forgets them. Copies already handed to other     │
/// │ tools work until AWS ends them at 09:47.                 │
/// │                                                          │
/// │ y drop them   esc go back                                │
/// ╰──────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, confirmation: &Confirmation) {
    let theme = model.theme();
    let Texts { title, subject, text, confirm } = texts(model, confirmation);
    let width = dialog::inner_width(frame.area(), WIDTH);
    let mut lines = Vec::new();
    if let Some(subject) = subject {
        lines.push(Line::from(span(fit(&subject, width), theme.title())));
        lines.push(Line::default());
    }
    lines.extend(wrap(&text, width).into_iter().map(Line::from));
    lines.push(Line::default());
    lines.push(Line::from(vec![
        span("y", theme.key()),
        span(format!(" {confirm}   "), theme.muted()),
        span("esc", theme.key()),
        span(" go back", theme.muted()),
    ]));
    let border = if *confirmation == Confirmation::Quit { theme.accent() } else { theme.warn() };
    dialog::draw(frame, title, border, WIDTH, lines);
}

struct Texts {
    title: &'static str,
    /// What it is about, on a line of its own.
    subject: Option<String>,
    text: String,
    /// What the confirming key does.
    confirm: &'static str,
}

fn texts(model: &Model, confirmation: &Confirmation) -> Texts {
    match confirmation {
        Confirmation::DropCredentials(key, target) => {
            let session = model.session(key);
            let subject = session.map(|session| format!("{} / {}", session.account_name(target), target.role));
            let kept = session.and_then(|session| session.kept(target, model.now));
            let until = kept.map(|kept| model.clock_time(kept.ours.obtained().to_local(kept.aws_ends_at)));
            let text = match until {
                Some(until) => format!(
                    "daypass forgets them. Copies already handed to other tools work until AWS ends them at {until}."
                ),
                None => "daypass forgets them.".to_owned(),
            };
            Texts { title: "Drop these credentials?", subject, text, confirm: "drop them" }
        }
        Confirmation::SignOut(key) => {
            let session = model.session(key);
            let kept = session.map_or(0, |session| session.all_kept(model.now).len());
            let text = format!(
                "AWS ends the session, and daypass forgets it with {kept} role credentials. Every tool that gets \
                 credentials from daypass stops working until you sign in again."
            );
            let subject = session.map(|session| session.config.name.to_string());
            Texts { title: "Sign out?", subject, text, confirm: "sign out" }
        }
        Confirmation::Quit => {
            let text = if matches!(model.screen, Screen::SignIn(_)) {
                "A sign-in is under way; it is given up."
            } else {
                "What is kept stays in the keyring, and other tools go on using it."
            };
            Texts { title: "Leave daypass?", subject: None, text: text.to_owned(), confirm: "quit" }
        }
    }
}
