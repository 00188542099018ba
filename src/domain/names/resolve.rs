//! From what was typed to the one target that is meant.

use std::collections::BTreeSet;

use super::error::NameError;
use super::lookup::{Names, ProfileTarget};
use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::nearest::nearest;
use crate::domain::target::{AccountRole, Target, TargetSpec};
use crate::domain::text::Untrusted;

/// A target and what came with the way it was written.
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

/// Finds the target that `spec` means. `ACCOUNT_ID/ROLE` asks `names` nothing.
pub fn resolve<E: From<NameError>>(spec: &TargetSpec, names: &dyn Names<Error = E>) -> Result<Resolved, E> {
    match spec {
        TargetSpec::AccountRole(pair) => Ok(pair_target(pair, names)?.into()),
        TargetSpec::Profile(name) => match names.profile(name)? {
            Some(profile) => Ok(profile.into()),
            None => Err(unknown_profile(name, names).into()),
        },
        TargetSpec::Text(text) => resolve_text(text, names),
    }
}

fn resolve_text<E: From<NameError>>(text: &str, names: &dyn Names<Error = E>) -> Result<Resolved, E> {
    if let Some(pair) = names.alias(text) {
        return match names.profile(text) {
            Ok(None) => Ok(pair_target(&pair, names)?.into()),
            Ok(Some(_)) | Err(_) => Err(NameError::AliasAndProfile(Untrusted::new(text)).into()),
        };
    }
    if let Ok(AccountRole::Name { account, role }) = AccountRole::parse(text) {
        match account_named(&account, names) {
            Ok(Some(account)) => return Ok(Target { account, role }.into()),
            Ok(None) => {}
            // The name of a profile may hold a `/` too.
            Err(NameError::NothingListed) if names.profile(text)?.is_some() => {}
            Err(error) => return Err(error.into()),
        }
    }
    match names.profile(text)? {
        Some(profile) => Ok(profile.into()),
        None => Err(unknown_target(text, names).into()),
    }
}

fn pair_target<E>(pair: &AccountRole, names: &dyn Names<Error = E>) -> Result<Target, NameError> {
    match pair {
        AccountRole::Id(target) => Ok(target.clone()),
        AccountRole::Name { account, role } => match account_named(account, names)? {
            Some(account) => Ok(Target { account, role: role.clone() }),
            None => Err(unknown_account(account, names)),
        },
    }
}

/// The one account of that name, compared without regard to case.
fn account_named<E>(name: &str, names: &dyn Names<Error = E>) -> Result<Option<AccountId>, NameError> {
    let known = names.accounts();
    if known.is_empty() {
        return Err(NameError::NothingListed);
    }
    let wanted = name.to_lowercase();
    let named = known.into_iter().filter(|(_, name)| name.raw().to_lowercase() == wanted);
    let accounts: BTreeSet<AccountId> = named.map(|(account, _)| account).collect();
    if accounts.len() > 1 {
        return Err(NameError::AmbiguousAccount { name: Untrusted::new(name), accounts });
    }
    Ok(accounts.into_iter().next())
}

fn unknown_account<E>(name: &str, names: &dyn Names<Error = E>) -> NameError {
    NameError::UnknownAccount { name: Untrusted::new(name), near: near(name, &account_names(names)) }
}

fn unknown_profile<E>(name: &str, names: &dyn Names<Error = E>) -> NameError {
    NameError::UnknownProfile { name: Untrusted::new(name), near: near(name, &names.profile_names()) }
}

fn unknown_target<E>(text: &str, names: &dyn Names<Error = E>) -> NameError {
    let known = || [names.alias_names(), names.profile_names()].concat();
    let near = near_account_role(text, names).or_else(|| near(text, &known()));
    NameError::UnknownTarget { text: Untrusted::new(text), near }
}

