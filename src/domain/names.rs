//! Looks up what people call a target.
//!
//! `ACCOUNT_ID/ROLE` says everything and needs no look-up: that is the form programs use. The others (an alias,
//! `account-name/role`, an AWS profile's name) are looked up in that order through [`Names`].

use std::collections::BTreeSet;

use super::ids::{AccountId, Region, SessionName};
use super::nearest::nearest;
use super::target::{AccountRole, Target, TargetSpec, shortened};
use super::text::Untrusted;
use crate::error::{Error, Result};

/// How many accounts an ambiguous name lists.
const LISTED: usize = 5;

/// What an AWS profile says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileTarget {
    /// The SSO session it signs in with.
    pub session: SessionName,
    /// Its account and role.
    pub target: Target,
    /// The region its work is done in.
    pub region: Option<Region>,
}

/// Where names are looked up; each method is called only when it is needed.
pub trait Names {
    /// What an alias stands for.
    fn alias(&self, name: &str) -> Option<AccountRole>;
    /// Every alias, for suggestions.
    fn alias_names(&self) -> Vec<String>;
    /// The profile of that name: `None` if there is none, an error if it cannot be used.
    fn profile(&self, name: &str) -> Result<Option<ProfileTarget>>;
    /// Every profile, for suggestions.
    fn profile_names(&self) -> Vec<String>;
    /// The accounts listed so far; one may come up once for each SSO session that has it.
    fn accounts(&self) -> Result<Vec<(AccountId, Untrusted)>>;
    /// Profiles that look as if daypass served them while other tools never call it, one sentence each.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

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
pub fn resolve(spec: &TargetSpec, names: &dyn Names) -> Result<Resolved> {
    match spec {
        TargetSpec::AccountRole(pair) => pair_target(pair, names).map(Resolved::from),
        TargetSpec::Profile(name) => match names.profile(name)? {
            Some(profile) => Ok(profile.into()),
            None => Err(unknown_profile(name, names)),
        },
        TargetSpec::Text(text) => resolve_text(text, names),
    }
}

fn resolve_text(text: &str, names: &dyn Names) -> Result<Resolved> {
    if let Some(pair) = names.alias(text) {
        return match names.profile(text) {
            Ok(None) => pair_target(&pair, names).map(Resolved::from),
            Ok(Some(_)) | Err(_) => Err(alias_or_profile(text)),
        };
    }
    if let Ok(AccountRole::Name { account, role }) = AccountRole::parse(text)
        && let Some(account) = account_named(&account, names)?
    {
        return Ok(Target { account, role }.into());
    }
    match names.profile(text)? {
        Some(profile) => Ok(profile.into()),
        None => Err(unknown_target(text, names)),
    }
}

fn pair_target(pair: &AccountRole, names: &dyn Names) -> Result<Target> {
    match pair {
        AccountRole::Id(target) => Ok(target.clone()),
        AccountRole::Name { account, role } => match account_named(account, names)? {
            Some(account) => Ok(Target { account, role: role.clone() }),
            None => Err(unknown_account(account, names)),
        },
    }
}

/// The one account of that name, compared without regard to case.
fn account_named(name: &str, names: &dyn Names) -> Result<Option<AccountId>> {
    let wanted = name.to_lowercase();
    let found: BTreeSet<AccountId> = names
        .accounts()?
        .into_iter()
        .filter(|(_, known)| known.raw().to_lowercase() == wanted)
        .map(|(account, _)| account)
        .collect();
    if found.len() > 1 {
        return Err(ambiguous_account(name, &found));
    }
    Ok(found.into_iter().next())
}

fn ambiguous_account(name: &str, found: &BTreeSet<AccountId>) -> Error {
    let listed: Vec<&str> = found.iter().take(LISTED).map(AccountId::as_str).collect();
    let more = if found.len() > LISTED { format!(" and {} more", found.len() - LISTED) } else { String::new() };
    Error::usage(format!("{} accounts are called `{}`: {}{more}", found.len(), shortened(name), listed.join(", ")))
        .hint("write the account's id: ACCOUNT_ID/ROLE")
}

fn alias_or_profile(text: &str) -> Error {
    Error::usage(format!("`{}` is an alias and also an AWS profile", shortened(text)))
        .hint(format!("--profile {} takes the profile", shortened(text)))
        .hint("rename the alias in the settings, or write ACCOUNT_ID/ROLE, for the other")
}

fn unknown_account(name: &str, names: &dyn Names) -> Error {
    let error = Error::usage(format!("no account called `{}` has been listed", shortened(name)));
    let known = account_names(names);
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("daypass roles --refresh"),
    }
}

fn unknown_profile(name: &str, names: &dyn Names) -> Error {
    let error = Error::usage(format!("there is no AWS profile called `{}`", shortened(name)));
    let known = names.profile_names();
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("daypass roles"),
    }
}

fn unknown_target(text: &str, names: &dyn Names) -> Error {
    let suggestion = near_account_role(text, names).or_else(|| {
        let known = [names.alias_names(), names.profile_names()].concat();
        nearest(text, known.iter().map(String::as_str)).map(str::to_owned)
    });
    let error = Error::usage(format!(
        "`{}` is no alias, no account/role that has been listed and no AWS profile",
        shortened(text)
    ));
    match suggestion {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("daypass roles --refresh").hint("write ACCOUNT_ID/ROLE for a role that is not listed"),
    }
}

/// `text` with its account's name mended, where one near it has been listed.
fn near_account_role(text: &str, names: &dyn Names) -> Option<String> {
    let AccountRole::Name { account, role } = AccountRole::parse(text).ok()? else { return None };
    let known = account_names(names);
    nearest(&account, known.iter().map(String::as_str)).map(|near| format!("{near}/{role}"))
}

/// Account names for a suggestion; a catalog that cannot be read suggests nothing.
fn account_names(names: &dyn Names) -> Vec<String> {
    let accounts = names.accounts().unwrap_or_default();
    accounts.into_iter().map(|(_, name)| name.raw().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Kind;

    const PAYMENTS: &str = "100000000001";
    const STAGE: &str = "100000000002";

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    /// A few of everything; `both` is alias and profile, seven accounts are called `Twin`.
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

    /// Fails the test when it is asked anything.
    struct AskedNothing;

    impl Names for AskedNothing {
        fn alias(&self, name: &str) -> Option<AccountRole> {
            panic!("asked for the alias {name}")
        }
        fn alias_names(&self) -> Vec<String> {
            panic!("asked for aliases")
        }
        fn profile(&self, name: &str) -> Result<Option<ProfileTarget>> {
            panic!("asked for the profile {name}")
        }
        fn profile_names(&self) -> Vec<String> {
            panic!("asked for profiles")
        }
        fn accounts(&self) -> Result<Vec<(AccountId, Untrusted)>> {
            panic!("asked for accounts")
        }
    }

    fn resolved(text: &str) -> Result<Resolved> {
        resolve(&TargetSpec::parse(text)?, &Known)
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
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = resolved(&text);
        }
    }
}
