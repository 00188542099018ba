//! The roles to choose from where no target is named.

use std::collections::HashMap;

use super::catalog::Catalog;
use super::ids::SessionName;
use super::index::Index;
use super::policy::{Facts, Policy};
use super::role_names::{Aliases, ProfileNames};
use super::sso_session::SsoSession;
use super::target::Target;
use super::text::Untrusted;
use super::tier::Tier;
use super::time::{Lifespan, Now};

/// A role that may be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleChoice {
    /// The account and the role.
    pub target: Target,
    /// What the account is called.
    pub account_name: Untrusted,
    /// The SSO session that lists it.
    pub session: SessionName,
    /// Its tier.
    pub tier: Tier,
    /// Whether a reason will be asked for.
    pub asks_for_reason: bool,
    /// The life of the credentials that are kept of it, while they live.
    pub kept: Option<Lifespan>,
    /// How often and how lately it was used.
    pub frecency: f64,
    /// Its short names.
    pub aliases: Vec<String>,
    /// The AWS profiles that name it, safe to show.
    pub profiles: Vec<String>,
    /// The tags of the account, safe to show.
    pub tags: Vec<String>,
}

impl RoleChoice {
    /// The account's name, safe to show; its id where it has none.
    pub fn shown_account_name(&self) -> String {
        match self.account_name.visible() {
            name if name.trim().is_empty() => self.target.account.to_string(),
            name => name,
        }
    }
}

/// Every role that has been listed: those with credentials first, then the others that were used, the most used first,
/// and then by name, the least powerful of an account first.
pub fn role_choices(
    listed: &[(SsoSession, Catalog)],
    index: &Index,
    policy: &Policy,
    aliases: &Aliases,
    profiles: &ProfileNames,
    now: Now,
) -> Vec<RoleChoice> {
    let mut choices = Vec::new();
    for (session, catalog) in listed {
        let used: HashMap<&Target, _> = index
            .session(&session.key())
            .into_iter()
            .flat_map(|note| note.targets.values())
            .map(|note| (&note.target, note))
            .collect();
        for entry in &catalog.entries {
            let account = &entry.account;
            choices.extend(entry.roles.names().iter().map(|role| {
                let target = Target { account: account.id.clone(), role: role.clone() };
                let account_name = Some(account.name.raw());
                let verdict = policy.judge(Facts { account: &account.id, account_name, role, at: now.wall });
                let note = used.get(&target);
                let kept = note.and_then(|note| note.kept.as_ref()).map(|kept| kept.ours);
                RoleChoice {
                    profiles: profiles.of(&session.name, &target),
                    aliases: aliases.of(&target, account.name.raw()),
                    tags: policy.shown_tags(&account.id),
                    account_name: account.name.clone(),
                    session: session.name.clone(),
                    tier: verdict.tier(),
                    asks_for_reason: verdict.asks_for_elevation(),
                    kept: kept.filter(|kept| !kept.left(now).is_zero()),
                    frecency: note.map_or(0.0, |note| note.frecency(now.wall)),
                    target,
                }
            }));
        }
    }
    choices.sort_by_cached_key(|choice| {
        (
            choice.account_name.raw().to_lowercase(),
            choice.target.account.clone(),
            choice.tier,
            choice.target.role.clone(),
        )
    });
    choices.sort_by(|left, right| {
        let is_kept = right.kept.is_some().cmp(&left.kept.is_some());
        is_kept.then(right.frecency.total_cmp(&left.frecency))
    });
    choices
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::catalog::Account;
    use crate::domain::holders::Holders;
    use crate::domain::ids::{AccountId, Region, RoleName, StartUrl};
    use crate::domain::index::{KeptNote, TargetNote};
    use crate::domain::target::AccountRole;
    use crate::domain::time::Stamp;

    const NOW: &str = "2026-11-21T09:00:00Z";

    fn now() -> Now {
        Now { wall: NOW.parse().unwrap(), boot: None, latest_aws_time: None }
    }

    fn listed(name: &str, accounts: &[(&str, &str)]) -> (SsoSession, Catalog) {
        let start_url = StartUrl::parse(&format!("https://{name}.awsapps.com/start")).unwrap();
        let session =
            SsoSession::new(SessionName::parse(name).unwrap(), start_url, Region::parse("us-east-1").unwrap());
        let mut catalog = Catalog::default();
        let id = |id: &str| AccountId::parse(id).unwrap();
        let account = |given: &(&str, &str)| Account { id: id(given.0), name: given.1.into(), email: "".into() };
        catalog.take_accounts(accounts.iter().map(account).collect(), now().wall);
        for (account, _) in accounts {
            let roles = ["Admin", "ReadOnly"].map(|role| RoleName::parse(role).unwrap());
            catalog.take_roles(&id(account), roles.into(), now().wall);
        }
        (session, catalog)
    }

    fn note(target: &str, uses: u32, minutes_kept: Option<i64>) -> TargetNote {
        let obtained =
            Stamp { at: Now { wall: now().wall - SignedDuration::from_mins(30), ..now() }, aws_offset: None };
        let kept = minutes_kept.map(|minutes| KeptNote {
            access_key_id: "ASIAEXAMPLE".into(),
            ours: Lifespan::lasting(obtained, SignedDuration::from_mins(minutes)).unwrap(),
            aws_ends_at: now().wall,
            reason: None,
            store: None,
        });
        let target = target.parse().unwrap();
        TargetNote { target, kept, stores: Holders::default(), uses, last_used: Some(now().wall) }
    }

    #[test]
    fn what_is_held_comes_first_then_what_was_used_then_the_rest_by_name() {
        let sessions = [
            listed("acme", &[("100000000001", "zoo"), ("100000000002", "Beta-app")]),
            listed("beta", &[("100000000003", "audit")]),
        ];
        let mut index = Index::default();
        for (session, target) in [
            (0, note("100000000001/Admin", 9, Some(10))),
            (0, note("100000000001/ReadOnly", 1, Some(60))),
            (1, note("100000000003/Admin", 2, None)),
        ] {
            index.session_mut(&sessions[session].0).targets.insert(target.target.to_string(), target);
        }
        let ledger = AccountRole::parse("AUDIT/Admin").unwrap();
        let aliases = Aliases::new([("ledger".to_owned(), ledger)]);
        let choices = role_choices(&sessions, &index, &Policy::built_in(), &aliases, &ProfileNames::default(), now());
        let targets: Vec<String> = choices.iter().map(|choice| choice.target.to_string()).collect();
        assert_eq!(
            targets,
            [
                "100000000001/ReadOnly",
                "100000000001/Admin",
                "100000000003/Admin",
                "100000000003/ReadOnly",
                "100000000002/ReadOnly",
                "100000000002/Admin"
            ]
        );
        assert!(choices[0].kept.is_some() && choices[1].kept.is_none(), "what has expired is not held");
        assert_eq!((choices[2].session.as_str(), choices[2].aliases.as_slice()), ("beta", &["ledger".to_owned()][..]));
        assert!(choices[1].asks_for_reason && !choices[0].asks_for_reason);
    }
}
