//! From a request to its answer: which operation it is, what the script says about it, who performs it.

use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::Value;

use super::Shared;
use super::calls::{Operation, Protocol};
use super::fault::Fault;
use super::oidc::{authorize, device, register, token};
use super::portal::Paging;
use super::reply_body::ReplyBody;
use super::server::Dropped;
use super::wire::{Inbound, Refusal, Reply, status};
use super::{pages, portal, sts};

/// Answers one request.
pub(super) async fn answer(shared: &Shared, request: Request<Incoming>) -> Result<Response<ReplyBody>, Dropped> {
    let request_id = shared.state().mint.id();
    let reply = match Inbound::read(request, request_id.clone()).await {
        Err(status) => Reply::bare(status),
        Ok(inbound) => match operation(&inbound) {
            Some(operation) => scripted(shared, operation, &inbound).await?,
            None => other(shared, &inbound),
        },
    };
    let reply = reply.header("x-amzn-requestid", &request_id).header("cache-control", "no-store");
    let dated = match shared.clock.date() {
        Some(date) => reply.header("date", &date),
        None => reply,
    };
    Ok(dated.into_response())
}

/// The operation that a request asks for.
fn operation(inbound: &Inbound) -> Option<Operation> {
    let get = inbound.method == Method::GET;
    let post = inbound.method == Method::POST;
    match inbound.path.as_str() {
        "/client/register" if post => Some(Operation::RegisterClient),
        "/device_authorization" if post => Some(Operation::StartDeviceAuthorization),
        "/token" if post => Some(Operation::CreateToken),
        "/authorize" if get => Some(Operation::Authorize),
        "/assignment/accounts" if get => Some(Operation::ListAccounts),
        "/assignment/roles" if get => Some(Operation::ListAccountRoles),
        "/federation/credentials" if get => Some(Operation::GetRoleCredentials),
        "/logout" if post => Some(Operation::Logout),
        "/" if get || post => match inbound.form().get("Action") {
            Some("GetCallerIdentity") => Some(Operation::GetCallerIdentity),
            Some("AssumeRole") => Some(Operation::AssumeRole),
            _ => None,
        },
        _ => None,
    }
}

