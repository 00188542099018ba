//! The AWS operations that the simulator implements, and the protocol each speaks.

/// An AWS operation that the simulator implements.
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

/// How an operation's responses and errors are written.
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
