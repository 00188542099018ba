//! What the screen remembers between two runs: pinned roles, regions chosen for roles, recent reasons, the view of the list.
//!
//! None of it is a secret, and nothing but the screen depends on it. The sizes are bounded, so the file stays small.

use serde::{Deserialize, Serialize};

use super::elevation::Reason;
use super::ids::Region;
use super::sso_session::SessionKey;
use super::target::Target;

/// The preferences of one state folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The pinned roles, in the order in which they were pinned.
    pub pins: Vec<Pin>,
    /// How the roles are listed.
    pub view: ListView,
    /// The regions chosen for roles, the latest first.
    pub regions: Vec<ChosenRegion>,
    /// The last distinct reasons that were used, the latest first.
    pub reasons: Vec<Reason>,
    /// Whether what is shown on the very first run has been shown.
    pub first_run_done: bool,
}

/// A pinned role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pin {
    /// The SSO session that the role is reached through.
    pub session: SessionKey,
    /// The role.
    pub target: Target,
}

/// The region chosen for a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenRegion {
    /// The SSO session that the role is reached through.
    pub session: SessionKey,
    /// The role.
    pub target: Target,
    /// Its region.
    pub region: Region,
}

/// How the roles are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListView {
    /// One row for each role.
    #[default]
    List,
    /// One row for each account, one column for each tier.
    Matrix,
}

/// A change to the preferences. To make one twice is the same as to make it once, so the screen can make it at once and have
/// it written afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreferenceChange {
    /// Pin a role.
    Pin(Pin),
    /// Unpin a role.
    Unpin(Pin),
    /// List the roles in this way.
    View(ListView),
    /// Choose a region for a role, or with none leave it to the settings.
    Region {
        /// The SSO session that the role is reached through.
        session: SessionKey,
        /// The role.
        target: Target,
        /// The region.
        region: Option<Region>,
    },
    /// Remember a reason that was used.
    Reason(Reason),
    /// What is shown on the very first run has been shown.
    FirstRunDone,
}

impl Preferences {
    /// The greatest number of pins; another one is refused.
    pub const MOST_PINS: usize = 200;
    /// The greatest number of chosen regions; the oldest gives way to another one.
    pub const MOST_REGIONS: usize = 200;
    /// The greatest number of reasons; the oldest gives way to another one.
    pub const MOST_REASONS: usize = 10;

    /// Makes a change.
    pub fn apply(&mut self, change: &PreferenceChange) {
        match change {
            PreferenceChange::Pin(pin) if !self.is_pinned(&pin.session, &pin.target) => {
                if self.pins.len() < Self::MOST_PINS {
                    self.pins.push(pin.clone());
                }
            }
            PreferenceChange::Pin(_) => {}
            PreferenceChange::Unpin(pin) => self.pins.retain(|pinned| pinned != pin),
            PreferenceChange::View(view) => self.view = *view,
            PreferenceChange::Region { session, target, region } => {
                self.set_region(session, target, region.as_ref());
            }
            PreferenceChange::Reason(reason) => self.remember_reason(reason),
            PreferenceChange::FirstRunDone => self.first_run_done = true,
        }
    }

    /// Whether the role is pinned.
    pub fn is_pinned(&self, session: &SessionKey, target: &Target) -> bool {
        self.pins.iter().any(|pin| pin.session == *session && pin.target == *target)
    }

    /// The change that pins the role, or unpins it where it is pinned; none where there is no room for another pin.
    pub fn pin_change(&self, pin: Pin) -> Option<PreferenceChange> {
        if self.is_pinned(&pin.session, &pin.target) {
            return Some(PreferenceChange::Unpin(pin));
        }
        (self.pins.len() < Self::MOST_PINS).then_some(PreferenceChange::Pin(pin))
    }

    /// The region chosen for the role.
    pub fn region_of(&self, session: &SessionKey, target: &Target) -> Option<&Region> {
        let chosen = self.regions.iter().find(|chosen| chosen.session == *session && chosen.target == *target);
        chosen.map(|chosen| &chosen.region)
    }

    /// The regions that were chosen, each once, the latest first.
    pub fn recent_regions(&self) -> Vec<&Region> {
        let mut recent: Vec<&Region> = Vec::new();
        for chosen in &self.regions {
            if !recent.contains(&&chosen.region) {
                recent.push(&chosen.region);
            }
        }
        recent
    }

    fn set_region(&mut self, session: &SessionKey, target: &Target, region: Option<&Region>) {
        self.regions.retain(|chosen| chosen.session != *session || chosen.target != *target);
        if let Some(region) = region {
            let (session, target, region) = (session.clone(), target.clone(), region.clone());
            self.regions.insert(0, ChosenRegion { session, target, region });
            self.regions.truncate(Self::MOST_REGIONS);
        }
    }

