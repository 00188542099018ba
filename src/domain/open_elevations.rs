//! Elevations whose end is not in the audit log yet, with all that is needed to write it there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::audit::Subject;
use super::elevation::{ElevationId, GrantedElevation};
use super::source::{Source, SourceKey};
use super::sso_session::SessionKey;
use super::store_choice::StoreName;
use super::time::Lifespan;

/// The open elevations of one state folder, by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpenElevations(BTreeMap<ElevationId, OpenElevation>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenElevation {
    /// What its records repeat.
    pub subject: Subject,
    /// The key that its lock and its credentials are filed under.
    pub source: SourceKey,
    /// From when to when it lasts; none while the log has no grant.
    #[serde(default)]
    pub granted: Option<Lifespan>,
    session: String,
    /// The store that its credentials are kept in; older entries do not say.
    #[serde(default)]
    store: Option<StoreName>,
}

impl OpenElevation {
    /// Whether its credentials are kept in `store`, as far as is known.
    pub fn is_in(&self, store: StoreName) -> bool {
        self.store.is_none_or(|noted| noted == store)
    }
}

impl OpenElevations {
    /// Adds an elevation before the log's first record of it.
    pub fn add(&mut self, source: &Source, subject: Subject, store: StoreName) {
        let elevation = OpenElevation {
            source: source.key(),
            session: source.session().key().as_str().to_owned(),
            granted: None,
            store: Some(store),
            subject,
        };
        self.0.insert(elevation.subject.id, elevation);
    }

    /// Whether this elevation is one of them.
    pub fn has(&self, id: ElevationId) -> bool {
        self.0.contains_key(&id)
    }

    /// Notes that the log has the grant.
    pub fn note_granted(&mut self, granted: &GrantedElevation) {
        if let Some(elevation) = self.0.get_mut(&granted.id()) {
            elevation.granted = Some(granted.life());
        }
    }

    /// Removes an elevation after the log's last record of it.
    pub fn remove(&mut self, id: ElevationId) {
        self.0.remove(&id);
    }

    /// Those of a source.
    pub fn of_source(self, source: &SourceKey) -> Vec<OpenElevation> {
        self.0.into_values().filter(|elevation| elevation.source == *source).collect()
    }

    /// Those of a session's sources.
    pub fn of_session(self, session: &SessionKey) -> Vec<OpenElevation> {
        self.0.into_values().filter(|elevation| elevation.session == session.as_str()).collect()
    }

    /// The sources that have any, each once.
    pub fn sources(self) -> Vec<SourceKey> {
        let mut sources: Vec<SourceKey> = self.0.into_values().map(|elevation| elevation.source).collect();
        sources.sort();
        sources.dedup();
        sources
    }
}
