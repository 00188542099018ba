//! The lines over the roles: why a session cannot be used, or a warning.

use crate::domain::text::visible;
use crate::tui::model::Model;
use crate::tui::model::session::{Listing, SessionState, SessionStatus};
use crate::tui::widgets::cells::wrap;

/// The most lines of a banner; a longer text is cut.
const MOST_LINES: usize = 3;

/// The banner's lines on a screen of this width; none where there is nothing to say.
pub(crate) fn lines(model: &Model, width: u16) -> Vec<String> {
    text(model).map(|text| wrapped(&text, width)).unwrap_or_default()
}

/// The lines of the notice on the screens on which nothing dismisses it.
pub(crate) fn notice_lines(model: &Model, width: u16) -> Vec<String> {
    model.notices.first().map(|notice| wrapped(&visible(notice), width)).unwrap_or_default()
}

fn wrapped(text: &str, width: u16) -> Vec<String> {
    let mut lines = wrap(text, usize::from(width.saturating_sub(4)));
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    lines
}

fn text(model: &Model) -> Option<String> {
    if needs_sign_in(model) {
        return Some(format!("{} ^S signs in.", signed_out_text(model)));
    }
    let failed = model.sessions.iter().find_map(|session| match &session.listing {
        Listing::Failed(report) if session.is_signed_in(model.now) => Some((session, report)),
        _ => None,
    });
    if let Some((session, report)) = failed {
        let of = if model.sessions.len() > 1 { format!(" of {}", session.config.name) } else { String::new() };
        let hints: String = report.hints().iter().map(|hint| format!(" · {hint}")).collect();
        return Some(format!("The list{of} is not complete: {}{hints} · ^R tries again.", report.message()));
    }
    let notice = model.notices.first()?;
    Some(format!("{} · esc dismisses.", visible(notice)))
}

/// Whether there are sessions and none of them is signed in to.
pub(crate) fn needs_sign_in(model: &Model) -> bool {
    !model.sessions.is_empty() && !model.sessions.iter().any(|session| session.is_signed_in(model.now))
}

fn signed_out_text(model: &Model) -> String {
    let kept: usize = model.sessions.iter().map(|session| session.all_kept(model.now).len()).sum();
    let what = match model.sessions.as_slice() {
        [only] => ended_words(model, only),
        several => {
            let names: Vec<String> = several.iter().map(|session| named(model, session)).collect();
            format!("You are signed out of {}", names.join(", "))
        }
    };
    match kept {
        0 => format!("{what}."),
        1 => format!("{what}; 1 role's credentials still work."),
        kept => format!("{what}; {kept} roles' credentials still work."),
    }
}

fn named(model: &Model, session: &SessionState) -> String {
    let name = &session.config.name;
    match session.status(model.now) {
        SessionStatus::Expired(at) => format!("{name} (expired {})", model.clock_time(at)),
        SessionStatus::EndedByAws => format!("{name} (ended by AWS)"),
        SessionStatus::SignedOut | SessionStatus::SignedIn(_) => name.to_string(),
    }
}

fn ended_words(model: &Model, session: &SessionState) -> String {
    match session.status(model.now) {
        SessionStatus::Expired(at) => format!("Your session expired at {}", model.clock_time(at)),
        SessionStatus::EndedByAws => "AWS has ended your session".to_owned(),
        SessionStatus::SignedOut | SessionStatus::SignedIn(_) => "You are signed out".to_owned(),
    }
}
