use std::path::Path;

use super::super::parse_policy;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::on_call::{CalendarHost, PersonNames, RotaSource, SourceKind};
use crate::domain::policy::{Facts, Policy, Terms};
use crate::domain::tier::Gate;
use crate::error::Result;

const ONE: &str = "[[rota]]\nname = 'pay'\nical = 'pay.ics'\n";
const TWO: &str = "[[rota]]\nname = 'pay'\nical = 'pay.ics'\n[[rota]]\nname = 'net'\nical = 'keyring'\n";

fn parsed(text: &str) -> Result<Policy> {
    parse_policy(Path::new("/etc/acme/policy.toml"), text.as_bytes().to_vec())
}

fn terms(policy: &Policy, role: &str) -> Terms {
    let account = AccountId::parse("123456789012").unwrap();
    let role = RoleName::parse(role).unwrap();
    let facts = Facts { account: &account, account_name: Some("prod"), role: &role, at: jiff::Timestamp::UNIX_EPOCH };
    policy.judge(facts).terms().clone()
}

fn gate(text: &str, role: &str) -> (Gate, Vec<String>) {
    let terms = terms(&parsed(text).unwrap(), role);
    (terms.gate, terms.rotas)
}

#[test]
fn every_kind_of_source_is_read() {
    let text = r#"
[[rota]]
name = "file"
ical = "rotas/pay.ics"
[[rota]]
name = "absolute"
ical = "/srv/pay.ics"
[[rota]]
name = "url"
ical = "https://calendar.acme.example/pay.ics"
[[rota]]
name = "kept"
ical = "keyring"
[[rota]]
name = "fixed"
shifts = [{ who = "alice", from = "2026-11-22T09:00:00+01:00", until = "2026-11-22T17:00:00+01:00" }]
[[rota]]
name = "asked"
command = ["rota-tool", "--team", "pay"]
[tiers.developer]
rota = "file"
[people]
"alice@acme.example" = ["Alice Doe", "alice"]
"bob@acme.example" = "Bob"
"#;
    let policy = parsed(text).unwrap();
    let kinds: Vec<SourceKind> = policy.rotas().iter().map(crate::domain::on_call::Rota::kind).collect();
    use SourceKind::*;
    assert_eq!(kinds, [IcalFile, IcalFile, IcalUrl, IcalKeyring, Shifts, Command]);
    let file = |name| policy.rota(name).unwrap().source.clone();
    assert_eq!(file("file"), RotaSource::File("/etc/acme/rotas/pay.ics".into()));
    assert_eq!(file("absolute"), RotaSource::File("/srv/pay.ics".into()));
    assert_eq!(policy.rota("gone"), None);
    assert_eq!(policy.names_of("ALICE@acme.example"), PersonNames::new(["Alice Doe", "alice"]));
    assert_eq!(policy.names_of("carol"), PersonNames::new(["carol"]));
    assert_eq!(
        (terms(&policy, "Developer").gate, terms(&policy, "Developer").rotas),
        (Gate::OnCall, vec!["file".to_owned()])
    );
}

#[test]
fn with_a_rota_developer_roles_are_for_whoever_is_on_duty_on_it() {
    assert_eq!(gate("", "Developer"), (Gate::None, vec![]));
    assert_eq!(gate(ONE, "Developer"), (Gate::OnCall, vec!["pay".to_owned()]));
    assert_eq!(gate(ONE, "ReadOnly").0, Gate::None);
    assert_eq!(
        gate(&format!("{ONE}[tiers.developer]\nmin_reason = 20"), "Developer"),
        (Gate::OnCall, vec!["pay".to_owned()])
    );
    assert_eq!(gate(&format!("{ONE}[tiers.developer]\ngate = 'none'"), "Developer").0, Gate::None);
    let rule = format!("{ONE}[[rule]]\nid = 'a'\nrole = 'ReadOnly'\ngate = 'on_call'");
    assert_eq!(gate(&rule, "ReadOnly"), (Gate::OnCall, vec!["pay".to_owned()]));
}

#[test]
fn with_several_rotas_each_gate_says_which() {
    let developer = format!("{TWO}[tiers.developer]\nrota = 'net'\n");
    assert_eq!(gate(&developer, "Developer"), (Gate::OnCall, vec!["net".to_owned()]));
    let rule = format!("{developer}[[rule]]\nid = 'a'\nrole = '*'\ngate = 'on_call'\nrota = 'pay'");
    assert_eq!(gate(&rule, "ReadOnly"), (Gate::OnCall, vec!["pay".to_owned()]));
    assert!(parsed(&format!("{TWO}[tiers.developer]\ngate = 'break_glass'")).is_ok());
}

