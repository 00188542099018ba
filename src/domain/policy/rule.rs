//! One rule of a policy: which targets it is for, and what it says about them.

use jiff::SignedDuration;

use super::cap::Cap;
use super::matcher::Matcher;
use super::pattern::Pattern;
use super::rule_id::RuleId;
use super::terms::{Mode, OnEnd, Terms, TicketNeed};
use crate::domain::tier::{Gate, Tier};

/// One rule. The first that matches a target decides everything about it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name in verdicts and records.
    pub id: RuleId,
    /// Which targets it is for.
    pub matcher: Matcher,
    /// The class of the role; by the role's name where it says none.
    pub tier: Option<Tier>,
    /// What it asks; what it leaves out is the tier's.
    pub clauses: Clauses,
}

/// What a rule, or the defaults of a tier, say about the fields of [`Terms`] of the same names; everything may be left out.
#[derive(Debug, Clone, Default)]
pub struct Clauses {
    /// What is asked.
    pub gate: Option<Gate>,
    /// How credentials are got.
    pub mode: Option<Mode>,
    /// How long without further word.
    pub default_duration: Option<SignedDuration>,
    /// How long at most.
    pub max_duration: Option<SignedDuration>,
    /// How long together.
    pub cap: Option<Cap>,
    /// How long a reason.
    pub min_reason: Option<usize>,
    /// What reasons are refused.
    pub denied_reasons: Option<Vec<Pattern>>,
    /// Whether a ticket.
    pub ticket: Option<TicketNeed>,
    /// What kind of ticket.
    pub ticket_pattern: Option<Pattern>,
    /// Which rota.
    pub rota: Option<String>,
    /// What to heed.
    pub warning: Option<String>,
    /// Where alerts go.
    pub alerts: Option<Vec<String>>,
    /// Who is told.
    pub notify: Option<Vec<String>>,
    /// Who may approve.
    pub approvers: Option<Vec<String>>,
    /// Whether without a terminal.
    pub unattended: Option<bool>,
    /// What becomes of started programs.
    pub on_end: Option<OnEnd>,
}

impl Clauses {
    /// What they ask of a role of `tier`: these, completed by `defaults` and within the floors.
    pub fn terms(&self, tier: Tier, defaults: &Terms) -> Terms {
        self.completed(tier, defaults).within_floors()
    }

    /// These, completed by `defaults`.
    pub(super) fn completed(&self, tier: Tier, defaults: &Terms) -> Terms {
        let Clauses {
            gate,
            mode,
            default_duration,
            max_duration,
            cap,
            min_reason,
            denied_reasons,
            ticket,
            ticket_pattern,
            rota,
            warning,
            alerts,
            notify,
            approvers,
            unattended,
            on_end,
        } = self.clone();
        let or = |own: Option<_>, default: &Vec<_>| own.map_or_else(|| default.clone(), |own| vec![own]);
        Terms {
            tier,
            gate: gate.unwrap_or(defaults.gate),
            mode: mode.unwrap_or_else(|| defaults.mode.clone()),
            default_duration: default_duration.unwrap_or(defaults.default_duration),
            max_duration: max_duration.unwrap_or(defaults.max_duration),
            caps: cap.map_or_else(|| defaults.caps.clone(), |own| vec![own]),
            min_reason: min_reason.unwrap_or(defaults.min_reason),
            denied_reasons: denied_reasons.unwrap_or_else(|| defaults.denied_reasons.clone()),
            ticket: ticket.unwrap_or(defaults.ticket),
            ticket_patterns: ticket_pattern.map_or_else(|| defaults.ticket_patterns.clone(), |own| vec![own]),
            rotas: or(rota, &defaults.rotas),
            warnings: or(warning, &defaults.warnings),
            alerts: alerts.unwrap_or_else(|| defaults.alerts.clone()),
            notify: notify.unwrap_or_else(|| defaults.notify.clone()),
            approvers: approvers.or_else(|| defaults.approvers.clone()),
            unattended: unattended.unwrap_or(defaults.unattended),
            on_end: on_end.unwrap_or(defaults.on_end),
        }
    }
}
