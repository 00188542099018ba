//! Injected faults as an SDK sees them.

use serde_json::json;

use super::*;

#[tokio::test]
async fn every_oauth_error_reaches_the_sdk_by_its_name() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let client = sdk.register().await;
    for (oauth, expected) in [
        ("authorization_pending", "AuthorizationPendingException"),
        ("slow_down", "SlowDownException"),
        ("expired_token", "ExpiredTokenException"),
        ("access_denied", "AccessDeniedException"),
        ("invalid_client", "InvalidClientException"),
        ("invalid_grant", "InvalidGrantException"),
        ("server_error", "InternalServerException"),
        ("brand_new", "brand_new"),
    ] {
        simulator.fault(Operation::CreateToken, Fault::oauth(oauth));
        assert_eq!(sdk.poll(&client, "x").await.err().as_deref(), Some(expected));
    }
    let (code, description) = ("\u{1b}[2Jodd".to_owned(), "\u{1b}]0;x\u{7}".to_owned());
    simulator.fault(Operation::CreateToken, Fault::OAuth { code, description });
    let error = sdk.token(&client, DEVICE_CODE).device_code("x").send().await.unwrap_err();
    let body = String::from_utf8(error.raw_response().unwrap().body().bytes().unwrap().to_vec()).unwrap();
    assert!(body.contains("\\u001b[2Jodd") && body.contains("\\u001b]0;x"), "{body}");
    assert_eq!(simulator.calls(Operation::CreateToken), 9);
}

#[tokio::test]
async fn a_queued_fault_applies_to_one_call_and_a_permanent_one_to_all_after() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    let list = async || sdk.portal.list_accounts().access_token(&tokens.access).send().await.map(drop).map_err(code);
    simulator.fault(Operation::ListAccounts, Fault::throttled(None));
    simulator.fault(Operation::ListAccounts, Fault::Pass);
    simulator.fault(Operation::ListAccounts, Fault::unauthorized());
    simulator.fault(Operation::ListAccounts, Fault::no_access());
    simulator.fault_always(Operation::ListAccounts, Fault::internal());
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(list().await.err().unwrap_or_default());
    }
    let standing = "InternalServerException";
    let expected = ["TooManyRequestsException", "", "UnauthorizedException", "ForbiddenException", standing, standing];
    assert_eq!(seen, expected);
    simulator.clear_faults();
    assert!(list().await.is_ok());
}

#[tokio::test]
async fn one_accounts_roles_can_fail_alone() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    let (bad, good) = (&simulator.accounts()[3].id, &simulator.accounts()[4].id);
    simulator.fault_account_always(bad, Fault::internal());
    let roles =
        async |id: &str| sdk.portal.list_account_roles().access_token(&tokens.access).account_id(id).send().await;
    assert!(roles(bad).await.is_err() && roles(bad).await.is_err());
    assert!(roles(good).await.is_ok());
    assert_eq!(simulator.calls_log().last().unwrap().account_id.as_ref(), Some(good));
}

#[tokio::test]
async fn an_empty_pages_token_leads_to_the_entries_it_left_out() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    simulator.fault(Operation::ListAccounts, Fault::EmptyPage);
    let list = || sdk.portal.list_accounts().access_token(&tokens.access);
    let first = list().send().await.unwrap();
    assert!(first.account_list().is_empty());
    let second = list().next_token(first.next_token.unwrap()).send().await.unwrap();
    assert_eq!(second.account_list().len(), 20);
}

#[tokio::test]
async fn a_repeated_token_leads_back_to_its_own_page() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    simulator.fault_always(Operation::ListAccounts, Fault::RepeatedToken);
    let list = || sdk.portal.list_accounts().access_token(&tokens.access);
    let first = list().send().await.unwrap();
    assert_eq!(first.account_list().len(), 20);
    for _ in 0..2 {
        let second = list().next_token(first.next_token().unwrap()).send().await.unwrap();
        assert_eq!((second.next_token(), second.account_list().len()), (first.next_token(), 5));
    }
}

