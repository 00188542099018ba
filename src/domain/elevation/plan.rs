//! What an elevation will ask, tell and last, as a command shows it before it begins.

use super::approved::ApprovedElevation;
use super::outlook::{Beginning, Fact, Outlook};
use super::review::Refusal;
use super::ticket::TicketAnswer;
use crate::domain::policy::Verdict;
use crate::domain::target::Target;
use crate::domain::text::visible;

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
    /// What is known beforehand.
    pub outlook: Outlook,
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
    pub fn lines(&self) -> Vec<Fact> {
        let mut lines = self.outlook.rule_facts(self.verdict);
        match self.reviewed {
            Ok(approved) => {
                let beginning = Beginning::of(approved.is_drill(), approved.extends());
                lines.extend(self.outlook.end_facts(self.verdict, approved.duration(), beginning));
                lines.push(("reason", approved.reason().to_string()));
                lines.extend(ticket_words(approved.ticket()).map(|words| ("ticket", words)));
            }
            Err(refusal) => lines.push(("refused", refusal.to_string())),
        }
        lines.extend(self.outlook.told_facts(self.verdict));
        lines
    }
}

fn ticket_words(answer: &TicketAnswer) -> Option<String> {
    match answer {
        TicketAnswer::Given(ticket) => Some(ticket.to_string()),
        TicketAnswer::NoTicket => Some("none, which is recorded".to_owned()),
        TicketAnswer::Unsaid => None,
    }
}
