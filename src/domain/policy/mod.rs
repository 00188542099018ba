//! The policy of a team: how long things may live, what each tier asks, and which role falls in which tier.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::identity::{PolicyDigest, PolicyIdentity};
pub use self::tier_rules::{AccountGlob, Glob, InvalidGlob, TierRule, TierRules};
pub use self::verdict::{Facts, Rule, Verdict};
use super::catalog::Catalog;
use super::target::Target;
use super::text::visible;
use super::tier::{Gate, Tier};

mod identity;
mod tier_rules;
mod verdict;

/// How long things may live and how much a reason must say. Made by [`Limits::default`] and narrowed from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    max_session: SignedDuration,
    admin_max: SignedDuration,
    min_reason: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_session: SignedDuration::from_hours(8), admin_max: SignedDuration::from_hours(1), min_reason: 10 }
    }
}

impl Limits {
    /// Sets the longest life of an SSO session from its login: 15 minutes to 12 hours.
    ///
    /// Eight hours, a working day, is the default and the value to stay with; twelve covers a long shift, and
    /// nothing beyond it is one login a day any more.
    pub fn with_max_session(self, given: SignedDuration) -> Result<Self, InvalidPolicy> {
        let range = SignedDuration::from_mins(15)..=SignedDuration::from_hours(12);
        if !range.contains(&given) {
            return Err(InvalidPolicy::new("`max_session`", &format!("{given:#}"), "15m to 12h"));
        }
        Ok(Limits { max_session: given, ..self })
    }

    /// Sets the longest life of an Admin elevation: 1 minute to 1 hour.
    pub fn with_admin_max(self, given: SignedDuration) -> Result<Self, InvalidPolicy> {
        let range = SignedDuration::from_mins(1)..=SignedDuration::from_hours(1);
        if !range.contains(&given) {
            return Err(InvalidPolicy::new("`admin_max`", &format!("{given:#}"), "1m to 1h"));
        }
        Ok(Limits { admin_max: given, ..self })
    }

    /// Sets how many characters a reason has at least: 10 to 500.
    pub fn with_min_reason(self, given: i64) -> Result<Self, InvalidPolicy> {
        match usize::try_from(given) {
            Ok(count) if (10..=500).contains(&count) => Ok(Limits { min_reason: count, ..self }),
            _ => Err(InvalidPolicy::new("`min_reason`", &given.to_string(), "10 to 500")),
        }
    }
}

/// What each tier asks. Admin always asks for break-glass, and no tier asks for less than the one below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gates {
    readonly: Gate,
    developer: Gate,
}

impl Default for Gates {
    fn default() -> Self {
        Gates { readonly: Gate::None, developer: Gate::None }
    }
}

impl Gates {
    /// The gates of the three tiers, checked against each other.
    pub fn new(readonly: Gate, developer: Gate, admin: Gate) -> Result<Self, InvalidPolicy> {
        if admin != Gate::BreakGlass {
            return Err(InvalidPolicy::new("the gate of `admin`", admin.word(), "break_glass"));
        }
        if developer < readonly {
            return Err(InvalidPolicy::new("the gate of `developer`", developer.word(), "at least that of `readonly`"));
        }
        Ok(Gates { readonly, developer })
    }

    /// The gate of `tier`.
    pub fn of(&self, tier: Tier) -> Gate {
        match tier {
            Tier::ReadOnly => self.readonly,
            Tier::Developer => self.developer,
            Tier::Admin => Gate::BreakGlass,
        }
    }
}

/// A value that a policy may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is `{}`; allowed: {allowed}", visible(given))]
pub struct InvalidPolicy {
    what: &'static str,
    given: String,
    allowed: &'static str,
}

impl InvalidPolicy {
    fn new(what: &'static str, given: &str, allowed: &'static str) -> Self {
        InvalidPolicy { what, given: given.chars().take(80).collect(), allowed }
    }
}

/// A whole, checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    limits: Limits,
    gates: Gates,
    tiers: TierRules,
    identity: Arc<PolicyIdentity>,
}

impl Policy {
    /// A team's policy.
    pub fn new(limits: Limits, gates: Gates, tiers: TierRules, identity: PolicyIdentity) -> Self {
        Policy { limits, gates, tiers, identity: Arc::new(identity) }
    }

    /// The policy where no file says otherwise. Its digest is that of all it says, as text, so it changes with it.
    pub fn built_in() -> Self {
        let identity = PolicyIdentity { digest: PolicyDigest::of(built_in_text().as_bytes()), path: None };
        Policy::new(Limits::default(), Gates::default(), TierRules::new(Vec::new()), identity)
    }

    /// Which policy it is.
    pub fn identity(&self) -> &PolicyIdentity {
        &self.identity
    }

    /// The verdict at `at` on `target`, with its account's name where `catalog` lists the account.
    pub fn judge_target(&self, catalog: &Catalog, target: &Target, at: Timestamp) -> Verdict {
        let account_name = catalog.account(&target.account).map(|account| account.name.raw());
        self.judge(Facts { account: &target.account, account_name, role: &target.role, at })
    }

    /// The one judgement about a target: every front end and every flow asks here.
    pub fn judge(&self, facts: Facts<'_>) -> Verdict {
        let (tier, rule) = self.tiers.decide(facts.account, facts.account_name, facts.role);
        Verdict {
            rule,
            tier,
            gate: self.gates.of(tier),
            max_duration: self.limits.admin_max,
            min_reason: self.limits.min_reason,
            at: facts.at,
            policy: Arc::clone(&self.identity),
        }
    }

