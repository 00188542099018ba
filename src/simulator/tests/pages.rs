//! The approval page as a browser sees it.

use super::*;

/// A device authorization whose client has an odd name; its user code and the page.
async fn device_page(simulator: &Simulator, sdk: &Sdk) -> (Registered, String, String, String) {
    let name = "<script>alert(1)</script>";
    let response = sdk.oidc.register_client().client_name(name).client_type("public").send().await.unwrap();
    let client = Registered { id: response.client_id.unwrap(), secret: response.client_secret.unwrap() };
    let device = sdk.start_device(&client).await;
    let user_code = device.user_code.unwrap();
    let page = get(simulator, &format!("/device?user_code={user_code}"));
    (client, device.device_code.unwrap(), user_code, page)
}

#[tokio::test]
async fn the_page_shows_code_and_user_and_escapes_the_clients_name() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, _, user_code, page) = device_page(&simulator, &sdk).await;
    assert!(status(&page) == 200 && page.contains(&user_code) && page.contains("alice@acme.example"));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
    assert!(page.contains("content-security-policy: default-src 'none'"));
}

#[tokio::test]
async fn the_buttons_decide_and_only_the_pages_own_form_is_accepted() {
    for (decision, expected) in [("allow", None), ("deny", Some("AccessDeniedException"))] {
        let simulator = start(Options::default());
        let sdk = sdk(&simulator);
        let (client, device_code, user_code, page) = device_page(&simulator, &sdk).await;
        let csrf_token = quoted_after(&page, "name=\"csrf_token\" value=\"");
        let form = |csrf_token: &str| format!("user_code={user_code}&csrf_token={csrf_token}&decision={decision}");
        let foreign = "origin: http://evil.example\r\n";
        assert_eq!(status(&post_form(&simulator, "/device", "", &form("guess"))), 403);
        assert_eq!(status(&post_form(&simulator, "/device", foreign, &form(csrf_token))), 403);
        assert_eq!(status(&post_form(&simulator, "/device", "sec-fetch-site: cross-site\r\n", &form(csrf_token))), 403);
        assert_eq!(sdk.poll(&client, &device_code).await.err().as_deref(), Some("AuthorizationPendingException"));
        let own = format!("origin: {}\r\nsec-fetch-site: same-origin\r\n", simulator.url());
        assert_eq!(status(&post_form(&simulator, "/device", &own, &form(csrf_token))), 200);
        assert_eq!(status(&post_form(&simulator, "/device", &own, &form(csrf_token))), 410);
        assert_eq!(sdk.poll(&client, &device_code).await.err().as_deref(), expected);
    }
}

#[test]
fn unknown_codes_and_the_bare_page_ask_for_a_code() {
    let simulator = start(Options::default());
    assert_eq!(status(&get(&simulator, "/device")), 200);
    assert_eq!(status(&get(&simulator, "/device?user_code=BBBB-BBBB")), 404);
    assert_eq!(status(&get(&simulator, "/device?user_code=%3Cscript%3E")), 404);
    assert!(get(&simulator, "/start").contains(&format!("AWS_ENDPOINT_URL_SSO={}", simulator.url())));
}
