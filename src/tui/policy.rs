//! The policy's verdicts, as the TUI shows them. No other file of the TUI but the executor asks the policy.

use std::sync::Arc;

use crate::domain::catalog::{Account, Catalog};
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::policy::{Facts, Policy, Verdict};
use crate::domain::target::Target;
use crate::domain::time::Now;

#[derive(Clone)]
pub(crate) struct TuiPolicy(Arc<Policy>);

impl TuiPolicy {
    pub(crate) fn new(policy: Arc<Policy>) -> Self {
        TuiPolicy(policy)
    }

    /// Whether it is this policy.
    pub(crate) fn is(&self, policy: &Policy) -> bool {
        self.0.identity() == policy.identity()
    }

    /// The tags of `account`, safe to show.
    pub(crate) fn shown_tags(&self, account: &AccountId) -> Vec<String> {
        self.0.shown_tags(account)
    }

    /// The verdict on a listed role.
    pub(crate) fn verdict(&self, account: &Account, role: &RoleName, now: Now) -> Verdict {
        let account_name = Some(account.name.raw());
        self.0.judge(Facts { account: &account.id, account_name, role, at: now.wall })
    }

    /// The verdict on a target, whether or not `catalog` lists its account.
    pub(crate) fn verdict_on_target(&self, catalog: &Catalog, target: &Target, now: Now) -> Verdict {
        self.0.judge_target(catalog, target, now.wall)
    }
}
