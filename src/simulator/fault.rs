//! Fault injection: the [`Fault`]s, and which one applies to which call.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::operation::Operation;

/// What happens to a call instead of, or on top of, the normal answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Answers normally; for scripts such as "the first works, the second does not".
    Pass,
    /// An OAuth error of SSO-OIDC: `slow_down`, `invalid_grant`, ..., or any other text.
    OAuth {
        /// The member `error`; a known one also fixes status and exception name.
        code: String,
        /// The member `error_description`, sent as it is.
        description: String,
    },
    /// An AWS error in the protocol of the operation.
    Status {
        /// The HTTP status.
        status: u16,
        /// The exception's name, such as `TooManyRequestsException`.
        error_type: String,
        /// The message, sent as it is.
        message: String,
        /// The `Retry-After` header, sent as it is.
        retry_after: Option<String>,
    },
    /// Exactly these bytes, whatever they mean.
    RawBody {
        /// The HTTP status.
        status: u16,
        /// The `Content-Type` header.
        content_type: String,
        /// The body.
        body: Vec<u8>,
    },
    /// Answers normally after this much real time, whatever the simulator's clock says.
    Delay(Duration),
    /// Never answers; the call ends when the client gives up.
    Hang,
    /// Closes the connection without an answer, before anything was done.
    DropConnection,
    /// Does what was asked, then breaks off in the middle of the answer's body.
    TruncateBody,
    /// A listing's page without entries whose `nextToken` leads to what this page should have held. Other
    /// operations answer normally.
    EmptyPage,
    /// A listing's page whose `nextToken` is the one it was asked for with; the first page leads on. Other operations
    /// answer normally.
    RepeatedToken,
    /// A `GetCallerIdentity` that names this account as the caller's. Other operations answer normally.
    CallerAccount(String),
}

impl Fault {
    /// An OAuth error without any special description.
    pub fn oauth(code: &str) -> Self {
        Fault::OAuth { code: code.to_owned(), description: format!("simulated {code}") }
    }

    /// An AWS error with a status, an exception's name and a message.
    pub fn status(status: u16, error_type: &str, message: &str) -> Self {
        let (error_type, message) = (error_type.to_owned(), message.to_owned());
        Fault::Status { status, error_type, message, retry_after: None }
    }

    /// The 401 that a revoked or expired portal token gets.
    pub fn unauthorized() -> Self {
        Fault::status(401, "UnauthorizedException", "Session token not found or invalid")
    }

    /// The 403 for a role that is not assigned; AWS sends it without having it in its model.
    pub fn no_access() -> Self {
        Fault::status(403, "ForbiddenException", "No access")
    }

    /// A 429, with `Retry-After` in seconds if given.
    pub fn throttled(retry_after: Option<u32>) -> Self {
        Fault::too_many_requests(retry_after.map(|seconds| seconds.to_string()))
    }

    /// A 429 with any text as its `Retry-After`.
    pub fn throttled_saying(retry_after: &str) -> Self {
        Fault::too_many_requests(Some(retry_after.to_owned()))
    }

    fn too_many_requests(retry_after: Option<String>) -> Self {
        let (error_type, message) = ("TooManyRequestsException".to_owned(), "HTTP 429 Unknown Code".to_owned());
        Fault::Status { status: 429, error_type, message, retry_after }
    }

    /// A 500 of AWS itself.
    pub fn internal() -> Self {
        Fault::status(500, "InternalServerException", "Unexpected failure")
    }

    /// What a proxy or load balancer says while nothing stands behind it.
    pub fn html_unavailable() -> Self {
        let body = b"<html><head><title>503 Service Temporarily Unavailable</title></head></html>".to_vec();
        Fault::RawBody { status: 503, content_type: "text/html".to_owned(), body }
    }

    /// A 200 with this text as its JSON body, well-formed or not.
    pub fn json(body: &str) -> Self {
        let content_type = "application/json".to_owned();
        Fault::RawBody { status: 200, content_type, body: body.as_bytes().to_vec() }
    }

    /// A 200 with this text as its XML body, well-formed or not.
    pub fn xml(body: &str) -> Self {
        Fault::RawBody { status: 200, content_type: "text/xml".to_owned(), body: body.as_bytes().to_vec() }
    }
}

/// The calls that a fault applies to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    /// Any call of an operation.
    Operation(Operation),
    /// `ListAccountRoles` of one account.
    RolesOf(String),
}

/// The faults to inject: a queued one applies to one call, a permanent one to every call once the queue is empty.
#[derive(Default)]
pub(super) struct FaultScript {
    queued: HashMap<Scope, VecDeque<Fault>>,
    permanent: HashMap<Scope, Fault>,
}

impl FaultScript {
    pub(super) fn queue(&mut self, target: Scope, fault: Fault) {
        self.queued.entry(target).or_default().push_back(fault);
    }

    pub(super) fn set_permanent(&mut self, target: Scope, fault: Fault) {
        self.permanent.insert(target, fault);
    }

    pub(super) fn clear(&mut self) {
        self.queued.clear();
        self.permanent.clear();
    }

    /// The fault for a call; one for its account goes before one for its operation.
    pub(super) fn take(&mut self, operation: Operation, account: Option<&str>) -> Fault {
        let account = account.filter(|_| operation == Operation::ListAccountRoles);
        let targets = account.map(|id| Scope::RolesOf(id.to_owned()));
        targets
            .into_iter()
            .chain([Scope::Operation(operation)])
            .find_map(|target| self.next(&target))
            .unwrap_or(Fault::Pass)
    }

    fn next(&mut self, target: &Scope) -> Option<Fault> {
        let queued = self.queued.get_mut(target).and_then(VecDeque::pop_front);
        queued.or_else(|| self.permanent.get(target).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queued_faults_go_first_and_one_accounts_faults_leave_the_others_alone() {
        let mut script = FaultScript::default();
        let roles = Operation::ListAccountRoles;
        script.queue(Scope::Operation(roles), Fault::Hang);
        script.set_permanent(Scope::Operation(roles), Fault::DropConnection);
        script.queue(Scope::RolesOf("1".to_owned()), Fault::TruncateBody);
        assert_eq!(script.take(Operation::Logout, Some("1")), Fault::Pass);
        assert_eq!(script.take(roles, Some("2")), Fault::Hang);
        assert_eq!(script.take(roles, Some("1")), Fault::TruncateBody);
        assert_eq!(script.take(roles, Some("1")), Fault::DropConnection);
        script.clear();
        assert_eq!(script.take(roles, Some("1")), Fault::Pass);
    }
}
