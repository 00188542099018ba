//! Resolves a name to a target.

use std::collections::BTreeSet;

use super::lookup::{Names, ProfileTarget};
use super::unknown;
use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::target::{AccountRole, Target, TargetSpec};
use crate::error::Result;

/// A target, with what the AWS profile says that named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The account and the role.
    pub target: Target,
    /// The SSO session, where a profile names it.
    pub session: Option<SessionName>,
    /// The region, where a profile names it.
    pub region: Option<Region>,
}

impl From<Target> for Resolved {
    fn from(target: Target) -> Self {
        Resolved { target, session: None, region: None }
    }
}

impl From<ProfileTarget> for Resolved {
    fn from(profile: ProfileTarget) -> Self {
        Resolved { target: profile.target, session: Some(profile.session), region: profile.region }
    }
}

/// Finds the target of `spec`. `ACCOUNT_ID/ROLE` calls nothing of `names`.
pub fn resolve(spec: &TargetSpec, names: &dyn Names) -> Result<Resolved> {
    match spec {
        TargetSpec::AccountRole(pair) => account_role_target(pair, names).map(Resolved::from),
        TargetSpec::Profile(name) => match names.profile(name)? {
            Some(profile) => Ok(profile.into()),
            None => Err(unknown::profile(name, names)),
        },
        TargetSpec::Text(text) => resolve_text(text, names),
    }
}

fn resolve_text(text: &str, names: &dyn Names) -> Result<Resolved> {
    if let Some(pair) = names.alias(text) {
        return match names.profile(text) {
            Ok(None) => account_role_target(&pair, names).map(Resolved::from),
            Ok(Some(_)) | Err(_) => Err(unknown::alias_or_profile(text)),
        };
    }
    if let Ok(AccountRole::Name { account, role }) = AccountRole::parse(text)
        && let Some(account) = account_named(&account, names)?
    {
        return Ok(Target { account, role }.into());
    }
    match names.profile(text)? {
        Some(profile) => Ok(profile.into()),
        None => Err(unknown::target(text, names)),
    }
}

fn account_role_target(pair: &AccountRole, names: &dyn Names) -> Result<Target> {
    match pair {
        AccountRole::Id(target) => Ok(target.clone()),
        AccountRole::Name { account, role } => match account_named(account, names)? {
            Some(account) => Ok(Target { account, role: role.clone() }),
            None => Err(unknown::account(account, names)),
        },
    }
}

