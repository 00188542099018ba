//! Sorts roles into tiers: a team's rules first, the built-in ones after them.

use wildmatch::WildMatch;

use super::verdict::Rule;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::text::visible;
use crate::domain::tier::Tier;

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

/// Whether a rule matches an account whose name may not be known yet.
enum RuleMatch {
    Yes,
    No,
    DependsOnName,
}

impl TierRule {
    fn matches(&self, account: &AccountId, account_name: Option<&str>, role: &RoleName) -> RuleMatch {
        if !self.role.matches(role.as_str()) {
            return RuleMatch::No;
        }
        let fits = match (&self.account, account_name) {
            (None, _) => true,
            (Some(AccountGlob::Id(glob)), _) => glob.matches(account.as_str()),
            (Some(AccountGlob::Name(glob)), Some(name)) => glob.matches(name),
            (Some(AccountGlob::Name(_)), None) => return RuleMatch::DependsOnName,
        };
        if fits { RuleMatch::Yes } else { RuleMatch::No }
    }
}

/// The whole tier table: a team's rules, and behind them the built-in ones. The first match decides.
#[derive(Debug, Clone)]
pub struct TierRules(Vec<(Rule, TierRule)>);

impl TierRules {
    /// A team's rules, in the order of its file.
    pub fn new(team: Vec<TierRule>) -> Self {
        let built_in = BUILT_IN.into_iter().map(|(pattern, tier)| {
            let role = Glob(WildMatch::new_case_insensitive(pattern));
            (Rule::BuiltIn(pattern), TierRule { role, account: None, tier })
        });
        let team = team.into_iter().enumerate().map(|(index, rule)| (Rule::Team(index + 1), rule));
        TierRules(team.chain(built_in).collect())
    }

    /// The built-in table as text, one rule a line.
    pub fn built_in_text() -> String {
        BUILT_IN.iter().map(|(role, tier)| format!("{role} {}\n", tier.word())).collect()
    }

    /// The tier of `role` in `account`, and the rule that decides it: the first one that matches.
    ///
    /// The name is `None` where the account has not been listed; an empty one is no name either. A rule that would
    /// need it then counts as matched when it is the stricter one: not knowing a name never opens a gate. Names are
    /// given by whoever runs the account; a rule that must hold names the account's id.
    pub fn decide(&self, account: &AccountId, account_name: Option<&str>, role: &RoleName) -> (Tier, Rule) {
        let account_name = account_name.filter(|name| !name.trim().is_empty());
        let mut possible: Option<(Tier, Rule)> = None;
        let stricter = |possible: Option<(Tier, Rule)>, tier, rule| match possible {
            Some(found) if found.0 >= tier => found,
            _ => (tier, rule),
        };
        for (name, rule) in &self.0 {
            match rule.matches(account, account_name, role) {
                RuleMatch::Yes => return stricter(possible, rule.tier, *name),
                RuleMatch::DependsOnName => possible = Some(stricter(possible, rule.tier, *name)),
                RuleMatch::No => {}
            }
        }
        stricter(possible, UNKNOWN, Rule::Unmatched)
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

    fn tier(rules: &TierRules, account: &AccountId, name: Option<&str>, role: &RoleName) -> Tier {
        rules.decide(account, name, role).0
    }

    #[test]
    fn the_rule_that_decided_is_named() {
        let rules = rules(&[("deploy*", Some("prod-*"), Tier::Admin), ("deploy*", None, Tier::ReadOnly)]);
        let rule = |name, role| rules.decide(&account(), name, &RoleName::parse(role).unwrap()).1;
        assert_eq!(rule(Some("prod-1"), "deploy"), Rule::Team(1));
        assert_eq!(rule(Some("stage"), "deploy"), Rule::Team(2));
        assert_eq!(rule(None, "deploy"), Rule::Team(1), "the stricter of the two that may match");
        assert_eq!(rule(Some("x"), "ReadOnly"), Rule::BuiltIn("*ReadOnly*"));
        assert_eq!(rule(Some("x"), "Billing"), Rule::Unmatched);
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
        for (role, expected) in table {
            assert_eq!(tier(&rules, &account(), Some("x"), &RoleName::parse(role).unwrap()), expected, "{role}");
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
        assert_eq!(tier(&rules, &account(), Some("Prod-Payments"), &deploy), Tier::Admin);
        assert_eq!(tier(&rules, &account(), Some("stage"), &deploy), Tier::ReadOnly);
        let other = AccountId::parse("111122223333").unwrap();
        assert_eq!(tier(&rules, &other, Some("x"), &RoleName::parse("Admin").unwrap()), Tier::ReadOnly);
        assert_eq!(tier(&rules, &account(), Some("x"), &RoleName::parse("Admin").unwrap()), Tier::Admin);
    }

    #[test]
    fn an_unknown_account_name_never_opens_a_gate() {
        let stricter = rules(&[("deploy*", Some("prod-*"), Tier::Admin), ("*", None, Tier::ReadOnly)]);
        let deploy = RoleName::parse("deploy").unwrap();
        for unknown in [None, Some(""), Some(" ")] {
            assert_eq!(tier(&stricter, &account(), unknown, &deploy), Tier::Admin);
        }
        assert_eq!(tier(&stricter, &account(), Some("stage"), &deploy), Tier::ReadOnly);
        let weaker = rules(&[("*Admin*", Some("sandbox-*"), Tier::ReadOnly)]);
        for unknown in [None, Some(""), Some(" ")] {
            assert_eq!(tier(&weaker, &account(), unknown, &RoleName::parse("Admin").unwrap()), Tier::Admin);
        }
        assert_eq!(tier(&weaker, &account(), Some("sandbox-1"), &RoleName::parse("Admin").unwrap()), Tier::ReadOnly);
    }

    #[test]
    fn a_rule_by_id_needs_no_name() {
        let rules = rules(&[("Deploy", Some("999999999999"), Tier::Admin), ("Deploy", Some("1234*"), Tier::ReadOnly)]);
        let deploy = RoleName::parse("Deploy").unwrap();
        for name in [None, Some("999999999999")] {
            assert_eq!(tier(&rules, &account(), name, &deploy), Tier::ReadOnly);
        }
    }
}
