//! The region that other programs are told to work in.

use std::fmt;

use super::ids::Region;
use super::sso_session::SsoSession;

/// A region, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRegion {
    /// The region.
    pub region: Region,
    /// Where it comes from.
    pub source: RegionSource,
}

/// Where a region comes from, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegionSource {
    /// It was chosen for this one use.
    Chosen,
    /// `region` of the target's profile.
    Profile,
    /// This environment variable.
    Environment(&'static str),
    /// `region` of the settings.
    Settings,
    /// `sso_region` of the SSO session.
    SsoSession,
}

impl fmt::Display for RegionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegionSource::Chosen => f.write_str("chosen"),
            RegionSource::Profile => f.write_str("of the profile"),
            RegionSource::Environment(name) => write!(f, "of ${name}"),
            RegionSource::Settings => f.write_str("of the settings"),
            RegionSource::SsoSession => f.write_str("of the SSO session"),
        }
    }
}

/// The variables that AWS's tools take a region from; the first that is set counts.
pub const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The regions that count for every target alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionDefaults {
    /// That of the environment, with the variable's name.
    pub environment: Option<(&'static str, Region)>,
    /// That of the settings.
    pub settings: Option<Region>,
}

impl RegionDefaults {
    /// The region for a target of `session`. `profile` looks up that of the target's profile, where nothing was chosen.
    pub fn work_region(
        &self,
        chosen: Option<&Region>,
        profile: impl FnOnce() -> Option<Region>,
        session: &SsoSession,
    ) -> WorkRegion {
        if let Some(region) = chosen {
            return WorkRegion { region: region.clone(), source: RegionSource::Chosen };
        }
        if let Some(region) = profile() {
            return WorkRegion { region, source: RegionSource::Profile };
        }
        if let Some((name, region)) = &self.environment {
            return WorkRegion { region: region.clone(), source: RegionSource::Environment(name) };
        }
        match &self.settings {
            Some(region) => WorkRegion { region: region.clone(), source: RegionSource::Settings },
            None => WorkRegion { region: session.region.clone(), source: RegionSource::SsoSession },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{SessionName, StartUrl};

    fn region(code: &str) -> Region {
        Region::parse(code).unwrap()
    }

    #[test]
    fn each_source_counts_before_those_behind_it_and_the_session_always_has_one() {
        let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
        let session = SsoSession::new(SessionName::parse("acme").unwrap(), start_url, region("us-east-1"));
        let environment = || Some(("AWS_DEFAULT_REGION", region("eu-west-3")));
        let settings = || Some(region("eu-west-4"));
        let table = [
            (Some("eu-west-1"), Some("eu-west-2"), environment(), settings(), "eu-west-1", "chosen"),
            (None, Some("eu-west-2"), environment(), settings(), "eu-west-2", "of the profile"),
            (None, None, environment(), settings(), "eu-west-3", "of $AWS_DEFAULT_REGION"),
            (None, None, None, settings(), "eu-west-4", "of the settings"),
            (None, None, None, None, "us-east-1", "of the SSO session"),
        ];
        for (chosen, profile, environment, settings, expected, source) in table {
            let defaults = RegionDefaults { environment, settings };
            let found = defaults.work_region(chosen.map(region).as_ref(), || profile.map(region), &session);
            assert_eq!((found.region.as_str(), found.source.to_string().as_str()), (expected, source));
        }
    }

    #[test]
    fn no_profile_is_looked_up_where_a_region_was_chosen() {
        let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
        let session = SsoSession::new(SessionName::parse("acme").unwrap(), start_url, region("us-east-1"));
        let chosen = region("eu-west-1");
        let looked_up = || panic!("a profile was looked up");
        RegionDefaults::default().work_region(Some(&chosen), looked_up, &session);
    }
}
