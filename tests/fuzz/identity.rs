//! Who AWS says somebody is, the roles that are assumed, and checked names and addresses.

use std::fmt::Display;

use daypass::domain::assume_role::RoleArn;
use daypass::domain::call_evidence::RequestId;
use daypass::domain::caller_identity::CallerIdentity;
use daypass::domain::elevation::{ExpectedIdentity, IdentityCheck, check_identity};
use daypass::domain::endpoint::Endpoint;
use daypass::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
use daypass::domain::issued::{AccessKeyId, OauthSecret, SecretKey, SessionToken};
use daypass::domain::pkce::{Attempt, CALLBACK_PATH, CallbackOutcome, Request};
use daypass::domain::policy::RuleId;
use daypass::domain::replica::Replica;
use daypass::domain::sso_session::{Scope, SsoSession};
use daypass::domain::text::Untrusted;
use url::Url;

use crate::harness::{Target, check_message, inputs, text, two_texts};

fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

pub const CALLER: Target = Target {
    seeds: || {
        inputs(&[
            "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@acme.example",
            "arn:aws-us-gov:sts::123456789012:assumed-role/A/ann/o:b",
            "arn:aws:iam::123456789012:user/alice",
            "arn:aws:sts::999999999999:assumed-role/A/alice",
        ])
    },
    check: |bytes| {
        let text = text(bytes);
        let said = CallerIdentity { account: account(), arn: Untrusted::new(text.clone()) };
        let account = account();
        let verified = check_identity(ExpectedIdentity::PermissionSet { account: &account }, &said);
        let Some(role) = said.assumed_role() else {
            assert_eq!((said.user(), verified), (None, IdentityCheck::Malformed));
            return;
        };
        let made_of = format!(":sts::{}:assumed-role/{}/{}", role.account, role.role, role.session_name);
        assert!(said.arn.raw().starts_with("arn:") && said.arn.raw().ends_with(&made_of));
        assert_eq!(said.user().map(|user| user.raw().to_owned()), Some(role.session_name.to_owned()));
        assert_eq!(matches!(verified, IdentityCheck::Verified { .. }), role.account == account);
    },
};

pub const ROLE_ARN: Target = Target {
    seeds: || {
        inputs(&[
            "arn:aws:iam::{account}:role/ops/BreakGlass\nus-east-1",
            "arn:aws-cn:iam::123456789012:role/BreakGlass\ncn-north-1",
            "arn:aws:iam::999999999999:role/BreakGlass\neusc-de-east-1",
        ])
    },
    check: |bytes| {
        let (arn, region) = two_texts(bytes);
        let Ok(region) = Region::parse(&region) else { return };
        match RoleArn::of(&arn, &account(), &region) {
            Ok(role) => {
                assert_eq!((role.account(), role.as_str().split(':').nth(4)), (&account(), Some("123456789012")));
                assert!(role.as_str().ends_with(&format!("/{}", role.name())) && role.as_str().len() <= 2_100);
                assert_eq!(RoleArn::of(role.as_str(), &account(), &region).as_ref(), Ok(&role));
            }
            Err(why) => check_message(&why.to_string()),
        }
    },
};