fn many_rotas(count: usize) -> String {
    let rotas: String = (0..count).map(|rota| format!("[[rota]]\nname = '{rota}'\nical = 'x'\n")).collect();
    rotas + "[tiers.developer]\nrota = '0'\n"
}

fn many_shifts(count: usize) -> String {
    let shift = "{ who = 'x', from = '2026-11-22T09:00:00Z', until = '2026-11-22T10:00:00Z' }";
    format!("[[rota]]\nname = 'a'\nshifts = [{}]\n", vec![shift; count].join(","))
}

fn many_people(count: usize) -> String {
    (0..count).fold("[people]\n".to_owned(), |text, user| text + &format!("u{user:05} = ['x']\n"))
}

#[test]
fn as_many_as_allowed_are_taken() {
    assert_eq!(parsed(&many_rotas(100)).unwrap().rotas().len(), 100);
    let RotaSource::Shifts(shifts) = parsed(&many_shifts(10_000)).unwrap().rotas()[0].source.clone() else { panic!() };
    assert_eq!(shifts.len(), 10_000);
    assert!(parsed(&many_people(10_000)).is_ok());
    let eight = parsed("[people]\nalice = ['1', '2', '3', '4', '5', '6', '7', '8']").unwrap();
    assert_eq!(eight.names_of("alice").all().len(), 8);
    let longest = "x".repeat(120);
    assert_eq!(parsed(&format!("[people]\nalice = '{longest}'")).unwrap().names_of("alice").first().raw(), longest);
}

#[test]
fn a_command_runs_in_the_policys_folder_and_the_server_of_a_calendar_may_be_named() {
    let source = |policy: &Path| {
        let read = parse_policy(policy, b"[[rota]]\nname = 'a'\ncommand = ['who', '-x']".to_vec());
        read.unwrap().rotas()[0].source.clone()
    };
    let words = vec!["who".to_owned(), "-x".to_owned()];
    let somewhere = std::env::temp_dir();
    let command = RotaSource::Command { words: words.clone(), folder: somewhere.clone() };
    assert_eq!(source(&somewhere.join("policy.toml")), command);
    assert_eq!(source(Path::new("policy.toml")), RotaSource::Command { words, folder: "/".into() });
    let keyring = parsed("[[rota]]\nname = 'a'\nical = 'keyring'\nhost = 'C.example'").unwrap();
    let host = Some(CalendarHost::parse("c.example").unwrap());
    assert_eq!(keyring.rotas()[0].source, RotaSource::KeyringUrl { host });
}

