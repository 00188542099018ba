//! STS as our adapter speaks with it: assuming an elevation's role, and asking whose credentials are.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use daypass::adapters::aws::{Aws, ClientOptions};
use daypass::adapters::clock::SystemClock;
use daypass::domain::assume_role::{AssumeRole, ChainedDuration, RoleArn};
use daypass::domain::aws_error::{AwsError, AwsErrorKind};
use daypass::domain::credentials::RoleCredentials;
use daypass::domain::elevation::{
    ElevationId, ExpectedIdentity, IdentityCheck, Reason, RoleSessionName, SessionTags, SourceIdentity, Ticket,
    check_identity,
};
use daypass::domain::endpoint::{Endpoint, Endpoints};
use daypass::domain::ids::{AccountId, Region, SessionName, StartUrl};
use daypass::domain::issued::{AccessKeyId, SecretKey, SessionToken};
use daypass::domain::session::{ClientRegistration, Flow};
use daypass::domain::sso_session::SsoSession;
use daypass::domain::target::Target;
use daypass::domain::time::{Now, Stamp};
use daypass::ports::{Grant, IdentityCenter as _, Sts as _};
use daypass::simulator::{AssumeRoleCall, Fault, Operation, Options, Simulator, TimeSource, TrustedRole};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::environment::DEVELOPER;

const ROLE: &str = "arn:aws:iam::{account}:role/ops/BreakGlass";
/// What AWS's clock shows in these tests, far from ours.
const NOW: i64 = 1_800_000_000;

/// An AWS that refuses signatures of another time than its own, and our way to it.
struct World {
    simulator: Simulator,
    aws: Aws,
    session: SsoSession,
    target: Target,
    _folder: tempfile::TempDir,
}

impl World {
    fn with(options: Options) -> Self {
        let time = TimeSource::new(|| UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs()));
        let simulator = Simulator::start(Options { time, check_signing_time: true, ..options }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let aws = Aws::new(ClientOptions::default(), Arc::new(SystemClock::new(folder.path())));
        let endpoint = Endpoint::parse(simulator.url()).ok();
        let session = SsoSession::new(
            SessionName::parse("acme").unwrap(),
            StartUrl::parse(simulator.start_url()).unwrap(),
            Region::parse(simulator.region()).unwrap(),
        );
        let session = session.at(Endpoints { oidc: endpoint.clone(), portal: endpoint.clone(), sts: endpoint });
        World { simulator, aws, session, target: DEVELOPER.parse().unwrap(), _folder: folder }
    }

    fn new() -> Self {
        World::with(Options::default())
    }

    async fn token(&self) -> SecretString {
        let (client_id, client_secret, expires_at) =
            self.aws.register_client(&self.session, Flow::Device).await.unwrap();
        let at = Now { wall: Timestamp::UNIX_EPOCH, boot: None, latest_aws_time: None };
        let obtained = Stamp { at, aws_offset: None };
        let registration = ClientRegistration { client_id, client_secret, expires_at, obtained };
        let device = self.aws.start_device_authorization(&self.session, &registration).await.unwrap();
        assert_eq!(self.simulator.approve_all(), 1);
        let grant = Grant::DeviceCode(&device.device_code);
        self.aws.create_token(&self.session, &registration, grant).await.unwrap().access_token
    }

    /// Credentials of the permission set.
    async fn credentials(&self) -> RoleCredentials {
        let token = self.token().await;
        self.aws.role_credentials(&self.session, &token, &self.target).await.unwrap().value
    }

    fn request(&self, user: &str, ticket: Option<&str>) -> AssumeRole {
        let id = ElevationId::new(Timestamp::UNIX_EPOCH, 5);
        let ticket = ticket.map(|text| Ticket::parse(text, &[]).unwrap());
        let reason = Reason::parse("restore the ledger", 10).unwrap();
        AssumeRole {
            role: RoleArn::of(ROLE, &self.target.account, &self.session.region).unwrap(),
            duration: ChainedDuration::nearest(SignedDuration::from_mins(20)),
            session_name: RoleSessionName::of(id),
            source_identity: SourceIdentity::of(&user.into()),
            tags: SessionTags::new(id, ticket.as_ref(), &reason),
        }
    }

