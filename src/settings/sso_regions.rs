//! `[sso_regions]`: the replicas of Identity Centers, by the SSO session's name.

use std::collections::BTreeMap;

use super::source::Sourced;
use super::toml_file::Table;
use crate::domain::ids::SessionName;
use crate::domain::nearest::nearest;
use crate::domain::replica::Replica;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby::Replicas;
use crate::error::Result;

/// The replicas of each session, in the order in which they are asked, with the lines that name them.
#[derive(Debug, Clone, Default)]
pub struct SsoRegions(BTreeMap<SessionName, Sourced<Vec<Replica>>>);

/// Reads the table of `root`.
pub(super) fn sso_regions(root: &Table<'_>) -> Result<SsoRegions> {
    let Some(table) = root.table("sso_regions")? else { return Ok(SsoRegions::default()) };
    let sessions = table.keys().map(|key| {
        let mut replicas: Vec<Replica> = Vec::new();
        for one in table.texts_of(key.value)?.unwrap_or_default() {
            let replica = one.checked(|text| another(&replicas, text))?;
            replicas.push(replica.value);
        }
        let name = key.checked(SessionName::parse)?;
        Ok((name.value, Sourced::new(replicas, name.source)))
    });
    sessions.collect::<Result<_>>().map(SsoRegions)
}

fn another(replicas: &[Replica], text: &str) -> Result<Replica, String> {
    let replica = Replica::parse(text).map_err(|why| why.to_string())?;
    if replicas.iter().any(|other| other.region == replica.region) {
        return Err(format!("{} is named twice", replica.region));
    }
    Ok(replica)
}

impl SsoRegions {
    /// Each session with its replicas.
    pub fn iter(&self) -> impl Iterator<Item = (&SessionName, &Sourced<Vec<Replica>>)> {
        self.0.iter()
    }

    /// The replicas without their lines.
    pub fn replicas(&self) -> Replicas {
        self.iter().map(|(name, replicas)| (name.clone(), replicas.value.clone())).collect()
    }

    /// A warning for each replica that is for none of `sessions`, or in its session's own region.
    pub fn warnings(&self, sessions: &[SsoSession]) -> Vec<String> {
        self.iter().filter_map(|(name, replicas)| warning(name, replicas, sessions)).collect()
    }
}

fn warning(name: &SessionName, replicas: &Sourced<Vec<Replica>>, sessions: &[SsoSession]) -> Option<String> {
    let at = &replicas.source;
    let Some(session) = sessions.iter().find(|session| session.name == *name) else {
        let near = nearest(name.as_str(), sessions.iter().map(|session| session.name.as_str()));
        let suggestion = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Some(format!("{at}: there is no SSO session `{name}`{suggestion}"));
    };
    let own = &session.region;
    let has_own = replicas.value.iter().any(|replica| replica.region == *own);
    has_own.then(|| format!("{at}: {own} is the region of `{name}` itself, and no replica"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::ids::{Region, StartUrl};
    use crate::settings::toml_file::TomlFile;

    fn parsed(text: &str) -> Result<SsoRegions> {
        let file = TomlFile::from_bytes(Path::new("/c/config.toml"), text.as_bytes().to_vec())?;
        sso_regions(&Table::new(&file, &file.root()?))
    }

    #[test]
    fn replicas_keep_their_order_and_say_where_they_are_named() {
        let text =
            "[sso_regions]\nacme = ['us-west-2', 'https://ssoins-1a.portal.eu-west-1.app.aws']\nbeta = 'eu-west-1'\n";
        let found = parsed(text).unwrap();
        let regions = |name: &str| {
            let (_, replicas) = found.iter().find(|(session, _)| session.as_str() == name).unwrap();
            let regions: Vec<_> = replicas.value.iter().map(|replica| replica.region.to_string()).collect();
            (regions.join(" "), replicas.source.to_string())
        };
        assert_eq!(regions("acme"), ("us-west-2 eu-west-1".to_owned(), "/c/config.toml line 2".to_owned()));
        assert_eq!(regions("beta"), ("eu-west-1".to_owned(), "/c/config.toml line 3".to_owned()));
    }

    #[test]
    fn a_region_that_is_none_or_comes_twice_is_an_error_with_its_line() {
        for (bad, says) in [
            ("['Europe']", "is not a region code"),
            ("['https://acme.awsapps.com/start']", "does not name its region"),
            ("['eu-west-1', 'https://ssoins-1a.eu-west-1.portal.amazonaws.com']", "eu-west-1 is named twice"),
            ("[1]", "must be text in quotes"),
            ("{ a = 'b' }", "must be text in quotes"),
        ] {
            let error = parsed(&format!("[sso_regions]\nacme = {bad}\n")).unwrap_err().to_string();
            assert!(error.contains("line 2") && error.contains(says), "{error}");
        }
        assert!(parsed("[sso_regions]\n\"a]b\" = 'eu-west-1'\n").is_err());
    }

    #[test]
    fn unknown_sessions_and_a_sessions_own_region_are_warned_of() {
        let found = parsed("[sso_regions]\nacmee = 'eu-west-1'\nbeta = ['us-east-1', 'eu-west-1']\n").unwrap();
        let sessions = ["acme", "beta"].map(|name| {
            let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
            SsoSession::new(SessionName::parse(name).unwrap(), start_url, Region::parse("us-east-1").unwrap())
        });
        let warnings = found.warnings(&sessions);
        let [unknown, own] = warnings.as_slice() else { panic!("{warnings:?}") };
        assert!(unknown.ends_with("line 2: there is no SSO session `acmee`; did you mean `acme`?"), "{unknown}");
        assert!(own.ends_with("line 3: us-east-1 is the region of `beta` itself, and no replica"), "{own}");
        assert_eq!(found.replicas().standbys_of(&sessions[1]).len(), 1);
    }
}
