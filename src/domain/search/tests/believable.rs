//! A table of queries as people type them, over 1,000 accounts, with what each must find first.

use super::rows::organisation;
use super::{Candidate, found};

/// What is used, and what has names of its own.
fn believable() -> Vec<Candidate> {
    let mut rows = organisation(1_000);
    let mut at = |account: &str, role: &str, change: fn(&mut Candidate)| {
        change(rows.iter_mut().find(|row| row.account_name == account && row.role == role).unwrap());
    };
    at("prod-payments-0003", "Developer", |row| {
        row.aliases = vec!["money".to_owned()];
        row.weight = 5.0;
    });
    at("stage-checkout-0011", "Developer", |row| row.weight = 2.0);
    at("prod-ledger-0007", "Developer", |row| row.aliases = vec!["ledger".to_owned()]);
    at("prod-checkout-0004", "Admin", |row| row.aliases = vec!["oncall".to_owned(), "pager".to_owned()]);
    at("dev-payments-0014", "Developer", |row| {
        row.profiles = vec!["default".to_owned(), "acme-payments-dev".to_owned()];
    });
    at("data-lake-prod", "DataScientist", |row| row.profiles = vec!["lake".to_owned()]);
    at("stage-search-0013", "ReadOnly", |row| row.profiles = vec!["granted/style".to_owned()]);
    rows
}

/// Queries with the first row that each finds.
const FIRST: [(&str, &str); 113] = [
    ("search 107", "perf-search-0107/ReadOnly"),
    ("prod search 120", "prod-search-0120/ReadOnly"),
    ("search prod 120 admin", "prod-search-0120/Admin"),
    ("perf search 107", "perf-search-0107/ReadOnly"),
    ("0107", "perf-search-0107/ReadOnly"),
    ("107", "perf-search-0107/ReadOnly"),
    ("-0107", "perf-search-0107/ReadOnly"),
    ("ps107", "perf-search-0107/ReadOnly"),
    ("0001", "log-archive/AWSReadOnlyAccess"),
    ("999", "perf-partners-0999/ReadOnly"),
    ("1000", "prod-insights-1000/ReadOnly"),
    ("pay", "prod-payments-0003/Developer"),
    ("payments", "prod-payments-0003/Developer"),
    ("payment", "prod-payments-0003/Developer"),
    ("prod pay", "prod-payments-0003/Developer"),
    ("pay prod", "prod-payments-0003/Developer"),
    ("Prod Payments", "prod-payments-0003/Developer"),
    ("PROD", "prod-payments-0003/Developer"),
    ("pród", "prod-payments-0003/Developer"),
    ("/prod", "prod-payments-0003/Developer"),
    ("stage pay", "stage-payments-0010/ReadOnly"),
    ("dev pay", "dev-payments-0014/ReadOnly"),
    ("pay dev", "dev-payments-0014/ReadOnly"),
    ("prod pay dev", "prod-payments-0003/Developer"),
    ("prod payments admin", "prod-payments-0003/Admin"),
    ("prod-payments-0003", "prod-payments-0003/Developer"),
    ("prod-payments-0052", "prod-payments-0052/ReadOnly"),
    ("prod-payments-0003/Admin", "prod-payments-0003/Admin"),
    ("prod-payments-0003/breakglass", "prod-payments-0003/BreakGlassAdmin"),
    ("100000023757/Developer", "prod-payments-0003/Developer"),
    ("100000023757", "prod-payments-0003/Developer"),
    ("100000855252", "prod-ledger-0108/ReadOnly"),
    ("23757", "prod-payments-0003/Developer"),
    ("payments 3", "prod-payments-0003/Developer"),
    ("pay 0003", "prod-payments-0003/Developer"),
    ("pay 52", "prod-payments-0052/ReadOnly"),
    ("pay 0052 admin", "prod-payments-0052/Admin"),
    ("payments0003", "prod-payments-0003/Developer"),
    ("pay3", "prod-payments-0003/Developer"),
    ("pay52", "prod-payments-0052/ReadOnly"),
    ("prod-pay", "prod-payments-0003/Developer"),
    ("prodpay", "prod-payments-0003/Developer"),
    ("prd pay", "prod-payments-0003/Developer"),
    ("stg pay", "stage-payments-0010/ReadOnly"),
    ("paymnts", "prod-payments-0003/Developer"),
    ("pymnts 10", "stage-payments-0010/ReadOnly"),
    ("ledger", "prod-ledger-0007/Developer"),
    ("ledger 7", "prod-ledger-0007/ReadOnly"),
    ("/7 ledger", "prod-ledger-0007/ReadOnly"),
    ("money", "prod-payments-0003/Developer"),
    ("oncall", "prod-checkout-0004/Admin"),
    ("pager", "prod-checkout-0004/Admin"),
    ("page", "prod-checkout-0004/Admin"),
    ("lake", "data-lake-prod/DataScientist"),
    ("data lake", "data-lake-prod/ReadOnly"),
    ("lake dev", "data-lake-dev/ReadOnly"),
    ("lake prod admin", "data-lake-prod/Admin"),
    ("granted/style", "stage-search-0013/ReadOnly"),
    ("granted", "stage-search-0013/ReadOnly"),
    ("default", "dev-payments-0014/Developer"),
    ("acme-payments-dev", "dev-payments-0014/Developer"),
    ("acme pay", "dev-payments-0014/Developer"),
    ("#ledger", "prod-ledger-0007/Developer"),
    ("#led", "prod-ledger-0007/Developer"),
    ("#pager", "prod-checkout-0004/Admin"),
    ("tier:admin pay", "prod-payments-0003/Admin"),
    ("tier:a pay", "prod-payments-0003/Admin"),
    ("tier: pay", "prod-payments-0003/Developer"),
    ("tier:ro pay", "prod-payments-0003/ReadOnly"),
    ("tier:dev prod search", "prod-search-0006/Developer"),
    ("tier:admin #oncall", "prod-checkout-0004/Admin"),
    ("org:beta search", "stage-search-0913/ReadOnly"),
    ("org:be tier:ro pricing", "stage-pricing-0905/ReadOnly"),
    ("org:acme prod", "prod-payments-0003/Developer"),
    ("log", "log-archive/AWSReadOnlyAccess"),
    ("log archive", "log-archive/AWSReadOnlyAccess"),
    ("archive admin", "log-archive/AWSAdministratorAccess"),
    ("archive power", "log-archive/AWSPowerUserAccess"),
    ("audit", "security-audit/AWSReadOnlyAccess"),
    ("security auditor", "security-audit/SecurityAuditor"),
    ("SecurityAuditor", "security-audit/SecurityAuditor"),
    ("secaud", "security-audit/AWSReadOnlyAccess"),
    ("mgmt", "org-management/AWSReadOnlyAccess"),
    ("org mgmt admin", "org-management/AWSAdministratorAccess"),
    ("billing viewer", "billing-and-costs/BillingViewer"),
    ("costs dev", "billing-and-costs/Developer"),
    ("recovery", "disaster-recovery/ReadOnly"),
    ("dr", "disaster-recovery/ReadOnly"),
    ("alice", "sandbox-alice/ReadOnly"),
    ("sandbox bob", "sandbox-bob/ReadOnly"),
    ("sbx bob admin", "sandbox-bob/Admin"),
    ("network", "shared-network/ReadOnly"),
    ("shared build", "shared-build/ReadOnly"),
    ("ml", "ml-platform-dev/ReadOnly"),
    ("scientist ml", "ml-platform-dev/DataScientist"),
    ("breakglass", "prod-payments-0003/BreakGlassAdmin"),
    ("break glass ledger", "prod-ledger-0007/BreakGlassAdmin"),
    ("power user", "security-audit/AWSPowerUserAccess"),
    ("AWSPowerUserAccess", "security-audit/AWSPowerUserAccess"),
    ("checkout", "stage-checkout-0011/Developer"),
    ("checkout 4", "prod-checkout-0004/ReadOnly"),
    ("chk 4", "prod-checkout-0004/ReadOnly"),
    ("checkout 0011", "stage-checkout-0011/Developer"),
    ("stage", "stage-checkout-0011/Developer"),
    ("ident 5", "prod-identity-0005/ReadOnly"),
    ("idt 12", "stage-identity-0012/ReadOnly"),
    ("search 6", "prod-search-0006/ReadOnly"),
    ("dev mobile", "dev-mobile-0016/ReadOnly"),
    ("perf pric", "perf-pricing-0047/ReadOnly"),
    ("partners 50", "dev-partners-0050/ReadOnly"),
    ("shiping", "stage-shipping-0033/ReadOnly"),
    ("catlog", "prod-catalog-0032/ReadOnly"),
    ("supprt 36", "prod-support-0036/ReadOnly"),
];

