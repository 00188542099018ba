//! One SSO session: its status, and what the index and the catalog know of it.

use std::collections::{BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::domain::catalog::Catalog;
use crate::domain::index::{Index, KeptNote, SessionNote};
use crate::domain::sso_session::{SessionKey, SsoSession};
use crate::domain::standby::{is_left_aside, usable};
use crate::domain::target::Target;
use crate::domain::time::Now;
use crate::error::Error;
use crate::flows::catalog;
use crate::report::Report;
use crate::tui::remaining::Remaining;

pub(crate) struct SessionState {
    /// What the config file says.
    pub(crate) config: SsoSession,
    pub(crate) key: SessionKey,
    /// What the index says.
    pub(crate) note: Option<SessionNote>,
    pub(crate) catalog: Catalog,
    pub(crate) listing: Listing,
    /// The session at each of its replicas, in the order of the settings.
    pub(crate) standbys: Vec<Standby>,
    /// Whether it was AWS that ended the last sign-in; only looked at while the index names no sign-in.
    ended_by_aws: bool,
}

/// A session at a replica.
pub(crate) struct Standby {
    pub(crate) config: SsoSession,
    key: SessionKey,
    /// What the index says.
    note: Option<SessionNote>,
}

/// The state of listing accounts and roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listing {
    Idle,
    Running(Progress),
    /// The person stopped it.
    Stopped(Progress),
    Failed(Report),
}

/// How far a listing has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// How many accounts there are, once known.
    pub(crate) accounts: Option<usize>,
    /// How many of them are listed, or have failed.
    pub(crate) done: usize,
}

/// How long a role stays among those of today after its credentials have ended: a working day.
const SHOWN_AFTER_END: SignedDuration = SignedDuration::from_hours(12);

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
        let standbys = Vec::new();
        SessionState { config, key, note, catalog, listing: Listing::Idle, standbys, ended_by_aws: false }
    }

    /// The same with its replicas.
    pub(crate) fn with_standbys(self, standbys: Vec<SsoSession>) -> Self {
        let standby = |config: SsoSession| Standby { key: config.key(), config, note: None };
        SessionState { standbys: standbys.into_iter().map(standby).collect(), ..self }
    }

    /// Takes what the index says of its replicas now.
    pub(crate) fn on_standbys(&mut self, index: &Index) {
        for standby in &mut self.standbys {
            standby.note = index.session(&standby.key).cloned();
        }
    }

    /// How long the sign-in at a replica may still serve; none where there is no such sign-in.
    pub(crate) fn standby_left(&self, standby: &Standby, now: Now) -> Option<Remaining> {
        let sign_in = usable(self.note.as_ref(), standby.note.as_ref(), now)?;
        Some(Remaining::of(&sign_in.lifespan(), now))
    }

    /// The regions of its replicas, in the order in which they are tried.
    pub(crate) fn replica_regions(&self) -> String {
        let regions: Vec<&str> = self.standbys.iter().map(|standby| standby.config.region.as_str()).collect();
        regions.join(", ")
    }

    /// Whether its own region is left aside, and a sign-in at a replica serves.
    pub(crate) fn is_served_by_standby(&self, now: Now) -> bool {
        is_left_aside(self.note.as_ref(), now) && self.has_standby(now)
    }

    /// Whether a sign-in at a replica may serve.
    pub(crate) fn has_standby(&self, now: Now) -> bool {
        self.standbys.iter().any(|standby| self.standby_left(standby, now).is_some())
    }

    /// Its own note first, then those of its replicas.
    fn notes(&self) -> impl Iterator<Item = &SessionNote> {
        self.note.iter().chain(self.standbys.iter().filter_map(|standby| standby.note.as_ref()))
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

    /// Takes what the index says now; returns whether it is of other roles that credentials are noted.
    pub(crate) fn on_index(&mut self, note: Option<&SessionNote>) -> bool {
        let noted = |note: &SessionNote| -> Vec<Target> {
            let kept = note.targets.values().filter(|note| note.kept.is_some());
            kept.map(|note| note.target.clone()).collect()
        };
        let is_other = self.note.as_ref().map(noted) != note.map(noted);
        self.note = note.cloned();
        // A sign-in that AWS has ended is taken out of the index, so this is a newer one.
        if self.note.as_ref().is_some_and(|note| note.signed_in.is_some()) {
            self.ended_by_aws = false;
        }
        is_other
    }

    /// Takes what is kept of accounts and roles, unless a listing is just bringing them.
    pub(crate) fn on_catalog(&mut self, catalog: Catalog) {
        if !matches!(self.listing, Listing::Running(_)) {
            self.catalog = catalog;
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
        let target = target.to_string();
        let mut kept = self.notes().filter_map(|note| note.targets.get(&target)?.kept.as_ref());
        kept.find(|kept| !kept.ours.left(now).is_zero())
    }

    /// When the credentials of a target ended, where that was less than [`SHOWN_AFTER_END`] ago.
    pub(crate) fn ended(&self, target: &Target, now: Now) -> Option<Timestamp> {
        let note = self.note.as_ref()?.targets.get(&target.to_string())?;
        let ended = note.kept.as_ref().filter(|kept| kept.ours.left(now).is_zero())?.ours.ends_at_local();
        (now.wall.duration_since(ended) < SHOWN_AFTER_END).then_some(ended)
    }

    /// Whether credentials of a target are kept, or ended a short while ago.
    pub(crate) fn is_of_today(&self, target: &Target, now: Now) -> bool {
        self.kept(target, now).is_some() || self.ended(target, now).is_some()
    }

    /// The targets whose credentials are kept, or ended a short while ago.
    pub(crate) fn of_today(&self, now: Now) -> HashSet<&Target> {
        let noted = self.notes().flat_map(|note| note.targets.values()).map(|note| &note.target);
        noted.filter(|target| self.is_of_today(target, now)).collect()
    }

    /// All valid credentials, those that end soonest first.
    pub(crate) fn all_kept(&self, now: Now) -> Vec<(&Target, &KeptNote)> {
        let targets = self.notes().flat_map(|note| note.targets.values().map(|note| &note.target));
        let targets: BTreeSet<&Target> = targets.collect();
        let mut kept: Vec<_> =
            targets.into_iter().filter_map(|target| Some((target, self.kept(target, now)?))).collect();
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
        let Listing::Running(progress) = &mut self.listing else { return };
        match event {
            catalog::Event::Begun { catalog, due } => {
                progress.accounts = Some(catalog.entries.len());
                progress.done = catalog.entries.len().saturating_sub(due);
                self.catalog = catalog;
            }
            catalog::Event::Changed(change) => {
                progress.done += 1;
                self.catalog.apply(change);
            }
        }
    }
}
