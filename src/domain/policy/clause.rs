//! The terms by their keys in a policy file, each with its value in a form to show.

use serde::Serialize;

use super::cap::Cap;
use super::pattern::Pattern;
use super::rule::Clauses;
use super::terms::{Mode, Terms};

/// One field of [`Terms`], by the key that sets it in a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clause {
    /// `gate`
    Gate,
    /// `mode`
    Mode,
    /// `assume`
    Assume,
    /// `default_duration`
    DefaultDuration,
    /// `max_duration`
    MaxDuration,
    /// `cap`
    Cap,
    /// `min_reason`
    MinReason,
    /// `reason_deny`
    ReasonDeny,
    /// `ticket`
    Ticket,
    /// `ticket_pattern`
    TicketPattern,
    /// `rota`
    Rota,
    /// `warning`
    Warning,
    /// `alerts`
    Alerts,
    /// `notify`
    Notify,
    /// `approvers`
    Approvers,
    /// `unattended`
    Unattended,
    /// `on_end`
    OnEnd,
}

impl Clause {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Clause; 17] = [
        Clause::Gate,
        Clause::Mode,
        Clause::Assume,
        Clause::DefaultDuration,
        Clause::MaxDuration,
        Clause::Cap,
        Clause::MinReason,
        Clause::ReasonDeny,
        Clause::Ticket,
        Clause::TicketPattern,
        Clause::Rota,
        Clause::Warning,
        Clause::Alerts,
        Clause::Notify,
        Clause::Approvers,
        Clause::Unattended,
        Clause::OnEnd,
    ];

    /// The key in a policy file.
    pub const fn key(self) -> &'static str {
        match self {
            Clause::Gate => "gate",
            Clause::Mode => "mode",
            Clause::Assume => "assume",
            Clause::DefaultDuration => "default_duration",
            Clause::MaxDuration => "max_duration",
            Clause::Cap => "cap",
            Clause::MinReason => "min_reason",
            Clause::ReasonDeny => "reason_deny",
            Clause::Ticket => "ticket",
            Clause::TicketPattern => "ticket_pattern",
            Clause::Rota => "rota",
            Clause::Warning => "warning",
            Clause::Alerts => "alerts",
            Clause::Notify => "notify",
            Clause::Approvers => "approvers",
            Clause::Unattended => "unattended",
            Clause::OnEnd => "on_end",
        }
    }

    /// Whether `clauses` say it.
    pub(super) fn is_in(self, clauses: &Clauses) -> bool {
        match self {
            Clause::Gate => clauses.gate.is_some(),
            Clause::Mode | Clause::Assume => clauses.mode.is_some(),
            Clause::DefaultDuration => clauses.default_duration.is_some(),
            Clause::MaxDuration => clauses.max_duration.is_some(),
            Clause::Cap => clauses.cap.is_some(),
            Clause::MinReason => clauses.min_reason.is_some(),
            Clause::ReasonDeny => clauses.denied_reasons.is_some(),
            Clause::Ticket => clauses.ticket.is_some(),
            Clause::TicketPattern => clauses.ticket_pattern.is_some(),
            Clause::Rota => clauses.rota.is_some(),
            Clause::Warning => clauses.warning.is_some(),
            Clause::Alerts => clauses.alerts.is_some(),
            Clause::Notify => clauses.notify.is_some(),
            Clause::Approvers => clauses.approvers.is_some(),
            Clause::Unattended => clauses.unattended.is_some(),
            Clause::OnEnd => clauses.on_end.is_some(),
        }
    }
}

/// What a term is, in the words of a policy file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TermValue {
    /// Nothing is asked.
    Unset,
    /// A word or a duration.
    Text(String),
    /// How many.
    Count(usize),
    /// Whether.
    Switch(bool),
    /// All of these.
    List(Vec<String>),
}

impl Terms {
    /// The value of one term.
    pub fn value(&self, clause: Clause) -> TermValue {
        let list = |items: &[String]| TermValue::List(items.to_vec());
        let patterns =
            |items: &[Pattern]| TermValue::List(items.iter().map(|pattern| pattern.as_str().to_owned()).collect());
        match clause {
            Clause::Gate => TermValue::Text(self.gate.word().to_owned()),
            Clause::Mode => TermValue::Text(self.mode.word().to_owned()),
            Clause::Assume => match &self.mode {
                Mode::Direct => TermValue::Unset,
                Mode::Chained(role) => TermValue::Text(role.clone()),
            },
            Clause::DefaultDuration => TermValue::Text(format!("{:#}", self.default_duration)),
            Clause::MaxDuration => TermValue::Text(format!("{:#}", self.max_duration)),
            Clause::Cap => TermValue::List(self.caps.iter().map(Cap::to_string).collect()),
            Clause::MinReason => TermValue::Count(self.min_reason),
            Clause::ReasonDeny => patterns(&self.denied_reasons),
            Clause::Ticket => TermValue::Text(self.ticket.word().to_owned()),
            Clause::TicketPattern => patterns(&self.ticket_patterns),
            Clause::Rota => list(&self.rotas),
            Clause::Warning => list(&self.warnings),
            Clause::Alerts => list(&self.alerts),
            Clause::Notify => list(&self.notify),
            Clause::Approvers => self.approvers.as_deref().map_or(TermValue::Unset, list),
            Clause::Unattended => TermValue::Switch(self.unattended),
            Clause::OnEnd => TermValue::Text(self.on_end.word().to_owned()),
        }
    }
}
