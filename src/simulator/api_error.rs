//! An error of the simulated APIs: status, exception name, OAuth code, message.

/// An error of the API, not yet written in an operation's protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    /// The exception's name: the AWS SDKs' error code.
    pub(super) error_type: String,
    /// The OAuth error code, for SSO-OIDC.
    pub(super) oauth: String,
    pub(super) message: String,
    pub(super) retry_after: Option<String>,
}

/// OAuth error codes with their exceptions and statuses in the SSO-OIDC model.
const OAUTH_ERRORS: [(&str, &str, u16); 13] = [
    ("authorization_pending", "AuthorizationPendingException", 400),
    ("slow_down", "SlowDownException", 400),
    ("expired_token", "ExpiredTokenException", 400),
    ("access_denied", "AccessDeniedException", 400),
    ("invalid_client", "InvalidClientException", 401),
    ("invalid_grant", "InvalidGrantException", 400),
    ("invalid_request", "InvalidRequestException", 400),
    ("invalid_scope", "InvalidScopeException", 400),
    ("unauthorized_client", "UnauthorizedClientException", 400),
    ("unsupported_grant_type", "UnsupportedGrantTypeException", 400),
    ("invalid_client_metadata", "InvalidClientMetadataException", 400),
    ("invalid_redirect_uri", "InvalidRedirectUriException", 400),
    ("server_error", "InternalServerException", 500),
];

impl ApiError {
    pub(super) fn new(status: u16, error_type: &str, message: impl Into<String>) -> Self {
        let oauth = OAUTH_ERRORS.iter().find(|known| known.1 == error_type).map_or(error_type, |known| known.0);
        ApiError {
            status,
            error_type: error_type.to_owned(),
            oauth: oauth.to_owned(),
            message: message.into(),
            retry_after: None,
        }
    }

    /// An error by its OAuth code; an unknown code is its own exception name.
    pub(super) fn oauth(code: &str, message: impl Into<String>) -> Self {
        let (error_type, status) =
            OAUTH_ERRORS.iter().find(|known| known.0 == code).map_or((code, 400), |known| (known.1, known.2));
        ApiError { oauth: code.to_owned(), ..ApiError::new(status, error_type, message) }
    }

    pub(super) fn retry_after(mut self, value: Option<String>) -> Self {
        self.retry_after = value;
        self
    }
}
