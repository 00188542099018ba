use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::hints::word;
use super::*;
use crate::domain::assume_role::InvalidRoleArn;
use crate::domain::audit::InvalidLine;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::elevation::{ElevationId, InvalidReason, InvalidTicket, Lacking, Refusal};
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::names::NameError;
use crate::domain::on_call::{Admission, CalendarHost, Standing, Unreadable};
use crate::domain::policy::{Cap, CapOwner};
use crate::domain::store_choice::StoreName;
use crate::domain::target::{InvalidTarget, Target};
use crate::domain::text::Untrusted;
use crate::domain::tier::Tier;
use crate::error::{FileError, FileFault, KeyringFault, RotaFault, SpecialFile, VariableFault};

fn session() -> SessionName {
    SessionName::parse("acme").unwrap()
}

fn target() -> Target {
    "100000023757/Admin".parse().unwrap()
}

fn aws(kind: AwsErrorKind) -> AwsError {
    AwsError { operation: "GetRoleCredentials", kind, detail: "no \u{1b}[2J".into() }
}

fn refused() -> io::Error {
    io::ErrorKind::PermissionDenied.into()
}

/// One error of each kind that there is.
pub(crate) fn every_error() -> Vec<Error> {
    let accounts = ["100000000001", "100000000002"].map(|id| AccountId::parse(id).unwrap());
    let near = || Some(Untrusted::from("prod-payments"));
    let name = || Untrusted::from("prod-paymets");
    let names = [
        NameError::Invalid(InvalidTarget::Empty),
        NameError::Invalid(InvalidTarget::NoRole("x".into())),
        NameError::NothingListed,
        NameError::AmbiguousAccount { name: "prod".into(), accounts: accounts.into() },
        NameError::AliasAndProfile("my prod".into()),
        NameError::UnknownAccount { name: name(), near: near() },
        NameError::UnknownAccount { name: name(), near: None },
        NameError::UnknownProfile { name: name(), near: near() },
        NameError::UnknownProfile { name: name(), near: None },
        NameError::UnknownTarget { text: name(), near: near() },
        NameError::UnknownTarget { text: name(), near: None },
    ];
    let aws_kinds = [
        AwsErrorKind::SignedOut,
        AwsErrorKind::CodeExpired,
        AwsErrorKind::AccessDenied,
        AwsErrorKind::Forbidden,
        AwsErrorKind::CredentialsRefused,
        AwsErrorKind::NotFound,
        AwsErrorKind::Throttled(None),
        AwsErrorKind::Throttled(Some(Duration::from_secs(90))),
        AwsErrorKind::ServerTrouble,
        AwsErrorKind::Unreachable,
        AwsErrorKind::Protocol("expiresIn"),
        AwsErrorKind::Misconfigured,
        AwsErrorKind::InvalidClient,
    ];
    let minutes = jiff::SignedDuration::from_mins;
    let not_on_duty = || match Admission::from(Standing::of(Vec::new())) {
        Admission::Refused(why) => why,
        admission => panic!("{admission:?}"),
    };
    let cap = || Cap::parse("3h in 24h", CapOwner::Tier(Tier::Admin)).unwrap();
    let faults = || {
        let io = |action| FileFault::Io { action, source: refused() };
        let invalid =
            |line| FileFault::Invalid { line, column: None, what: "`flow`: `x` is not one of device, pkce".into() };
        [
            FileFault::Missing { what: "policy", named_by: "$DAYPASS_CONFIG".into() },
            FileFault::Unreadable(refused()),
            io("write"),
            FileFault::TooLarge { limit: 1 << 20 },
            FileFault::TooLarge { limit: 1000 },
            FileFault::NotAPlainFile(SpecialFile::Fifo),
            FileFault::NotAFolder,
            FileFault::OtherOwner,
            FileFault::WritableToOthers,
            FileFault::Locked,
            invalid(Some(3)),
            invalid(None),
            FileFault::Contradicts { line: 8, key: "sso_region", what: "[profile p] has sso_region `x`".into() },
            FileFault::NotAnSsoProfile { line: 1, what: "[profile p] has no sso_session".into() },
            FileFault::SectionTaken { section: "line 1: [sso-session acme] is there already".into() },
            FileFault::NotUtf8,
        ]
    };
    let file = |fault| FileError::new(Path::new("/home/al ice/config.toml"), fault);
    let variable = |fault| Error::Variable { name: "DAYPASS_STORE", fault };
    let keyring = [
        KeyringFault::Absent,
        KeyringFault::Locked,
        KeyringFault::PromptDismissed,
        KeyringFault::Silent,
        KeyringFault::Damaged,
        KeyringFault::NoRoom,
        KeyringFault::NewerFormat,
        KeyringFault::Failed,
    ];
    let silence = || Box::new(Error::Aws(aws(AwsErrorKind::Unreachable)));
    let region = |at: usize| Region::parse(["us-east-1", "eu-west-1", "us-west-2"][at]).unwrap();
    let held = |holder| Error::LockHeld { name: "session/acme".into(), holder, limit: Duration::from_secs(15) };
    let keyring = keyring.map(|fault| Error::Keyring { fault, detail: format!("{fault:?}\u{7}").as_str().into() });
    let mut errors = vec![
        Error::LoginNeeded { session: session(), elsewhere: None, source: Some(aws(AwsErrorKind::SignedOut)) },
        Error::LoginNeeded { session: session(), elsewhere: Some(StoreName::Keyutils), source: None },
        Error::SignedInElsewhere { session: session(), store: StoreName::Keyutils },
        Error::KeptElsewhere { target: target(), store: StoreName::Keyutils },
        Error::SignedOutMeanwhile { session: session() },
        Error::SignInExpired { session: session() },
        Error::BrowserTimeout { session: session(), limit: Duration::from_secs(600) },
        Error::SignInDeclined { said: "access_denied\u{1b}]0;x\u{7}".into() },
        Error::NoCallbackListener(refused()),
        Error::NoSignInEndpoint { region: Region::parse("mars-1").unwrap(), why: "unknown region".into() },
        Error::LogoutUnconfirmed { session: session(), source: aws(AwsErrorKind::ServerTrouble) },
        Error::NotAssigned { target: target(), source: aws(AwsErrorKind::Forbidden) },
        Error::NotInTime { target: target() },
        Error::NoReplica { session: session() },
        Error::NoStandby {
            session: session(),
            region: region(0),
            standbys: vec![region(1), region(2)],
            source: silence(),
        },
        Error::StandbyOut { region: region(0), standbys: vec![region(1)], source: silence() },
        Error::ReasonRequired { target: target(), tier: Tier::Admin, lacking: Some(Lacking::Ticket) },
        Error::ElevationRefused(InvalidReason::TooShort(10).into()),
        Error::ElevationRefused(InvalidTicket::Needed { or_none: true }.into()),
        Error::ElevationRefused(InvalidTicket::NotOne.into()),
        Error::ElevationRefused(Refusal::Duration { asked: minutes(90), most: minutes(60) }),
        Error::ElevationRefused(Refusal::Cap { cap: cap(), left: minutes(10) }),
        Error::ElevationRefused(Refusal::Cap { cap: cap(), left: minutes(0) }),
        Error::ElevationRefused(Refusal::Approval(vec!["ops".into(), "sec\u{1b}".into()])),
        Error::ElevationRefused(Refusal::Unattended),
        Error::NotOnCall { target: target(), why: not_on_duty() },
        Error::UserUnknown,
        Error::OtherIdentity { target: target(), arn: "arn:aws:sts::1:assumed-role/A/b\u{1b}".into() },
        Error::ChainedRole(InvalidRoleArn::NotOne("x\u{1b}".into())),
        Error::RoleNotAssumed { role: "arn:aws:iam::1:role/B".into(), source: aws(AwsErrorKind::Forbidden) },
        Error::NotConfirmed,
        Error::NoSuchElevation(ElevationId::new(jiff::Timestamp::UNIX_EPOCH, 7)),
        Error::UnwritableRecord(InvalidLine::TooLong),
        Error::UnreadableRecord { file: "/home/a\u{1b}/audit-000003.jsonl".into(), line: 12 },
        Error::LogKeyUnusable,
        variable(VariableFault::NotUtf8),
        variable(VariableFault::Relative("he\u{1b}re".into())),
        variable(VariableFault::Endpoint(Endpoint::parse("http://sso.example").unwrap_err())),
        variable(VariableFault::LogFilter("invalid filter directive".into())),
        variable(VariableFault::Invalid("`x` is not one of auto, memory".into())),
        Error::NoHome { variable: "DAYPASS_CONFIG" },
        held(Some(4711)),
        held(None),
        Error::NoSuchStore { available: &["auto", "memory"] },
        Error::System { action: "start the async runtime", source: refused() },
        Error::ShellNotStarted { program: "/opt/no-such-shell".into(), source: refused() },
        Error::TaskEnded,
        Error::NoClipboard { tool: Some("xclip"), source: Some(refused()) },
        Error::NoClipboard { tool: None, source: None },
        Error::NotRecorded(Box::new(Error::OwnFile(file(FileFault::Locked)))),
        Error::GrantNotKept(Box::new(held(None))),
        Error::NotCopied(refused()),
        Error::NoTerminal,
    ];
    let unreadable = Unreadable::NotACalendar("it was cut off");
    let rota = [
        RotaFault::FileMissing("/srv/pa\u{1b}y.ics".into()),
        RotaFault::NoUrl,
        RotaFault::OtherHost(CalendarHost::parse("acme.example").unwrap()),
        RotaFault::NoAnswer(Duration::from_millis(2_500)),
        RotaFault::Unreachable,
        RotaFault::Tls("the certificates are not there".into()),
        RotaFault::Status(302),
        RotaFault::Status(401),
        RotaFault::CutOff,
        RotaFault::TooLarge,
        RotaFault::NotStarted(refused()),
        RotaFault::CommandFailed(Some(3)),
        RotaFault::CommandFailed(None),
        RotaFault::Unreadable(unreadable),
    ];
    errors.extend(rota.map(Error::Rota));
    errors.extend(names.map(Error::Name));
    errors.extend(aws_kinds.map(|kind| Error::Aws(aws(kind))));
    errors.extend(faults().map(|fault| Error::UserFile(file(fault))));
    errors.extend(faults().map(|fault| Error::Policy(file(fault))));
    errors.extend(faults().map(|fault| Error::OwnFile(file(fault))));
    errors.extend(keyring);
    let locked = Error::Keyring { fault: KeyringFault::Locked, detail: "the keyring is locked".into() };
    let no_clipboard = Box::new(Error::NoClipboard { tool: None, source: None });
    errors.push(Error::SecretNotCopied { target: target(), source: no_clipboard });
    errors.push(Error::SecretsRemain { session: session(), source: Box::new(locked) });
    errors
}

