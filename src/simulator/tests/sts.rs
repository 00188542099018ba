//! STS: who the caller is, and assuming roles.

use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::Tag;
use aws_smithy_async::time::StaticTimeSource;

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

/// Credentials of a role that is assumed with all that its trust policy asks for, but for what `change` does to the call.
async fn assume(
    simulator: &Simulator,
    sdk: &Sdk,
    change: impl FnOnce(AssumeRoleFluentBuilder) -> AssumeRoleFluentBuilder,
) -> Result<(), String> {
    let call = sdk.sts(&signed_in(simulator, sdk).await).assume_role();
    let call = call
        .role_arn(format!("arn:aws:iam::{PAYMENTS}:role/ops/BreakGlass"))
        .role_session_name("bg-1")
        .source_identity("alice@acme.example")
        .tags(tag("ticket", "INC-4711"))
        .tags(tag("reason-sha256", "00ff"));
    change(call).send().await.map(drop).map_err(code)
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

#[tokio::test]
async fn a_role_is_assumed_only_as_its_trust_policy_admits() {
    let role = TrustedRole {
        session_name: "bg-*".to_owned(),
        source_identity: Some("*@acme.example".to_owned()),
        tags: [("ticket", "INC-*"), ("reason-sha256", "*")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..TrustedRole::new(PAYMENTS, "BreakGlass")
    };
    let simulator = start(Options { trusted_roles: vec![role], ..Options::default() });
    let sdk = sdk(&simulator);
    let other = simulator.accounts()[0].id.clone();
    let denied = || Err("AccessDenied".to_owned());
    assert_eq!(assume(&simulator, &sdk, |call| call).await, Ok(()));
    let arn = |text: String| move |call: AssumeRoleFluentBuilder| call.role_arn(text);
    assert_eq!(assume(&simulator, &sdk, arn(format!("arn:aws:iam::{PAYMENTS}:role/Admin"))).await, denied());
    assert_eq!(assume(&simulator, &sdk, arn(format!("arn:aws:iam::{other}:role/BreakGlass"))).await, denied());
    assert_eq!(assume(&simulator, &sdk, arn(format!("arn:aws-cn:iam::{PAYMENTS}:role/BreakGlass"))).await, denied());
    assert_eq!(assume(&simulator, &sdk, |call| call.role_session_name("alice")).await, denied());
    assert_eq!(assume(&simulator, &sdk, |call| call.source_identity("mallory")).await, denied());
    assert_eq!(assume(&simulator, &sdk, |call| call.set_source_identity(None)).await, denied());
    assert_eq!(assume(&simulator, &sdk, |call| call.set_tags(None)).await, denied());
    let only_one = |call: AssumeRoleFluentBuilder| call.set_tags(Some(vec![tag("ticket", "INC-4711")]));
    assert_eq!(assume(&simulator, &sdk, only_one).await, denied());
    let no_ticket =
        |call: AssumeRoleFluentBuilder| call.set_tags(Some(vec![tag("ticket", "none"), tag("reason-sha256", "00ff")]));
    assert_eq!(assume(&simulator, &sdk, no_ticket).await, denied());
}

#[tokio::test]
async fn parameters_outside_their_alphabets_and_ranges_are_refused() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let refused = || Err("ValidationError".to_owned());
    for identity in ["a", "a b", "aws:alice", "müller", &"a".repeat(65)] {
        assert_eq!(assume(&simulator, &sdk, |call| call.source_identity(identity)).await, refused(), "{identity}");
    }
    for name in ["a", "", "bg:1", &"a".repeat(65)] {
        assert_eq!(assume(&simulator, &sdk, |call| call.role_session_name(name)).await, refused(), "{name}");
    }
    for arn in ["BreakGlass", "arn:aws:iam::12345:role/BreakGlass", "arn:aws:iam::123456789012:role/"] {
        assert_eq!(assume(&simulator, &sdk, |call| call.role_arn(arn)).await, refused(), "{arn}");
    }
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
    for (key, value) in [
        ("team", "a#b"),
        ("te#am", "a"),
        ("Ticket", "a"),
        ("aws:team", "a"),
        ("", "a"),
        (&long_key, "a"),
        ("team", &long_value),
    ] {
        assert_eq!(assume(&simulator, &sdk, |call| call.tags(tag(key, value))).await, refused(), "{key}={value}");
    }
    let many = |count: usize| (0..count).map(|number| tag(&format!("key-{number}"), "")).collect::<Vec<_>>();
    assert_eq!(assume(&simulator, &sdk, |call| call.set_tags(Some(many(51)))).await, refused());
    assert_eq!(assume(&simulator, &sdk, |call| call.set_tags(Some(many(50)))).await, Ok(()));
    assert_eq!(assume(&simulator, &sdk, |call| call.tags(tag("team", "Zürich 東京_.:/=+-@"))).await, Ok(()));
}

#[tokio::test]
async fn the_log_shows_what_an_assume_role_sent_be_it_refused() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    assert!(assume(&simulator, &sdk, |call| call.duration_seconds(7_200)).await.is_err());
    let calls = simulator.calls_log();
    let sent = calls.last().unwrap().assume_role.as_ref().unwrap();
    assert_eq!(sent.role_arn, format!("arn:aws:iam::{PAYMENTS}:role/ops/BreakGlass"));
    assert_eq!((sent.session_name.as_str(), sent.source_identity.as_deref()), ("bg-1", Some("alice@acme.example")));
    assert_eq!(sent.duration_seconds.as_deref(), Some("7200"));
    let tags = [("ticket", "INC-4711"), ("reason-sha256", "00ff")];
    assert_eq!(sent.tags, tags.map(|(key, value)| (key.to_owned(), value.to_owned())));
    assert!(calls.iter().rev().skip(1).all(|call| call.assume_role.is_none()));
}

