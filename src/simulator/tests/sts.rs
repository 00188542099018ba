//! STS: who the caller is, and assuming roles.

use super::*;

const PAYMENTS: &str = "100000023757";

async fn signed_in(simulator: &Simulator, sdk: &Sdk) -> aws_sdk_sso::types::RoleCredentials {
    let (_, tokens) = sdk.sign_in(simulator).await;
    sdk.role_credentials(&tokens.access, PAYMENTS, "Developer").await.unwrap()
}

#[tokio::test]
async fn the_caller_is_the_user_who_signed_in() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let client = sdk.register().await;
    let device = sdk.start_device(&client).await;
    simulator.approve_as(device.user_code().unwrap(), "bob@acme.example");
    let tokens = sdk.poll(&client, device.device_code().unwrap()).await.unwrap();
    let credentials = sdk.role_credentials(&tokens.access, PAYMENTS, "Developer").await.unwrap();

    let identity = sdk.sts(&credentials).get_caller_identity().send().await.unwrap();
    let arn = identity.arn().unwrap();
    let role = arn.strip_prefix("arn:aws:sts::100000023757:assumed-role/AWSReservedSSO_Developer_").unwrap();
    let (suffix, name) = role.split_once('/').unwrap();
    assert!(suffix.len() == 16 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!((name, identity.account()), ("bob@acme.example", Some(PAYMENTS)));
    assert!(identity.user_id().unwrap().starts_with("AROA"));
}

#[tokio::test]
async fn unknown_mixed_up_and_expired_credentials_are_rejected() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (one, two) = (signed_in(&simulator, &sdk).await, signed_in(&simulator, &sdk).await);
    let ask = async |client: aws_sdk_sts::Client| client.get_caller_identity().send().await.map(drop).map_err(code);
    let foreign = sdk.sts_with("ASIAUNKNOWN", "x", one.session_token().unwrap());
    let mixed = sdk.sts_with(one.access_key_id().unwrap(), "x", two.session_token().unwrap());
    assert_eq!(ask(foreign).await.err().as_deref(), Some("InvalidClientTokenId"));
    assert_eq!(ask(mixed).await.err().as_deref(), Some("InvalidClientTokenId"));
    simulator.advance(Duration::from_secs(3_600));
    assert_eq!(ask(sdk.sts(&one)).await.err().as_deref(), Some("ExpiredToken"));
    let unsigned = post_form(&simulator, "/", "", "Action=GetCallerIdentity&Version=2011-06-15");
    assert!(status(&unsigned) == 403 && unsigned.contains("<Code>MissingAuthenticationToken</Code>"));
    assert!(post_form(&simulator, "/", "", "Action=Nonsense").contains("<Code>InvalidAction</Code>"));
}

#[tokio::test]
async fn a_presigned_url_names_its_caller() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let credentials = signed_in(&simulator, &sdk).await;
    let encoded: String =
        url::form_urlencoded::byte_serialize(credentials.session_token().unwrap().as_bytes()).collect();
    let target = format!(
        "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential={}%2F20270115%2Fus-east-1%2Fsts%2Faws4_request\
         &X-Amz-Security-Token={encoded}",
        credentials.access_key_id().unwrap()
    );
    let response = get(&simulator, &target);
    assert!(status(&response) == 200 && response.contains("alice@acme.example"), "{response}");
}

#[tokio::test]
async fn a_chained_role_lives_at_most_an_hour() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let credentials = signed_in(&simulator, &sdk).await;
    let account = &simulator.accounts()[0].id;
    let client = sdk.sts(&credentials);
    let assume = |account: &str, session: &str| {
        client.assume_role().role_arn(format!("arn:aws:iam::{account}:role/ops/Deploy")).role_session_name(session)
    };
    let response = assume(account, "OPS-7").duration_seconds(900).source_identity("alice").send().await.unwrap();
    let chained = response.credentials().unwrap();
    assert_eq!(chained.expiration().to_millis().unwrap(), simulator.now_ms() + 900_000);
    let arn = format!("arn:aws:sts::{account}:assumed-role/Deploy/OPS-7");
    assert_eq!(response.assumed_role_user().unwrap().arn(), arn);
    assert_eq!(response.source_identity(), Some("alice"));
    let next = sdk.sts_with(chained.access_key_id(), chained.secret_access_key(), chained.session_token());
    assert_eq!(next.get_caller_identity().send().await.unwrap().arn(), Some(arn.as_str()));

    for (call, expected) in [
        (assume(account, "OPS-7").duration_seconds(3_601), "ValidationError"),
        (assume(account, "OPS-7").duration_seconds(899), "ValidationError"),
        (assume(account, "a b"), "ValidationError"),
        (assume("999999999999", "OPS-7"), "AccessDenied"),
    ] {
        assert_eq!(call.send().await.map(drop).map_err(code).err().as_deref(), Some(expected));
    }
}
