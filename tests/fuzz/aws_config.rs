//! The AWS config file: what is read in it, and edits of it.

use std::path::Path;

use daypass::adapters::aws_config::{Block, Config, ConfigEdit, parse};
use daypass::domain::ids::{Region, SessionName, StartUrl};
use daypass::domain::sso_session::SsoSession;
use daypass::domain::text::visible;

use crate::harness::{Target, inputs};

const FILES: [&str; 6] = [
    "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n",
    "[default]\nregion = eu-west-1\n\n[profile prod]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Admin\ncredential_process = daypass credentials prod\n",
    "# daypass: begin sso-session beta\n[sso-session beta]\nsso_start_url = https://b.awsapps.com/start\nsso_region = us-east-1\n# daypass: end sso-session beta\n",
    "\u{feff}[profile \"a b\"]\r\nrole_arn = x ; y\r\n s3 =\r\n  a = b\r\n",
    "# daypass: begin sso-session beta\n[profile beta]\n[sso-session 'beta'] # x\n  continued\n# daypass: end sso-session beta",
    "[plugins]\na=b\n[profile",
];

fn read(bytes: &[u8]) -> Config<'_> {
    parse(Path::new("config"), bytes)
}

pub const MODEL: Target = Target {
    seeds: || inputs(&FILES),
    check: |bytes| {
        let config = read(bytes);
        let lines = u32::try_from(bytes.split(|byte| *byte == b'\n').count()).unwrap();
        assert!(config.profiles.iter().all(|profile| (1..=lines).contains(&profile.line)));
        assert!(config.sso_sessions.iter().all(|session| (1..=lines).contains(&session.line)));
        let sessions = config.sessions();
        sessions.problems.iter().for_each(|problem| assert_eq!(visible(&problem.to_string()), problem.to_string()));
        for name in config.profile_names() {
            drop(config.profile(name).map_err(|error| assert_eq!(visible(&error.to_string()), error.to_string())));
        }
        drop((config.target_profiles(), config.bypasses(), config.shadowed_by(bytes)));
    },
};

/// What stands in a config beside the session that is put there.
fn others(bytes: &[u8]) -> Vec<String> {
    let config = read(bytes);
    let profiles = config.profiles.iter().map(|profile| {
        let values = [
            profile.sso_session,
            profile.start_url,
            profile.sso_region,
            profile.account,
            profile.role,
            profile.region,
            profile.credential_process,
            profile.role_arn,
        ];
        format!("profile {} {:?}", profile.name, values.map(|value| value.map(|value| value.text().into_owned())))
    });
    let sessions = config.sso_sessions.iter().filter(|session| session.name != "beta").map(|session| {
        let values = [session.start_url, session.region, session.scopes];
        format!("session {} {:?}", session.name, values.map(|value| value.map(|value| value.text().into_owned())))
    });
    profiles.chain(sessions).collect()
}

pub const EDIT: Target = Target {
    seeds: || inputs(&FILES),
    check: |bytes| {
        let start_url = StartUrl::parse("https://beta.awsapps.com/start").unwrap();
        let session =
            SsoSession::new(SessionName::parse("beta").unwrap(), start_url, Region::parse("eu-west-1").unwrap());
        let Ok(mut edit) = ConfigEdit::new(bytes) else { return };
        if edit.put(Block::sso_session(&session)).is_err() {
            return;
        }
        let edited = edit.finish();
        let config = read(&edited);
        let put = config.sso_sessions.iter().find(|session| session.name == "beta").expect("the session is there");
        let values = [put.start_url, put.region, put.scopes].map(|value| value.map(|value| value.text().into_owned()));
        let expected = ["https://beta.awsapps.com/start", "eu-west-1", "sso:account:access"];
        assert_eq!(values, expected.map(|value| Some(value.to_owned())));
        let (mut before, mut after) = (others(bytes), others(&edited));
        before.sort();
        after.sort();
        assert_eq!(after, before, "nothing else says anything else");
        let mut again = ConfigEdit::new(&edited).unwrap();
        again.put(Block::sso_session(&session)).expect("it is ours");
        assert_eq!(again.finish(), edited, "the same edit changes nothing more");
    },
};
