//! How the confirmation dialog is drawn.

use ratatui::Frame;
use ratatui::text::Line;

use super::model::Confirmation;
use super::update::has_unwritten_text;
use crate::domain::text::fit_middle;
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::dialog;
use crate::tui::widgets::role_heading::role_text;

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
    let width = dialog::inner_width(frame.area(), WIDTH);
    let Texts { title, subject, text, confirm } = texts(model, confirmation, width);
    let mut lines = Vec::new();
    if let Some(subject) = subject {
        lines.push(Line::from(span(subject, theme.title())));
        lines.push(Line::default());
    }
    lines.extend(wrap(&text, width).into_iter().map(Line::from));
    let keys = Line::from(vec![
        span("y", theme.key()),
        span(format!(" {confirm}   "), theme.muted()),
        span("esc", theme.key()),
        span(" go back", theme.muted()),
    ]);
    let border = if *confirmation == Confirmation::Quit { theme.accent() } else { theme.warn() };
    dialog::draw_with_keys(frame, title, border, WIDTH, lines, keys);
}

struct Texts {
    title: &'static str,
    /// What it is about, on a line of its own.
    subject: Option<String>,
    text: String,
    /// What the confirming key does.
    confirm: &'static str,
}

fn texts(model: &Model, confirmation: &Confirmation, width: usize) -> Texts {
    match confirmation {
        Confirmation::DropCredentials(key, target) => {
            let session = model.session(key);
            let subject = session.map(|session| role_text(&session.account_name(target), target.role.as_str(), width));
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
        Confirmation::EndElevation(id) => {
            let elevation = model.active_elevation(*id);
            let credentials = elevation.and_then(|elevation| {
                let aws_ends_at = elevation.active.credentials.as_ref()?.aws_ends_at;
                Some(model.clock_time(elevation.active.life.obtained().to_local(aws_ends_at)))
            });
            let text = match (elevation, credentials) {
                (Some(_), Some(until)) => format!(
                    "daypass deletes its credentials and records the end. Copies already handed to other tools work until \
                     AWS ends them at {until}."
                ),
                (Some(_), None) => "daypass records the end.".to_owned(),
                (None, _) => "It has ended already.".to_owned(),
            };
            let subject = elevation.map(|elevation| fit_middle(&elevation.subject.described(), width));
            Texts { title: "End this elevation?", subject, text, confirm: "end it" }
        }
        Confirmation::SignOut(key) => {
            let session = model.session(key);
            let kept = session.map_or(0, |session| session.all_kept(model.now).len());
            let with = match kept {
                0 => String::new(),
                1 => " and the credentials of 1 role".to_owned(),
                kept => format!(" and the credentials of {kept} roles"),
            };
            let text = format!(
                "AWS ends the session; daypass forgets it{with}. Tools that get credentials from daypass stop working \
                 until you sign in again."
            );
            let subject = session.map(|session| fit_middle(session.config.name.as_str(), width));
            Texts { title: "Sign out?", subject, text, confirm: "sign out" }
        }
        Confirmation::Quit => {
            let text = match model.pending.values().find_map(PendingTask::lost_by_quitting) {
                Some(what) => format!("{what} is under way; quitting gives it up."),
                None if has_unwritten_text(model) => "What was typed here is not written yet.".to_owned(),
                None => "What is kept stays in the keyring, and other tools go on using it.".to_owned(),
            };
            Texts { title: "Leave daypass?", subject: None, text, confirm: "quit" }
        }
    }
}
