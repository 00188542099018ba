//! The directory of the simulated organisation: its accounts and their roles. It depends on the options alone.

use std::collections::HashMap;

use super::options::{Options, Roles};

/// An account as the portal lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// The name, unique in the directory, and hostile where that was asked for.
    pub name: String,
    /// The root user's address.
    pub email: String,
    /// The names of the roles assigned to the simulated user.
    pub roles: Vec<String>,
}

/// The accounts, in the order the portal lists them.
pub(super) struct Directory {
    accounts: Vec<Account>,
    by_id: HashMap<String, usize>,
}

impl Directory {
    pub(super) fn new(options: &Options) -> Self {
        let mut accounts: Vec<Account> = (1..=options.accounts).map(|number| account(number, options.roles)).collect();
        if options.hostile_names {
            make_hostile(&mut accounts);
        }
        let by_id = accounts.iter().enumerate().map(|(index, account)| (account.id.clone(), index)).collect();
        Directory { accounts, by_id }
    }

    pub(super) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    pub(super) fn account(&self, id: &str) -> Option<&Account> {
        self.by_id.get(id).map(|&index| &self.accounts[index])
    }
}

/// The names of the first accounts: what a mid-sized company's organisation tends to look like.
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

/// The stages and services whose combinations name all further accounts.
const STAGES: [&str; 4] = ["prod", "stage", "dev", "perf"];
const SERVICES: [&str; 13] = [
    "payments", "checkout", "identity", "search", "ledger", "mobile", "catalog", "shipping", "pricing", "loyalty",
    "support", "partners", "insights",
];

/// The three tiers as teams name them, and as AWS Control Tower names them.
const TEAM_TIERS: [&str; 3] = ["ReadOnly", "Developer", "Admin"];
const AWS_TIERS: [&str; 3] = ["AWSReadOnlyAccess", "AWSPowerUserAccess", "AWSAdministratorAccess"];

fn account(number: usize, roles: Roles) -> Account {
    let name = match NAMES.get(number - 1) {
        Some(name) => (*name).to_owned(),
        None => {
            let stage = STAGES[number % STAGES.len()];
            let service = SERVICES[number % SERVICES.len()];
            format!("{stage}-{service}-{number:04}")
        }
    };
    let roles = match roles {
        Roles::Realistic => realistic_roles(&name),
        Roles::Exactly(count) => (1..=count).map(numbered_role).collect(),
    };
    // A prime step keeps the ids unique and unlike a counter.
    let id = (100_000_000_000 + number as u64 * 7_919).to_string();
    let email = format!("aws+{name}@acme.example");
    Account { id, name, email, roles }
}

fn realistic_roles(account: &str) -> Vec<String> {
    let tiers = match account {
        "security-audit" | "log-archive" | "org-management" => AWS_TIERS,
        _ => TEAM_TIERS,
    };
    let extra: &[&str] = match account {
        "org-management" | "billing-and-costs" => &["BillingViewer"],
        "data-lake-prod" | "data-lake-dev" | "ml-platform-dev" => &["DataScientist"],
        "prod-payments-0003" | "prod-ledger-0007" => &["BreakGlassAdmin"],
        "security-audit" => &["SecurityAuditor"],
        _ => &[],
    };
    tiers.iter().chain(extra).map(|role| (*role).to_owned()).collect()
}

fn numbered_role(number: usize) -> String {
    match TEAM_TIERS.get(number - 1) {
        Some(name) => (*name).to_owned(),
        None => format!("Team{number:04}"),
    }
}

/// Names with terminal escapes, invisible characters, excessive length or config file syntax.
fn hostile_names() -> Vec<String> {
    vec![
        "esc-\u{1b}[2J\u{1b}[31mred".to_owned(),
        "c1-\u{9b}31m\u{85}next".to_owned(),
        "link-\u{1b}]8;;http://evil.example/\u{1b}\\click\u{1b}]8;;\u{1b}\\".to_owned(),
        "clipboard-\u{1b}]52;c;cm0gLXJmIH4=\u{7}".to_owned(),
        "return-\rprod-fake".to_owned(),
        "nul-\0-byte".to_owned(),
        "bidi-\u{202e}dorp".to_owned(),
        "zero\u{200b}\u{200d}\u{feff}width".to_owned(),
        "family-\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}".to_owned(),
        "long-".to_owned() + &"x".repeat(4_096 - 5),
        "x]\ncredential_process=rm".to_owned(),
    ]
}

fn make_hostile(accounts: &mut [Account]) {
    for (account, name) in accounts.iter_mut().zip(hostile_names()) {
        account.email = format!("{name}@acme.example");
        account.name = name;
    }
    if let Some(first) = accounts.first_mut() {
        first.roles.push("Read\u{1b}[2JOnly\u{202e}".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn thousands_of_accounts_have_names_and_ids_of_their_own() {
        let directory = Directory::new(&Options { accounts: 5_000, ..Options::default() });
        let names: HashSet<&str> = directory.accounts().iter().map(|account| account.name.as_str()).collect();
        let ids: HashSet<&str> = directory.accounts().iter().map(|account| account.id.as_str()).collect();
        assert_eq!((names.len(), ids.len()), (5_000, 5_000));
        assert!(ids.iter().all(|id| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())));
        assert_eq!(directory.account("100000023757").unwrap().name, "prod-payments-0003");
    }

    #[test]
    fn every_account_offers_three_tiers_and_some_offer_more() {
        let directory = Directory::new(&Options::default());
        assert_eq!(directory.accounts().len(), 25);
        assert!(directory.accounts().iter().all(|account| account.roles.len() >= 3));
        assert!(directory.accounts().iter().any(|account| account.roles.len() > 3));
    }

    #[test]
    fn hostile_names_replace_the_first_ones_only() {
        let directory = Directory::new(&Options { hostile_names: true, ..Options::default() });
        assert!(directory.accounts()[..hostile_names().len()].iter().all(|account| !NAMES.contains(&&*account.name)));
        assert_eq!(directory.accounts()[24].name, "disaster-recovery");
        assert_eq!(directory.accounts()[9].name.len(), 4_096);
    }
}
