//! Asking the person at the terminal for a reason and a ticket.

use super::output::stderr;
use super::terminal_line::read_line;
use crate::domain::elevation::{ConfirmationPhrase, Draft, InvalidReason, Reason, TicketAnswer};
use crate::domain::policy::{Terms, TicketNeed};
use crate::domain::text::visible;
use crate::error::{Error, Result};

/// How often something is asked for where the answer before will not do.
const TRIES: usize = 3;

/// Asks for the reason that `terms` need for `what`; `None` where the person gives none. The elevation is confirmed by `phrase`
/// afterwards, which is no reason.
///
/// # Errors
/// None of the tries was a reason, or the terminal cannot be read.
pub(super) fn ask_for_reason(what: &str, terms: &Terms, phrase: &ConfirmationPhrase) -> Result<Option<Reason>> {
    let least = terms.min_reason;
    stderr(&format!("{what} asks for a reason (at least {least} characters)"));
    let mut read: Option<Reason> = None;
    let mut tries = 1;
    loop {
        let prompt = match &read {
            Some(reason) => format!("reason (↵ takes \"{reason}\"): "),
            None => "reason: ".to_owned(),
        };
        let Some(text) = typed(&prompt)? else { return Ok(None) };
        if text.is_empty() && read.is_some() {
            return Ok(read);
        }
        let reason = match phrase.is(&text) {
            true => Err(InvalidReason::Confirmation),
            false => Reason::parse_under(&text, least, &terms.denied_reasons),
        };
        match reason {
            Ok(reason) => read = Some(reason),
            Err(why) if tries == TRIES => return Err(Error::ElevationRefused(why.into())),
            Err(why) => {
                tries += 1;
                stderr(&why.to_string());
            }
        }
    }
}

/// Asks for the ticket that `terms` need for `what`, or for the word that there is none, and puts the answer into `draft`.
///
/// # Errors
/// None of the tries was a ticket, the person ended the input, or the terminal cannot be read.
pub(super) fn ask_for_ticket(what: &str, terms: &Terms, draft: &mut Draft) -> Result<()> {
    let may_be_none = terms.ticket == TicketNeed::OrNone;
    let like = terms.ticket_patterns.first().map(|pattern| format!(" like {}", visible(pattern.as_str())));
    stderr(&format!("{what} asks for a ticket{}", like.unwrap_or_default()));
    let prompt = if may_be_none { "ticket (`none`, which is recorded, if there is none): " } else { "ticket: " };
    for tries in 1..=TRIES {
        let Some(text) = typed(prompt)? else { break };
        let no_ticket = may_be_none && text.trim().eq_ignore_ascii_case("none");
        let ticket = Some(text).filter(|_| !no_ticket);
        match TicketAnswer::parse(ticket.as_deref(), no_ticket, terms) {
            Ok(_) => {
                (draft.ticket, draft.no_ticket) = (ticket, no_ticket);
                return Ok(());
            }
            Err(why) if tries == TRIES => return Err(Error::ElevationRefused(why.into())),
            Err(why) => stderr(&why.to_string()),
        }
    }
    Err(Error::NotConfirmed)
}

/// A line that was typed after `prompt` was shown. A paste may end a line, so that none of its lines alone decides: what was
/// read is shown and asked about, and the rest of the paste discarded.
fn typed(prompt: &str) -> Result<Option<String>> {
    read_line(prompt).map_err(|source| Error::System { action: "read the terminal", source })
}
