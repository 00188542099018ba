//! The rules of a team: which role falls in which tier, what each tier asks, and how long things may live.

use std::fmt;

use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use wildmatch::WildMatch;

use super::ids::{AccountId, RoleName};
use super::text::visible;
use super::tier::{Gate, Tier};

/// The tiers of roles that no rule of the team names; the first match wins.
///
/// Admin comes first, so that a name which says two things (`ReadOnlyAdmin`) counts as the stronger one.
/// A role that matches nothing here is [`UNKNOWN`].
const BUILT_IN_RULES: [(&str, Tier); 31] = [
    ("*Admin*", Tier::Admin),
    ("*Root*", Tier::Admin),
    ("*SuperUser*", Tier::Admin),
    ("*BreakGlass*", Tier::Admin),
    ("*Break-Glass*", Tier::Admin),
    ("*Break_Glass*", Tier::Admin),
    ("*Emergency*", Tier::Admin),
    ("*FullAccess*", Tier::Admin),
    ("*Full-Access*", Tier::Admin),
    ("*Full_Access*", Tier::Admin),
    ("*Owner*", Tier::Admin),
    ("*OrganizationAccountAccess*", Tier::Admin),
    ("*PowerUser*", Tier::Developer),
    ("*Power-User*", Tier::Developer),
    ("*Developer*", Tier::Developer),
    ("*ReadOnly*", Tier::ReadOnly),
    ("*Read-Only*", Tier::ReadOnly),
    ("*Read_Only*", Tier::ReadOnly),
    ("*ReadAccess*", Tier::ReadOnly),
    ("Reader", Tier::ReadOnly),
    ("*-Reader", Tier::ReadOnly),
    ("RO", Tier::ReadOnly),
    ("*-RO", Tier::ReadOnly),
    ("*_RO", Tier::ReadOnly),
    ("*ViewOnly*", Tier::ReadOnly),
    ("*View-Only*", Tier::ReadOnly),
    ("*View_Only*", Tier::ReadOnly),
    ("View*", Tier::ReadOnly),
    ("*-View*", Tier::ReadOnly),
    ("*Auditor*", Tier::ReadOnly),
    ("*SecurityAudit*", Tier::ReadOnly),
];

/// The tier of a role that nothing names: it may change things, so it is not shown as harmless; and it is no
/// known administrator, so a new role does not lock people out. A team that wants otherwise ends its rules
/// with `role = "*"`.
const UNKNOWN: Tier = Tier::Developer;

/// A pattern with `*` and `?`, compared without regard to case.
#[derive(Debug, Clone)]
pub struct Glob(WildMatch);

impl Glob {
    /// A pattern; any text is one, but an empty one matches nothing and is a slip.
    pub fn parse(text: &str) -> Result<Self, InvalidPolicy> {
        if text.is_empty() || text.len() > 256 {
            return Err(InvalidPolicy::new("a pattern", text, "1 to 256 characters, with * and ?"));
        }
        Ok(Glob(WildMatch::new_case_insensitive(text)))
    }

    fn matches(&self, text: &str) -> bool {
        self.0.matches(text)
    }
}

/// One line of the tier table.
#[derive(Debug, Clone)]
pub struct TierRule {
    /// Which roles.
    pub role: Glob,
    /// In which accounts, by id or by name; in all of them when absent.
    pub account: Option<Glob>,
    /// What they are.
    pub tier: Tier,
}

/// How a rule answers for an account whose name may not be known yet.
enum Answer {
    Yes,
    No,
    OnlyIfTheNameFits,
}

impl TierRule {
    fn answer(&self, account: &AccountId, account_name: Option<&str>, role: &RoleName) -> Answer {
        if !self.role.matches(role.as_str()) {
            return Answer::No;
        }
        let Some(glob) = &self.account else { return Answer::Yes };
        match account_name {
            _ if glob.matches(account.as_str()) => Answer::Yes,
            Some(name) if glob.matches(name) => Answer::Yes,
            Some(_) => Answer::No,
            None => Answer::OnlyIfTheNameFits,
        }
    }
}

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

/// The SHA-256 that identifies a policy in every record made under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PolicyDigest([u8; 32]);

