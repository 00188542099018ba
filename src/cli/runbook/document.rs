//! The runbook's text: a Markdown page, in which lines such as `{sessions}` stand for what is known.

use std::collections::BTreeSet;

use super::known::{Known, KnownReplica};
use crate::domain::catalog::Catalog;
use crate::domain::known_regions::Partition;
use crate::domain::policy::{Mode, Policy, Verdict};
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::domain::text::Untrusted;
use crate::domain::tier::Tier;
use crate::report::{Report, word};

const COMMERCIAL_CONSOLE: &str = "signin.aws.amazon.com";

/// The page with its lines filled in. What is filled in is not looked at again.
pub(super) fn document(known: &Known) -> String {
    let lines = include_str!("emergency.md").lines().flat_map(|line| match line {
        "{printed}" => vec![printed(known)],
        "{problems}" => problems(known),
        "{sessions}" => or(sessions(known), "- No SSO session is configured. Portal: ____, region: ____"),
        "{break_glass_roles}" => or(break_glass_roles(known), "- The policy names none."),
        "{other_regions}" => or(other_regions(known), "- Portal: ____, region: ____"),
        "{switch_role}" => at_consoles(known, "https://", "/switchrole?account=ACCOUNT&roleName=ROLE"),
        "{accounts}" => or(accounts(known), "- None is known here. Accounts: ____"),
        "{iam_sign_in}" => at_consoles(known, "https://ACCOUNT.", "/console"),
        line => vec![line.to_owned()],
    });
    lines.map(|line| line + "\n").collect()
}

fn or(lines: Vec<String>, none: &str) -> Vec<String> {
    if lines.is_empty() { vec![none.to_owned()] } else { lines }
}

fn at_consoles(known: &Known, before: &str, after: &str) -> Vec<String> {
    console_hosts(known).into_iter().map(|host| format!("       {before}{host}{after}")).collect()
}

fn printed(known: &Known) -> String {
    let at = known.now.strftime("%Y-%m-%d %H:%M UTC");
    format!("Printed by daypass on {at} from files of this machine alone.")
}

fn problems(known: &Known) -> Vec<String> {
    let lines = known.problems.iter().map(|problem| format!("- Not known: {}", plain(Report::of(problem).message())));
    if known.problems.is_empty() { Vec::new() } else { [String::new()].into_iter().chain(lines).collect() }
}

fn sessions(known: &Known) -> Vec<String> {
    let line = |(session, catalog): &(SsoSession, Catalog)| {
        let listed = match catalog.listed_at {
            Some(at) => format!("{} accounts, listed on {}", catalog.entries.len(), at.strftime("%Y-%m-%d")),
            None => "accounts never listed here".to_owned(),
        };
        format!("- {}: {}, region {}, {listed}", session.name, session.start_url, session.region)
    };
    known.sessions.iter().map(line).collect()
}

/// The roles that the policy has elevations assume: those of the accounts that are known, or else as the policy has them.
fn break_glass_roles(known: &Known) -> Vec<String> {
    let of_accounts: Vec<_> = held(known)
        .filter_map(|held| match &held.verdict.terms().mode {
            Mode::Chained(role) => {
                let role = role.replace("{account}", held.target.account.as_str());
                Some(format!("- {role}, from {}", held.target))
            }
            Mode::Direct => None,
        })
        .collect();
    if of_accounts.is_empty() { assumed_by(&known.policy) } else { of_accounts }
}

fn assumed_by(policy: &Policy) -> Vec<String> {
    let rules = policy.rules().filter_map(|rule| rule.clauses.mode.as_ref());
    let defaults = Tier::ALL.iter().map(|tier| &policy.defaults().of(*tier).mode);
    let roles: BTreeSet<_> = rules
        .chain(defaults)
        .filter_map(|mode| match mode {
            Mode::Chained(role) => Some(role.replace("{account}", "ACCOUNT")),
            Mode::Direct => None,
        })
        .collect();
    roles.into_iter().map(|role| format!("- {role}, from a role that is not known here")).collect()
}

/// Where each session's Identity Center can be reached besides its own region, as far as the settings name it.
fn other_regions(known: &Known) -> Vec<String> {
    known.sessions.iter().flat_map(|(session, _)| regions_of(session, known)).collect()
}

fn regions_of(session: &SsoSession, known: &Known) -> Vec<String> {
    let replicas: Vec<&KnownReplica> = known.replicas.iter().filter(|one| one.session == session.name).collect();
    if replicas.is_empty() {
        let second = word(&format!("{}-2", session.name));
        return vec![
            format!("- {}: portal ____ in region ____", session.name),
            String::new(),
            format!("      daypass login {second} --start-url PORTAL --region REGION"),
        ];
    }
    let line = |KnownReplica { standby, signed_in_until, .. }: &KnownReplica| {
        let until = signed_in_until.map(|until| format!("; signed in until {}", until.strftime("%Y-%m-%d %H:%M UTC")));
        format!("- {}: {} in {}{}", session.name, standby.start_url, standby.region, until.unwrap_or_default())
    };
    let mut lines: Vec<String> = replicas.iter().map(|replica| line(replica)).collect();
    if replicas.iter().all(|replica| replica.signed_in_until.is_none()) {
        lines.extend([String::new(), format!("      daypass login {} --standby", word(&session.name))]);
    }
    lines
}

/// The accounts with a role of the Admin tier, one a line.
fn accounts(known: &Known) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut last = None;
    for Held { target, name, .. } in held(known).filter(|held| held.verdict.tier() == Tier::Admin) {
        match lines.last_mut() {
            Some(line) if last.as_ref() == Some(&target.account) => line.push_str(&format!(", {}", target.role)),
            _ => lines.push(format!("- {} {}: {}", target.account, plain(&name.visible()), target.role)),
        }
        last = Some(target.account);
    }
    lines
}

/// A role that the person holds.
struct Held<'a> {
    target: Target,
    name: &'a Untrusted,
    verdict: Verdict,
}

/// All roles that are known, in the order of the lists.
fn held(known: &Known) -> impl Iterator<Item = Held<'_>> {
    known.sessions.iter().flat_map(move |(_, catalog)| {
        catalog.entries.iter().flat_map(move |entry| {
            entry.roles.names().iter().map(move |role| {
                let target = Target { account: entry.account.id.clone(), role: role.clone() };
                let verdict = known.policy.judge_target(catalog, &target, known.now);
                Held { target, name: &entry.account.name, verdict }
            })
        })
    })
}

/// The hosts of the console's sign-in in the partitions of the sessions.
fn console_hosts(known: &Known) -> BTreeSet<&'static str> {
    let host = |(session, _): &(SsoSession, Catalog)| match Partition::of(&session.region) {
        Partition::Commercial => COMMERCIAL_CONSOLE,
        Partition::GovCloud => "signin.amazonaws-us-gov.com",
        Partition::China => "signin.amazonaws.cn",
        Partition::EuropeanSovereign => "signin.amazonaws-eusc.eu",
    };
    let hosts: BTreeSet<_> = known.sessions.iter().map(host).collect();
    if hosts.is_empty() { BTreeSet::from([COMMERCIAL_CONSOLE]) } else { hosts }
}

/// `text`, which is safe for a terminal, with nothing in it that Markdown would take for a link, HTML or code.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*[]<>|".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests;