    /// The failure of an AssumeRole that meets `fault`.
    async fn refused(&self, credentials: &RoleCredentials, fault: Fault) -> AwsError {
        self.simulator.fault(Operation::AssumeRole, fault);
        let request = self.request("alice", None);
        self.aws.assume_role(&self.session, credentials, &request).await.unwrap_err()
    }

    fn sent(&self) -> AssumeRoleCall {
        self.simulator.calls_log().last().unwrap().assume_role.clone().unwrap()
    }
}

/// An AssumeRole that went well, but for its parts.
fn answer(access_key_id: &str, secret: &str, token: &str, expiration: &str) -> Fault {
    Fault::xml(&format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
         <AccessKeyId>{access_key_id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>{expiration}</Expiration>\
         </Credentials></AssumeRoleResult></AssumeRoleResponse>"
    ))
}

#[tokio::test]
async fn an_assumed_roles_credentials_live_as_long_as_asked_and_belong_to_the_elevation() {
    let world = World::new();
    let credentials = world.credentials().await;
    let request = world.request("alice@acme.example", Some("acme/ops#12"));
    let answered = world.aws.assume_role(&world.session, &credentials, &request).await.unwrap();

    let sent = world.sent();
    assert_eq!(sent.role_arn, "arn:aws:iam::100000023757:role/ops/BreakGlass");
    assert_eq!(sent.session_name, "bg-00000000000000000000000005");
    assert_eq!(sent.source_identity.as_deref(), Some("alice@acme.example"));
    assert_eq!(sent.duration_seconds.as_deref(), Some("1200"));
    let hash = "e4735417d87783de6fd2a3943120e7390548fb4be176b37d74d0bc214c78649a";
    let tags = [("elevation", "00000000000000000000000005"), ("ticket", "acme/ops_12"), ("reason-sha256", hash)];
    assert_eq!(sent.tags, tags.map(|(key, value)| (key.to_owned(), value.to_owned())));

    let now = Timestamp::from_second(NOW).unwrap();
    assert_eq!(answered.value.expires_at, now + SignedDuration::from_mins(20));
    let caller = world.aws.caller_identity(&world.session, &answered.value).await.unwrap();
    let expected = ExpectedIdentity::AssumedRole {
        account: &world.target.account,
        role: request.role.name(),
        session_name: &request.session_name,
    };
    let arn = "arn:aws:sts::100000023757:assumed-role/BreakGlass/bg-00000000000000000000000005";
    assert_eq!(check_identity(expected, &caller.value), IdentityCheck::Verified { arn: arn.into() });
    let before = world.aws.caller_identity(&world.session, &credentials).await.unwrap().value;
    assert!(matches!(check_identity(expected, &before), IdentityCheck::WrongRole { .. }), "{before:?}");
}

#[tokio::test]
async fn every_answer_comes_with_its_request_id_and_awss_date() {
    let world = World::new();
    let token = world.token().await;
    let portal = world.aws.role_credentials(&world.session, &token, &world.target).await.unwrap();
    let request = world.request("alice", None);
    let assumed = world.aws.assume_role(&world.session, &portal.value, &request).await.unwrap();
    let caller = world.aws.caller_identity(&world.session, &assumed.value).await.unwrap();
    let evidence = [portal.evidence, assumed.evidence, caller.evidence];
    let ids = evidence.each_ref().map(|evidence| evidence.request_id.clone().unwrap());
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
    assert!(evidence.iter().all(|evidence| evidence.aws_date == Timestamp::from_second(NOW).ok()), "{evidence:?}");
}

#[tokio::test]
async fn aws_takes_the_names_of_every_user_and_ticket() {
    let world = World::new();
    let credentials = world.credentials().await;
    let long = "ü".repeat(128);
    for user in ["", "a", "alice smith", "aws:alice", "müller@acme.example", "\u{1b}[2J", &long] {
        for ticket in [None, Some("#1"), Some("東京 🔥 e\u{301}"), Some("<a&b>%\"'")] {
            let request = world.request(user, ticket);
            let answered = world.aws.assume_role(&world.session, &credentials, &request).await;
            assert!(answered.is_ok(), "{user:?} {ticket:?}: {answered:?}");
        }
    }
}

