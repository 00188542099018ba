//! `daypass policy test`: which rule decides about a target, why, and what it would ask.

use serde::Serialize;

use super::at::At;
use super::identity::{IdentityReport, shown_path};
use super::json::json;
use super::rotas::OnCallReport;
use super::terms::{TermReport, TermsReport, lines, report, sourced_lines};
use crate::cli::args::TargetArgs;
use crate::cli::context::Context;
use crate::cli::output;
use crate::domain::elevation::{Reason, TicketAnswer};
use crate::domain::policy::{Cap, Clause, Facts, Outcome, RuleExplanation, SourcedTerms, Terms, Verdict};
use crate::domain::target::Target;
use crate::domain::text::{Untrusted, visible};
use crate::domain::tier::{Gate, Tier};
use crate::domain::time::in_whole_seconds;
use crate::report::{Report, Result};

/// Try the policy on a target: which rule decides, why, and what it would ask; nothing is recorded
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// The moment to ask about: RFC 3339, or HH:MM of today; now otherwise
    #[arg(long, value_name = "TIME", value_parser = At::parse)]
    at: Option<At>,
    /// A reason to check; it is not recorded
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// A ticket to check; it is not recorded
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The answer.
#[derive(Serialize)]
struct Answer {
    target: String,
    account_name: Option<String>,
    at: String,
    policy: IdentityReport,
    tier: Tier,
    decided_by: Vec<String>,
    rules: Vec<RuleReport>,
    asks: TermsReport,
    caps: Vec<CapReport>,
    on_call: Option<OnCallReport>,
    unknown: Vec<&'static str>,
    notes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<CheckReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<CheckReport>,
}

/// A rule and what it has to do with the target.
#[derive(Serialize)]
struct RuleReport {
    rule: String,
    outcome: &'static str,
    why: Vec<String>,
}

/// A cap and which elevations it counts.
#[derive(Serialize)]
struct CapReport {
    total_seconds: i64,
    window_seconds: i64,
    counts: String,
}

/// Whether a text would be taken.
#[derive(Serialize)]
struct CheckReport {
    passes: bool,
    why: Option<String>,
}

