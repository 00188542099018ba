//! What a person at the terminal is asked before an elevation begins: the reason, the ticket, and to confirm it by typing.

use std::time::Duration;

use super::ask::{ask_for_reason, ask_for_ticket};
use super::context::Context;
use super::elevation_args::ElevationArgs;
use super::output::{is_attended, stderr};
use crate::domain::catalog::Catalog;
use crate::domain::elevation::{Confirmation, ConfirmationPhrase, Draft, Plan, Refusal, TicketAnswer};
use crate::domain::on_call::Admission;
use crate::domain::policy::Verdict;
use crate::domain::source::Source;
use crate::domain::tier::Gate;
use crate::error::{Error, Result};
use crate::flows::admission::{admission, user_of};
use crate::flows::elevation::{outlook, record_refused, review_draft};
use crate::runtime;

/// For how long rotas are asked for what is only shown.
const ROTAS_WITHIN: Duration = Duration::from_secs(2);

/// A target that is to be elevated, with what is known of it.
pub(super) struct Elevating {
    source: Source,
    account_name: Option<String>,
    pub(super) verdict: Verdict,
}

impl Elevating {
    /// What the policy in force says about `source` now.
    pub(super) fn judged(context: &Context, source: Source) -> Self {
        let catalog: Catalog = context.ports.state.catalog(&source.session().key());
        let verdict = context.policy.judge_target(&catalog, source.target(), context.ports.clock.now().wall);
        let account_name = catalog.account(&source.target().account).map(|account| account.name.raw().to_owned());
        Elevating { source, account_name, verdict }
    }

    /// Where its credentials come from.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// The account, by its name where that was listed, and the role.
    pub(super) fn described(&self) -> String {
        let account = self.account_name.as_deref().map(crate::domain::text::visible);
        format!(
            "{} / {}",
            account.unwrap_or_else(|| self.source.target().account.to_string()),
            self.source.target().role
        )
    }

    /// What there is to know beforehand of an elevation by `draft`, as lines of text; and why it is refused, where it is.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(super) fn plan(&self, context: &Context, draft: &Draft) -> Result<(String, Option<Refusal>)> {
        let reviewed = review_draft(&context.ports, &self.source, &self.verdict, draft)?;
        let (admission, zone) = (self.admission(context), context.environment.time_zone());
        let outlook = outlook(&context.ports, &self.source, &self.verdict, admission, zone)?;
        let (target, account_name) = (self.source.target(), self.account_name.as_deref());
        let plan = Plan { target, account_name, verdict: &self.verdict, reviewed: &reviewed, outlook };
        let lines = plan.lines().into_iter().map(|(about, what)| format!("  {about:<9} {what}"));
        let text = std::iter::once(plan.heading()).chain(lines).collect::<Vec<_>>().join("\n");
        Ok((text, reviewed.err()))
    }

    /// Whether the gate is open to the person already, where the rotas tell in time.
    fn admission(&self, context: &Context) -> Admission {
        let (ports, verdict) = (&context.ports, &self.verdict);
        if verdict.gate() != Gate::OnCall {
            return Admission::NotAsked;
        }
        let user = user_of(ports, &self.source);
        let admission = admission(ports, &context.policy, verdict, user.as_ref(), ROTAS_WITHIN);
        runtime::run(&ports.tasks, async { Ok::<_, Error>(admission.await) }).unwrap_or(Admission::NotAsked)
    }
}

/// The elevation of `targets` that a person, or the command line where the policy allows that, confirms. What is missing is
/// asked for at a terminal. `draft` makes it of a reason.
///
/// # Errors
/// Nobody confirmed it, or the policy refuses it for one of the targets.
pub(super) fn confirmed(
    context: &Context,
    targets: &[Elevating],
    args: &ElevationArgs,
    draft: impl Fn(&str) -> Draft,
) -> Result<Draft> {
    let Some(first) = targets.first() else { return Err(Error::NotConfirmed) };
    let may_ask = is_attended() && !args.say_yes();
    let mut draft = match args.reason() {
        Some(reason) => draft(reason),
        None if may_ask => {
            let strictest = targets.iter().max_by_key(|target| target.verdict.min_reason()).unwrap_or(first);
            let reason = ask_for_reason(&strictest.described(), strictest.verdict.terms(), &phrase_for(targets))?;
            draft(reason.ok_or(Error::NotConfirmed)?.as_str())
        }
        None => return Err(needed(first)),
    };
    if may_ask {
        for target in targets {
            if missing_ticket(&draft, &target.verdict) {
                ask_for_ticket(&target.described(), target.verdict.terms(), &mut draft)?;
            }
        }
    }
    // Judged as it will be once it is confirmed.
    let confirmation = if may_ask { Some(Confirmation::Typed) } else { draft.confirmation };
    let to_confirm = Draft { confirmation, ..draft.clone() };
    for target in targets {
        let (plan, refusal) = target.plan(context, &to_confirm)?;
        if let Some(refusal) = refusal {
            if !refusal.is_of_what_was_written() {
                record_refused(&context.ports, &target.source, &target.verdict, refusal.to_string());
            }
            return Err(refusal.into());
        }
        if may_ask {
            stderr(&plan);
        }
    }
    if may_ask && !(context.confirm)(context, phrase_for(targets))? {
        return Err(Error::NotConfirmed);
    }
    Ok(to_confirm)
}

fn phrase_for(targets: &[Elevating]) -> ConfirmationPhrase {
    let accounts = targets.iter().map(|target| (target.source.target().account.clone(), target.account_name.clone()));
    ConfirmationPhrase::of(&accounts.collect::<Vec<_>>())
}

fn needed(target: &Elevating) -> Error {
    Error::ReasonRequired { target: target.source.target().clone(), tier: target.verdict.tier(), lacking: None }
}

/// Whether the policy asks for a word about a ticket and nothing was said.
fn missing_ticket(draft: &Draft, verdict: &Verdict) -> bool {
    let said = draft.ticket.as_deref().is_some_and(|ticket| !ticket.trim().is_empty()) || draft.no_ticket;
    !draft.drill && !said && TicketAnswer::parse(None, false, verdict.terms()).is_err()
}
