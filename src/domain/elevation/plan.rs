//! What an elevation will ask, tell and last, as it is shown before it begins.

use jiff::SignedDuration;

use super::approved::ApprovedElevation;
use super::review::Refusal;
use super::ticket::TicketAnswer;
use crate::domain::policy::{Mode, OnEnd, Verdict};
use crate::domain::target::Target;
use crate::domain::text::visible;
use crate::domain::tier::Gate;

/// One target of an elevation that is about to begin, or that is refused.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The target.
    pub target: &'a Target,
    /// The account's name, where it was listed.
    pub account_name: Option<&'a str>,
    /// What the policy says.
    pub verdict: &'a Verdict,
    /// What the review said.
    pub reviewed: &'a Result<ApprovedElevation, Refusal>,
    /// How much of each cap is left.
    pub left: Vec<SignedDuration>,
}

impl Plan<'_> {
    /// The account and role.
    pub fn heading(&self) -> String {
        let name = self.account_name.map(visible);
        match name {
            Some(name) => format!("{name} / {} ({})", self.target.role, self.target.account),
            None => self.target.to_string(),
        }
    }

    /// What there is to know, each with what it is about.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = rule_lines(self.verdict);
        match self.reviewed {
            Ok(approved) => {
                lines.push(("lasts", duration_words(self.verdict, approved.duration(), approved.is_drill())));
                lines.push(("reason", approved.reason().to_string()));
                lines.extend(ticket_words(approved.ticket()).map(|words| ("ticket", words)));
            }
            Err(refusal) => lines.push(("refused", refusal.to_string())),
        }
        lines.extend(told_lines(self.verdict, &self.left));
        lines
    }
}

/// What decides, and what the policy warns of; each with what it is about.
pub fn rule_lines(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let terms = verdict.terms();
    let mut lines = vec![("rule", format!("{} · {} · {}", verdict.rule(), terms.tier, gate_words(terms.gate)))];
    lines.extend(terms.warnings.iter().map(|warning| ("WARNING", visible(warning))));
    lines
}

/// How much of each cap is left, and who is told; each with what it is about.
pub fn told_lines(verdict: &Verdict, left: &[SignedDuration]) -> Vec<(&'static str, String)> {
    let terms = verdict.terms();
    let caps = terms.caps.iter().zip(left);
    let mut lines: Vec<_> =
        caps.map(|(cap, left)| ("cap", format!("{left:#} of {cap} is left on this device"))).collect();
    if !terms.alerts.is_empty() {
        lines.push(("alerts", list(&terms.alerts)));
    }
    if !terms.notify.is_empty() {
        lines.push(("notified", list(&terms.notify)));
    }
    if terms.on_end == OnEnd::Terminate {
        lines.push(("at end", "programs and shells that daypass started with it are ended".to_owned()));
    }
    lines
}

/// When an elevation of this length ends here and at AWS.
pub fn duration_words(verdict: &Verdict, ours: SignedDuration, is_drill: bool) -> String {
    match (&verdict.terms().mode, is_drill) {
        (_, true) => format!("{ours:#}; a drill: AWS is not asked"),
        (Mode::Direct, false) => {
            format!("{ours:#} here, then our copy is deleted; AWS's own end is the permission set's")
        }
        (Mode::Chained(_), false) => format!("{ours:#}, at AWS too where that is 15 minutes or more"),
    }
}

fn gate_words(gate: Gate) -> &'static str {
    match gate {
        Gate::None => "no gate",
        Gate::OnCall => "for those on call",
        Gate::BreakGlass => "break-glass",
    }
}

fn ticket_words(answer: &TicketAnswer) -> Option<String> {
    match answer {
        TicketAnswer::Given(ticket) => Some(ticket.to_string()),
        TicketAnswer::NoTicket => Some("none, which is recorded".to_owned()),
        TicketAnswer::Unsaid => None,
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| visible(name)).collect::<Vec<_>>().join(", ")
}
