//! Arguments that ask for an elevation.

use jiff::SignedDuration;

use crate::domain::elevation::{Confirmation, Draft};
use crate::domain::text::visible;

/// What an elevation is asked for with.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct ElevationArgs {
    /// Why you need it, at least 10 characters, to be recorded; asked for by Admin targets, and by others where the
    /// policy says so
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    details: DetailArgs,
}

/// What is said beside the reason.
#[derive(Debug, Clone, Default, clap::Args)]
struct DetailArgs {
    /// The ticket or incident, as the policy asks for it
    #[arg(long, value_name = "ID")]
    ticket: Option<String>,
    /// Say that there is no ticket, which is recorded
    #[arg(long, conflicts_with = "ticket")]
    no_ticket: bool,
    /// How long, such as 15m or 1h; the policy's default where it is left out
    #[arg(long, value_name = "TIME", value_parser = duration)]
    duration: Option<SignedDuration>,
    /// Confirm without a terminal, where the policy allows that for the target
    #[arg(long)]
    yes: bool,
}

impl ElevationArgs {
    /// Whether an elevation is asked for; where the reason is missing, a person is asked for that.
    pub fn ask_for_one(&self) -> bool {
        let DetailArgs { ticket, no_ticket, duration, yes } = &self.details;
        self.reason.is_some() || ticket.is_some() || duration.is_some() || *no_ticket || *yes
    }

    /// The reason, where one was given.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether the command line itself confirms.
    pub fn say_yes(&self) -> bool {
        self.details.yes
    }

    /// The elevation that is asked for, with this reason and not confirmed by a person yet.
    pub fn draft(&self, reason: &str) -> Draft {
        let DetailArgs { ticket, no_ticket, duration, yes } = self.details.clone();
        let confirmation = yes.then_some(Confirmation::Unattended);
        Draft { ticket, no_ticket, duration, confirmation, ..Draft::unconfirmed(reason) }
    }
}

fn duration(text: &str) -> Result<SignedDuration, String> {
    let parsed: Result<SignedDuration, _> = text.parse();
    match parsed {
        Ok(duration) if duration.is_positive() => Ok(duration),
        _ => Err(format!("`{}` is no time such as 15m, 30m or 1h", visible(text))),
    }
}