impl PolicyDigest {
    /// The digest of a policy file's bytes.
    pub fn of(bytes: &[u8]) -> Self {
        PolicyDigest(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for PolicyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A whole, checked policy.
#[derive(Debug, Clone)]
pub struct Policy {
    limits: Limits,
    gates: Gates,
    rules: Vec<TierRule>,
    digest: PolicyDigest,
}

impl Policy {
    /// A team's policy: its rules come before the built-in ones.
    pub fn new(limits: Limits, gates: Gates, team_rules: Vec<TierRule>, digest: PolicyDigest) -> Self {
        let mut rules = team_rules;
        rules.extend(BUILT_IN_RULES.map(|(role, tier)| TierRule {
            role: Glob(WildMatch::new_case_insensitive(role)),
            account: None,
            tier,
        }));
        Policy { limits, gates, rules, digest }
    }

    /// The policy where no file says otherwise. Its digest is that of the built-in table as text, so it changes
    /// when the table does.
    pub fn built_in() -> Self {
        let mut text = String::from("daypass built-in policy\n");
        for (role, tier) in BUILT_IN_RULES {
            text.push_str(role);
            text.push(' ');
            text.push_str(tier.word());
            text.push('\n');
        }
        Policy::new(Limits::default(), Gates::default(), Vec::new(), PolicyDigest::of(text.as_bytes()))
    }

    /// The tier of `role` in `account`; the first rule that matches decides.
    ///
    /// The name is `None` where no catalog has been read yet. A rule that would need it then counts as matched
    /// when it is the stricter one: not knowing a name never opens a gate. Names are given by whoever runs the
    /// account; a rule that must hold names the account's id.
    pub fn tier_of(&self, account: &AccountId, account_name: Option<&str>, role: &RoleName) -> Tier {
        let mut at_least = Tier::ReadOnly;
        for rule in &self.rules {
            match rule.answer(account, account_name, role) {
                Answer::Yes => return rule.tier.max(at_least),
                Answer::OnlyIfTheNameFits => at_least = at_least.max(rule.tier),
                Answer::No => {}
            }
        }
        UNKNOWN.max(at_least)
    }

    /// What `tier` asks before role credentials are handed out.
    pub fn gate_of(&self, tier: Tier) -> Gate {
        self.gates.of(tier)
    }

    /// The longest life of an SSO session, from its login; no refresh extends it.
    pub fn max_session(&self) -> SignedDuration {
        self.limits.max_session
    }

    /// The longest life of role credentials behind the break-glass gate, on our side.
    pub fn admin_max(&self) -> SignedDuration {
        self.limits.admin_max
    }

    /// The fewest characters a reason has.
    pub fn min_reason(&self) -> usize {
        self.limits.min_reason
    }

    /// Identifies this policy in records.
    pub fn digest(&self) -> PolicyDigest {
        self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        AccountId::parse("123456789012").unwrap()
    }

    fn policy(rules: &[(&str, Option<&str>, Tier)]) -> Policy {
        let rules = rules.iter().map(|(role, account, tier)| TierRule {
            role: Glob::parse(role).unwrap(),
            account: account.map(|glob| Glob::parse(glob).unwrap()),
            tier: *tier,
        });
        Policy::new(Limits::default(), Gates::default(), rules.collect(), PolicyDigest::of(b""))
    }

    #[test]
    fn well_known_roles_fall_in_their_tiers() {
        let table = [
            ("AWSAdministratorAccess", Tier::Admin),
            ("AdministratorAccess", Tier::Admin),
            ("admin", Tier::Admin),
            ("ReadOnlyAdmin", Tier::Admin),
            ("prod-breakglass", Tier::Admin),
            ("AmazonS3FullAccess", Tier::Admin),
            ("AWSOrganizationsFullAccess", Tier::Admin),
            ("AWSPowerUserAccess", Tier::Developer),
            ("DeveloperReadOnlyPlus", Tier::Developer),
            ("Developer", Tier::Developer),
            ("Billing", Tier::Developer),
            ("CodeReviewer", Tier::Developer),
            ("something-new", Tier::Developer),
            ("AWSReadOnlyAccess", Tier::ReadOnly),
            ("ReadOnly", Tier::ReadOnly),
            ("readonly", Tier::ReadOnly),
            ("ViewOnlyAccess", Tier::ReadOnly),
            ("team-viewer", Tier::ReadOnly),
            ("SecurityAudit", Tier::ReadOnly),
        ];
        let policy = Policy::built_in();
        for (role, tier) in table {
            assert_eq!(policy.tier_of(&account(), Some("x"), &RoleName::parse(role).unwrap()), tier, "{role}");
        }
    }

    #[test]
    fn the_first_rule_that_matches_role_and_account_wins() {
        let policy = policy(&[
            ("deploy*", Some("prod-*"), Tier::Admin),
            ("*", Some("1111*"), Tier::ReadOnly),
            ("deploy*", None, Tier::ReadOnly),
        ]);
        let deploy = RoleName::parse("Deployer").unwrap();
        assert_eq!(policy.tier_of(&account(), Some("Prod-Payments"), &deploy), Tier::Admin);
        assert_eq!(policy.tier_of(&account(), Some("stage"), &deploy), Tier::ReadOnly);
        let other = AccountId::parse("111122223333").unwrap();
        assert_eq!(policy.tier_of(&other, Some("x"), &RoleName::parse("Admin").unwrap()), Tier::ReadOnly);
        assert_eq!(policy.tier_of(&account(), Some("x"), &RoleName::parse("Admin").unwrap()), Tier::Admin);
    }

    #[test]
    fn an_unknown_account_name_never_opens_a_gate() {
        let stricter = policy(&[("deploy*", Some("prod-*"), Tier::Admin), ("*", None, Tier::ReadOnly)]);
        let deploy = RoleName::parse("deploy").unwrap();
        assert_eq!(stricter.tier_of(&account(), None, &deploy), Tier::Admin);
        assert_eq!(stricter.tier_of(&account(), Some("stage"), &deploy), Tier::ReadOnly);
        let weaker = policy(&[("*Admin*", Some("sandbox-*"), Tier::ReadOnly)]);
        assert_eq!(weaker.tier_of(&account(), None, &RoleName::parse("Admin").unwrap()), Tier::Admin);
        assert_eq!(weaker.tier_of(&account(), Some("sandbox-1"), &RoleName::parse("Admin").unwrap()), Tier::ReadOnly);
    }

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
    fn admin_stays_break_glass_and_gates_never_fall() {
        assert!(Gates::new(Gate::None, Gate::None, Gate::None).is_err());
        assert!(Gates::new(Gate::BreakGlass, Gate::None, Gate::BreakGlass).is_err());
        let gates = Gates::new(Gate::None, Gate::BreakGlass, Gate::BreakGlass).unwrap();
        assert_eq!(Tier::ALL.map(|tier| gates.of(tier)), [Gate::None, Gate::BreakGlass, Gate::BreakGlass]);
    }

    #[test]
    fn a_digest_is_the_sha256_of_the_file() {
        assert_eq!(
            PolicyDigest::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_ne!(Policy::built_in().digest(), PolicyDigest::of(b""));
    }
}
