//! One SSO session: its status, what the index and the catalog know of it, and its list of roles.

use jiff::Timestamp;

use super::settings::Settings;
use crate::domain::catalog::Catalog;
use crate::domain::index::{KeptNote, SessionNote};
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::target::Target;
use crate::domain::time::Now;
use crate::error::Error;
use crate::flows::catalog;
use crate::report::Report;
use crate::tui::remaining::Remaining;
use crate::tui::screens::roles::model::RoleList;

pub(crate) struct SessionState {
    /// What the config file says.
    pub(crate) config: SsoSession,
    pub(crate) key: SessionKey,
    /// What the index says.
    pub(crate) note: Option<SessionNote>,
    pub(crate) catalog: Catalog,
    pub(crate) roles: RoleList,
    pub(crate) listing: Listing,
    /// Whether it was AWS that ended the last sign-in; only looked at while the index names no sign-in.
    ended_by_aws: bool,
}

/// The state of listing accounts and roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listing {
    Idle,
    Running {
        /// How many accounts there are, once known.
        accounts: Option<usize>,
        /// How many of them are listed, or have failed.
        done: usize,
    },
    Failed(Report),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum SessionStatus {
    SignedOut,
    /// Since this time.
    Expired(Timestamp),
    EndedByAws,
    SignedIn(Remaining),
}

impl SessionState {
    pub(crate) fn new(config: SsoSession, note: Option<SessionNote>, catalog: Catalog) -> Self {
        let key = config.key();
        let roles = RoleList::default();
        SessionState { config, key, note, catalog, roles, listing: Listing::Idle, ended_by_aws: false }
    }

    pub(crate) fn status(&self, now: Now) -> SessionStatus {
        let Some(signed_in) = self.note.as_ref().and_then(|note| note.signed_in.as_ref()) else {
            return if self.ended_by_aws { SessionStatus::EndedByAws } else { SessionStatus::SignedOut };
        };
        let lifespan = signed_in.lifespan();
        let remaining = Remaining::of(&lifespan, now);
        if remaining.time.is_zero() {
            SessionStatus::Expired(lifespan.ends_at_local())
        } else {
            SessionStatus::SignedIn(remaining)
        }
    }

    /// Takes what the index says now.
    pub(crate) fn on_index(&mut self, note: Option<&SessionNote>) {
        self.note = note.cloned();
        // A sign-in that AWS has ended is taken out of the index, so this is a newer one.
        if self.note.as_ref().is_some_and(|note| note.signed_in.is_some()) {
            self.ended_by_aws = false;
        }
    }

    /// Takes what is kept of accounts and roles, unless a listing is just bringing them.
    pub(crate) fn on_catalog(&mut self, catalog: Catalog) {
        if !matches!(self.listing, Listing::Running { .. }) {
            self.catalog = catalog;
            self.roles.catalog_changed();
        }
    }

    /// Remembers that AWS has ended the sign-in, where that is why `error` asks for another one.
    pub(crate) fn on_refusal(&mut self, error: &Error) {
        self.ended_by_aws |= matches!(error, Error::LoginNeeded { source: Some(_), .. });
    }

    pub(crate) fn is_signed_in(&self, now: Now) -> bool {
        matches!(self.status(now), SessionStatus::SignedIn(_))
    }

    /// Whether nothing shows yet that the session's start URL and region are good.
    pub(crate) fn is_untried(&self) -> bool {
        self.note.as_ref().is_none_or(SessionNote::is_untried) && self.catalog.listed_at.is_none()
    }

    /// The credentials kept for a target, while they are valid.
    pub(crate) fn kept(&self, target: &Target, now: Now) -> Option<&KeptNote> {
        let note = self.note.as_ref()?.targets.get(&target.to_string())?;
        note.kept.as_ref().filter(|kept| !kept.ours.left(now).is_zero())
    }

    /// All valid credentials, those that end soonest first.
    pub(crate) fn all_kept(&self, now: Now) -> Vec<(&Target, &KeptNote)> {
        let targets = self.note.iter().flat_map(|note| note.targets.values());
        let mut kept: Vec<_> = targets
            .filter_map(|note| note.kept.as_ref().map(|kept| (&note.target, kept)))
            .filter(|(_, kept)| !kept.ours.left(now).is_zero())
            .collect();
        kept.sort_by_key(|(target, kept)| (kept.ours.left(now), (*target).clone()));
        kept
    }

    /// The name of a target's account, safe to show; its id where the name is unknown.
    pub(crate) fn account_name(&self, target: &Target) -> String {
        match self.catalog.account(&target.account) {
            Some(account) if !account.name.raw().trim().is_empty() => account.name.visible(),
            _ => target.account.to_string(),
        }
    }

    /// Adds what a running listing reports.
    pub(crate) fn on_listing(&mut self, event: catalog::Event) {
        let Listing::Running { accounts, done } = &mut self.listing else { return };
        match event {
            catalog::Event::Begun { catalog, due } => {
                *accounts = Some(catalog.entries.len());
                *done = catalog.entries.len().saturating_sub(due);
                self.catalog = catalog;
            }
            catalog::Event::Changed(change) => {
                *done += 1;
                self.catalog.apply(change);
            }
        }
        self.roles.catalog_changed();
    }

    /// Brings the list of roles in line with the catalog.
    pub(crate) fn sync_roles(&mut self, settings: &Settings, now: Now, height: usize) {
        self.roles.sync(&self.catalog, self.note.as_ref(), settings, now, height);
    }
}