#[tokio::test]
async fn a_role_of_another_partition_is_assumed_there() {
    let world = World::with(Options { region: "us-gov-west-1".to_owned(), ..Options::default() });
    let credentials = world.credentials().await;
    let request = world.request("alice", None);
    assert!(world.aws.assume_role(&world.session, &credentials, &request).await.is_ok());
    assert_eq!(world.sent().role_arn, "arn:aws-us-gov:iam::100000023757:role/ops/BreakGlass");
}

#[tokio::test]
async fn a_role_that_may_not_be_assumed_is_named() {
    let asks_for_ticket = TrustedRole {
        tags: vec![("ticket".to_owned(), "INC-*".to_owned())],
        ..TrustedRole::new("100000023757", "BreakGlass")
    };
    let world = World::with(Options { trusted_roles: vec![asks_for_ticket], ..Options::default() });
    let credentials = world.credentials().await;
    let assume = async |ticket| {
        let request = world.request("alice", ticket);
        world.aws.assume_role(&world.session, &credentials, &request).await
    };
    assert!(assume(Some("INC-4711")).await.is_ok());
    for ticket in [None, Some("CHG-1")] {
        let denied = assume(ticket).await.unwrap_err();
        assert_eq!((denied.operation, denied.kind), ("AssumeRole", AwsErrorKind::Forbidden));
        let said = denied.to_string();
        let hop = "answered that access is forbidden (arn:aws:iam::100000023757:role/ops/BreakGlass: User: ";
        assert!(said.contains(hop) && said.contains("is not authorized to perform: sts:AssumeRole"), "{said}");
    }
    assert_eq!(world.simulator.calls(Operation::AssumeRole), 3, "one call is one request");
}