#[test]
fn a_slip_is_an_error_with_its_place() {
    let long_name = format!("line 2, column 15: `{}` is no name: 1 to 120 characters on one line", "x".repeat(80));
    let table = [
        (TWO.to_owned(), "line 4, column 1: there are several rotas, and `[tiers.developer]` does not say with `rota` which one Developer roles ask for; the rotas are pay, net"),
        (format!("{TWO}[tiers.developer]\nrota = 'pay'\n[[rule]]\nid = 'a'\ngate = 'on_call'"), "line 11, column 1: `gate` is `on_call`, and `rota` does not say on which rota; the rotas are pay, net"),
        (format!("{ONE}[[rule]]\nid = 'a'\nrota = 'Pay'"), "line 6, column 8: there is no rota `Pay`; the rotas are pay"),
        ("[tiers.developer]\ngate = 'on_call'".to_owned(), "line 2, column 1: `gate` is `on_call`, and `rota` does not say on which rota; add [[rota]] with `name`, and `ical`, `shifts` or `command`"),
        ("[[rota]]\nical = 'x'".to_owned(), "line 1, column 1: this rota has no `name`"),
        ("[[rota]]\nname = 'a b'\nical = 'x'".to_owned(), "line 2, column 8: `a b` is no name for a rota: 1 to 64 letters, digits, - _ and ."),
        (format!("{ONE}[[rota]]\nname = 'PAY'\nical = 'x'"), "line 5, column 1: there are two rotas `PAY`"),
        ("[[rota]]\nname = 'a'".to_owned(), "line 1, column 1: a rota has exactly one of `ical`, `shifts` and `command`"),
        ("[[rota]]\nname = 'a'\nical = 'x'\ncommand = 'y'".to_owned(), "line 1, column 1: a rota has exactly one of `ical`, `shifts` and `command`"),
        ("[[rota]]\nname = 'a'\nical = 'http://c.example/x'".to_owned(), "line 3, column 8: the URL of the calendar cannot be used: it is neither https nor on this machine"),
        ("[[rota]]\nname = 'a'\nical = 'file:///x'".to_owned(), "line 3, column 8: the URL of the calendar cannot be used: it is neither https nor on this machine"),
        ("[[rota]]\nname = 'a'\nical = 'https://me@c.example/x'".to_owned(), "line 3, column 8: the URL of the calendar cannot be used: it carries a user name or a password"),
        ("[[rota]]\nname = 'a'\nical = ''".to_owned(), "line 3, column 8: `ical` is neither a path, nor an https URL, nor `keyring`"),
        ("[[rota]]\nname = 'a'\nshifts = []".to_owned(), "line 3, column 1: `shifts` is empty"),
        ("[[rota]]\nname = 'a'\nshifts = [{ who = 'x', from = 'y' }]".to_owned(), "line 3, column 31: `y` is not a time such as 2026-11-22T09:00:00+01:00"),
        ("[[rota]]\nname = 'a'\nshifts = [{ who = 'x', from = '2026-11-22T09:00:00', until = '2026-11-22T10:00:00Z' }]".to_owned(), "line 3, column 31: `2026-11-22T09:00:00` is not a time such as 2026-11-22T09:00:00+01:00"),
        ("[[rota]]\nname = 'a'\nshifts = [{ who = 'x', from = '2026-11-22T09:00:00Z', until = '2026-11-22T09:00:00Z' }]".to_owned(), "line 3, column 55: `until` is not after `from`"),
        ("[[rota]]\nname = 'a'\nshifts = [{ who = ' ', from = '2026-11-22T09:00:00Z', until = '2026-11-22T10:00:00Z' }]".to_owned(), "line 3, column 19: ` ` is no name: 1 to 120 characters on one line"),
        ("[[rota]]\nname = 'a'\nshifts = [{ from = '2026-11-22T09:00:00Z', until = '2026-11-22T10:00:00Z' }]".to_owned(), "line 3, column 11: this shift has no `who`"),
        ("[[rota]]\nname = 'a'\ncommand = []".to_owned(), "line 3, column 1: `command` names no program"),
        ("[[rota]]\nname = 'a'\nurl = 'x'".to_owned(), "line 3, column 1: there is no key `url`; the keys are command, host, ical, name, shifts"),
        ("[people]\nalice = []".to_owned(), "line 2, column 1: this user has no names; leave the line out to know them by this one"),
        ("[people]\nalice = ['x']\nALICE = ['y']".to_owned(), "line 2, column 1: this user is listed twice, or is nobody"),
        ("[[rota]]\nname = 'a'\nical = 'keyring'\nhost = 'https://x'".to_owned(), "line 4, column 8: `https://x` is no name of a server such as acme.pagerduty.com"),
        (format!("{ONE}host = 'c.example'"), "line 4, column 1: `host` needs `ical = \"keyring\"`: every other source stands in the policy"),
        (format!("[people]\nalice = ['a', '{}']", "x".repeat(121)), &long_name),
        ("[people]\nalice = ['1', '2', '3', '4', '5', '6', '7', '8', '9']".to_owned(), "line 2, column 1: this user has 9 names; allowed: 8 at most"),
        (many_rotas(101), "line 301, column 1: there are more than 100 rotas"),
        (many_shifts(10_001), "line 3, column 1: there are more than 10000 shifts"),
        (many_people(10_001), "line 10002, column 1: there are more than 10000 people"),
        ("[people]\nalice = 7".to_owned(), "line 2, column 9: `alice` must be text in quotes or a list of such, not of type integer"),
    ];
    for (text, expected) in table {
        assert_eq!(parsed(&text).unwrap_err().to_string(), format!("/etc/acme/policy.toml {expected}"), "{text}");
    }
}

#[test]
fn a_token_in_the_shared_file_is_refused_with_the_way_to_the_keyring_and_not_repeated() {
    let pat = ["glpat-", "CANARYCANARYCANARY"].concat();
    let table = [
        "ical = 'https://c.example/a.ics?token=CANARY'".to_owned(),
        "ical = 'https://c.example/private-0f1e2d3c4b5a69788796a5b4c3d2e1f0CANARY/basic.ics'".to_owned(),
        format!("ical = 'https://c.example/{pat}/a.ics'"),
        format!("command = ['tool', '{pat}']"),
    ];
    for line in table {
        let refused = parsed(&format!("[[rota]]\nname = 'pay'\n{line}")).unwrap_err().to_string();
        assert!(!refused.contains("CANARY") && refused.contains("this file is shared"), "{refused}");
        assert!(
            line.starts_with("command")
                || refused.ends_with("ical = \"keyring\" instead, and type: daypass oncall set pay"),
            "{refused}"
        );
    }
}
