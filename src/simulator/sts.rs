//! STS: `GetCallerIdentity` and `AssumeRole`. Signatures are not verified; the access key id names the caller, and the
//! session token must be the one issued with it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::api_error::ApiError;
use super::assume_role::{AssumeRoleCall, Checked};
use super::clock::{Millis, rfc3339};
use super::generator;
use super::request::HttpRequest;
use super::shared::Shared;
use super::state::RoleCredentials;

/// The XML namespace and version of the API.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// How far the time of a signature may be from AWS's, in milliseconds.
const SIGNATURE_LIFE: i64 = 5 * 60 * 1000;

/// `GetCallerIdentity`, by header or by a presigned URL; it names `another` account where a fault asks for that.
pub(super) fn get_caller_identity(
    shared: &Shared,
    request: &HttpRequest,
    another: Option<&str>,
) -> Result<String, ApiError> {
    let access_key_id = access_key_id(request)?;
    let state = shared.state();
    let caller = caller(shared, &state.role_credentials, request, &access_key_id)?;
    let account = another.unwrap_or(&caller.account);
    let result = [
        tag("Arn", &assumed_role_arn(shared, account, caller)),
        tag("UserId", &format!("{}:{}", caller.role_id, caller.session_name)),
        tag("Account", account),
    ];
    Ok(response("GetCallerIdentity", &result.concat(), &request.request_id))
}

/// `AssumeRole` into a role whose trust policy admits the call.
pub(super) fn assume_role(shared: &Shared, request: &HttpRequest) -> Result<String, ApiError> {
    let now = shared.clock.now();
    let mut state = shared.state();
    let access_key_id = access_key_id(request)?;
    let caller = caller(shared, &state.role_credentials, request, &access_key_id)?;
    let caller_arn = assumed_role_arn(shared, &caller.account, caller);
    let call = AssumeRoleCall::read(&request.form());
    let checked = call.checked()?;
    if !is_admitted(shared, &call, &checked) {
        let message =
            format!("User: {caller_arn} is not authorized to perform: sts:AssumeRole on resource: {}", call.role_arn);
        return Err(ApiError::new(403, "AccessDenied", message));
    }
    let access_key_id = state.generator.access_key_id();
    let secret = state.generator.secret("SIMSECRET", 40);
    let record = RoleCredentials {
        session_token: state.generator.secret("IQoJb3JpZ2luX2VjSIMSESSIONTOKEN", 720),
        role_id: generator::role_id(&checked.account, &checked.role),
        account: checked.account,
        role: checked.role,
        session_name: call.session_name,
        expires: now.saturating_add(checked.seconds * 1000),
    };
    let credentials = [
        tag("AccessKeyId", &access_key_id),
        tag("SecretAccessKey", &secret),
        tag("SessionToken", &record.session_token),
        tag("Expiration", &rfc3339(record.expires)),
    ];
    let user = [
        tag("AssumedRoleId", &format!("{}:{}", record.role_id, record.session_name)),
        tag("Arn", &assumed_role_arn(shared, &record.account, &record)),
    ];
    let source = call.source_identity.map(|identity| tag("SourceIdentity", &identity)).unwrap_or_default();
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
    shared: &Shared,
    known: &'a HashMap<String, RoleCredentials>,
    request: &HttpRequest,
    access_key_id: &str,
) -> Result<&'a RoleCredentials, ApiError> {
    let now = shared.clock.now();
    let token = request.header("x-amz-security-token").or_else(|| request.query("X-Amz-Security-Token"));
    let caller = known.get(access_key_id).filter(|caller| token == Some(&caller.session_token)).ok_or_else(|| {
        let message = "The security token included in the request is invalid.";
        ApiError::new(403, "InvalidClientTokenId", message)
    })?;
    if now >= caller.expires {
        return Err(ApiError::new(403, "ExpiredToken", "The security token included in the request is expired"));
    }
    if shared.options.check_signing_time && !is_signed_at(request, now) {
        return Err(ApiError::new(403, "SignatureDoesNotMatch", "Signature expired"));
    }
    Ok(caller)
}

/// Whether the request's header says that it was signed around `now`.
fn is_signed_at(request: &HttpRequest, now: Millis) -> bool {
    let signed = request.header("x-amz-date").and_then(|text| text.parse::<Timestamp>().ok());
    signed.is_some_and(|signed| (signed.as_millisecond() - now).abs() <= SIGNATURE_LIFE)
}

/// Whether the role exists and may be assumed so; without any named in the options, each role of an account does.
fn is_admitted(shared: &Shared, call: &AssumeRoleCall, checked: &Checked) -> bool {
    let roles = &shared.options.trusted_roles;
    let is_there = checked.partition == partition(shared) && shared.directory.account(&checked.account).is_some();
    is_there && (roles.is_empty() || roles.iter().any(|role| role.admits(call, checked)))
}

/// The partition that the simulator's region is in.
fn partition(shared: &Shared) -> &'static str {
    match shared.options.region.as_str() {
        region if region.starts_with("us-gov-") => "aws-us-gov",
        region if region.starts_with("cn-") => "aws-cn",
        _ => "aws",
    }
}

fn assumed_role_arn(shared: &Shared, account: &str, credentials: &RoleCredentials) -> String {
    let RoleCredentials { role, session_name, .. } = credentials;
    format!("arn:{}:sts::{account}:assumed-role/{role}/{session_name}", partition(shared))
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
