//! Whether something is really to be done.

use ratatui::Frame;
use ratatui::text::Line;

use crate::tui::model::{Model, Question, Screen};
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::dialog;

/// ```text
/// ╭ Drop these credentials? ──────────────────────────────────╮
/// │ prod-payments-0003 / Developer                            │
/// │                                                           │
/// │ daypass forgets them. Copies handed to other tools work   │
/// │ until AWS ends them at 15:19.                             │
/// │                                                           │
/// │ y drop them   esc go back                                 │
/// ╰───────────────────────────────────────────────────────────╯
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, question: &Question) {
    let theme = model.theme();
    let (title, subject, text, deed) = words(model, question);
    let width = dialog::inner_width(frame.area(), 60);
    let mut lines = Vec::new();
    if let Some(subject) = subject {
        lines.push(Line::from(span(crate::domain::text::fit(&subject, width), theme.title())));
        lines.push(Line::default());
    }
    lines.extend(wrap(&text, width).into_iter().map(Line::from));
    lines.push(Line::default());
    lines.push(Line::from(vec![
        span("y", theme.key()),
        span(format!(" {deed}   "), theme.muted()),
        span("esc", theme.key()),
        span(" go back", theme.muted()),
    ]));
    let border = if *question == Question::Quit { theme.accent() } else { theme.warn() };
    dialog::draw(frame, title, border, 60, lines);
}

fn words(model: &Model, question: &Question) -> (&'static str, Option<String>, String, &'static str) {
    match question {
        Question::Drop(key, target) => {
            let open = model.session_by(key);
            let subject = open.map(|open| format!("{} / {}", open.account_name(target), target.role));
            let kept = open.and_then(|open| open.kept(target, model.now));
            let until = kept.map(|kept| model.clock_time(kept.ours.obtained().to_local(kept.aws_ends_at)));
            let text = match until {
                Some(until) => format!(
                    "daypass forgets them. Copies already handed to other tools work until AWS ends them at {until}."
                ),
                None => "daypass forgets them.".to_owned(),
            };
            ("Drop these credentials?", subject, text, "drop them")
        }
        Question::SignOut(key) => {
            let open = model.session_by(key);
            let kept = open.map_or(0, |open| open.all_kept(model.now).len());
            let text = format!(
                "AWS ends the session, and daypass forgets it with {kept} role credentials. Every tool that gets \
                 credentials from daypass stops working until you sign in again."
            );
            ("Sign out?", open.map(|open| open.session.name.to_string()), text, "sign out")
        }
        Question::Quit => {
            let text = if matches!(model.screen, Screen::SignIn(_)) {
                "A sign-in is under way; it is given up."
            } else {
                "What is kept stays in the keyring, and other tools go on using it."
            };
            ("Leave daypass?", None, text.to_owned(), "quit")
        }
    }
}
