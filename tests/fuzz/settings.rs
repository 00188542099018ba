//! The settings file, with `[aliases]`, `[sso_regions]` and `[tags]`.

use daypass::domain::text::visible;
use daypass::environment::Environment;
use daypass::settings::{Flags, Folders, Source, Sourced, load};

use crate::harness::{Target, check_message, folder, inputs};

pub const FILE: Target = Target {
    seeds: || {
        inputs(&[
            "session = 'acme'\nstore = 'auto'\nflow = 'pkce'\nbrowser = 'firefox --private-window'\nopen_browser = false\n\
             color = 'always'\nbackground = 'dark'\nosc52 = 'never'\nnotify = 'bell'\nmouse = true\nregion = 'eu-west-1'\n\
             standby = 'ask'\npolicy = '/etc/daypass/policy.toml'\n",
            "[aliases]\npay = '123456789012/Developer'\nstage = 'Stage/ReadOnly'\n",
            "[sso_regions]\nacme = ['us-west-2', 'https://ssoins-1a.portal.eu-west-1.app.aws']\nbeta = 'eu-west-1'\n",
            "[tags]\n123456789012 = 'env=prod'\n111122223333 = ['env=sandbox', 'team=payments']\n444455556666 = []\n",
            "sesion = 'a'\n\"\\u001b\" = 1\n",
        ])
    },
    check: |bytes| {
        let folder = folder();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, bytes).unwrap();
        let folders = Folders {
            config_file: Sourced::new(path, Source::Default),
            policy_file: folder.path().join("policy.toml"),
            state: folder.path().join("state"),
            cache: folder.path().join("cache"),
            home: None,
        };
        let settings = match load(Flags::default(), &Environment::default(), &folders) {
            Ok(settings) => settings,
            Err(error) => return check_message(&error.to_string()),
        };
        settings.warnings.iter().for_each(|warning| assert_eq!(visible(warning), *warning));
        settings.sso_regions.warnings(&[]).iter().for_each(|warning| assert_eq!(visible(warning), *warning));
        for (_, replicas) in settings.sso_regions.iter() {
            let mut regions: Vec<_> = replicas.value.iter().map(|replica| &replica.region).collect();
            let count = regions.len();
            regions.sort();
            regions.dedup();
            assert_eq!(regions.len(), count, "no region is named twice");
        }
        for tag in settings.tags.values().flat_map(|tags| &tags.value) {
            assert_eq!(tag.to_string().parse(), Ok(tag.clone()));
        }
    },
};
