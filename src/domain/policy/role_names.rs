//! The class of a role by its name alone, where no rule of the team says it.

use super::glob::Glob;
use super::verdict::RuleName;
use crate::domain::ids::RoleName;
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

/// The built-in table, its patterns made ready once.
#[derive(Debug, Clone)]
pub(super) struct RoleNames(Vec<(&'static str, Glob, Tier)>);

impl RoleNames {
    pub(super) fn new() -> Self {
        RoleNames(BUILT_IN.into_iter().map(|(pattern, tier)| (pattern, Glob::of(pattern), tier)).collect())
    }

    /// The tier of `role`, and the entry that says so.
    pub(super) fn tier(&self, role: &RoleName) -> (Tier, RuleName) {
        let found = self.0.iter().find(|(_, glob, _)| glob.matches(role.as_str()));
        found.map_or((UNKNOWN, RuleName::Unmatched), |(pattern, _, tier)| (*tier, RuleName::BuiltIn(pattern)))
    }

    /// The table as text, one entry a line.
    pub(super) fn text() -> String {
        BUILT_IN.iter().map(|(role, tier)| format!("{role} {}\n", tier.word())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let names = RoleNames::new();
        for (role, expected) in table {
            assert_eq!(names.tier(&RoleName::parse(role).unwrap()).0, expected, "{role}");
        }
    }
}