#[tokio::test]
async fn refusals_of_a_role_are_told_apart_and_name_it() {
    let world = World::new();
    let credentials = world.credentials().await;
    let (forbidden, refused) = (AwsErrorKind::Forbidden, AwsErrorKind::CredentialsRefused);
    let (bad, trouble) = (AwsErrorKind::BadRequest, AwsErrorKind::ServerTrouble);
    let table = [
        (Fault::status(403, "AccessDenied", "no \u{1b}[2J"), forbidden),
        (Fault::status(403, "Odd", ""), forbidden),
        (Fault::status(403, "ExpiredToken", "is expired"), refused),
        (Fault::status(400, "ExpiredTokenException", "is expired"), refused),
        (Fault::status(403, "InvalidClientTokenId", "is invalid"), refused),
        (Fault::status(403, "SignatureDoesNotMatch", "Signature expired"), refused),
        (Fault::status(403, "RegionDisabledException", "is not activated"), bad),
        (Fault::status(400, "PackedPolicyTooLarge", "110 percent"), bad),
        (Fault::status(400, "MalformedPolicyDocument", "odd"), bad),
        (Fault::status(400, "ValidationError", "odd"), bad),
        (Fault::status(400, "Throttling", "Rate exceeded"), AwsErrorKind::Throttled(None)),
        (Fault::throttled(Some(7)), AwsErrorKind::Throttled(Some(Duration::from_secs(7)))),
        (Fault::internal(), trouble),
        (Fault::status(503, "ServiceUnavailable", ""), trouble),
        (Fault::html_unavailable(), trouble),
        (Fault::DropConnection, AwsErrorKind::Unreachable),
        (Fault::TruncateBody, AwsErrorKind::Protocol("body")),
    ];
    for (fault, kind) in table {
        let error = world.refused(&credentials, fault.clone()).await;
        assert_eq!(error.kind, kind, "{fault:?}");
        let said = error.to_string();
        assert!(said.contains("arn:aws:iam::100000023757:role/ops/BreakGlass"), "{fault:?}: {said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
}

#[tokio::test]
async fn what_quotes_the_credentials_of_the_hop_before_is_masked() {
    let world = World::new();
    // Too short to be masked for their looks.
    let credentials = RoleCredentials {
        access_key_id: AccessKeyId::parse("ASIAEXAMPLEEXAMPLE00").unwrap(),
        secret_access_key: SecretKey::parse("CANARYKEY").unwrap(),
        session_token: SessionToken::parse("CANARYTOKEN").unwrap(),
        expires_at: Timestamp::from_second(NOW + 3_600).unwrap(),
    };
    let quote = Fault::status(403, "AccessDenied", "no: CANARYKEY CANARYTOKEN");
    let said = format!("{:?}", world.refused(&credentials, quote).await);
    assert!(said.contains("no: … …") && !said.contains("CANARY"), "{said}");
}

#[tokio::test]
async fn an_answer_that_aws_never_gives_is_no_answer() {
    let world = World::new();
    let credentials = world.credentials().await;
    let (key, secret, token, end) = ("ASIACANARYCANARY0000", "CANARY+/=", "CANARY+/=-._~", "2027-01-15T08:20:00Z");
    let table = [
        (answer("CANARY'", secret, token, end), "accessKeyId"),
        (answer("", secret, token, end), "accessKeyId"),
        (answer(key, "CANARY CANARY", token, end), "secretAccessKey"),
        (answer(key, "CANARY\u{2019}", token, end), "secretAccessKey"),
        (answer(key, secret, "CANARY&quot;", end), "sessionToken"),
        (answer(key, secret, &"A".repeat(8_193), end), "sessionToken"),
        (answer(key, secret, token, "1970-01-21T20:00:00Z"), "expiration"),
        (answer(key, secret, token, "2027-01-15T08:00:00Z"), "expiration"),
        (answer(key, secret, token, "2027-01-15T07:59:59Z"), "expiration"),
        (answer(key, secret, token, "1800001200"), "body"),
        (answer(key, secret, token, "1800001200000"), "body"),
        (answer(key, secret, token, "soon"), "body"),
        (Fault::xml("<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"), "credentials"),
        (Fault::xml("<AssumeRoleResponse><AssumeRoleResult><Credentials><SecretAccessKey>CANARY"), "accessKeyId"),
        (Fault::xml(""), "body"),
        (Fault::json("{\"Credentials\":{\"SecretAccessKey\":\"CANARY\"}}"), "body"),
    ];
    for (fault, part) in table {
        let error = world.refused(&credentials, fault.clone()).await;
        assert_eq!(error.kind, AwsErrorKind::Protocol(part), "{fault:?}");
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
    }
    world.simulator.fault(Operation::AssumeRole, answer(key, secret, token, end));
    let request = world.request("alice", None);
    let taken = world.aws.assume_role(&world.session, &credentials, &request).await.unwrap().value;
    assert_eq!(taken.access_key_id.as_str(), key, "the answer itself is one, where its parts are");
}

#[tokio::test]
async fn credentials_of_another_account_are_found_out() {
    let world = World::new();
    let credentials = world.credentials().await;
    let expected = ExpectedIdentity::PermissionSet { account: &world.target.account };
    let caller = async |fault| {
        world.simulator.fault(Operation::GetCallerIdentity, fault);
        world.aws.caller_identity(&world.session, &credentials).await.map(|answered| answered.value)
    };
    let said = caller(Fault::Pass).await.unwrap();
    assert!(matches!(check_identity(expected, &said), IdentityCheck::Verified { .. }), "{said:?}");
    assert_eq!(said.user(), Some("alice@acme.example".into()));
    let said = caller(Fault::CallerAccount("999999999999".to_owned())).await.unwrap();
    let account = AccountId::parse("999999999999").unwrap();
    assert_eq!(check_identity(expected, &said), IdentityCheck::WrongAccount { account });

    let answer = |members: &str| {
        Fault::xml(&format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult>{members}</GetCallerIdentityResult></GetCallerIdentityResponse>"
        ))
    };
    let user = "<Arn>arn:aws:iam::100000023757:user/alice</Arn><Account>100000023757</Account>";
    assert_eq!(check_identity(expected, &caller(answer(user)).await.unwrap()), IdentityCheck::Malformed);
    let table = [
        (answer("<Account>100000023757</Account>"), AwsErrorKind::Protocol("Arn")),
        (answer("<Arn>arn:aws:sts::100000023757:assumed-role/A/alice</Arn>"), AwsErrorKind::Protocol("Account")),
        (answer("<Arn>a</Arn><Account>1</Account>"), AwsErrorKind::Protocol("Account")),
        (Fault::status(403, "ExpiredToken", "is expired"), AwsErrorKind::CredentialsRefused),
        (Fault::internal(), AwsErrorKind::ServerTrouble),
        (Fault::DropConnection, AwsErrorKind::Unreachable),
    ];
    for (fault, kind) in table {
        assert_eq!(caller(fault.clone()).await.unwrap_err().kind, kind, "{fault:?}");
    }
}