/// The account of that name, compared case-insensitively.
fn account_named(name: &str, names: &dyn Names) -> Result<Option<AccountId>> {
    let wanted = name.to_lowercase();
    let found: BTreeSet<AccountId> = names
        .accounts()?
        .into_iter()
        .filter(|(_, known)| known.raw().to_lowercase() == wanted)
        .map(|(account, _)| account)
        .collect();
    if found.len() > 1 {
        return Err(unknown::ambiguous_account(name, &found));
    }
    Ok(found.into_iter().next())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::text::Untrusted;
    use crate::error::{Error, Kind};

    const PAYMENTS: &str = "100000000001";
    const STAGE: &str = "100000000002";

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    /// `both` is an alias and a profile; seven accounts are called `Twin`.
    struct Known;

    impl Names for Known {
        fn alias(&self, name: &str) -> Option<AccountRole> {
            match name {
                "pay" | "both" => Some(AccountRole::Id(target("100000000001/Developer"))),
                "stage" => Some(AccountRole::parse("Stage/ReadOnly").unwrap()),
                _ => None,
            }
        }
        fn alias_names(&self) -> Vec<String> {
            vec!["pay".into(), "both".into(), "stage".into()]
        }
        fn profile(&self, name: &str) -> Result<Option<ProfileTarget>> {
            match name {
                "both" | "prod-payments" | "granted/style" | "prod-payments-0003/Developer" => {
                    Ok(Some(ProfileTarget {
                        session: SessionName::parse("acme").unwrap(),
                        target: target("100000000009/ReadOnly"),
                        region: Some(Region::parse("eu-west-1").unwrap()),
                    }))
                }
                "broken" => Err(Error::usage("line 3: no sso_region")),
                _ => Ok(None),
            }
        }
        fn profile_names(&self) -> Vec<String> {
            vec!["both".into(), "prod-payments".into(), "granted/style".into()]
        }
        fn accounts(&self) -> Result<Vec<(AccountId, Untrusted)>> {
            let listed = [(PAYMENTS, "prod-payments-0003"), (PAYMENTS, "prod-payments-0003"), (STAGE, "Stage")];
            let twins = (3..10).map(|number| (format!("10000000000{number}"), "Twin".to_owned()));
            let listed = listed.map(|(id, name)| (id.to_owned(), name.to_owned()));
            let all = listed.into_iter().chain(twins);
            Ok(all.map(|(id, name)| (AccountId::parse(&id).unwrap(), Untrusted::new(name))).collect())
        }
    }

    /// Fails the test when it is called.
    struct NeverCalled;

    impl Names for NeverCalled {
        fn alias(&self, name: &str) -> Option<AccountRole> {
            panic!("called for the alias {name}")
        }
        fn alias_names(&self) -> Vec<String> {
            panic!("called for aliases")
        }
        fn profile(&self, name: &str) -> Result<Option<ProfileTarget>> {
            panic!("called for the profile {name}")
        }
        fn profile_names(&self) -> Vec<String> {
            panic!("called for profiles")
        }
        fn accounts(&self) -> Result<Vec<(AccountId, Untrusted)>> {
            panic!("called for accounts")
        }
    }

    fn resolved(text: &str) -> Result<Resolved> {
        resolve(&TargetSpec::parse(text)?, &Known)
    }

    #[test]
    fn an_account_id_and_a_role_look_nothing_up() {
        for spec in [TargetSpec::parse("123456789012/Developer"), TargetSpec::account_role("123456789012", "Developer")]
        {
            let resolved = resolve(&spec.unwrap(), &NeverCalled).unwrap();
            assert_eq!(resolved.target.to_string(), "123456789012/Developer");
            assert_eq!(resolved.session, None);
        }
    }

    #[test]
    fn each_way_to_write_a_target_finds_it() {
        let table = [
            ("pay", "100000000001/Developer"),
            ("stage", "100000000002/ReadOnly"),
            ("prod-payments-0003/ReadOnly", "100000000001/ReadOnly"),
            ("PROD-PAYMENTS-0003/Developer", "100000000001/Developer"),
            ("prod-payments-0003/Developer", "100000000001/Developer"),
            ("prod-payments", "100000000009/ReadOnly"),
            ("granted/style", "100000000009/ReadOnly"),
        ];
        for (text, expected) in table {
            assert_eq!(resolved(text).unwrap().target, target(expected), "{text}");
        }
        let profile = resolve(&TargetSpec::Profile("both".into()), &Known).unwrap();
        assert_eq!((profile.session.unwrap().as_str(), profile.region.unwrap().as_str()), ("acme", "eu-west-1"));
        let pair = resolve(&TargetSpec::account_role("stage", "Developer").unwrap(), &Known).unwrap();
        assert_eq!(pair.target, target("100000000002/Developer"));
    }

    #[test]
    fn an_unknown_name_is_an_error_with_a_suggestion() {
        let table = [
            ("both", "`both` is an alias and also an AWS profile", "--profile both takes the profile"),
            (
                "twin/Developer",
                "7 accounts are called `twin`: 100000000003, 100000000004, 100000000005, 100000000006, 100000000007 and 2 more",
                "write the account's id: ACCOUNT_ID/ROLE",
            ),
            (
                "prod-payment-0003/ReadOnly",
                "`prod-payment-0003/ReadOnly` is no alias, no account/role that has been listed and no AWS profile",
                "did you mean `prod-payments-0003/ReadOnly`?",
            ),
            (
                "prod-paymets",
                "`prod-paymets` is no alias, no account/role that has been listed and no AWS profile",
                "did you mean `prod-payments`?",
            ),
            (
                "zzz",
                "`zzz` is no alias, no account/role that has been listed and no AWS profile",
                "daypass roles --refresh",
            ),
            ("broken", "line 3: no sso_region", ""),
            ("", "the target is empty", "write ACCOUNT_ID/ROLE, an alias or a profile's name"),
        ];
        for (text, summary, hint) in table {
            let error = resolved(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage);
            assert_eq!(error.summary(), summary);
            assert_eq!(error.hints().next().unwrap_or_default(), hint);
        }
        let error = resolve(&TargetSpec::Profile("prod-payment".into()), &Known).unwrap_err();
        assert_eq!(error.hints().next().unwrap(), "did you mean `prod-payments`?");
        let error = resolve(&TargetSpec::account_role("stge", "Developer").unwrap(), &Known).unwrap_err();
        assert_eq!(error.hints().next().unwrap(), "did you mean `Stage`?");
        assert!(TargetSpec::account_role("123456789012", "no such role").is_err());
        assert!(TargetSpec::account_role(" ", "Developer").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = resolved(&text);
        }
    }
}
