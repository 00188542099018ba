//! Signing in: device authorization, the browser's flow, refreshing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use super::*;

#[tokio::test]
async fn a_device_authorization_is_pending_until_it_is_approved_and_gives_tokens_once() {
    let simulator = start(Options { interval: Some(7), ..Options::default() });
    let sdk = sdk(&simulator);
    let client = sdk.register().await;
    let device = sdk.start_device(&client).await;
    assert_eq!((device.interval, device.expires_in), (7, 600));
    let user_code = device.user_code().unwrap();
    let complete = format!("{}/device?user_code={user_code}", simulator.url());
    assert_eq!(device.verification_uri_complete(), Some(complete.as_str()));

    let device_code = device.device_code().unwrap();
    assert_eq!(sdk.poll(&client, device_code).await.err().as_deref(), Some("AuthorizationPendingException"));
    assert_eq!(simulator.pending_user_codes(), [user_code]);
    assert!(simulator.approve(&user_code.to_lowercase().replace('-', " ")));
    assert!(!simulator.approve(user_code));
    let tokens = sdk.poll(&client, device_code).await.unwrap();
    assert!(!tokens.access.is_empty() && !tokens.refresh.is_empty());
    assert_eq!(sdk.poll(&client, device_code).await.err().as_deref(), Some("InvalidGrantException"));
    assert_eq!(simulator.counts().grant(Grant::DeviceCode), 3);
}

#[tokio::test]
async fn a_sign_in_ends_denied_or_expired() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let client = sdk.register().await;
    let (denied, late) = (sdk.start_device(&client).await, sdk.start_device(&client).await);
    assert!(simulator.deny(denied.user_code().unwrap()));
    assert_eq!(sdk.poll(&client, denied.device_code().unwrap()).await.err().as_deref(), Some("AccessDeniedException"));
    simulator.advance(Duration::from_secs(600));
    assert!(!simulator.approve(late.user_code().unwrap()));
    assert_eq!(sdk.poll(&client, late.device_code().unwrap()).await.err().as_deref(), Some("ExpiredTokenException"));
}

#[tokio::test]
async fn the_interval_may_be_absent_zero_negative_or_huge() {
    for (interval, seen) in [(None, 0), (Some(0), 0), (Some(-1), -1), (Some(1_000_000_000), 1_000_000_000)] {
        let simulator = start(Options { interval, ..Options::default() });
        let sdk = sdk(&simulator);
        let client = sdk.register().await;
        assert_eq!(sdk.start_device(&client).await.interval, seen, "{interval:?}");
    }
}

#[tokio::test]
async fn polling_faster_than_the_interval_gets_slow_down_where_it_is_enforced() {
    let simulator = start(Options { interval: Some(5), enforce_interval: true, ..Options::default() });
    let sdk = sdk(&simulator);
    let client = sdk.register().await;
    let device = sdk.start_device(&client).await;
    let mut seen = Vec::new();
    for pause in [0, 4_999, 5_000] {
        simulator.advance(Duration::from_millis(pause));
        seen.push(sdk.poll(&client, device.device_code().unwrap()).await.err().unwrap());
    }
    assert_eq!(seen, ["AuthorizationPendingException", "SlowDownException", "AuthorizationPendingException"]);
}