/// A number for each variant. Whoever adds one is led here, and from here to [`every_error`].
fn number(error: &Error) -> usize {
    match error {
        Error::LoginNeeded { .. } => 0,
        Error::SignedOutMeanwhile { .. } => 1,
        Error::SignInExpired { .. } => 2,
        Error::BrowserTimeout { .. } => 3,
        Error::SignInDeclined { .. } => 4,
        Error::NoCallbackListener(_) => 5,
        Error::NoSignInEndpoint { .. } => 6,
        Error::LogoutUnconfirmed { .. } => 7,
        Error::SecretsRemain { .. } => 8,
        Error::Aws(_) => 9,
        Error::NotAssigned { .. } => 10,
        Error::NotInTime { .. } => 11,
        Error::ReasonRequired { .. } => 12,
        Error::ElevationRefused(_) => 13,
        Error::Name(_) => 14,
        Error::Variable { .. } => 15,
        Error::NoHome { .. } => 16,
        Error::UserFile(_) => 17,
        Error::OwnFile(_) => 18,
        Error::LockHeld { .. } => 19,
        Error::Keyring { .. } => 20,
        Error::NoSuchStore { .. } => 21,
        Error::System { .. } => 22,
        Error::TaskEnded => 23,
        Error::NoClipboard { .. } => 24,
        Error::NoTerminal => 25,
        Error::NotRecorded(_) => 26,
        Error::NotCopied(_) => 27,
        Error::SignedInElsewhere { .. } => 28,
        Error::KeptElsewhere { .. } => 29,
        Error::SecretNotCopied { .. } => 30,
        Error::ShellNotStarted { .. } => 31,
        Error::NotConfirmed => 32,
        Error::UnwritableRecord(_) => 33,
        Error::LogKeyUnusable => 34,
        Error::NoSuchElevation(_) => 35,
        Error::NoStandby { .. } => 36,
        Error::StandbyOut { .. } => 37,
        Error::NoReplica { .. } => 38,
        Error::Rota(_) => 39,
        Error::NotOnCall { .. } => 40,
        Error::UserUnknown => 41,
        Error::ChainedRole(_) => 42,
        Error::RoleNotAssumed { .. } => 43,
        Error::OtherIdentity { .. } => 44,
        Error::GrantNotKept(_) => 45,
        Error::UnreadableRecord { .. } => 46,
        Error::Policy(_) => 47,
    }
}

