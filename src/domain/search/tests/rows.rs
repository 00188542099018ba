//! An organisation to search in, with the account names of the simulated one.

use super::super::Candidate;
use crate::domain::tier::Tier;

/// A row of that account and role, which was never used and has no other names.
pub fn row(account_name: &str, account_id: &str, role: &str, tier: Tier) -> Candidate {
    Candidate {
        account_name: account_name.to_owned(),
        account_id: account_id.to_owned(),
        role: role.to_owned(),
        aliases: Vec::new(),
        profiles: Vec::new(),
        org: "acme".to_owned(),
        tags: Vec::new(),
        tier,
        weight: 0.0,
    }
}

/// The first accounts, which have names of their own.
const NAMES: [&str; 25] = [
    "security-audit",
    "log-archive",
    "prod-payments-0003",
    "prod-checkout-0004",
    "prod-identity-0005",
    "prod-search-0006",
    "prod-ledger-0007",
    "shared-network",
    "shared-build",
    "stage-payments-0010",
    "stage-checkout-0011",
    "stage-identity-0012",
    "stage-search-0013",
    "dev-payments-0014",
    "dev-checkout-0015",
    "dev-mobile-0016",
    "data-lake-prod",
    "data-lake-dev",
    "ml-platform-dev",
    "sandbox-alice",
    "sandbox-bob",
    "sandbox-platform",
    "org-management",
    "billing-and-costs",
    "disaster-recovery",
];
const STAGES: [&str; 4] = ["prod", "stage", "dev", "perf"];
const SERVICES: [&str; 13] = [
    "payments", "checkout", "identity", "search", "ledger", "mobile", "catalog", "shipping", "pricing", "loyalty",
    "support", "partners", "insights",
];

const TEAM_ROLES: [(&str, Tier); 3] =
    [("Admin", Tier::Admin), ("Developer", Tier::Developer), ("ReadOnly", Tier::ReadOnly)];
const AWS_ROLES: [(&str, Tier); 3] = [
    ("AWSAdministratorAccess", Tier::Admin),
    ("AWSPowerUserAccess", Tier::Developer),
    ("AWSReadOnlyAccess", Tier::ReadOnly),
];

/// The rows of so many accounts, the roles of each in the order of their names. The last hundred of a thousand belong to
/// another SSO session. Nothing has an alias or a profile.
pub fn organisation(accounts: usize) -> Vec<Candidate> {
    (1..=accounts).flat_map(account).collect()
}

fn account(number: usize) -> Vec<Candidate> {
    let name = match NAMES.get(number - 1) {
        Some(name) => (*name).to_owned(),
        None => format!("{}-{}-{number:04}", STAGES[number % STAGES.len()], SERVICES[number % SERVICES.len()]),
    };
    let id = (100_000_000_000 + number * 7_919).to_string();
    let org = if number > 900 { "beta" } else { "acme" };
    let of_role = |(role, tier)| Candidate { org: org.to_owned(), ..row(&name, &id, role, tier) };
    roles(&name).into_iter().map(of_role).collect()
}

fn roles(account: &str) -> Vec<(&'static str, Tier)> {
    let (roles, further): (_, &[(&str, Tier)]) = match account {
        "security-audit" => (AWS_ROLES, &[("SecurityAuditor", Tier::ReadOnly)]),
        "org-management" => (AWS_ROLES, &[("BillingViewer", Tier::ReadOnly)]),
        "log-archive" => (AWS_ROLES, &[]),
        "billing-and-costs" => (TEAM_ROLES, &[("BillingViewer", Tier::ReadOnly)]),
        "data-lake-prod" | "data-lake-dev" | "ml-platform-dev" => (TEAM_ROLES, &[("DataScientist", Tier::Developer)]),
        "prod-payments-0003" | "prod-ledger-0007" => (TEAM_ROLES, &[("BreakGlassAdmin", Tier::Admin)]),
        _ => (TEAM_ROLES, &[]),
    };
    let mut roles: Vec<_> = roles.into_iter().chain(further.iter().copied()).collect();
    roles.sort_unstable();
    roles
}
