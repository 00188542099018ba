//! `[sso_regions]`: the replicas of Identity Centers, by the SSO session's name.

use std::collections::BTreeMap;

use super::layers::Settings;
use super::source::Sourced;
use super::toml_file::Table;
use crate::domain::ids::SessionName;
use crate::domain::nearest::nearest;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby::{Replica, Replicas};
use crate::error::Result;

/// The replicas of each session, in the order in which they are asked.
pub(super) fn sso_regions(root: &Table<'_>) -> Result<BTreeMap<SessionName, Sourced<Vec<Replica>>>> {
    let Some(table) = root.table("sso_regions")? else { return Ok(BTreeMap::new()) };
    let sessions = table.keys().map(|key| {
        let mut replicas: Vec<Replica> = Vec::new();
        for one in table.texts_of(key.value)?.unwrap_or_default() {
            let replica = one.checked(|text| another(&replicas, text))?;
            replicas.push(replica.value);
        }
        let name = key.checked(SessionName::parse)?;
        Ok((name.value, Sourced::new(replicas, name.source)))
    });
    sessions.collect()
}

fn another(replicas: &[Replica], text: &str) -> Result<Replica, String> {
    let replica = Replica::parse(text).map_err(|why| why.to_string())?;
    if replicas.iter().any(|other| other.region == replica.region) {
        return Err(format!("{} is named twice", replica.region));
    }
    Ok(replica)
}

impl Settings {
    /// The replicas without their places in the file.
    pub fn replicas(&self) -> Replicas {
        self.sso_regions.iter().map(|(name, replicas)| (name.clone(), replicas.value.clone())).collect()
    }

    /// Warns of replicas that are for none of `sessions`, and of those that are in their session's own region.
    pub(crate) fn check_replicas(&mut self, sessions: &[SsoSession]) {
        for (name, replicas) in &self.sso_regions {
            let at = &replicas.source;
            let Some(session) = sessions.iter().find(|session| session.name == *name) else {
                let near = nearest(name.as_str(), sessions.iter().map(|session| session.name.as_str()));
                let suggestion = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                self.warnings.push(format!("{at}: there is no SSO session `{name}`{suggestion}"));
                continue;
            };
            let own = &session.region;
            if replicas.value.iter().any(|replica| replica.region == *own) {
                self.warnings.push(format!("{at}: {own} is the region of `{name}` itself, and no replica"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::domain::ids::{Region, StartUrl};
    use crate::environment::Environment;
    use crate::settings::toml_file::TomlFile;
    use crate::settings::{Flags, Folders, Source, load};

    fn parsed(text: &str) -> Result<BTreeMap<SessionName, Sourced<Vec<Replica>>>> {
        let file = TomlFile::from_bytes(Path::new("/c/config.toml"), text.as_bytes().to_vec())?;
        sso_regions(&Table::new(&file, &file.root()?))
    }

    #[test]
    fn replicas_keep_their_order_and_say_where_they_are_named() {
        let text =
            "[sso_regions]\nacme = ['us-west-2', 'https://ssoins-1a.portal.eu-west-1.app.aws']\nbeta = 'eu-west-1'\n";
        let found = parsed(text).unwrap();
        let regions = |name: &str| {
            let replicas = &found[&SessionName::parse(name).unwrap()];
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
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "[sso_regions]\nacmee = 'eu-west-1'\nbeta = ['us-east-1', 'eu-west-1']\n").unwrap();
        let folders = Folders {
            config_file: Sourced::new(path, Source::Default),
            policy_file: "/c/policy.toml".into(),
            state: "/s".into(),
            cache: "/k".into(),
            home: None,
        };
        let mut settings = load(Flags::default(), &Environment::default(), &folders).unwrap();
        let sessions = ["acme", "beta"].map(|name| {
            let start_url = StartUrl::parse("https://acme.awsapps.com/start").unwrap();
            SsoSession::new(SessionName::parse(name).unwrap(), start_url, Region::parse("us-east-1").unwrap())
        });
        settings.check_replicas(&sessions);
        let [unknown, own] = settings.warnings.as_slice() else { panic!("{:?}", settings.warnings) };
        assert!(unknown.ends_with("line 2: there is no SSO session `acmee`; did you mean `acme`?"), "{unknown}");
        assert!(own.ends_with("line 3: us-east-1 is the region of `beta` itself, and no replica"), "{own}");
        assert_eq!(settings.replicas().standbys_of(&sessions[1]).len(), 1);
    }
}