#[test]
fn every_error_has_its_exit_code_its_words_and_its_next_command() {
    let errors = every_error();
    let seen: BTreeSet<usize> = errors.iter().map(number).collect();
    assert_eq!(seen, (0..48).collect());
    let shown: Vec<String> = errors
        .iter()
        .map(|error| {
            let report = Report::of(error);
            format!("{} {}\n{}", report.kind().exit_code(), report.heading(), report.text())
        })
        .collect();
    insta::assert_snapshot!("every_error", shown.join("\n"));
}

#[test]
fn no_error_shows_a_control_character_or_exceeds_a_kibibyte() {
    for error in every_error() {
        let report = Report::of(&error);
        let acts = |text: &str| text.chars().any(char::is_control);
        assert!(report.text().len() < 1024, "{error:?}");
        assert!(!report.text().lines().any(acts) && !acts(report.message()), "{}", report.text());
        assert!(!acts(&format!("{error}")) && !acts(&format!("{error:?}")), "{error:?}");
    }
}

#[test]
fn a_cause_is_shown_once_and_a_long_message_leaves_room_for_a_hint() {
    let source =
        AwsError { operation: "Logout", kind: AwsErrorKind::ServerTrouble, detail: "x".repeat(5_000).as_str().into() };
    let report = Report::of(&Error::LogoutUnconfirmed { session: session(), source });
    assert!(report.text().ends_with("  sign out in the AWS access portal as well\n"), "{}", report.text());
    assert_eq!(report.message().matches("Logout").count(), 1);
    let report = Report::failed("m".repeat(5_000)).hint("h".repeat(5_000)).hint("h".repeat(5_000));
    assert!(report.text().len() < 1024);
}