#[tokio::test]
async fn the_caller_can_be_made_to_belong_to_another_account() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let client = sdk.sts(&signed_in(&simulator, &sdk).await);
    simulator.fault(Operation::GetCallerIdentity, Fault::CallerAccount("999999999999".to_owned()));
    let identity = client.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.account(), Some("999999999999"));
    assert!(identity.arn().unwrap().starts_with("arn:aws:sts::999999999999:assumed-role/AWSReservedSSO_Developer_"));
    assert_eq!(client.get_caller_identity().send().await.unwrap().account(), Some(PAYMENTS));
}

#[tokio::test]
async fn arns_are_of_the_partition_of_the_region() {
    for (region, partition) in [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn"), ("eu-west-1", "aws")] {
        let simulator = start(Options { region: region.to_owned(), ..Options::default() });
        let sdk = sdk(&simulator);
        let identity = sdk.sts(&signed_in(&simulator, &sdk).await).get_caller_identity().send().await.unwrap();
        assert!(identity.arn().unwrap().starts_with(&format!("arn:{partition}:sts::")), "{identity:?}");
        let arn = format!("arn:{partition}:iam::{PAYMENTS}:role/BreakGlass");
        assert_eq!(assume(&simulator, &sdk, |call| call.role_arn(arn)).await, Ok(()));
    }
}

#[tokio::test]
async fn a_signature_of_another_time_is_refused_where_that_is_checked() {
    let simulator = start(Options { check_signing_time: true, ..Options::default() });
    let sdk = sdk(&simulator);
    let credentials = signed_in(&simulator, &sdk).await;
    let signed = async |seconds: u64| {
        let time = StaticTimeSource::from_secs(1_800_000_000 + seconds);
        let call = sdk.sts(&credentials).get_caller_identity().customize();
        let call = call.config_override(aws_sdk_sts::Config::builder().time_source(time));
        call.send().await.map(drop).map_err(code)
    };
    assert_eq!(signed(300).await, Ok(()));
    assert_eq!(signed(301).await, Err("SignatureDoesNotMatch".to_owned()));
}
