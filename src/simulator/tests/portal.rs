//! The portal: listings and their pages, role credentials, signing out, the rate limit.

use super::*;

const PAYMENTS: &str = "100000023757";

#[tokio::test]
async fn the_listings_page_through_everything_once() {
    let simulator = start(Options { accounts: 45, roles: Roles::Exactly(23), ..Options::default() });
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    let pages = sdk.portal.list_accounts().access_token(&tokens.access).into_paginator().items();
    let listed: Vec<_> = pages.send().collect::<Result<Vec<_>, _>>().await.unwrap();
    let expected: Vec<_> = simulator.accounts().iter().map(|account| Some(account.id.as_str())).collect();
    assert_eq!(listed.iter().map(|account| account.account_id()).collect::<Vec<_>>(), expected);
    assert_eq!(simulator.calls(Operation::ListAccounts), 3);

    let call = sdk.portal.list_account_roles().access_token(&tokens.access).account_id(PAYMENTS).max_results(10);
    let roles: Vec<_> = call.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!((roles.len(), roles[22].role_name()), (23, Some("Team0023")));
    assert_eq!(simulator.calls(Operation::ListAccountRoles), 3);
}

#[tokio::test]
async fn an_invalid_page_is_rejected() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    let list = || sdk.portal.list_accounts().access_token(&tokens.access);
    let token = list().max_results(1).send().await.unwrap().next_token.unwrap();
    let roles = sdk.portal.list_account_roles().access_token(&tokens.access).account_id(PAYMENTS);
    for response in [
        list().max_results(0).send().await.map(drop).map_err(code),
        list().max_results(101).send().await.map(drop).map_err(code),
        list().next_token("garbage").send().await.map(drop).map_err(code),
        roles.next_token(token).send().await.map(drop).map_err(code),
    ] {
        assert_eq!(response.err().as_deref(), Some("InvalidRequestException"));
    }
}

#[tokio::test]
async fn role_credentials_have_recognisable_secrets_and_their_own_lifetime() {
    let role_sessions = vec![("ReadOnly".to_owned(), Duration::from_secs(8 * 3_600))];
    let simulator = start(Options { role_sessions, ..Options::default() });
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    for (role, hours) in [("ReadOnly", 8), ("Developer", 1)] {
        let credentials = sdk.role_credentials(&tokens.access, PAYMENTS, role).await.unwrap();
        assert_eq!(credentials.expiration(), simulator.now_ms() + hours * 3_600_000);
        assert!(credentials.secret_access_key().unwrap().contains("SIMSECRET"));
        let issued = simulator.issued_secrets();
        for secret in [credentials.secret_access_key(), credentials.session_token(), Some(tokens.access.as_str())] {
            assert!(issued.iter().any(|known| Some(known.as_str()) == secret));
        }
    }
}

#[tokio::test]
async fn only_assigned_roles_of_known_accounts_get_credentials() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    for (account, role, expected) in [
        (PAYMENTS, "BillingViewer", "ForbiddenException"),
        ("999999999999", "ReadOnly", "ResourceNotFoundException"),
        ("short", "ReadOnly", "InvalidRequestException"),
    ] {
        let response = sdk.role_credentials(&tokens.access, account, role).await;
        assert_eq!(response.err().as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn an_expired_or_revoked_token_is_invalid() {
    let by_time = |simulator: &Simulator| simulator.advance(Duration::from_secs(3_600));
    let ways = [
        ("expired by time", by_time as fn(&Simulator)),
        ("expired by hand", Simulator::expire_access_tokens),
        ("revoked", Simulator::revoke_all_tokens),
    ];
    for (way, end) in ways {
        let simulator = start(Options::default());
        let sdk = sdk(&simulator);
        let (client, tokens) = sdk.sign_in(&simulator).await;
        end(&simulator);
        let response = sdk.portal.list_accounts().access_token(&tokens.access).send().await;
        assert_eq!(response.map_err(code).err().as_deref(), Some("UnauthorizedException"), "{way}");
        assert_eq!(sdk.refresh(&client, &tokens.refresh).await.is_ok(), way != "revoked", "{way}");
    }
}

#[tokio::test]
async fn logout_ends_the_whole_session_and_no_other() {
    let simulator = start(Options::default());
    let sdk = sdk(&simulator);
    let (client, tokens) = sdk.sign_in(&simulator).await;
    let newer = sdk.refresh(&client, &tokens.refresh).await.unwrap();
    let (_, other) = sdk.sign_in(&simulator).await;
    sdk.portal.logout().access_token(&newer.access).send().await.unwrap();
    for token in [&tokens.access, &newer.access] {
        let again = sdk.portal.logout().access_token(token).send().await;
        assert_eq!(again.map_err(code).err().as_deref(), Some("UnauthorizedException"));
    }
    assert!(sdk.refresh(&client, &newer.refresh).await.is_err());
    assert!(sdk.portal.list_accounts().access_token(&other.access).send().await.is_ok());
}

#[tokio::test]
async fn requests_beyond_the_rate_get_429_until_time_has_passed() {
    let simulator = start(Options { rate_limit: Some(5), retry_after: Some(2), ..Options::default() });
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    let list = async || sdk.portal.list_accounts().access_token(&tokens.access).send().await;
    for _ in 0..5 {
        list().await.unwrap();
    }
    let throttled = list().await.unwrap_err();
    let response = throttled.raw_response().unwrap();
    assert_eq!((response.status().as_u16(), response.headers().get("retry-after")), (429, Some("2")));
    assert!(throttled.into_service_error().is_too_many_requests_exception());
    simulator.advance(Duration::from_millis(200));
    assert!(list().await.is_ok() && list().await.is_err());
    let statuses: Vec<_> = simulator.calls_log().iter().rev().take(2).map(|call| call.status).collect();
    assert_eq!(statuses, [Some(429), Some(200)]);
}

#[tokio::test]
async fn hostile_names_arrive_as_they_are() {
    let simulator = start(Options { hostile_names: true, ..Options::default() });
    let sdk = sdk(&simulator);
    let (_, tokens) = sdk.sign_in(&simulator).await;
    let listed = sdk.portal.list_accounts().access_token(&tokens.access).send().await.unwrap();
    for (listed, account) in listed.account_list().iter().zip(simulator.accounts()) {
        assert_eq!(listed.account_name(), Some(account.name.as_str()));
    }
    assert!(simulator.accounts().iter().any(|account| account.name == "x]\ncredential_process=rm"));
}