/// Answers what is no operation: pages, and mistakes.
fn other(shared: &Shared, inbound: &Inbound) -> Reply {
    let get = inbound.method == Method::GET;
    match inbound.path.as_str() {
        "/device" => device::page(shared, inbound),
        "/authorize" if inbound.method == Method::POST => authorize::decide(shared, inbound),
        "/authorize/wait" if get => authorize::decide(shared, inbound),
        "/" | "/start" if get => pages::home(shared),
        "/" if inbound.method == Method::POST => {
            let refusal = Refusal::new(400, "InvalidAction", "Could not find this operation");
            refuse(Protocol::Sts, &refusal, &inbound.request_id)
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
        | "/start" => Reply::bare(StatusCode::METHOD_NOT_ALLOWED),
        _ => Reply::bare(StatusCode::NOT_FOUND),
    }
}

/// Notes the call, then lets it meet its fault.
async fn scripted(shared: &Shared, operation: Operation, inbound: &Inbound) -> Result<Reply, Dropped> {
    let grant = (operation == Operation::CreateToken).then(|| token::grant(inbound));
    let account = inbound.query("account_id");
    let (number, fault) = shared.arrived(operation, grant, account);
    let refused = |refusal: Refusal| refuse(operation.protocol(), &refusal, &inbound.request_id);
    let reply = match fault {
        Fault::Pass => perform(shared, operation, inbound, Paging::Usual),
        Fault::EmptyPage => perform(shared, operation, inbound, Paging::Empty),
        Fault::RepeatedToken => perform(shared, operation, inbound, Paging::Repeated),
        Fault::TruncateBody => perform(shared, operation, inbound, Paging::Usual).cut(),
        Fault::Delay(time) => {
            tokio::time::sleep(time).await;
            perform(shared, operation, inbound, Paging::Usual)
        }
        Fault::Hang => std::future::pending().await,
        Fault::DropConnection => return Err(Dropped),
        Fault::OAuth { code, description } => refused(Refusal::oauth(&code, description)),
        Fault::Status { status, error_type, message, retry_after } => {
            refused(Refusal::new(status, &error_type, message).retry_after(retry_after))
        }
        Fault::RawBody { status: number, content_type, body } => Reply::new(status(number), &content_type, body),
    };
    shared.state().calls.answered(number, reply.status.as_u16());
    Ok(reply)
}

/// Does what was asked, with a listing's pages as `paging` says.
fn perform(shared: &Shared, operation: Operation, inbound: &Inbound, paging: Paging) -> Reply {
    if operation.protocol() == Protocol::Portal && !shared.admits() {
        let refusal = Refusal::new(429, "TooManyRequestsException", "HTTP 429 Unknown Code")
            .retry_after(shared.options.retry_after.map(|seconds| seconds.to_string()));
        return refuse(Protocol::Portal, &refusal, &inbound.request_id);
    }
    let json = |answer| json_reply(shared, operation, answer, inbound);
    match operation {
        Operation::RegisterClient => json(register::register_client(shared, inbound)),
        Operation::StartDeviceAuthorization => json(device::start(shared, inbound)),
        Operation::CreateToken => json(token::create_token(shared, inbound)),
        Operation::Authorize => authorize::start(shared, inbound),
        Operation::ListAccounts => json(portal::list_accounts(shared, inbound, paging)),
        Operation::ListAccountRoles => json(portal::list_account_roles(shared, inbound, paging)),
        Operation::GetRoleCredentials => json(portal::get_role_credentials(shared, inbound)),
        Operation::Logout => match portal::logout(shared, inbound) {
            Ok(()) => Reply::new(StatusCode::OK, "application/json", ""),
            Err(refusal) => refuse(Protocol::Portal, &refusal, &inbound.request_id),
        },
        Operation::GetCallerIdentity => xml_reply(sts::get_caller_identity(shared, inbound), inbound),
        Operation::AssumeRole => xml_reply(sts::assume_role(shared, inbound), inbound),
    }
}

fn json_reply(shared: &Shared, operation: Operation, answer: Result<Value, Refusal>, inbound: &Inbound) -> Reply {
    match answer {
        Ok(mut value) => {
            shared.state().override_answer(operation, &mut value);
            Reply::json(StatusCode::OK, &value)
        }
        Err(refusal) => refuse(operation.protocol(), &refusal, &inbound.request_id),
    }
}

fn xml_reply(answer: Result<String, Refusal>, inbound: &Inbound) -> Reply {
    match answer {
        Ok(xml) => Reply::new(StatusCode::OK, "text/xml", xml),
        Err(refusal) => refuse(Protocol::Sts, &refusal, &inbound.request_id),
    }
}

/// Writes an error as its protocol does.
fn refuse(protocol: Protocol, refusal: &Refusal, request_id: &str) -> Reply {
    let status = status(refusal.status);
    let reply = match protocol {
        Protocol::Oidc => Reply::json(
            status,
            &serde_json::json!({
                "__type": refusal.error_type,
                "error": refusal.oauth,
                "error_description": refusal.message,
            }),
        )
        .header("x-amzn-errortype", &refusal.error_type),
        Protocol::Portal => Reply::json(
            status,
            &serde_json::json!({
                "__type": format!("com.amazonaws.switchboard.portal#{}", refusal.error_type),
                "message": refusal.message,
            }),
        )
        .header("x-amzn-errortype", &refusal.error_type),
        Protocol::Sts => Reply::new(status, "text/xml", sts::error(refusal, request_id)),
        Protocol::Page => pages::problem(status, &refusal.message),
    };
    match &refusal.retry_after {
        Some(value) => reply.header("retry-after", value),
        None => reply,
    }
}
