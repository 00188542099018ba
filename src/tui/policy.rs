//! What the TUI derives from the policy: a role's tier, whether it requires a reason, and whether a reason is valid.
//! No other file of the TUI but the executor reads the policy.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::domain::catalog::{Account, Catalog};
use crate::domain::elevation::{InvalidReason, Reason};
use crate::domain::ids::RoleName;
use crate::domain::policy::Policy;
use crate::domain::target::Target;
use crate::domain::text::Untrusted;
use crate::domain::tier::{Gate, Tier};

#[derive(Clone)]
pub(crate) struct TuiPolicy(Arc<Policy>);

impl TuiPolicy {
    pub(crate) fn new(policy: Arc<Policy>) -> Self {
        TuiPolicy(policy)
    }

    /// The tier of a listed role.
    pub(crate) fn tier(&self, account: &Account, role: &RoleName) -> Tier {
        self.0.tier_of(&account.id, Some(account.name.raw()), role)
    }

    /// The tier of a target, whether or not `catalog` lists its account.
    pub(crate) fn tier_of_target(&self, catalog: &Catalog, target: &Target) -> Tier {
        match catalog.account(&target.account) {
            Some(account) => self.tier(account, &target.role),
            None => {
                let unlisted =
                    Account { id: target.account.clone(), name: Untrusted::default(), email: Untrusted::default() };
                self.tier(&unlisted, &target.role)
            }
        }
    }

    pub(crate) fn requires_reason(&self, tier: Tier) -> bool {
        self.0.gate_of(tier) != Gate::None
    }

    pub(crate) fn parse_reason(&self, text: &str) -> Result<Reason, InvalidReason> {
        Reason::parse(text, self.min_reason())
    }

    /// The least number of characters of a reason.
    pub(crate) fn min_reason(&self) -> usize {
        self.0.min_reason()
    }

    /// How long credentials of a tier that requires a reason are handed out.
    pub(crate) fn max_elevation(&self) -> SignedDuration {
        self.0.admin_max()
    }
}