    /// The longest life of an SSO session, from its login; no refresh extends it.
    pub fn max_session(&self) -> SignedDuration {
        self.limits.max_session
    }
}

fn built_in_text() -> String {
    let Limits { max_session, admin_max, min_reason } = Limits::default();
    let gates: String =
        Tier::ALL.map(|tier| format!("gate {} {}\n", tier.word(), Gates::default().of(tier).word())).concat();
    let limits = format!("max_session {max_session:#}\nadmin_max {admin_max:#}\nmin_reason {min_reason}\n");
    limits + &gates + &TierRules::built_in_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::Account;
    use crate::domain::text::Untrusted;

    #[test]
    fn limits_cannot_be_widened_past_their_bounds() {
        let limits = Limits::default();
        for (hours, fits) in [(0, false), (1, true), (8, true), (12, true), (13, false), (-8, false)] {
            assert_eq!(limits.with_max_session(SignedDuration::from_hours(hours)).is_ok(), fits, "{hours}");
        }
        for (minutes, fits) in [(0, false), (1, true), (60, true), (61, false)] {
            assert_eq!(limits.with_admin_max(SignedDuration::from_mins(minutes)).is_ok(), fits, "{minutes}");
        }
        for (count, fits) in [(9, false), (10, true), (500, true), (501, false), (-1, false), (i64::MAX, false)] {
            assert_eq!(limits.with_min_reason(count).is_ok(), fits, "{count}");
        }
        let error = limits.with_max_session(SignedDuration::from_hours(24)).unwrap_err();
        assert_eq!(error.to_string(), "`max_session` is `24h`; allowed: 15m to 12h");
    }

    #[test]
    fn limits_hold_what_they_are_given_within_their_ranges() {
        let (hours, minutes) = (SignedDuration::from_hours, SignedDuration::from_mins);
        let max_session = |given| Limits::default().with_max_session(given).map(|limits| limits.max_session);
        let admin_max = |given| Limits::default().with_admin_max(given).map(|limits| limits.admin_max);
        let min_reason = |given| Limits::default().with_min_reason(given).map(|limits| limits.min_reason);
        let second = SignedDuration::from_secs(1);
        for good in [minutes(15), hours(12)] {
            assert_eq!(max_session(good).unwrap(), good);
        }
        for good in [minutes(1), hours(1)] {
            assert_eq!(admin_max(good).unwrap(), good);
        }
        assert_eq!([10, 500].map(|given| min_reason(given).unwrap()), [10, 500]);
        assert!(max_session(minutes(15) - second).is_err() && max_session(hours(12) + second).is_err());
        assert!(admin_max(minutes(1) - second).is_err() && admin_max(hours(1) + second).is_err());
        assert!(min_reason(9).is_err() && min_reason(501).is_err());
        assert_eq!(Policy::built_in().max_session(), hours(8));
    }

    #[test]
    fn admin_stays_break_glass_and_gates_never_fall() {
        assert!(Gates::new(Gate::None, Gate::None, Gate::None).is_err());
        assert!(Gates::new(Gate::BreakGlass, Gate::None, Gate::BreakGlass).is_err());
        let gates = Gates::new(Gate::None, Gate::BreakGlass, Gate::BreakGlass).unwrap();
        assert_eq!(Tier::ALL.map(|tier| gates.of(tier)), [Gate::None, Gate::BreakGlass, Gate::BreakGlass]);
    }

    #[test]
    fn a_target_is_judged_with_the_name_that_the_catalog_has_for_its_account() {
        let sandbox = TierRule {
            role: Glob::parse("*").unwrap(),
            account: Some(AccountGlob::parse("sandbox-*").unwrap()),
            tier: Tier::ReadOnly,
        };
        let identity = PolicyIdentity { digest: PolicyDigest::of(b""), path: None };
        let policy = Policy::new(Limits::default(), Gates::default(), TierRules::new(vec![sandbox]), identity);
        let target: Target = "123456789012/Admin".parse().unwrap();
        let named = |name: &str| {
            let account = Account { id: target.account.clone(), name: name.into(), email: Untrusted::default() };
            let mut catalog = Catalog::default();
            catalog.take_accounts(vec![account], Timestamp::UNIX_EPOCH);
            catalog
        };
        let tier = |catalog: &Catalog| policy.judge_target(catalog, &target, Timestamp::UNIX_EPOCH).tier();
        assert_eq!(tier(&named("sandbox-1")), Tier::ReadOnly);
        assert_eq!(tier(&named("prod-1")), Tier::Admin);
        assert_eq!(tier(&Catalog::default()), Tier::Admin, "an unknown name opens no gate");
    }

    #[test]
    fn a_digest_is_the_sha256_of_the_file() {
        assert_eq!(
            PolicyDigest::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let built_in = Policy::built_in().identity;
        assert_eq!(built_in.path, None);
        assert_eq!(built_in.digest, PolicyDigest::of(built_in_text().as_bytes()));
        let beginning = "max_session 8h\nadmin_max 1h\nmin_reason 10\ngate readonly none\ngate developer none\n\
            gate admin break_glass\n*Admin* admin\n*Root* admin\n";
        assert!(built_in_text().starts_with(beginning), "{}", built_in_text());
    }
}