#[tokio::test]
async fn a_sign_in_is_approved_automatically_after_its_delay() {
    let simulator = start(Options { auto_approve: Some(Duration::from_secs(3)), ..Options::default() });
    let sdk = sdk(&simulator);
    let client = sdk.register().await;
    let device = sdk.start_device(&client).await;
    simulator.advance(Duration::from_millis(2_999));
    assert!(sdk.poll(&client, device.device_code().unwrap()).await.is_err());
    simulator.advance(Duration::from_millis(1));
    assert!(sdk.poll(&client, device.device_code().unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_works_once_and_rotates() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (client, first) = sdk.sign_in(&simulator).await;
    simulator.expire_access_tokens();
    let second = sdk.refresh(&client, &first.refresh).await.unwrap();
    assert_ne!(first.access, second.access);
    assert_ne!(first.refresh, second.refresh);
    assert_eq!(sdk.refresh(&client, &first.refresh).await.err().as_deref(), Some("InvalidGrantException"));
    let other = sdk.register().await;
    assert_eq!(sdk.refresh(&other, &second.refresh).await.err().as_deref(), Some("InvalidGrantException"));
    assert!(sdk.refresh(&client, &second.refresh).await.is_ok());
    assert_eq!(simulator.counts().grant(Grant::RefreshToken), 4);
}

#[tokio::test]
async fn refreshing_ends_with_the_sign_in_or_the_registration() {
    let day = Duration::from_secs(86_400);
    let options = Options { sign_in_lifetime: day, registration_lifetime: 2 * day, ..Options::default() };
    let simulator = start(options);
    let sdk = sdk(&simulator);
    let (client, tokens) = sdk.sign_in(&simulator).await;
    simulator.advance(day);
    assert_eq!(sdk.refresh(&client, &tokens.refresh).await.err().as_deref(), Some("InvalidGrantException"));
    simulator.advance(day);
    assert_eq!(sdk.refresh(&client, &tokens.refresh).await.err().as_deref(), Some("InvalidClientException"));
}

#[tokio::test]
async fn a_client_without_scopes_gets_no_refresh_token() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let response = sdk.oidc.register_client().client_name("old").client_type("public").send().await.unwrap();
    let client = Registered { id: response.client_id.unwrap(), secret: response.client_secret.unwrap() };
    let device = sdk.start_device(&client).await;
    simulator.approve_all();
    assert_eq!(sdk.poll(&client, device.device_code().unwrap()).await.unwrap().refresh, "");
}

#[tokio::test]
async fn unknown_clients_wrong_secrets_and_invalid_registrations_are_rejected() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let real = sdk.register().await;
    for client in [
        Registered { id: "nobody".to_owned(), secret: real.secret.clone() },
        Registered { id: real.id.clone(), secret: "wrong".to_owned() },
    ] {
        assert_eq!(sdk.refresh(&client, "x").await.err().as_deref(), Some("InvalidClientException"));
    }
    simulator.forget_clients();
    assert_eq!(sdk.refresh(&real, "x").await.err().as_deref(), Some("InvalidClientException"));

    let register = || sdk.oidc.register_client().client_name("x").client_type("public");
    for (call, expected) in [
        (register().client_type("confidential"), "InvalidClientMetadataException"),
        (register().redirect_uris("http://evil.example/oauth/callback"), "InvalidRedirectUriException"),
        (register().grant_types("password"), "UnsupportedGrantTypeException"),
    ] {
        assert_eq!(call.send().await.map_err(code).err().as_deref(), Some(expected));
    }
}

/// A client of the browser's flow, with the URL to open for a verifier.
async fn browser_client(sdk: &Sdk) -> Registered {
    let call = sdk.oidc.register_client().client_name("daypass").client_type("public").scopes(SCOPE);
    let call = call.grant_types("authorization_code").grant_types("refresh_token");
    let call = call.redirect_uris("http://127.0.0.1/oauth/callback").issuer_url("https://acme.awsapps.com/start");
    let response = call.send().await.unwrap();
    Registered { id: response.client_id.unwrap(), secret: response.client_secret.unwrap() }
}

const REDIRECT: &str = "http://127.0.0.1:49152/oauth/callback";

fn authorize_target(client: &Registered, redirect: &str, verifier: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let mut url = Url::parse("http://x/authorize").unwrap();
    url.query_pairs_mut()
        .extend_pairs([("response_type", "code"), ("client_id", &client.id), ("redirect_uri", redirect)])
        .extend_pairs([("state", "st&te"), ("code_challenge_method", "S256"), ("scopes", SCOPE)])
        .append_pair("code_challenge", &challenge);
    url.as_str().strip_prefix("http://x").unwrap().to_owned()
}