    fn remember_reason(&mut self, reason: &Reason) {
        self.reasons.retain(|known| known != reason);
        self.reasons.insert(0, reason.clone());
        self.reasons.truncate(Self::MOST_REASONS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{SessionName, StartUrl};
    use crate::domain::sso_session::SsoSession;

    fn session() -> SessionKey {
        let name = SessionName::parse("acme").unwrap();
        let url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
        SsoSession::new(name, url, Region::parse("us-east-1").unwrap()).key()
    }

    fn target(number: usize) -> Target {
        format!("{number:012}/Admin").parse().unwrap()
    }

    fn pin(number: usize) -> Pin {
        Pin { session: session(), target: target(number) }
    }

    fn reason(number: usize) -> Reason {
        Reason::parse(&format!("ticket number {number}"), 10).unwrap()
    }

    fn choose(preferences: &mut Preferences, number: usize, region: Option<&str>) {
        let region = region.map(|region| Region::parse(region).unwrap());
        preferences.apply(&PreferenceChange::Region { session: session(), target: target(number), region });
    }

    #[test]
    fn a_role_is_pinned_and_unpinned_by_turns() {
        let mut preferences = Preferences::default();
        for pinned in [true, false, true] {
            let change = preferences.pin_change(pin(1)).unwrap();
            preferences.apply(&change);
            preferences.apply(&change);
            assert_eq!(preferences.is_pinned(&session(), &target(1)), pinned);
            assert!(!preferences.is_pinned(&session(), &target(2)));
        }
        assert_eq!(preferences.pins, [pin(1)]);
    }

    #[test]
    fn a_pin_too_many_is_refused_and_none_is_lost() {
        let mut preferences = Preferences::default();
        for number in 0..Preferences::MOST_PINS {
            preferences.apply(&preferences.pin_change(pin(number)).unwrap());
        }
        assert_eq!(preferences.pin_change(pin(900)), None);
        preferences.apply(&PreferenceChange::Pin(pin(900)));
        assert_eq!(preferences.pins.len(), Preferences::MOST_PINS);
        assert!(preferences.is_pinned(&session(), &target(0)));
        assert!(preferences.pin_change(pin(0)).is_some(), "room can be made");
    }

    #[test]
    fn the_last_ten_distinct_reasons_are_remembered_the_latest_first() {
        let mut preferences = Preferences::default();
        for number in 0..12 {
            preferences.apply(&PreferenceChange::Reason(reason(number)));
        }
        preferences.apply(&PreferenceChange::Reason(reason(5)));
        let expected: Vec<Reason> = [5, 11, 10, 9, 8, 7, 6, 4, 3, 2].map(reason).into();
        assert_eq!(preferences.reasons, expected);
    }

    #[test]
    fn a_region_is_chosen_replaced_and_taken_back_for_one_role() {
        let mut preferences = Preferences::default();
        choose(&mut preferences, 1, Some("eu-west-1"));
        choose(&mut preferences, 2, Some("us-east-1"));
        choose(&mut preferences, 1, Some("eu-central-1"));
        let of = |preferences: &Preferences, number| {
            preferences.region_of(&session(), &target(number)).map(ToString::to_string)
        };
        assert_eq!(of(&preferences, 1).as_deref(), Some("eu-central-1"));
        assert_eq!(of(&preferences, 2).as_deref(), Some("us-east-1"));
        choose(&mut preferences, 1, None);
        assert_eq!((of(&preferences, 1), of(&preferences, 2).as_deref()), (None, Some("us-east-1")));
    }

    #[test]
    fn the_oldest_region_gives_way_and_recent_ones_are_told_once() {
        let mut preferences = Preferences::default();
        choose(&mut preferences, 0, Some("us-east-1"));
        for number in 1..=Preferences::MOST_REGIONS {
            choose(&mut preferences, number, Some("eu-west-1"));
        }
        choose(&mut preferences, 7, Some("eu-west-2"));
        assert_eq!(preferences.regions.len(), Preferences::MOST_REGIONS);
        assert_eq!(preferences.region_of(&session(), &target(0)), None);
        let recent: Vec<&str> = preferences.recent_regions().into_iter().map(Region::as_str).collect();
        assert_eq!(recent, ["eu-west-2", "eu-west-1"]);
    }

    #[test]
    fn what_an_older_version_wrote_is_read_and_what_is_written_is_read_again() {
        assert_eq!(serde_json::from_str::<Preferences>("{}").unwrap(), Preferences::default());
        let mut preferences = Preferences::default();
        for change in [
            PreferenceChange::Pin(pin(1)),
            PreferenceChange::View(ListView::Matrix),
            PreferenceChange::Reason(reason(1)),
            PreferenceChange::FirstRunDone,
        ] {
            preferences.apply(&change);
        }
        choose(&mut preferences, 1, Some("eu-west-1"));
        let written = serde_json::to_string(&preferences).unwrap();
        assert_eq!(serde_json::from_str::<Preferences>(&written).unwrap(), preferences);
    }
}
