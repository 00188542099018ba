//! `daypass policy show`: the policy in force, each term with where it comes from.

use std::collections::BTreeMap;

use serde::Serialize;

use super::identity::{IdentityReport, rules, shown_path};
use super::json::json;
use super::terms::{TermsReport, report, sourced_lines};
use crate::cli::output;
use crate::domain::policy::{Policy, Rule};
use crate::domain::text::visible;
use crate::domain::tier::Tier;
use crate::report::Result;
use crate::settings::Settings;

/// Show the policy in force: what each tier and each rule asks, and where that comes from
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct PolicyReport {
    policy: IdentityReport,
    max_session: SessionReport,
    tiers: BTreeMap<&'static str, TermsReport>,
    rules: Vec<RuleReport>,
}

#[derive(Serialize)]
struct SessionReport {
    value: String,
    from: &'static str,
}

#[derive(Serialize)]
struct RuleReport {
    id: String,
    account: Vec<String>,
    role: Vec<String>,
    tag: Vec<String>,
    /// None where the role's name decides.
    tier: Option<Tier>,
    /// What it asks of each tier that its roles can have.
    asks: BTreeMap<&'static str, TermsReport>,
}

pub fn run(args: &Args, settings: &Settings) -> Result<()> {
    let policy = settings.read_policy()?;
    output::stdout(&if args.json { json(&report_of(&policy)) } else { text(&policy) })
}

fn report_of(policy: &Policy) -> PolicyReport {
    PolicyReport {
        policy: IdentityReport::of(policy.identity()),
        max_session: SessionReport {
            value: format!("{:#}", policy.max_session()),
            from: if policy.max_session_is_built_in() { "built_in" } else { "file" },
        },
        tiers: Tier::ALL.map(|tier| (tier.word(), report(&policy.defaults().sourced(tier)))).into(),
        rules: policy.rules().map(|rule| rule_report(rule, policy)).collect(),
    }
}

fn rule_report(rule: &Rule, policy: &Policy) -> RuleReport {
    let asks = policy.sourced_terms(rule).into_iter().map(|terms| (terms.terms().tier.word(), report(&terms)));
    RuleReport {
        id: rule.id.to_string(),
        account: texts(&rule.matcher.accounts),
        role: texts(&rule.matcher.roles),
        tag: texts(&rule.matcher.tags),
        tier: rule.tier,
        asks: asks.collect(),
    }
}

fn text(policy: &Policy) -> String {
    let identity = policy.identity();
    let from = if policy.max_session_is_built_in() { "built in" } else { "file" };
    let count = policy.rules().count();
    let mut text = format!("{} · {} · {}\n", rules(count), shown_path(identity), identity.digest);
    text.push_str(&format!("max_session  {:#}  ({from})\n", policy.max_session()));
    for rule in policy.rules() {
        text.push_str(&format!("\nrule {} · {}\n", rule.id, targets(rule)));
        for terms in policy.sourced_terms(rule) {
            let why = if rule.tier.is_some() { "" } else { ", where the role's name says so" };
            text.push_str(&format!("  tier {}{why}\n", terms.terms().tier.word()));
            text.push_str(&sourced_lines(&terms, "    "));
        }
    }
    for tier in Tier::ALL {
        text.push_str(&format!("\ntier {}, where no rule says otherwise\n", tier.word()));
        text.push_str(&sourced_lines(&policy.defaults().sourced(tier), "    "));
    }
    text
}

/// Which targets `rule` is for.
fn targets(rule: &Rule) -> String {
    let list = |key: &str, items: Vec<String>| {
        let shown: Vec<String> = items.iter().map(|item| visible(item)).collect();
        (!items.is_empty()).then(|| format!("{key} {}", shown.join(" or ")))
    };
    let parts = [
        list("account", texts(&rule.matcher.accounts)),
        list("role", texts(&rule.matcher.roles)),
        list("tag", texts(&rule.matcher.tags)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "every target".to_owned() } else { parts.join(" · ") }
}

fn texts<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(T::to_string).collect()
}
