//! The audit log's own rules: what is recorded, the form of a line, the chain of lines and the statements about it.
//!
//! [`Event`] is what the use cases record, [`LogEvent`] what the log says about itself. A [`Line`] is either of them with an
//! envelope, in canonical form; a [`Chain`] links lines and keeps the tree over them; a [`Checkpoint`] states its head.

mod chain;
mod chain_id;
mod checkpoint;
mod event;
mod head;
mod key;
mod line;
mod log_event;
#[cfg(test)]
mod tests;
mod tree;

pub use self::chain::{BrokenChain, Chain};
pub use self::chain_id::ChainId;
pub use self::checkpoint::{Checkpoint, VerifierKey};
pub use self::event::{
    Access, CallRecord, Ended, Event, Failed, GivenCredentials, Granted, Intent, Issued, Mode, Refused, Subject,
    Verification, Warned,
};
pub use self::head::Head;
pub use self::key::{KeptLog, LogKey};
pub use self::line::{AnyEvent, Envelope, InvalidLine, LONGEST, Line, Origin, Writer};
pub use self::log_event::{Discontinued, LogEvent, Previous, Recovered};
pub use self::tree::{Frontier, TreeHash};

use super::ids::SessionName;
use super::policy::{CapOwner, RuleName, Verdict};
use super::source::Source;
use super::target::Target;
use super::text::visible;

impl Subject {
    /// The account and role.
    pub fn target(&self) -> Target {
        Target { account: self.access.account.clone(), role: self.access.role.clone() }
    }

    /// Whether it is about `target` as it is reached through `session`.
    pub fn is_of(&self, session: &SessionName, target: &Target) -> bool {
        self.access.session == *session && self.target() == *target
    }

    /// The account and role in words, the account by its name where that was listed.
    pub fn described(&self) -> String {
        format!("{} / {}", self.access.account_shown(), self.access.role)
    }

    /// `INC-4711 · alice@acme.example · restore the ledger`, as far as it is known; safe to show.
    pub fn why_and_who(&self) -> String {
        let ticket = self.ticket.as_ref().map(ToString::to_string);
        let user = self.access.user.as_deref().map(visible);
        let parts: Vec<String> = ticket.into_iter().chain(user).chain([self.reason.to_string()]).collect();
        parts.join(" · ")
    }
}

impl Access {
    /// The account's name where it was listed, its id otherwise; safe to show.
    pub fn account_shown(&self) -> String {
        visible(self.account_name.as_deref().unwrap_or(self.account.as_str()))
    }

    /// Whether an elevation to it counts for a cap of this owner.
    pub fn counts_for(&self, owner: &CapOwner) -> bool {
        match owner {
            // One that is not named because there were too many may have been this one.
            CapOwner::Rule(_) if self.rules.len() > Access::MOST_RULES => true,
            CapOwner::Rule(id) => self.rules.contains(&RuleName::Team(id.clone()).to_string()),
            CapOwner::Tier(tier) => self.tier == *tier,
        }
    }

    /// The most rules that a record names: more than a policy has where one is unknown, and few enough for a line.
    const MOST_RULES: usize = 64;

    /// What records say of an access to `source` under `verdict`, with what AWS said of the person and the account.
    pub fn of(source: &Source, verdict: &Verdict, user: Option<String>, account_name: Option<String>) -> Self {
        let session = source.session();
        let mut rules: Vec<String> = verdict.rules().iter().take(Access::MOST_RULES).map(ToString::to_string).collect();
        let more = verdict.rules().len() - rules.len();
        rules.extend((more > 0).then(|| format!("{more} more")));
        Access {
            session: session.name.clone(),
            portal: session.start_url.host(),
            user,
            account: source.target().account.clone(),
            account_name,
            role: source.target().role.clone(),
            tier: verdict.tier(),
            gate: verdict.gate(),
            rules,
            policy_digest: verdict.policy().digest.to_string(),
            policy_path: verdict.policy().path.as_ref().map(|path| path.to_string_lossy().into_owned()),
        }
    }
}
