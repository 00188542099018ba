//! The ticket that an elevation is for, or the person's word that there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::policy::{Pattern, Terms, TicketNeed};
use crate::domain::secret_shapes::secret_in;
use crate::domain::text::{is_unsafe, visible};

/// The number or name of a ticket: 1 to 100 characters without spaces at its ends, safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ticket(String);

/// What a person says about a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketAnswer {
    /// Nothing.
    Unsaid,
    /// There is none.
    NoTicket,
    /// This one.
    Given(Ticket),
}

/// Why what was said about a ticket was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTicket {
    /// It is none.
    #[error("a ticket has 1 to {} characters that can be seen", Ticket::LIMIT)]
    NotOne,
    /// It is not what the policy asks for.
    #[error("the ticket does not match `{}`, as the policy asks", visible(.0))]
    NotLike(String),
    /// It seems to hold a secret, which a record would keep.
    #[error("the ticket seems to hold {0}, and tickets are recorded")]
    Secret(&'static str),
    /// The policy asks for one.
    #[error("the policy asks for a ticket")]
    Needed {
        /// Whether the word that there is none would do.
        or_none: bool,
    },
}

impl Ticket {
    /// The most characters.
    pub const LIMIT: usize = 100;

    /// Takes `text` as a ticket that all of `patterns` match.
    pub fn parse(text: &str, patterns: &[Pattern]) -> Result<Self, InvalidTicket> {
        let ticket = Ticket::try_from(text.trim().to_owned())?;
        if let Some(secret) = secret_in(ticket.as_str()) {
            return Err(InvalidTicket::Secret(secret));
        }
        match patterns.iter().find(|pattern| !pattern.matches(ticket.as_str())) {
            Some(pattern) => Err(InvalidTicket::NotLike(pattern.as_str().to_owned())),
            None => Ok(ticket),
        }
    }

    /// The ticket as text, safe to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TicketAnswer {
    /// What `ticket` and `is_none` say, where `terms` take it.
    pub fn parse(ticket: Option<&str>, is_none: bool, terms: &Terms) -> Result<Self, InvalidTicket> {
        match (named(ticket), terms.ticket) {
            (Some(ticket), _) => Ticket::parse(ticket, &terms.ticket_patterns).map(TicketAnswer::Given),
            (None, TicketNeed::Required) => Err(InvalidTicket::Needed { or_none: false }),
            (None, TicketNeed::OrNone) if !is_none => Err(InvalidTicket::Needed { or_none: true }),
            (None, _) if is_none => Ok(TicketAnswer::NoTicket),
            (None, _) => Ok(TicketAnswer::Unsaid),
        }
    }

    /// The same for a drill, which needs no incident: where no ticket is named, there is none.
    pub fn parse_for_drill(ticket: Option<&str>, terms: &Terms) -> Result<Self, InvalidTicket> {
        match named(ticket) {
            Some(ticket) => Ticket::parse(ticket, &terms.ticket_patterns).map(TicketAnswer::Given),
            None => Ok(TicketAnswer::NoTicket),
        }
    }

    /// The ticket, where there is one.
    pub fn ticket(&self) -> Option<&Ticket> {
        match self {
            TicketAnswer::Given(ticket) => Some(ticket),
            TicketAnswer::Unsaid | TicketAnswer::NoTicket => None,
        }
    }
}

/// The empty text names no ticket.
fn named(ticket: Option<&str>) -> Option<&str> {
    ticket.map(str::trim).filter(|ticket| !ticket.is_empty())
}

/// A ticket as it was kept: whether it holds a secret was judged where somebody wrote it.
impl TryFrom<String> for Ticket {
    type Error = InvalidTicket;

    fn try_from(text: String) -> Result<Self, InvalidTicket> {
        let is_one = (1..=Ticket::LIMIT).contains(&text.chars().count()) && !text.chars().any(is_unsafe);
        if is_one { Ok(Ticket(text)) } else { Err(InvalidTicket::NotOne) }
    }
}

impl From<Ticket> for String {
    fn from(ticket: Ticket) -> String {
        ticket.0
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::TierDefaults;
    use crate::domain::tier::Tier;

    fn terms(ticket: TicketNeed, pattern: Option<&str>) -> Terms {
        let mut terms = Terms::clone(TierDefaults::built_in(&[]).of(Tier::Admin));
        terms.ticket = ticket;
        terms.ticket_patterns = pattern.map(|text| Pattern::whole(text).unwrap()).into_iter().collect();
        terms
    }

    #[test]
    fn each_need_takes_what_it_says() {
        let needed = |or_none| Err(InvalidTicket::Needed { or_none });
        let given = |text: &str| Ok(TicketAnswer::Given(Ticket(text.to_owned())));
        let table = [
            (TicketNeed::Optional, None, false, Ok(TicketAnswer::Unsaid)),
            (TicketNeed::Optional, None, true, Ok(TicketAnswer::NoTicket)),
            (TicketNeed::Optional, Some(" INC-1 "), false, given("INC-1")),
            (TicketNeed::OrNone, None, false, needed(true)),
            (TicketNeed::OrNone, Some(" "), false, needed(true)),
            (TicketNeed::OrNone, None, true, Ok(TicketAnswer::NoTicket)),
            (TicketNeed::Required, None, true, needed(false)),
            (TicketNeed::Required, Some("INC-1"), false, given("INC-1")),
        ];
        for (need, ticket, is_none, expected) in table {
            assert_eq!(
                TicketAnswer::parse(ticket, is_none, &terms(need, None)),
                expected,
                "{need:?} {ticket:?} {is_none}"
            );
        }
    }

    #[test]
    fn a_drill_needs_no_ticket_and_one_that_is_named_is_one() {
        let inc = terms(TicketNeed::Required, Some("INC-[0-9]+"));
        let parsed = |ticket| TicketAnswer::parse_for_drill(ticket, &inc);
        for unnamed in [None, Some(""), Some(" ")] {
            assert_eq!(parsed(unnamed), Ok(TicketAnswer::NoTicket));
        }
        assert_eq!(parsed(Some(" INC-1 ")), Ok(TicketAnswer::Given(Ticket("INC-1".to_owned()))));
        assert_eq!(parsed(Some("CHG-1")), Err(InvalidTicket::NotLike("INC-[0-9]+".to_owned())));
    }

    #[test]
    fn a_ticket_is_like_the_policy_says_and_no_secret() {
        let inc = terms(TicketNeed::Required, Some("INC-[0-9]+"));
        let refused = |text: &str| TicketAnswer::parse(Some(text), false, &inc).unwrap_err();
        assert_eq!(refused("CHG-1").to_string(), "the ticket does not match `INC-[0-9]+`, as the policy asks");
        assert_eq!(refused("INC-1 x"), InvalidTicket::NotLike("INC-[0-9]+".to_owned()));
        assert_eq!(refused("INC-1\u{200b}"), InvalidTicket::NotOne);
        assert_eq!(refused(&"9".repeat(101)), InvalidTicket::NotOne);
        assert_eq!(refused(&["AKIA", "IOSFODNN7EXAMPLE"].concat()), InvalidTicket::Secret("an AWS access key"));
        let again: Ticket = serde_json::from_str("\"INC-4711\"").unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), "\"INC-4711\"");
        let kept = |text: &str| Ticket::try_from(text.to_owned());
        assert!(kept(&["AKIA", "IOSFODNN7EXAMPLE"].concat()).is_ok(), "it is not judged again");
        assert!(["", "INC-1\u{200b}", &"9".repeat(101)].into_iter().all(|text| kept(text).is_err()));
    }
}
