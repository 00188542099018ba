use jiff::Timestamp;

use super::*;
use crate::domain::catalog::{Account, Entry, Roles};
use crate::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::domain::policy::{
    Clauses, Glob, Matcher, PolicyDigest, PolicyIdentity, Rule, RuleId, SessionLimit, TierDefaults,
};
use crate::error::Error;

fn session(name: &str, region: &str) -> SsoSession {
    let start_url = StartUrl::from_typed(name).unwrap();
    SsoSession::new(SessionName::parse(name).unwrap(), start_url, Region::parse(region).unwrap())
}

fn catalog(accounts: &[(&str, &str, &[&str])]) -> Catalog {
    let entry = |(id, name, roles): &(&str, &str, &[&str])| {
        let names = roles.iter().map(|role| RoleName::parse(role).unwrap()).collect();
        let account =
            Account { id: AccountId::parse(id).unwrap(), name: Untrusted::new(*name), email: Untrusted::default() };
        Entry { account, roles: Roles::Listed { at: Timestamp::UNIX_EPOCH, names } }
    };
    Catalog { listed_at: Some(Timestamp::UNIX_EPOCH), entries: accounts.iter().map(entry).collect(), cut_short: false }
}

/// A policy that has this role assume the break-glass role of its account.
fn chained(role: &str) -> Policy {
    let assumed = "arn:aws:iam::{account}:role/BreakGlassAdmin".to_owned();
    let rule = Rule {
        id: RuleId::parse("break-glass").unwrap(),
        matcher: Matcher { roles: vec![Glob::parse(role).unwrap()], ..Matcher::default() },
        tier: Some(Tier::Admin),
        clauses: Clauses { mode: Some(Mode::Chained(assumed)), ..Clauses::default() },
    };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b""), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]), vec![rule], identity)
}

fn known(sessions: Vec<(SsoSession, Catalog)>, policy: Policy) -> Known {
    Known { sessions, replicas: Vec::new(), policy, problems: Vec::new(), now: Timestamp::UNIX_EPOCH }
}

const TWO_ACCOUNTS: &[(&str, &str, &[&str])] = &[
    ("111111111111", "prod-payments", &["Admin", "BreakGlassEntry", "ReadOnly"]),
    ("222222222222", "sandbox", &["ReadOnly"]),
];

#[test]
fn everything_that_is_known_is_filled_in() {
    let page =
        document(&known(vec![(session("acme", "eu-west-1"), catalog(TWO_ACCOUNTS))], chained("BreakGlassEntry")));
    insta::assert_snapshot!(page);
}

#[test]
fn replicas_are_named_with_their_sign_ins_and_how_to_sign_in_where_there_is_none() {
    let replica = |region: &str, until: Option<Timestamp>| {
        let session = session("acme", region);
        KnownReplica { session: session.name.clone(), standby: session, signed_in_until: until }
    };
    let page = |replicas| {
        let known = known(vec![(session("acme", "us-east-1"), catalog(TWO_ACCOUNTS))], Policy::built_in());
        document(&Known { replicas, ..known })
    };
    let signed_in = page(vec![replica("eu-west-1", Some(Timestamp::UNIX_EPOCH)), replica("us-west-2", None)]);
    assert!(signed_in.contains(" in eu-west-1; signed in until 1970-01-01 00:00 UTC\n"), "{signed_in}");
    assert!(signed_in.contains(" in us-west-2\n") && !signed_in.contains("--standby"), "{signed_in}");
    assert!(page(vec![replica("eu-west-1", None)]).contains("\n      daypass login acme --standby\n"));
}

#[test]
fn nothing_known_leaves_blanks_and_no_marker() {
    let page = document(&known(Vec::new(), Policy::built_in()));
    assert!(!page.lines().any(|line| line.starts_with('{')), "{page}");
    for words in ["Portal: ____, region: ____", "The policy names none", "None is known here"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn a_break_glass_role_that_nothing_known_leads_to_is_named_as_the_policy_has_it() {
    let page = document(&known(vec![(session("acme", "eu-west-1"), catalog(&[]))], chained("BreakGlassEntry")));
    assert!(page.contains("- arn:aws:iam::ACCOUNT:role/BreakGlassAdmin, from a role that is not known"), "{page}");
}

#[test]
fn links_lead_to_the_partitions_of_the_sessions() {
    let sessions = [("gov", "us-gov-west-1"), ("china", "cn-north-1"), ("gov2", "us-gov-east-1")];
    let sessions = sessions.map(|(name, region)| (session(name, region), Catalog::default()));
    let page = document(&known(sessions.into(), Policy::built_in()));
    assert_eq!(page.matches("https://ACCOUNT.signin.amazonaws-us-gov.com/console").count(), 1, "{page}");
    assert!(page.contains("https://signin.amazonaws.cn/switchrole"), "{page}");
    assert!(!page.contains("signin.aws.amazon.com"), "{page}");
}

#[test]
fn names_from_outside_act_neither_on_the_terminal_nor_as_markdown() {
    let hostile: &[(&str, &str, &[&str])] = &[
        ("111111111111", "\u{1b}[2Jgone\n{sessions}", &["Admin"]),
        ("222222222222", "[click](https://evil.example) <b>`x`", &["Admin"]),
    ];
    let page = document(&known(vec![(session("acme", "eu-west-1"), catalog(hostile))], Policy::built_in()));
    assert!(!page.contains(|character: char| character.is_control() && character != '\n'), "{page}");
    assert!(page.contains(r"- 111111111111 \\e\[2Jgone\\n{sessions}: Admin"), "{page}");
    assert!(page.contains(r"- 222222222222 \[click\](https://evil.example) \<b\>\`x\`: Admin"), "{page}");
    assert_eq!(page.matches("portal ____ in region ____").count(), 1, "{page}");
}

#[test]
fn what_could_not_be_read_is_said() {
    let problem = Error::NoHome { variable: "DAYPASS_CONFIG" };
    let page = document(&Known { problems: vec![problem], ..known(Vec::new(), Policy::built_in()) });
    assert!(page.contains("\n- Not known: "), "{page}");
}

#[test]
fn lines_of_our_own_fit_a_terminal() {
    let page = document(&known(Vec::new(), Policy::built_in()));
    let long = page.lines().filter(|line| line.chars().count() > 80 && !line.contains("https://")).collect::<Vec<_>>();
    assert_eq!(long, [""; 0]);
}
