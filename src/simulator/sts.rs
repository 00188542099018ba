//! STS: `GetCallerIdentity` and `AssumeRole`. Signatures are not verified; the access key id names the caller, and the
//! session token must be the one issued with it.

use std::collections::HashMap;

use super::api_error::ApiError;
use super::clock::{Millis, rfc3339};
use super::generator;
use super::request::HttpRequest;
use super::shared::Shared;
use super::state::RoleCredentials;

/// The XML namespace and version of the API.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// The longest lifetime of a chained role's credentials, in seconds.
const MAX_CHAINED_SECONDS: i64 = 3_600;

/// `GetCallerIdentity`, by header or by a presigned URL.
pub(super) fn get_caller_identity(shared: &Shared, request: &HttpRequest) -> Result<String, ApiError> {
    let access_key_id = access_key_id(request)?;
    let state = shared.state();
    let caller = caller(&state.role_credentials, request, &access_key_id, shared.clock.now())?;
    let result = [
        tag("Arn", &assumed_role_arn(caller)),
        tag("UserId", &format!("{}:{}", caller.role_id, caller.session_name)),
        tag("Account", &caller.account),
    ];
    Ok(response("GetCallerIdentity", &result.concat(), &request.request_id))
}

/// `AssumeRole` into any role of an account in the directory.
pub(super) fn assume_role(shared: &Shared, request: &HttpRequest) -> Result<String, ApiError> {
    let now = shared.clock.now();
    let mut state = shared.state();
    let access_key_id = access_key_id(request)?;
    let caller_arn = assumed_role_arn(caller(&state.role_credentials, request, &access_key_id, now)?);
    let input = AssumeRole::read(request)?;
    if shared.directory.account(&input.account).is_none() {
        let message = format!(
            "User: {caller_arn} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{}:role/{}",
            input.account, input.role
        );
        return Err(ApiError::new(403, "AccessDenied", message));
    }
    let access_key_id = state.generator.access_key_id();
    let secret = state.generator.secret("SIMSECRET", 40);
    let record = RoleCredentials {
        session_token: state.generator.secret("IQoJb3JpZ2luX2VjSIMSESSIONTOKEN", 720),
        role_id: generator::role_id(&input.account, &input.role),
        account: input.account,
        role: input.role,
        session_name: input.session_name,
        expires: now.saturating_add(input.seconds * 1000),
    };
    let credentials = [
        tag("AccessKeyId", &access_key_id),
        tag("SecretAccessKey", &secret),
        tag("SessionToken", &record.session_token),
        tag("Expiration", &rfc3339(record.expires)),
    ];
    let user = [
        tag("AssumedRoleId", &format!("{}:{}", record.role_id, record.session_name)),
        tag("Arn", &assumed_role_arn(&record)),
    ];
    let source = input.source_identity.map(|identity| tag("SourceIdentity", &identity)).unwrap_or_default();
    let result = format!(
        "<AssumedRoleUser>{}</AssumedRoleUser><Credentials>{}</Credentials>{source}",
        user.concat(),
        credentials.concat()
    );
    state.role_credentials.insert(access_key_id, record);
    Ok(response("AssumeRole", &result, &request.request_id))
}

/// An STS error as XML.
pub(super) fn error(error: &ApiError, request_id: &str) -> String {
    let fault = if error.status < 500 { "Sender" } else { "Receiver" };
    let members = [tag("Type", fault), tag("Code", &error.error_type), tag("Message", &error.message)].concat();
    format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error>{members}</Error>{}</ErrorResponse>",
        tag("RequestId", request_id)
    )
}

/// The parameters of `AssumeRole`, validated.
struct AssumeRole {
    account: String,
    role: String,
    session_name: String,
    source_identity: Option<String>,
    seconds: i64,
}

impl AssumeRole {
    fn read(request: &HttpRequest) -> Result<Self, ApiError> {
        let invalid = |message: &str| ApiError::new(400, "ValidationError", message);
        let form = request.form();
        let arn = form.get("RoleArn").unwrap_or("");
        let (account, path) = arn
            .strip_prefix("arn:aws:iam::")
            .and_then(|rest| rest.split_once(":role/"))
            .filter(|(account, path)| account.len() == 12 && !path.is_empty())
            .ok_or_else(|| invalid("RoleArn is invalid"))?;
        let session_name = form
            .get("RoleSessionName")
            .filter(|name| is_session_name(name))
            .ok_or_else(|| invalid("RoleSessionName must be 2 to 64 of the characters [\\w+=,.@-]"))?;
        let seconds = match form.get("DurationSeconds") {
            None => MAX_CHAINED_SECONDS,
            Some(text) => text.parse().ok().filter(|seconds| *seconds >= 900).ok_or_else(|| {
                invalid("DurationSeconds must be a number and have value greater than or equal to 900")
            })?,
        };
        if seconds > MAX_CHAINED_SECONDS {
            return Err(invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            ));
        }
        Ok(AssumeRole {
            account: account.to_owned(),
            role: path.rsplit('/').next().unwrap_or(path).to_owned(),
            session_name: session_name.to_owned(),
            source_identity: form.get("SourceIdentity").map(str::to_owned),
            seconds,
        })
    }
}

fn is_session_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    (2..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// The access key id of the request's credential scope.
fn access_key_id(request: &HttpRequest) -> Result<String, ApiError> {
    let header = request.header("authorization").and_then(|value| {
        let (_, rest) = value.strip_prefix("AWS4-HMAC-SHA256")?.split_once("Credential=")?;
        Some(rest)
    });
    header
        .or_else(|| request.query("X-Amz-Credential"))
        .and_then(|scope| scope.split('/').next())
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| ApiError::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token"))
}

fn caller<'a>(
    known: &'a HashMap<String, RoleCredentials>,
    request: &HttpRequest,
    access_key_id: &str,
    now: Millis,
) -> Result<&'a RoleCredentials, ApiError> {
    let token = request.header("x-amz-security-token").or_else(|| request.query("X-Amz-Security-Token"));
    let caller = known.get(access_key_id).filter(|caller| token == Some(&caller.session_token)).ok_or_else(|| {
        let message = "The security token included in the request is invalid.";
        ApiError::new(403, "InvalidClientTokenId", message)
    })?;
    if now >= caller.expires {
        return Err(ApiError::new(403, "ExpiredToken", "The security token included in the request is expired"));
    }
    Ok(caller)
}

fn assumed_role_arn(credentials: &RoleCredentials) -> String {
    format!("arn:aws:sts::{}:assumed-role/{}/{}", credentials.account, credentials.role, credentials.session_name)
}

fn response(action: &str, result: &str, request_id: &str) -> String {
    format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result><ResponseMetadata>{}</ResponseMetadata></{action}Response>",
        tag("RequestId", request_id)
    )
}

/// An element with text; characters that XML cannot hold become U+FFFD.
fn tag(name: &str, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            plain => escaped.push(plain),
        }
    }
    format!("<{name}>{escaped}</{name}>")
}
