//! Sorts roles into tiers: a team's rules first, the built-in ones after them.

use wildmatch::WildMatch;

use super::ids::{AccountId, RoleName};
use super::text::visible;
use super::tier::Tier;

/// The tiers of roles that no rule of the team names; the first match wins.
///
/// Admin comes first, so that a name which says two things (`ReadOnlyAdmin`) counts as the stronger one.
/// A role that matches nothing here is [`UNKNOWN`].
const BUILT_IN: [(&str, Tier); 31] = [
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

/// A pattern that is empty, and so matches nothing, or longer than any name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern `{}` is not 1 to 256 characters, with * and ?", visible(.0))]
pub struct InvalidGlob(String);

impl Glob {
    /// Takes `text` as a pattern.
    pub fn parse(text: &str) -> Result<Self, InvalidGlob> {
        if (1..=256).contains(&text.len()) {
            Ok(Glob(WildMatch::new_case_insensitive(text)))
        } else {
            Err(InvalidGlob(text.chars().take(80).collect()))
        }
    }

    fn matches(&self, text: &str) -> bool {
        self.0.matches(text)
    }
}

/// Which accounts a rule is for.
#[derive(Debug, Clone)]
pub enum AccountGlob {
    /// By id: a pattern of digits, `*` and `?` alone.
    Id(Glob),
    /// By name: any other pattern, which no id can match.
    Name(Glob),
}

impl AccountGlob {
    /// Takes `text` as a pattern over ids or over names, by what it is made of.
    pub fn parse(text: &str) -> Result<Self, InvalidGlob> {
        let glob = Glob::parse(text)?;
        let over_ids = text.bytes().all(|byte| byte.is_ascii_digit() || b"*?".contains(&byte));
        Ok(if over_ids { AccountGlob::Id(glob) } else { AccountGlob::Name(glob) })
    }
}

/// One line of the tier table.
#[derive(Debug, Clone)]
pub struct TierRule {
    /// Which roles.
    pub role: Glob,
    /// In which accounts; in all of them when absent.
    pub account: Option<AccountGlob>,
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
        let fits = match (&self.account, account_name) {
            (None, _) => true,
            (Some(AccountGlob::Id(glob)), _) => glob.matches(account.as_str()),
            (Some(AccountGlob::Name(glob)), Some(name)) => glob.matches(name),
            (Some(AccountGlob::Name(_)), None) => return Answer::OnlyIfTheNameFits,
        };
        if fits { Answer::Yes } else { Answer::No }
    }
}

/// The whole tier table, first match first.
#[derive(Debug, Clone)]
pub struct TierRules(Vec<TierRule>);

impl TierRules {
    /// A team's rules, and behind them the built-in ones.
    pub fn new(mut team: Vec<TierRule>) -> Self {
        team.extend(BUILT_IN.map(|(role, tier)| TierRule {
            role: Glob(WildMatch::new_case_insensitive(role)),
            account: None,
            tier,
        }));
        TierRules(team)
    }

    /// The built-in table as text, one rule a line.
    pub fn built_in_text() -> String {
        BUILT_IN.iter().map(|(role, tier)| format!("{role} {}\n", tier.word())).collect()
    }

    /// The tier of `role` in `account`; the first rule that matches decides.
    ///
    /// The name is `None` where no catalog has been read yet. A rule that would need it then counts as matched
    /// when it is the stricter one: not knowing a name never opens a gate. Names are given by whoever runs the
    /// account; a rule that must hold names the account's id.
    pub fn tier_of(&self, account: &AccountId, account_name: Option<&str>, role: &RoleName) -> Tier {
        let mut at_least = Tier::ReadOnly;
        for rule in &self.0 {
            match rule.answer(account, account_name, role) {
                Answer::Yes => return rule.tier.max(at_least),
                Answer::OnlyIfTheNameFits => at_least = at_least.max(rule.tier),
                Answer::No => {}
            }
        }
        UNKNOWN.max(at_least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        AccountId::parse("123456789012").unwrap()
    }

    fn rules(rules: &[(&str, Option<&str>, Tier)]) -> TierRules {
        let rules = rules.iter().map(|(role, account, tier)| TierRule {
            role: Glob::parse(role).unwrap(),
            account: account.map(|glob| AccountGlob::parse(glob).unwrap()),
            tier: *tier,
        });
        TierRules::new(rules.collect())
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
        let rules = TierRules::new(Vec::new());
        for (role, tier) in table {
            assert_eq!(rules.tier_of(&account(), Some("x"), &RoleName::parse(role).unwrap()), tier, "{role}");
        }
    }

    #[test]
    fn the_first_rule_that_matches_role_and_account_wins() {
        let rules = rules(&[
            ("deploy*", Some("prod-*"), Tier::Admin),
            ("*", Some("1111*"), Tier::ReadOnly),
            ("deploy*", None, Tier::ReadOnly),
        ]);
        let deploy = RoleName::parse("Deployer").unwrap();
        assert_eq!(rules.tier_of(&account(), Some("Prod-Payments"), &deploy), Tier::Admin);
        assert_eq!(rules.tier_of(&account(), Some("stage"), &deploy), Tier::ReadOnly);
        let other = AccountId::parse("111122223333").unwrap();
        assert_eq!(rules.tier_of(&other, Some("x"), &RoleName::parse("Admin").unwrap()), Tier::ReadOnly);
        assert_eq!(rules.tier_of(&account(), Some("x"), &RoleName::parse("Admin").unwrap()), Tier::Admin);
    }

    #[test]
    fn an_unknown_account_name_never_opens_a_gate() {
        let stricter = rules(&[("deploy*", Some("prod-*"), Tier::Admin), ("*", None, Tier::ReadOnly)]);
        let deploy = RoleName::parse("deploy").unwrap();
        assert_eq!(stricter.tier_of(&account(), None, &deploy), Tier::Admin);
        assert_eq!(stricter.tier_of(&account(), Some("stage"), &deploy), Tier::ReadOnly);
        let weaker = rules(&[("*Admin*", Some("sandbox-*"), Tier::ReadOnly)]);
        assert_eq!(weaker.tier_of(&account(), None, &RoleName::parse("Admin").unwrap()), Tier::Admin);
        assert_eq!(weaker.tier_of(&account(), Some("sandbox-1"), &RoleName::parse("Admin").unwrap()), Tier::ReadOnly);
    }

    #[test]
    fn a_rule_by_id_needs_no_name() {
        let rules = rules(&[("Deploy", Some("999999999999"), Tier::Admin), ("Deploy", Some("1234*"), Tier::ReadOnly)]);
        let deploy = RoleName::parse("Deploy").unwrap();
        for name in [None, Some("999999999999")] {
            assert_eq!(rules.tier_of(&account(), name, &deploy), Tier::ReadOnly);
        }
    }
}
