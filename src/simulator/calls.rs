//! What was asked of the simulator: the operations, a log of calls, and counts.

use std::collections::{BTreeMap, VecDeque};

use super::clock::Millis;

/// An AWS operation that the simulator plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// SSO-OIDC `RegisterClient`.
    RegisterClient,
    /// SSO-OIDC `StartDeviceAuthorization`.
    StartDeviceAuthorization,
    /// SSO-OIDC `CreateToken`, with whatever grant.
    CreateToken,
    /// The browser's `GET /authorize` of the authorization-code flow.
    Authorize,
    /// Portal `ListAccounts`.
    ListAccounts,
    /// Portal `ListAccountRoles`.
    ListAccountRoles,
    /// Portal `GetRoleCredentials`.
    GetRoleCredentials,
    /// Portal `Logout`.
    Logout,
    /// STS `GetCallerIdentity`.
    GetCallerIdentity,
    /// STS `AssumeRole`.
    AssumeRole,
}

/// How an operation's answers and errors are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// REST-JSON with OAuth error members.
    Oidc,
    /// REST-JSON with a `message`.
    Portal,
    /// awsQuery: form in, XML out.
    Sts,
    /// HTML for a browser.
    Page,
}

impl Operation {
    /// The protocol this operation speaks.
    pub(super) fn protocol(self) -> Protocol {
        match self {
            Operation::RegisterClient | Operation::StartDeviceAuthorization | Operation::CreateToken => Protocol::Oidc,
            Operation::Authorize => Protocol::Page,
            Operation::ListAccounts
            | Operation::ListAccountRoles
            | Operation::GetRoleCredentials
            | Operation::Logout => Protocol::Portal,
            Operation::GetCallerIdentity | Operation::AssumeRole => Protocol::Sts,
        }
    }
}

/// What a `CreateToken` call offered in exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grant {
    /// A device code.
    DeviceCode,
    /// A code from the browser's redirect, with its PKCE verifier.
    AuthorizationCode,
    /// A refresh token.
    RefreshToken,
    /// Anything else, or an unreadable request.
    Other,
}

/// One call, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What was asked.
    pub operation: Operation,
    /// When it arrived: milliseconds since 1970 by the simulator's clock.
    pub at_ms: i64,
    /// The grant of a `CreateToken`.
    pub grant: Option<Grant>,
    /// The account that was asked about, where the operation names one.
    pub account_id: Option<String>,
    /// The HTTP status of the answer; `None` while there is none, or where none was given.
    pub status: Option<u16>,
}

/// How many calls arrived, answered or not.
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
    /// Notes a call that just arrived and returns its number, for [`Self::answered`].
    pub(super) fn arrived(
        &mut self,
        operation: Operation,
        at: Millis,
        grant: Option<Grant>,
        account: Option<&str>,
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
        self.kept.push_back(Call { operation, at_ms: at, grant, account_id, status: None });
        self.forgotten + self.kept.len() - 1
    }

    /// Notes the status with which call `number` is answered.
    pub(super) fn answered(&mut self, number: usize, status: u16) {
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

    /// Starts over, for tests that count one phase.
    pub(super) fn reset(&mut self) {
        self.forgotten += self.kept.len();
        self.kept.clear();
        self.counts = Counts::default();
    }
}
