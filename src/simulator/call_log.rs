//! The calls that arrived, in order and counted.

use std::collections::{BTreeMap, VecDeque};

use super::assume_role::AssumeRoleCall;
use super::clock::Millis;
use super::operation::{Grant, Operation};

/// One call, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The operation called.
    pub operation: Operation,
    /// When it arrived: milliseconds since 1970 by the simulator's clock.
    pub at_ms: i64,
    /// The grant of a `CreateToken`.
    pub grant: Option<Grant>,
    /// The `account_id` parameter, where the operation has one.
    pub account_id: Option<String>,
    /// What an `AssumeRole` sent.
    pub assume_role: Option<AssumeRoleCall>,
    /// The HTTP status of the response; `None` until there is one.
    pub status: Option<u16>,
}

/// How many calls arrived, whether a response was sent or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    operations: BTreeMap<Operation, usize>,
    grants: BTreeMap<Grant, usize>,
}

impl Counts {
    /// Calls of `operation`.
    pub fn of(&self, operation: Operation) -> usize {
        self.operations.get(&operation).copied().unwrap_or(0)
    }

    /// `CreateToken` calls with `grant`.
    pub fn grant(&self, grant: Grant) -> usize {
        self.grants.get(&grant).copied().unwrap_or(0)
    }

    /// All calls.
    pub fn total(&self) -> usize {
        self.operations.values().sum()
    }
}

/// Calls kept in the log; a simulator that runs for days forgets older ones, but counts them.
const KEPT: usize = 65_536;

/// The calls so far and their counts.
#[derive(Default)]
pub(super) struct CallLog {
    counts: Counts,
    kept: VecDeque<Call>,
    forgotten: usize,
}

impl CallLog {
    /// Records a call that just arrived and returns its number, for [`Self::set_status`].
    pub(super) fn record(
        &mut self,
        operation: Operation,
        at: Millis,
        grant: Option<Grant>,
        account: Option<&str>,
        assume_role: Option<AssumeRoleCall>,
    ) -> usize {
        *self.counts.operations.entry(operation).or_default() += 1;
        if let Some(grant) = grant {
            *self.counts.grants.entry(grant).or_default() += 1;
        }
        if self.kept.len() == KEPT {
            self.kept.pop_front();
            self.forgotten += 1;
        }
        let account_id = account.map(str::to_owned);
        self.kept.push_back(Call { operation, at_ms: at, grant, account_id, assume_role, status: None });
        self.forgotten + self.kept.len() - 1
    }

    /// Records the status of call `number`'s response.
    pub(super) fn set_status(&mut self, number: usize, status: u16) {
        let index = number.checked_sub(self.forgotten);
        if let Some(call) = index.and_then(|index| self.kept.get_mut(index)) {
            call.status = Some(status);
        }
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = &Call> {
        self.kept.iter()
    }

    /// Forgets the calls and their counts.
    pub(super) fn reset(&mut self) {
        self.forgotten += self.kept.len();
        self.kept.clear();
        self.counts = Counts::default();
    }
}
