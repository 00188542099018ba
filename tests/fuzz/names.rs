//! What people type: targets, and queries of lists.

use std::collections::BTreeSet;

use daypass::domain::filter::Filter;
use daypass::domain::ids::{AccountId, Region, SessionName};
use daypass::domain::names::{NameError, Names, ProfileTarget, resolve};
use daypass::domain::search::{Candidate, Search};
use daypass::domain::target::{AccountRole, Target as Role, TargetSpec};
use daypass::domain::text::Untrusted;
use daypass::domain::tier::Tier;

use crate::harness::{Target, check_message, inputs, text, two_texts};

/// A few names of each kind.
struct Known;

fn target(text: &str) -> Role {
    text.parse().unwrap()
}

impl Names for Known {
    type Error = NameError;

    fn alias(&self, name: &str) -> Option<AccountRole> {
        (name == "pay").then(|| AccountRole::Id(target("100000000001/Developer")))
    }

    fn alias_names(&self) -> Vec<String> {
        vec!["pay".to_owned()]
    }

    fn profile(&self, name: &str) -> Result<Option<ProfileTarget>, NameError> {
        Ok((name == "granted/style").then(|| ProfileTarget {
            session: SessionName::parse("acme").unwrap(),
            target: target("100000000009/ReadOnly"),
            region: Region::parse("eu-west-1").ok(),
        }))
    }

    fn profile_names(&self) -> Vec<String> {
        vec!["granted/style".to_owned()]
    }

    fn target_profiles(&self) -> Vec<(String, ProfileTarget)> {
        Vec::new()
    }

    fn accounts(&self) -> Vec<(AccountId, Untrusted)> {
        let account = |id: &str, name: &str| (AccountId::parse(id).unwrap(), Untrusted::from(name));
        vec![
            account("100000000001", "prod-payments-0003"),
            account("100000000002", "Twin"),
            account("100000000003", "twin"),
            account("100000000004", "a/b \u{1b}"),
        ]
    }
}

pub const TARGET: Target = Target {
    seeds: || {
        inputs(&[
            "123456789012/Developer",
            "prod-payments-0003/ReadOnly",
            "pay",
            "granted/style",
            "TWIN/Admin",
            "a/b \u{1b}/Admin",
            "prod-paymets/Admin",
        ])
    },
    check: |bytes| {
        let text = text(bytes);
        let spec = match TargetSpec::parse(&text) {
            Ok(spec) => spec,
            Err(why) => return check_message(&why.to_string()),
        };
        match resolve(&spec, &Known) {
            Ok(resolved) => {
                let again = TargetSpec::parse(&resolved.target.to_string()).unwrap();
                assert_eq!(resolve(&again, &Known).map(|again| again.target), Ok(resolved.target));
            }
            Err(why) => check_message(&why.to_string()),
        }
        if let Ok(role) = text.parse::<Role>() {
            assert_eq!(role.to_string(), text);
            assert_eq!(spec, TargetSpec::AccountRole(AccountRole::Id(role)));
        }
    },
};

/// What is searched, and a query.
const QUERIES: [&str; 5] = [
    "prod-payments-0003\npay dev",
    "log-archive\n#pay tier:admin org:acme tag:env=prod",
    "z\u{fc}rich\nZU",
    "prod/Admin\n/prod/admin 107",
    "\u{130}\u{df}\u{1f525}\n'i ^!$",
];

pub const FILTER: Target = Target {
    seeds: || inputs(&QUERIES),
    check: |bytes| {
        let (row, query) = two_texts(bytes);
        let rows = [row.as_str(), "prod-payments-0003 100000023757 Developer", "log-archive 100000000001 Admin"];
        let mut filter = Filter::default();
        filter.set_rows(rows);
        let found = filter.matches(&query);
        let distinct: BTreeSet<u32> = found.iter().copied().collect();
        assert!(distinct.len() == found.len() && found.iter().all(|row| *row < 3));
        assert_eq!(filter.matches(&query), found);
        assert_eq!(filter.matches(""), [0, 1, 2]);
    },
};

pub const SEARCH: Target = Target {
    seeds: || inputs(&QUERIES),
    check: |bytes| {
        let (name, query) = two_texts(bytes);
        let (name, query): (String, String) = (name.chars().take(300).collect(), query.chars().take(300).collect());
        let row = |account_name: &str, role: &str, tier| Candidate {
            account_name: account_name.to_owned(),
            account_id: "100000023757".to_owned(),
            role: role.to_owned(),
            aliases: vec!["pay".to_owned(), name.clone()],
            profiles: vec!["prod-payments".to_owned()],
            org: "acme".to_owned(),
            tags: vec!["env=prod".to_owned()],
            tier,
            weight: 1.5,
        };
        let rows = [row(&name, "Admin", Tier::Admin), row("log-archive", "ReadOnly", Tier::ReadOnly)];
        let mut search = Search::default();
        search.set_rows(rows.clone());
        let found = search.matches(&query);
        let distinct: BTreeSet<u32> = found.iter().copied().collect();
        assert!(distinct.len() == found.len() && found.iter().all(|row| *row < 2));
        for row in 0..2 {
            let marks = search.marks(row, &query);
            let candidate = &rows[row as usize];
            let within = |marks: &[usize], text: &str| marks.iter().all(|mark| *mark < text.chars().count());
            assert!(within(&marks.account_name, &candidate.account_name) && within(&marks.role, &candidate.role));
            assert!(within(&marks.account_id, &candidate.account_id));
            assert!(marks.alias.is_none_or(|(alias, marks)| within(&marks, &candidate.aliases[alias])));
            assert!(marks.profile.is_none_or(|(profile, marks)| within(&marks, &candidate.profiles[profile])));
        }
        // Typed letter by letter, it finds the same.
        let mut typed = String::new();
        let mut typing = Search::default();
        typing.set_rows(rows);
        for letter in query.chars().take(40) {
            typed.push(letter);
            let narrowed = typing.matches(&typed);
            assert_eq!(search.matches(&typed), narrowed, "{typed:?}");
            search.matches("");
        }
    },
};
