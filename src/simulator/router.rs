//! From a request to its response: which operation it is, which fault applies, which service handles it.

use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::Value;

use super::api_error::ApiError;
use super::assume_role::AssumeRoleCall;
use super::fault::Fault;
use super::oidc::{authorize, device, register, token};
use super::operation::{Operation, Protocol};
use super::portal::Paging;
use super::request::HttpRequest;
use super::response::{HttpResponse, status};
use super::response_body::ResponseBody;
use super::shared::Shared;
use super::{pages, portal, sts};

/// The connection is to be closed without a response: a fault asked for it.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped by a fault")]
pub(super) struct ConnectionDropped;

/// Responds to one request.
pub(super) async fn respond(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, ConnectionDropped> {
    let request_id = shared.state().generator.id();
    let response = match HttpRequest::read(request, request_id.clone()).await {
        Err(status) => HttpResponse::status_only(status),
        Ok(request) => match operation(&request) {
            Some(operation) => call(shared, operation, &request).await?,
            None => page(shared, &request),
        },
    };
    let response = response.header("x-amzn-requestid", &request_id).header("cache-control", "no-store");
    let response = match shared.clock.date() {
        Some(date) => response.header("date", &date),
        None => response,
    };
    Ok(response.into_response())
}

/// The operation that a request asks for.
fn operation(request: &HttpRequest) -> Option<Operation> {
    let get = request.method == Method::GET;
    let post = request.method == Method::POST;
    match request.path.as_str() {
        "/client/register" if post => Some(Operation::RegisterClient),
        "/device_authorization" if post => Some(Operation::StartDeviceAuthorization),
        "/token" if post => Some(Operation::CreateToken),
        "/authorize" if get => Some(Operation::Authorize),
        "/assignment/accounts" if get => Some(Operation::ListAccounts),
        "/assignment/roles" if get => Some(Operation::ListAccountRoles),
        "/federation/credentials" if get => Some(Operation::GetRoleCredentials),
        "/logout" if post => Some(Operation::Logout),
        "/" if get || post => match request.form().get("Action") {
            Some("GetCallerIdentity") => Some(Operation::GetCallerIdentity),
            Some("AssumeRole") => Some(Operation::AssumeRole),
            _ => None,
        },
        _ => None,
    }
}

/// Responds to a request that is no operation: a page, or a client error.
fn page(shared: &Shared, request: &HttpRequest) -> HttpResponse {
    let get = request.method == Method::GET;
    match request.path.as_str() {
        "/device" => device::page(shared, request),
        "/authorize" if request.method == Method::POST => authorize::decide(shared, request),
        "/authorize/wait" if get => authorize::decide(shared, request),
        "/" | "/start" if get => pages::home(shared),
        "/" if request.method == Method::POST => {
            let error = ApiError::new(400, "InvalidAction", "Could not find this operation");
            error_response(Protocol::Sts, &error, &request.request_id)
        }
        "/client/register"
        | "/device_authorization"
        | "/token"
        | "/authorize"
        | "/assignment/accounts"
        | "/assignment/roles"
        | "/federation/credentials"
        | "/logout"
        | "/"
        | "/start" => HttpResponse::status_only(StatusCode::METHOD_NOT_ALLOWED),
        _ => HttpResponse::status_only(StatusCode::NOT_FOUND),
    }
}

/// Records the call and handles it, with the fault that applies.
async fn call(shared: &Shared, operation: Operation, request: &HttpRequest) -> Result<HttpResponse, ConnectionDropped> {
    let grant = (operation == Operation::CreateToken).then(|| token::grant(request));
    let account = request.query("account_id");
    let assumes = (operation == Operation::AssumeRole).then(|| AssumeRoleCall::read(&request.form()));
    let (number, fault) = shared.record_call(operation, grant, account, assumes);
    let failed = |error: ApiError| error_response(operation.protocol(), &error, &request.request_id);
    let response = match fault {
        Fault::CallerAccount(account) if operation == Operation::GetCallerIdentity => {
            xml_response(sts::get_caller_identity(shared, request, Some(&account)), request)
        }
        Fault::Pass | Fault::CallerAccount(_) => perform(shared, operation, request, Paging::Usual),
        Fault::EmptyPage => perform(shared, operation, request, Paging::Empty),
        Fault::RepeatedToken => perform(shared, operation, request, Paging::Repeated),
        Fault::TruncateBody => perform(shared, operation, request, Paging::Usual).truncated(),
        Fault::Delay(time) => {
            tokio::time::sleep(time).await;
            perform(shared, operation, request, Paging::Usual)
        }
        Fault::Hang => std::future::pending().await,
        Fault::DropConnection => return Err(ConnectionDropped),
        Fault::OAuth { code, description } => failed(ApiError::oauth(&code, description)),
        Fault::Status { status, error_type, message, retry_after } => {
            failed(ApiError::new(status, &error_type, message).retry_after(retry_after))
        }
        Fault::RawBody { status: number, content_type, body } => HttpResponse::new(status(number), &content_type, body),
    };
    shared.state().calls.set_status(number, response.status.as_u16());
    Ok(response)
}

/// Handles the call; `paging` says how a listing is cut into pages.
fn perform(shared: &Shared, operation: Operation, request: &HttpRequest, paging: Paging) -> HttpResponse {
    if operation.protocol() == Protocol::Portal && !shared.admits() {
        let error = ApiError::new(429, "TooManyRequestsException", "HTTP 429 Unknown Code")
            .retry_after(shared.options.retry_after.map(|seconds| seconds.to_string()));
        return error_response(Protocol::Portal, &error, &request.request_id);
    }
    let json = |result| json_response(shared, operation, result, request);
    match operation {
        Operation::RegisterClient => json(register::register_client(shared, request)),
        Operation::StartDeviceAuthorization => json(device::start(shared, request)),
        Operation::CreateToken => json(token::create_token(shared, request)),
        Operation::Authorize => authorize::start(shared, request),
        Operation::ListAccounts => json(portal::list_accounts(shared, request, paging)),
        Operation::ListAccountRoles => json(portal::list_account_roles(shared, request, paging)),
        Operation::GetRoleCredentials => json(portal::get_role_credentials(shared, request)),
        Operation::Logout => match portal::logout(shared, request) {
            Ok(()) => HttpResponse::new(StatusCode::OK, "application/json", ""),
            Err(error) => error_response(Protocol::Portal, &error, &request.request_id),
        },
        Operation::GetCallerIdentity => xml_response(sts::get_caller_identity(shared, request, None), request),
        Operation::AssumeRole => xml_response(sts::assume_role(shared, request), request),
    }
}

fn json_response(
    shared: &Shared,
    operation: Operation,
    result: Result<Value, ApiError>,
    request: &HttpRequest,
) -> HttpResponse {
    match result {
        Ok(mut value) => {
            shared.state().override_response(operation, &mut value);
            HttpResponse::json(StatusCode::OK, &value)
        }
        Err(error) => error_response(operation.protocol(), &error, &request.request_id),
    }
}

fn xml_response(result: Result<String, ApiError>, request: &HttpRequest) -> HttpResponse {
    match result {
        Ok(xml) => HttpResponse::new(StatusCode::OK, "text/xml", xml),
        Err(error) => error_response(Protocol::Sts, &error, &request.request_id),
    }
}

/// Writes an error as its protocol does.
fn error_response(protocol: Protocol, error: &ApiError, request_id: &str) -> HttpResponse {
    let status = status(error.status);
    let response = match protocol {
        Protocol::Oidc => HttpResponse::json(
            status,
            &serde_json::json!({
                "__type": error.error_type,
                "error": error.oauth,
                "error_description": error.message,
            }),
        )
        .header("x-amzn-errortype", &error.error_type),
        Protocol::Portal => HttpResponse::json(
            status,
            &serde_json::json!({
                "__type": format!("com.amazonaws.switchboard.portal#{}", error.error_type),
                "message": error.message,
            }),
        )
        .header("x-amzn-errortype", &error.error_type),
        Protocol::Sts => HttpResponse::new(status, "text/xml", sts::error(error, request_id)),
        Protocol::Page => pages::problem(status, &error.message),
    };
    match &error.retry_after {
        Some(value) => response.header("retry-after", value),
        None => response,
    }
}