/// `text` with the nearest account name that has been listed.
fn near_account_role<E>(text: &str, names: &dyn Names<Error = E>) -> Option<Untrusted> {
    let AccountRole::Name { account, role } = AccountRole::parse(text).ok()? else { return None };
    let known = account_names(names);
    let near = nearest(&account, known.iter().map(String::as_str))?;
    Some(Untrusted::new(format!("{near}/{role}")))
}

fn near(name: &str, known: &[String]) -> Option<Untrusted> {
    nearest(name, known.iter().map(String::as_str)).map(Untrusted::from)
}

fn account_names<E>(names: &dyn Names<Error = E>) -> Vec<String> {
    names.accounts().into_iter().map(|(_, name)| name.raw().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::target::InvalidTarget;

    const PAYMENTS: &str = "100000000001";
    const STAGE: &str = "100000000002";

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    /// A few of everything; `both` is alias and profile, seven accounts are called `Twin`.
    struct Known;

    /// What looking up a name in [`Known`] can end with.
    #[derive(Debug, PartialEq, Eq)]
    enum Refused {
        BrokenProfile,
        Name(NameError),
    }

    impl From<NameError> for Refused {
        fn from(error: NameError) -> Self {
            Refused::Name(error)
        }
    }

    impl Names for Known {
        type Error = Refused;
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
        fn profile(&self, name: &str) -> Result<Option<ProfileTarget>, Refused> {
            match name {
                "both" | "prod-payments" | "granted/style" | "prod-payments-0003/Developer" => {
                    Ok(Some(ProfileTarget {
                        session: SessionName::parse("acme").unwrap(),
                        target: target("100000000009/ReadOnly"),
                        region: Some(Region::parse("eu-west-1").unwrap()),
                    }))
                }
                "broken" => Err(Refused::BrokenProfile),
                _ => Ok(None),
            }
        }
        fn profile_names(&self) -> Vec<String> {
            vec!["both".into(), "prod-payments".into(), "granted/style".into()]
        }
        fn target_profiles(&self) -> Vec<(String, ProfileTarget)> {
            Vec::new()
        }
        fn accounts(&self) -> Vec<(AccountId, Untrusted)> {
            let listed = [(PAYMENTS, "prod-payments-0003"), (PAYMENTS, "prod-payments-0003"), (STAGE, "Stage")];
            let twins = (3..10).map(|number| (format!("10000000000{number}"), "Twin".to_owned()));
            let listed = listed.map(|(id, name)| (id.to_owned(), name.to_owned()));
            let all = listed.into_iter().chain(twins);
            all.map(|(id, name)| (AccountId::parse(&id).unwrap(), Untrusted::new(name))).collect()
        }
    }

    /// Fails the test when it is asked anything.
    struct AskedNothing;

    impl Names for AskedNothing {
        type Error = NameError;
        fn alias(&self, name: &str) -> Option<AccountRole> {
            panic!("asked for the alias {name}")
        }
        fn alias_names(&self) -> Vec<String> {
            panic!("asked for aliases")
        }
        fn profile(&self, name: &str) -> Result<Option<ProfileTarget>, NameError> {
            panic!("asked for the profile {name}")
        }
        fn profile_names(&self) -> Vec<String> {
            panic!("asked for profiles")
        }
        fn target_profiles(&self) -> Vec<(String, ProfileTarget)> {
            panic!("asked for profiles")
        }
        fn accounts(&self) -> Vec<(AccountId, Untrusted)> {
            panic!("asked for accounts")
        }
    }

    /// Knows one profile, before any account has been listed.
    struct NothingListed;

    impl Names for NothingListed {
        type Error = NameError;
        fn alias(&self, _: &str) -> Option<AccountRole> {
            None
        }
        fn alias_names(&self) -> Vec<String> {
            Vec::new()
        }
        fn profile(&self, name: &str) -> Result<Option<ProfileTarget>, NameError> {
            Ok((name == "granted/style").then(|| ProfileTarget {
                session: SessionName::parse("acme").unwrap(),
                target: target("100000000009/ReadOnly"),
                region: None,
            }))
        }
        fn profile_names(&self) -> Vec<String> {
            vec!["granted/style".into()]
        }
        fn target_profiles(&self) -> Vec<(String, ProfileTarget)> {
            Vec::new()
        }
        fn accounts(&self) -> Vec<(AccountId, Untrusted)> {
            Vec::new()
        }
    }

    fn resolved(text: &str) -> Result<Resolved, Refused> {
        resolve(&TargetSpec::parse(text).map_err(NameError::from)?, &Known)
    }

    #[test]
    fn an_id_and_a_role_ask_nothing() {
        for spec in [TargetSpec::parse("123456789012/Developer"), TargetSpec::account_role("123456789012", "Developer")]
        {
            let resolved = resolve(&spec.unwrap(), &AskedNothing).unwrap();
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
    fn what_cannot_be_found_says_so_and_suggests() {
        let unknown = |text: &str, near: Option<&str>| NameError::UnknownTarget {
            text: text.into(),
            near: near.map(Untrusted::from),
        };
        let twins = (3..10).map(|number| AccountId::parse(&format!("10000000000{number}")).unwrap()).collect();
        let table = [
            ("both", NameError::AliasAndProfile("both".into())),
            ("twin/Developer", NameError::AmbiguousAccount { name: "twin".into(), accounts: twins }),
            ("prod-payment-0003/ReadOnly", unknown("prod-payment-0003/ReadOnly", Some("prod-payments-0003/ReadOnly"))),
            ("prod-paymets", unknown("prod-paymets", Some("prod-payments"))),
            ("zzz", unknown("zzz", None)),
            ("", InvalidTarget::Empty.into()),
        ];
        for (text, error) in table {
            assert_eq!(resolved(text), Err(Refused::Name(error)), "{text}");
        }
        assert_eq!(resolved("broken"), Err(Refused::BrokenProfile));
        let by_flag = |spec: TargetSpec| resolve(&spec, &Known).unwrap_err();
        let profile = NameError::UnknownProfile { name: "prod-payment".into(), near: Some("prod-payments".into()) };
        assert_eq!(by_flag(TargetSpec::Profile("prod-payment".into())), Refused::Name(profile));
        let account = NameError::UnknownAccount { name: "stge".into(), near: Some("Stage".into()) };
        assert_eq!(by_flag(TargetSpec::account_role("stge", "Developer").unwrap()), Refused::Name(account));
        assert!(TargetSpec::account_role("123456789012", "no such role").is_err());
        assert!(TargetSpec::account_role(" ", "Developer").is_err());
    }

    #[test]
    fn before_anything_is_listed_only_account_names_are_unknown() {
        let find = |text: &str| resolve(&TargetSpec::Text(text.into()), &NothingListed);
        assert_eq!(find("stage/ReadOnly"), Err(NameError::NothingListed));
        assert_eq!(find("granted/style").unwrap().target, target("100000000009/ReadOnly"));
        assert!(matches!(find("zzz"), Err(NameError::UnknownTarget { .. })));
    }

    #[test]
    fn a_message_lists_a_few_accounts_and_repeats_no_endless_name() {
        let accounts = (3..10).map(|number| AccountId::parse(&format!("10000000000{number}")).unwrap()).collect();
        let ambiguous = NameError::AmbiguousAccount { name: "twin".into(), accounts };
        assert_eq!(
            ambiguous.to_string(),
            "7 accounts are called `twin`: 100000000003, 100000000004, 100000000005, 100000000006, 100000000007 and 2 \
             more"
        );
        let hostile = NameError::AliasAndProfile(Untrusted::new("\u{1b}[2J".repeat(1_000)));
        assert!(hostile.to_string().len() < 200 && !hostile.to_string().contains('\u{1b}'), "{hostile}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = resolved(&text);
        }
    }
}