impl CheckReport {
    fn of<T, E: ToString>(checked: Result<T, E>) -> Self {
        let why = checked.err().map(|why| why.to_string());
        CheckReport { passes: why.is_none(), why }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<()> {
    let (target, account_name) = find(&args.target, context)?;
    let now = context.ports.clock.now().wall;
    let at = args.at.map_or(now, |at| at.moment(now, &context.environment.time_zone()));
    let facts = Facts {
        account: &target.account,
        account_name: account_name.as_ref().map(Untrusted::raw),
        role: &target.role,
        at,
    };
    let (verdict, explanations) = (context.policy.judge(facts), context.policy.explain(facts));
    let sourced = context.policy.sourced_verdict(&verdict);
    let terms = verdict.terms();
    let mut asked = context.policy.rules().zip(&explanations);
    let misses_tags = asked.any(|(rule, said)| said.outcome == Outcome::MayMatch && !rule.matcher.tags.is_empty())
        && context.policy.tags_of(&target.account).is_none();
    let answer = Answer {
        target: target.to_string(),
        account_name: account_name.as_ref().map(Untrusted::visible),
        at: in_whole_seconds(at),
        policy: IdentityReport::of(verdict.policy()),
        tier: verdict.tier(),
        decided_by: verdict.rules().iter().map(ToString::to_string).collect(),
        rules: explanations.iter().map(rule_report).collect(),
        asks: sourced.as_ref().map_or_else(|| strictest(terms), report),
        caps: terms.caps.iter().map(cap_report).collect(),
        on_call: (terms.gate == Gate::OnCall).then(|| OnCallReport::of(&terms.rotas, at, context)),
        unknown: unknown(account_name.is_none(), misses_tags),
        notes: notes(terms),
        reason: args
            .reason
            .as_ref()
            .map(|text| CheckReport::of(Reason::parse_under(text, terms.min_reason, &terms.denied_reasons))),
        ticket: args.ticket.as_ref().map(|text| CheckReport::of(TicketAnswer::parse(Some(text), false, terms))),
    };
    output::stdout(&if args.json { json(&answer) } else { text(&answer, &explanations, &verdict, sourced.as_ref()) })
}

/// The target with its account's name, where a session that is configured lists it.
fn find(target: &TargetArgs, context: &Context) -> Result<(Target, Option<Untrusted>)> {
    if !target.name_a_target() {
        return Err(Report::usage("no target is named").hint("daypass policy test ACCOUNT/ROLE"));
    }
    let resolved = target.resolve(context)?;
    // Without a session nothing can be listed, and the policy can be tried all the same.
    if context.sessions.is_empty() {
        return Ok((resolved.target, None));
    }
    let catalog = context.ports.state.catalog(&context.session_for(&resolved)?.key());
    let name = catalog.account(&resolved.target.account).map(|account| account.name.clone());
    Ok((resolved.target, name))
}

fn rule_report(said: &RuleExplanation) -> RuleReport {
    RuleReport { rule: said.rule.to_string(), outcome: said.outcome.word(), why: said.why.clone() }
}

fn cap_report(cap: &Cap) -> CapReport {
    CapReport {
        total_seconds: cap.total.as_secs(),
        window_seconds: cap.window.as_secs(),
        counts: cap.owner.to_string(),
    }
}

/// The terms where several rules could count, and no value comes from one place.
fn strictest(terms: &Terms) -> TermsReport {
    Clause::ALL.into_iter().map(|clause| (clause.key(), TermReport::new(terms.value(clause), None))).collect()
}

/// The facts that are missing.
fn unknown(misses_name: bool, misses_tags: bool) -> Vec<&'static str> {
    let name = "the account has not been listed, so its name is not known; `daypass roles` lists it";
    let tags = "the settings have no tags for the account, so they are not known";
    [misses_name.then_some(name), misses_tags.then_some(tags)].into_iter().flatten().collect()
}

/// What no single term says.
fn notes(terms: &Terms) -> Vec<String> {
    let mut notes = Vec::new();
    if terms.approvers.is_some() {
        notes.push("approval is not there yet: an elevation is refused".to_owned());
    }
    notes.extend(
        terms.caps.iter().map(|cap| format!("the cap {cap} counts elevations of {} on this device", cap.owner)),
    );
    notes
}

fn text(
    answer: &Answer,
    explanations: &[RuleExplanation],
    verdict: &Verdict,
    sourced: Option<&SourcedTerms>,
) -> String {
    let name = answer.account_name.as_ref().map(|name| format!(" · {name}")).unwrap_or_default();
    let identity = verdict.policy();
    let mut text = format!("{}{name} · at {}\n", answer.target, answer.at);
    text.push_str(&format!("{} · {}\n\n", shown_path(identity), identity.digest));
    for said in explanations {
        text.push_str(&format!("{}: {}\n", said.rule, said.outcome.words()));
        said.why.iter().for_each(|why| text.push_str(&format!("  {why}\n")));
    }
    text.push_str(&format!("\ntier {}, by {}\n", answer.tier.word(), verdict.rule()));
    match sourced {
        Some(sourced) => text.push_str(&sourced_lines(sourced, "  ")),
        None => {
            text.push_str("  the strictest of each counts, because not all that they ask for is known\n");
            let terms = verdict.terms();
            text.push_str(&lines(Clause::ALL.into_iter().map(|clause| (clause, terms.value(clause), None)), "  "));
        }
    }
    if let Some(on_call) = &answer.on_call {
        text.push_str(&format!("\n{}", on_call.words()));
    }
    for said in answer.unknown.iter().map(|said| (*said).to_owned()).chain(answer.notes.iter().cloned()) {
        text.push_str(&format!("\n{said}\n"));
    }
    for (what, check) in [("reason", &answer.reason), ("ticket", &answer.ticket)] {
        if let Some(check) = check {
            let outcome =
                check.why.as_ref().map_or_else(|| "passes".to_owned(), |why| format!("refused: {}", visible(why)));
            text.push_str(&format!("\n{what}: {outcome}\n"));
        }
    }
    text
}