#[tokio::test]
async fn each_broken_response_fails_in_its_own_way() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    let list = || sdk.portal.list_accounts().access_token(&tokens.access).send();
    for (fault, expected) in [
        (Fault::DropConnection, "dispatch"),
        (Fault::TruncateBody, "response"),
        (Fault::json("{\"accountList\":[{"), "no code"),
        (Fault::json("[]"), "no code"),
    ] {
        simulator.fault(Operation::ListAccounts, fault.clone());
        assert_eq!(list().await.map(drop).map_err(code).err().as_deref(), Some(expected), "{fault:?}");
    }
    simulator.fault(Operation::ListAccounts, Fault::html_unavailable());
    assert_eq!(list().await.unwrap_err().raw_response().unwrap().status().as_u16(), 503);
    assert!(list().await.is_ok());
}

#[tokio::test]
async fn a_truncated_refresh_has_used_its_token_and_a_dropped_one_has_not() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (client, tokens) = sdk.sign_in(&simulator).await;
    simulator.fault(Operation::CreateToken, Fault::DropConnection);
    assert_eq!(sdk.refresh(&client, &tokens.refresh).await.err().as_deref(), Some("dispatch"));
    simulator.fault(Operation::CreateToken, Fault::TruncateBody);
    assert_eq!(sdk.refresh(&client, &tokens.refresh).await.err().as_deref(), Some("response"));
    assert_eq!(sdk.refresh(&client, &tokens.refresh).await.err().as_deref(), Some("InvalidGrantException"));
}

#[test]
fn a_truncated_body_arrives_up_to_its_middle() {
    let simulator = start(Options::default());
    simulator.fault(Operation::ListAccounts, Fault::TruncateBody);
    let response = get(&simulator, "/assignment/accounts");
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let promised: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert!(status(&response) == 401 && !body.is_empty() && body.len() < promised, "{response}");
}

#[tokio::test]
async fn a_hanging_call_gets_no_response_and_the_others_do() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    simulator.fault(Operation::ListAccounts, Fault::Hang);
    let hanging = tokio::spawn(sdk.portal.list_accounts().access_token(&tokens.access).send());
    let shared = Arc::new(simulator);
    let waiting = Arc::clone(&shared);
    let arrived = move || waiting.wait_for_calls(Operation::ListAccounts, 1, Duration::from_secs(30));
    assert!(tokio::task::spawn_blocking(arrived).await.unwrap());
    assert!(sdk.portal.list_accounts().access_token(&tokens.access).send().await.is_ok());
    let statuses: Vec<_> = shared
        .calls_log()
        .iter()
        .filter(|call| call.operation == Operation::ListAccounts)
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [None, Some(200)]);
    hanging.abort();
}

#[tokio::test]
async fn a_delayed_call_is_answered_normally() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    simulator.fault(Operation::ListAccounts, Fault::Delay(Duration::from_millis(20)));
    let start = std::time::Instant::now();
    assert!(sdk.portal.list_accounts().access_token(&tokens.access).send().await.is_ok());
    assert!(start.elapsed() >= Duration::from_millis(20));
}

#[tokio::test]
async fn members_of_responses_can_be_overridden() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let client = sdk.register().await;
    let uri = Operation::StartDeviceAuthorization;
    simulator.override_answer(uri, "/verificationUri", Some(json!("http://evil.example/device")));
    let device = sdk.start_device(&client).await;
    assert_eq!(device.verification_uri(), Some("http://evil.example/device"));
    simulator.approve_all();
    simulator.override_answer(Operation::CreateToken, "/expiresIn", Some(json!(-1)));
    simulator.override_answer(Operation::CreateToken, "/accessToken", None);
    let call = sdk.token(&client, DEVICE_CODE).device_code(device.device_code().unwrap());
    let response = call.send().await.unwrap();
    assert_eq!((response.expires_in, response.access_token(), response.refresh_token().is_some()), (-1, None, true));
    simulator.clear_overrides();
    assert!(!sdk.refresh(&client, response.refresh_token().unwrap()).await.unwrap().access.is_empty());
}