pub const NAMES_AND_ADDRESSES: Target = Target {
    seeds: || {
        inputs(&[
            "123456789012",
            "AWSReservedSSO_Admin_0123456789abcdef",
            "eu-central-1",
            "acme corp",
            "https://acme.awsapps.com/start",
            "d-1234567890",
            "https://ssoins-1a.portal.eu-west-1.app.aws/start#/",
            "https://1a.eu-west-1.portal.amazonaws.com",
            "http://127.0.0.1:8080/",
            "sso:account:access",
            "prod-deploy.v2",
        ])
    },
    check: |bytes| {
        let text = text(bytes);
        check_name(&text, AccountId::parse);
        check_name(&text, RoleName::parse);
        check_name(&text, Region::parse);
        check_name(&text, SessionName::parse);
        check_name(&text, Scope::parse);
        check_name(&text, RuleId::parse);
        check_name(&text, StartUrl::parse);
        if let Ok(url) = StartUrl::from_typed(&text) {
            assert_eq!(StartUrl::parse(url.as_str()), Ok(url.clone()));
            let region = Region::parse("us-east-1").unwrap();
            let session = SsoSession::named_after_portal(url, region).unwrap();
            if let Ok(replica) = Replica::parse(&text) {
                assert_eq!(session.in_region(&replica).region, replica.region);
            }
            assert_eq!(session.key(), session.clone().key());
        }
        if let Ok(endpoint) = Endpoint::parse(&text) {
            assert_eq!(Endpoint::parse(endpoint.url().as_str()), Ok(endpoint.clone()));
            assert!(endpoint.url().scheme() == "https" || endpoint.is_loopback());
        }
    },
};

/// A name that is taken is kept as it was written and cannot end a line or act on a terminal.
fn check_name<T: Display, E: Display>(text: &str, parse: impl Fn(&str) -> Result<T, E>) {
    match parse(text) {
        Ok(name) => {
            assert_eq!(name.to_string(), text);
            check_message(&text.chars().take(3_000).collect::<String>());
        }
        Err(why) => check_message(&why.to_string()),
    }
}

pub const ISSUED: Target = Target {
    seeds: || inputs(&["ASIAEXAMPLEEXAMPLE00", "wJalrXUtnFEMI/K7MDENG+x=", "a-b_c.d~e:f", "01234567-89ab-cdef"]),
    check: |bytes| {
        let text = text(bytes);
        let is_of = |marks: &str| text.chars().all(|it| it.is_ascii_alphanumeric() || marks.contains(it));
        assert!(AccessKeyId::parse(text.clone()).is_err() || (is_of("") && (16..=128).contains(&text.len())));
        assert!(RequestId::parse(&text).is_none_or(|id| id.as_str() == text && is_of("-_") && text.len() <= 128));
        assert!(SecretKey::parse(text.clone()).is_err() || (is_of("+/=") && text.len() <= 128));
        assert!(OauthSecret::parse(text.clone()).is_err() || (is_of("+/=-._~:") && text.len() <= 8_192));
        if let Ok(token) = SessionToken::parse(text.clone()) {
            assert!(is_of("+/=-._~") && (1..=8_192).contains(&text.len()));
            assert!(text.len() < 16 || !format!("{token:?}").contains(&text), "debugging shows no secret");
        }
    },
};

pub const CALLBACK: Target = Target {
    seeds: || {
        inputs(&[
            "/oauth/callback?code=abc&state=AAAA\n127.0.0.1:4711",
            "/oauth/callback?error=access_denied&error_description=%1b%5b2J\n127.0.0.1:4711",
            "/oauth/callback?code=a&code=b&state=%ff\nlocalhost:4711",
            "/favicon.ico\n",
        ])
    },
    check: |bytes| {
        let (target, host) = two_texts(bytes);
        let attempt = Attempt::new(&[7; 64], 4711);
        let endpoint = Url::parse("https://oidc.us-east-1.amazonaws.com").unwrap();
        let url = attempt.authorize_url(&endpoint, "client", &[]);
        let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let request = |target: &str| attempt.check(&Request { method: "GET", target, host: Some(&host) });
        if let CallbackOutcome::Code(_) = request(&target) {
            assert!(target.contains(&state) && host == "127.0.0.1:4711", "no code without our state and our host");
        }
        // Whatever else it carries, a request with our state alone is no stray one where it has a code once.
        let with_state = format!("{CALLBACK_PATH}?state={state}&code=c");
        let is_code = matches!(request(&with_state), CallbackOutcome::Code(_));
        assert_eq!(is_code, host == "127.0.0.1:4711");
    },
};
