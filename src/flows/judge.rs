//! The policy's verdict on a source, with what is known of its account.

use crate::domain::policy::{Facts, Policy, Verdict};
use crate::domain::source::Source;
use crate::ports::Ports;

/// The verdict on `source`, with the account's name where the session has listed it. Reads the catalog.
pub fn judge(ports: &Ports, policy: &Policy, source: &Source) -> Verdict {
    let catalog = ports.state.catalog(&source.session().key());
    policy.judge_target(&catalog, source.target(), ports.clock.now().wall)
}

/// The verdict on `source` from its ids alone, which is at least as strict as [`judge`]'s. Reads nothing.
pub fn judge_by_ids(ports: &Ports, policy: &Policy, source: &Source) -> Verdict {
    let target = source.target();
    let at = ports.clock.now().wall;
    policy.judge(Facts { account: &target.account, account_name: None, role: &target.role, at })
}