#[test]
fn a_command_in_a_hint_can_be_typed_as_it_stands() {
    let login = |name: &str| {
        let error = Error::LoginNeeded { session: SessionName::parse(name).unwrap(), elsewhere: None, source: None };
        Report::of(&error).hints().join("")
    };
    assert_eq!(login("acme"), "daypass login acme");
    assert_eq!(login("acme+eu@work.1"), "daypass login acme+eu@work.1");
    assert_eq!(login("my acme"), "daypass login 'my acme'");
    assert_eq!(word(&"it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
}

#[test]
fn only_a_401_or_a_spent_grant_or_code_asks_for_a_login() {
    for error in every_error() {
        let Error::Aws(AwsError { kind, .. }) = &error else { continue };
        let asks = matches!(kind, AwsErrorKind::SignedOut | AwsErrorKind::InvalidGrant | AwsErrorKind::CodeExpired);
        assert_eq!(error.kind() == Kind::LoginNeeded, asks, "{kind:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_said_the_report_is_short_and_safe(text in any::<String>(), cause in any::<String>(), hint in any::<String>()) {
        let report = Report::failed(&text).because(Some(&io::Error::other(cause))).hint(hint).text();
        prop_assert!(report.len() < 1024);
        prop_assert!(!report.chars().any(|character| character.is_control() && character != '\n'));
        prop_assert!(report.lines().count() <= 2);
    }
}