/// Queries with a row that each must not find.
const ABSENT: [(&str, &str); 12] = [
    ("search 107", "prod-search-0006/ReadOnly"),
    ("prod search 120", "prod-search-0172/ReadOnly"),
    ("prod search 107", "prod-payments-0003/Developer"),
    ("tier:admin pay", "prod-payments-0003/ReadOnly"),
    ("tier:ro pay", "prod-payments-0003/Developer"),
    ("org:beta search", "prod-search-0006/ReadOnly"),
    ("#led", "prod-ledger-0007/ReadOnly"),
    ("pay3", "dev-payments-0014/ReadOnly"),
    ("pay dev", "prod-payments-0003/Admin"),
    ("management", "prod-payments-0003/Admin"),
    ("rdpay", "prod-payments-0003/Developer"),
    ("stn", "stage-identity-0012/ReadOnly"),
];

/// Queries that find nothing.
const NOTHING: [&str; 12] = [
    "tier:xyz",
    "tier:admins",
    "org:gamma",
    "#xyz",
    "#edger",
    "zzz",
    "prod zzz",
    "pnts",
    "rpdo",
    "p0107 payments",
    "search 10007",
    "root",
];

#[test]
fn believable_queries_find_first_what_is_meant() {
    let rows = believable();
    let wrong = |(query, expected): &(&str, &str)| {
        let found = found(&rows, query);
        let first = &found[..found.len().min(3)];
        (first.first().map(String::as_str) != Some(expected)).then(|| format!("`{query}`: {expected}, not {first:?}"))
    };
    let wrong: Vec<String> = FIRST.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn believable_queries_leave_out_what_is_not_meant() {
    let rows = believable();
    for (query, absent) in ABSENT {
        assert!(rows.iter().any(|row| format!("{}/{}", row.account_name, row.role) == absent), "there is no {absent}");
        assert!(!found(&rows, query).iter().any(|row| row == absent), "`{query}` finds {absent}");
    }
    for query in NOTHING {
        assert_eq!(found(&rows, query), [] as [String; 0], "`{query}`");
    }
}
