//! The line over the roles: why the session cannot be used, or a warning.

use crate::tui::model::Model;
use crate::tui::model::session::{Listing, SessionState, SessionStatus};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Banner {
    /// The session cannot be used; says why.
    SignedOut(String),
    /// The last listing failed; says why.
    ListingFailed(String),
    Notice(String),
}

pub(crate) fn banner(model: &Model) -> Option<Banner> {
    let session = model.current_session()?;
    match (session.status(model.now), &session.listing) {
        (SessionStatus::SignedIn(_), Listing::Failed(report)) => {
            Some(Banner::ListingFailed(report.message().to_owned()))
        }
        (SessionStatus::SignedIn(_), _) => model.notices.first().cloned().map(Banner::Notice),
        (status, _) => Some(Banner::SignedOut(signed_out_text(model, session, status))),
    }
}

fn signed_out_text(model: &Model, session: &SessionState, status: SessionStatus) -> String {
    let what = match status {
        SessionStatus::Expired(at) => format!("Your session expired at {}", model.clock_time(at)),
        SessionStatus::EndedByAws => "AWS has ended your session".to_owned(),
        SessionStatus::SignedOut | SessionStatus::SignedIn(_) => "You are signed out".to_owned(),
    };
    match session.all_kept(model.now).len() {
        0 => format!("{what}."),
        1 => format!("{what}; 1 role's credentials still work."),
        kept => format!("{what}; {kept} roles' credentials still work."),
    }
}
