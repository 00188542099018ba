//! The profiles of the AWS config file, by the role they name.

use std::collections::HashMap;

use crate::domain::ids::Region;
use crate::domain::names::ProfileTarget;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::text::visible;
use crate::tui::model::session::SessionState;

#[derive(Debug, Clone, Default)]
pub(crate) struct Profiles(HashMap<SessionKey, HashMap<Target, Vec<Profile>>>);

#[derive(Debug, Clone)]
struct Profile {
    /// Safe to show.
    name: String,
    region: Option<Region>,
}

impl Profiles {
    /// The profiles that name a role of one of `sessions`.
    pub(crate) fn new(profiles: Vec<(String, ProfileTarget)>, sessions: &[SessionState]) -> Self {
        let mut all = Profiles::default();
        for (name, profile) in profiles {
            let session = sessions.iter().find(|session| session.config.name == profile.session);
            if let Some(session) = session {
                let of_role = all.0.entry(session.key.clone()).or_default().entry(profile.target).or_default();
                of_role.push(Profile { name: visible(&name), region: profile.region });
            }
        }
        all
    }

    /// The names of a role's profiles.
    pub(crate) fn names(&self, session: &SessionKey, target: &Target) -> Vec<String> {
        self.of(session, target).iter().map(|profile| profile.name.clone()).collect()
    }

    /// The region of a role's only profile.
    pub(crate) fn region(&self, session: &SessionKey, target: &Target) -> Option<&Region> {
        match self.of(session, target) {
            [only] => only.region.as_ref(),
            _ => None,
        }
    }

    /// The names of all profiles of a session.
    pub(crate) fn names_in(&self, session: &SessionKey) -> impl Iterator<Item = &str> {
        let of_session = self.0.get(session).into_iter().flat_map(HashMap::values);
        of_session.flatten().map(|profile| profile.name.as_str())
    }

    /// Every role that a profile names, in the order of the profiles' names.
    pub(crate) fn roles(&self) -> Vec<(SessionKey, Target)> {
        let roles = self.0.iter().flat_map(|(key, roles)| roles.iter().map(move |(target, of)| (key, target, of)));
        let mut named: Vec<(&str, &SessionKey, &Target)> =
            roles.filter_map(|(key, target, profiles)| Some((profiles.first()?.name.as_str(), key, target))).collect();
        named.sort();
        named.into_iter().map(|(_, key, target)| (key.clone(), target.clone())).collect()
    }

    fn of(&self, session: &SessionKey, target: &Target) -> &[Profile] {
        self.0.get(session).and_then(|roles| roles.get(target)).map(Vec::as_slice).unwrap_or_default()
    }
}
