//! The one line over the roles that says what stands in the way.

use super::{Listing, Model, OpenSession, Standing};

/// What the line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Banner {
    /// The session cannot be used; how it came to that.
    SignedOut(String),
    /// The last listing ended early.
    Stopped(String),
    /// Something the start of the program has to say.
    Notice(String),
}

impl Model {
    /// What the line says now, if anything.
    pub fn banner(&self) -> Option<Banner> {
        let session = self.session()?;
        match (session.standing(self.now), &session.listing) {
            (Standing::SignedIn(_), Listing::Stopped(problem)) => Some(Banner::Stopped(problem.summary.clone())),
            (Standing::SignedIn(_), _) => self.notices.first().cloned().map(Banner::Notice),
            (standing, _) => Some(Banner::SignedOut(self.how_it_ended(session, standing))),
        }
    }

    fn how_it_ended(&self, session: &OpenSession, standing: Standing) -> String {
        let what = match standing {
            Standing::Expired(at) => format!("Your session expired at {}", self.clock_time(at)),
            Standing::EndedByAws => "AWS has ended your session".to_owned(),
            Standing::SignedOut | Standing::SignedIn(_) => "You are signed out".to_owned(),
        };
        match session.all_kept(self.now).len() {
            0 => format!("{what}."),
            1 => format!("{what}; 1 role's credentials still work."),
            kept => format!("{what}; {kept} roles' credentials still work."),
        }
    }
}
