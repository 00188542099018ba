//! One SSO session as the screen knows it: how it stands, what it holds, what is being listed.

use jiff::{SignedDuration, Timestamp};

use super::Settings;
use super::problem::Problem;
use super::roles::RoleList;
use crate::domain::catalog::Catalog;
use crate::domain::index::{KeptNote, SessionNote};
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::target::Target;
use crate::domain::time::Now;
use crate::flows::catalog;
use crate::tui::widgets::gauge::Left;

/// A session with everything that is shown of it.
pub struct OpenSession {
    /// What the config file says.
    pub session: SsoSession,
    /// Its key.
    pub key: SessionKey,
    /// What the index says.
    pub note: Option<SessionNote>,
    /// What has been listed.
    pub catalog: Catalog,
    /// The list of its roles.
    pub roles: RoleList,
    /// The listing.
    pub listing: Listing,
    /// AWS ended the session in our sight, whatever the index says.
    pub ended_by_aws: bool,
}

/// How a listing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// None is under way.
    Idle,
    /// One is.
    Running {
        /// How many accounts there are, once known.
        accounts: Option<usize>,
        /// How many of them have been answered.
        answered: usize,
    },
    /// The last one ended early.
    Stopped(Problem),
}

/// Whether a session can be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing {
    /// Nobody has signed in.
    SignedOut,
    /// Its time is over, since this moment.
    Expired(Timestamp),
    /// AWS has ended it.
    EndedByAws,
    /// It can, for so long.
    SignedIn(Left),
}

impl OpenSession {
    /// A session with what the state folder knew of it.
    pub fn new(session: SsoSession, note: Option<SessionNote>, catalog: Catalog) -> Self {
        let key = session.key();
        let roles = RoleList::default();
        OpenSession { session, key, note, catalog, roles, listing: Listing::Idle, ended_by_aws: false }
    }

    /// How it stands.
    pub fn standing(&self, now: Now) -> Standing {
        if self.ended_by_aws {
            return Standing::EndedByAws;
        }
        let Some(signed_in) = self.note.as_ref().and_then(|note| note.signed_in.as_ref()) else {
            return Standing::SignedOut;
        };
        let lifespan = signed_in.lifespan();
        let left = Left::of(&lifespan, now);
        if left.time.is_zero() { Standing::Expired(lifespan.ends_at_local()) } else { Standing::SignedIn(left) }
    }

    /// Whether it can be used.
    pub fn is_signed_in(&self, now: Now) -> bool {
        matches!(self.standing(now), Standing::SignedIn(_))
    }

    /// What is kept for a target, while it can still be used.
    pub fn kept(&self, target: &Target, now: Now) -> Option<&KeptNote> {
        let note = self.note.as_ref()?.targets.get(&target.to_string())?;
        note.kept.as_ref().filter(|kept| !kept.ours.left(now).is_zero())
    }

    /// Everything that is kept and can still be used, what ends soonest first.
    pub fn all_kept(&self, now: Now) -> Vec<(&Target, &KeptNote)> {
        let targets = self.note.iter().flat_map(|note| note.targets.values());
        let mut kept: Vec<_> = targets
            .filter_map(|note| note.kept.as_ref().map(|kept| (&note.target, kept)))
            .filter(|(_, kept)| !kept.ours.left(now).is_zero())
            .collect();
        kept.sort_by_key(|(target, kept)| (kept.ours.left(now), (*target).clone()));
        kept
    }

    /// The name of a target's account, safe to show; its id where the name is not known.
    pub fn account_name(&self, target: &Target) -> String {
        match self.catalog.account(&target.account) {
            Some(account) if !account.name.raw().trim().is_empty() => account.name.visible(),
            _ => target.account.to_string(),
        }
    }

    /// Takes what a listing tells.
    pub fn take_listing(&mut self, event: catalog::Event, now: Now) {
        let Listing::Running { accounts, answered } = &mut self.listing else { return };
        match event {
            catalog::Event::Accounts(listed) => {
                *accounts = Some(listed.len());
                self.catalog.take_accounts(listed, now.wall);
            }
            catalog::Event::AccountsCutShort => self.catalog.cut_short = true,
            catalog::Event::Roles(id, names) => {
                *answered += 1;
                self.catalog.take_roles(&id, names, now.wall);
            }
            catalog::Event::RolesCutShort(id, names, why) => {
                *answered += 1;
                self.catalog.take_first_roles(&id, names, why);
            }
            catalog::Event::Failed(id, why) => {
                *answered += 1;
                self.catalog.take_failure(&id, why);
            }
        }
        self.roles.catalog_changed();
    }

    /// Brings the list in line with the catalog.
    pub fn settle(&mut self, settings: &Settings, now: Now, height: usize) {
        self.roles.settle(&self.catalog, self.note.as_ref(), settings, now, height);
    }
}

/// AWS's own clock for credentials that are kept.
pub fn aws_left(kept: &KeptNote, now: Now) -> Left {
    Left::of(&kept.aws(), now)
}

/// Whether AWS ends credentials noticeably later than we do.
pub fn outlives_us(kept: &KeptNote) -> bool {
    kept.aws_ends_at.duration_since(kept.ours.ends_at()) > SignedDuration::from_secs(60)
}