/// The parameter `name` of the redirect in `response`.
fn redirected(response: &str, name: &str) -> Option<String> {
    let location = response.lines().find_map(|line| line.strip_prefix("location: "))?;
    assert!(location.starts_with(REDIRECT), "{location}");
    let url = Url::parse(location).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn the_browser_flow_gives_a_code_that_works_once_with_its_verifier_and_redirect() {
    let simulator = start(Options { auto_approve: Some(Duration::ZERO), ..Options::default() });
    let sdk = sdk(&simulator);
    let client = browser_client(&sdk).await;
    let verifier = "v".repeat(64);
    let exchange = async |code: &str, verifier: &str, redirect: &str| {
        let call = sdk.token(&client, "authorization_code").code(code).code_verifier(verifier);
        finished(call.redirect_uri(redirect).send().await)
    };
    let code_of = |response: &str| redirected(response, "code").unwrap();

    let response = get(&simulator, &authorize_target(&client, REDIRECT, &verifier));
    assert_eq!((status(&response), redirected(&response, "state").as_deref()), (303, Some("st&te")));
    let code = code_of(&response);
    assert!(exchange(&code, &verifier, REDIRECT).await.is_ok());
    for (verifier, redirect) in [
        (verifier.clone(), REDIRECT),
        ("w".repeat(64), REDIRECT),
        (verifier.clone(), "http://127.0.0.1:1/oauth/callback"),
    ] {
        assert_eq!(exchange(&code, &verifier, redirect).await.err().as_deref(), Some("InvalidGrantException"));
    }
    for (verifier, redirect) in [("w".repeat(64), REDIRECT), (verifier.clone(), "http://127.0.0.1:1/oauth/callback")] {
        let code = code_of(&get(&simulator, &authorize_target(&client, REDIRECT, &"v".repeat(64))));
        assert_eq!(exchange(&code, &verifier, redirect).await.err().as_deref(), Some("InvalidGrantException"));
    }
    let code = code_of(&get(&simulator, &authorize_target(&client, REDIRECT, &verifier)));
    simulator.advance(Duration::from_secs(60));
    assert_eq!(exchange(&code, &verifier, REDIRECT).await.err().as_deref(), Some("InvalidGrantException"));
    assert_eq!(simulator.calls(Operation::Authorize), 4);
}

#[tokio::test]
async fn the_consent_page_redirects_with_a_code_or_an_error() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let client = browser_client(&sdk).await;
    for (decision, parameter) in [("allow", "code"), ("deny", "error")] {
        let page = get(&simulator, &authorize_target(&client, REDIRECT, &"v".repeat(43)));
        assert!(status(&page) == 200 && page.contains("alice@acme.example"));
        let form = format!("request={}&decision={decision}", quoted_after(&page, "name=\"request\" value=\""));
        let response = post_form(&simulator, "/authorize", "", &form);
        assert!(redirected(&response, parameter).is_some(), "{response}");
        assert_eq!(redirected(&response, "state").as_deref(), Some("st&te"));
        assert_eq!(status(&post_form(&simulator, "/authorize", "", &form)), 410);
    }
}

#[tokio::test]
async fn the_consent_page_redirects_after_the_automatic_approval() {
    let simulator = start(Options { auto_approve: Some(Duration::from_secs(2)), ..Options::default() });
    let sdk = sdk(&simulator);
    let client = browser_client(&sdk).await;
    let page = get(&simulator, &authorize_target(&client, REDIRECT, &"v".repeat(43)));
    let next = quoted_after(&page, "content=\"2;url=").to_owned();
    assert_eq!(status(&get(&simulator, &next)), 200);
    simulator.advance(Duration::from_secs(2));
    assert!(redirected(&get(&simulator, &next), "code").is_some());
}

#[tokio::test]
async fn invalid_authorize_requests_get_a_page_and_no_redirect() {
    let simulator = start(Options { auto_approve: Some(Duration::ZERO), ..Options::default() });
    let sdk = sdk(&simulator);
    let client = browser_client(&sdk).await;
    let good = authorize_target(&client, REDIRECT, &"v".repeat(43));
    let device_client = authorize_target(&sdk.register().await, REDIRECT, "v");
    for target in [
        authorize_target(&client, "http://evil.example/oauth/callback", "v"),
        authorize_target(&client, "http://127.0.0.1@evil.example/oauth/callback", "v"),
        authorize_target(&client, "http://localhost:1/oauth/callback", "v"),
        authorize_target(&client, "http://127.0.0.1:1/other", "v"),
        good.replace("S256", "plain"),
        good.replace("response_type=code", "response_type=token"),
        good.replace("client_id=", "client_id=x"),
        device_client,
        "/authorize".to_owned(),
    ] {
        let response = get(&simulator, &target);
        assert!(status(&response) == 400 && !response.contains("\r\nlocation:"), "{target}: {response}");
    }
}
