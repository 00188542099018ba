use proptest::prelude::*;

use super::*;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::policy::{Clause, Facts, Verdict};
use crate::error::FileFault;

fn parsed(text: &str) -> Result<Policy> {
    parse_policy(Path::new("policy.toml"), text.as_bytes().to_vec())
}

fn verdict(policy: &Policy, account_name: &str, role: &str) -> Verdict {
    let account = AccountId::parse("123456789012").unwrap();
    let role = RoleName::parse(role).unwrap();
    let at = jiff::Timestamp::UNIX_EPOCH;
    policy.judge(Facts { account: &account, account_name: Some(account_name), role: &role, at })
}

#[test]
fn a_whole_policy_is_read() {
    let text = r#"
max_session = "9h30m"

[tiers.developer]
gate = "break_glass"
min_reason = 15

[[rule]]
id = "management"
account = ["999999999999", "prod-*"]
role = ["deploy*", "*Admin*"]
tier = "admin"
default_duration = "10m"
max_duration = "20m"
cap = "3h in 24h"
min_reason = 20
reason_deny = ["(?i)^test"]
ticket = "or_none"
ticket_pattern = "INC-[0-9]+"
mode = "chained"
assume = "arn:aws:iam::{account}:role/BreakGlass"
warning = "MANAGEMENT account"
alerts = ["pager"]
notify = "payments"
approvers = ["bob", "carol"]
unattended = true
on_end = "terminate"

[[rule]]
id = "rest"
role = "*"
tier = "readonly"
"#;
    let policy = parsed(text).unwrap();
    assert_eq!(policy.max_session(), SignedDuration::from_mins(570));
    let admin = verdict(&policy, "prod-pay", "Deployer");
    assert_eq!(
        (admin.tier(), admin.asks_for_elevation(), admin.rule()),
        (Tier::Admin, true, "rule management".to_owned())
    );
    let terms = admin.terms();
    assert_eq!(
        (terms.default_duration, terms.max_duration),
        (SignedDuration::from_mins(10), SignedDuration::from_mins(20))
    );
    let owner = CapOwner::Rule(RuleId::parse("management").unwrap());
    assert_eq!(terms.caps, [Cap::parse("3h in 24h", owner).unwrap()]);
    assert_eq!((terms.min_reason, terms.ticket), (20, TicketNeed::OrNone));
    assert!(terms.ticket_patterns[0].matches("INC-4711") && terms.denied_reasons[0].matches("Testing"));
    assert_eq!(terms.mode, Mode::Chained("arn:aws:iam::{account}:role/BreakGlass".to_owned()));
    assert_eq!(
        (terms.warnings.concat(), terms.alerts.concat(), terms.notify.concat()),
        ("MANAGEMENT account".into(), "pager".into(), "payments".into())
    );
    assert_eq!(terms.approvers.as_ref().unwrap().len(), 2);
    assert!(terms.unattended);
    assert_eq!(terms.on_end, OnEnd::Terminate);
    let readonly = verdict(&policy, "stage", "Deployer");
    assert_eq!(
        (readonly.tier(), readonly.asks_for_elevation(), readonly.rule()),
        (Tier::ReadOnly, false, "rule rest".to_owned())
    );
    let identity = PolicyIdentity { digest: PolicyDigest::of(text.as_bytes()), path: Some("policy.toml".into()) };
    assert_eq!(admin.policy(), &identity);
    let strict = parsed("[tiers.developer]\ngate = 'break_glass'\nmin_reason = 15").unwrap();
    let developer = verdict(&strict, "any", "Developer");
    assert!(developer.asks_for_elevation() && developer.min_reason() == 15);
}

#[test]
fn an_empty_policy_is_the_default_one() {
    let policy = parsed("").unwrap();
    assert_eq!(policy.max_session(), SignedDuration::from_hours(8));
    let developer = verdict(&policy, "any", "Developer");
    assert_eq!((developer.min_reason(), developer.gate()), (10, Gate::None));
    assert_eq!(verdict(&policy, "any", "Admin").max_duration(), SignedDuration::from_hours(1));
}

#[test]
fn a_mode_that_only_elevations_have_needs_a_gate_that_only_elevations_open() {
    let chained = "mode = 'chained'\nassume = 'arn:aws:iam::{account}:role/BreakGlass'\n";
    let open = [
        (format!("[tiers.developer]\n{chained}"), "line 2, column 1", "Developer", "none"),
        (format!("[[rule]]\nid = 'a'\ntier = 'developer'\n{chained}"), "line 4, column 1", "Developer", "none"),
        (format!("[[rule]]\nid = 'a'\n{chained}"), "line 3, column 1", "ReadOnly", "none"),
        (
            format!("[[rota]]\nname = 'p'\nical = 'x'\n[[rule]]\nid = 'a'\ntier = 'developer'\n{chained}"),
            "line 7, column 1",
            "Developer",
            "on_call",
        ),
        (
            format!(
                "[tiers.developer]\ngate = 'break_glass'\n{chained}[[rule]]\nid = 'a'\ntier = 'developer'\ngate = 'none'"
            ),
            "line 8, column 1",
            "Developer",
            "none",
        ),
    ];
    for (text, place, tier, gate) in open {
        let expected = format!(
            "policy.toml {place}: `mode` is `chained`, and the gate of {tier} roles is `{gate}`, through which the permission \
             set's own credentials come; write gate = \"break_glass\", or mode = \"direct\""
        );
        assert_eq!(parsed(&text).unwrap_err().to_string(), expected, "{text}");
    }
    for closed in [
        format!("[tiers.admin]\n{chained}"),
        format!("[[rule]]\nid = 'a'\ntier = 'admin'\n{chained}"),
        format!("[[rule]]\nid = 'a'\ngate = 'break_glass'\n{chained}"),
        format!("[tiers.admin]\n{chained}[[rule]]\nid = 'a'\ngate = 'none'"),
    ] {
        assert!(parsed(&closed).is_ok(), "{closed}");
    }
}

#[test]
fn nothing_is_weakened_by_a_slip() {
    let table = [
        ("max_session = '24h'", "line 1, column 15: `max_session` is `24h`; allowed: 15m to 12h"),
        ("max_session = '8'", "line 1, column 15: `8` is not a duration such as 8h, 90m or 1h30m"),
        ("max_session = 8", "line 1, column 15: `max_session` must be text in quotes, not of type integer"),
        ("\nmax_sesion = '5m'", "line 2, column 1: there is no key `max_sesion`; did you mean `max_session`?"),
        ("[tiers.admin]\nmax_duration = '2h'", "line 2, column 16: `max_duration` is `2h`; allowed: 1m to 1h"),
        ("[tiers.admin]\nmax_duration = '-1h'", "line 2, column 16: `max_duration` is `1h ago`; allowed: 1m to 1h"),
        ("[tiers.admin]\nmin_reason = 3", "line 2, column 14: `min_reason` is `3`; allowed: 10 to 500"),
        (
            "[tiers.admin]\nmin_reason = 99999999999999999999",
            "line 2, column 14: `min_reason` must be a whole number, not of type integer",
        ),
        ("[tiers.admin]\ngate = 'none'", "line 2, column 1: `gate` of admin is `none`; allowed: break_glass"),
        (
            "[tiers.readonly]\ngate = 'break_glass'",
            "line 1, column 2: `tiers.developer.gate` is `none`; allowed: at least that of readonly",
        ),
        ("[tiers.developer]\ngate = 'open'", "line 2, column 8: `open` is not one of none, on_call, break_glass"),
        ("[tiers.Admin]\n", "line 1, column 8: there is no key `Admin`; did you mean `admin`?"),
        ("[[rule]]\nrole = 'x'", "line 1, column 1: this rule has no `id`"),
        ("[[rule]]\nid = 'a b'", "line 2, column 6: `a b` is no name for a rule: 1 to 64 letters, digits, - _ and ."),
        ("[[rule]]\nid = 'a'\n[[rule]]\nid = 'a'", "line 4, column 1: there are two rules `a`"),
        ("[[rule]]\nid = 'a'\ntier = 'Admin'", "line 3, column 8: `Admin` is not one of readonly, developer, admin"),
        ("[[rule]]\nid = 'a'\nroles = 'x'", "line 3, column 1: there is no key `roles`; did you mean `role`?"),
        ("[[rule]]\nid = 'a'\nrole = ''", "line 3, column 8: the pattern `` is not 1 to 256 characters, with * and ?"),
        ("[[rule]]\nid = 'a'\naccount = []", "line 3, column 1: `account` is empty and so names nothing"),
        (
            "[[rule]]\nid = 'a'\naccount = [1]",
            "line 3, column 12: `account` must be text in quotes or a list of such, not of type integer",
        ),
        (
            "[[rule]]\nid = 'a'\ntier = 'admin'\ngate = 'on_call'",
            "line 4, column 1: `gate` of admin is `on_call`; allowed: break_glass",
        ),
        (
            "[[rule]]\nid = 'a'\nticket_pattern = \"INC-\\d+\"",
            "line 3, column 24: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\\`, `\"`, `x`, `u`, `U`; in single quotes a backslash is one: 'INC-\\d+'",
        ),
        (
            "[[rule]]\nid = 'a'\nmode = 'chained'",
            "line 3, column 1: `chained` needs `assume`, the ARN of the role that is assumed",
        ),
        (
            "[[rule]]\nid = 'a'\nassume = 'arn:aws:iam::{account}:role/X'",
            "line 3, column 1: `assume` needs `mode = \"chained\"`",
        ),
        (
            "[[rule]]\nid = 'a'\nmode = 'chained'\nassume = 'BreakGlass'",
            "line 4, column 10: `BreakGlass` is no role such as arn:aws:iam::{account}:role/BreakGlass",
        ),
        (
            "[[rule]]\nid = 'a'\ncap = '3h'",
            "line 3, column 7: `3h` is no cap such as 3h in 24h: 1m to 24h in 1h to 7 days, and less than the time it is counted in",
        ),
        (
            "[[rule]]\nid = 'a'\ndefault_duration = '30m'\nmax_duration = '10m'",
            "line 3, column 1: `default_duration` is `30m`; allowed: at most `max_duration`, 10m",
        ),
        ("[[rule]]\nid = 'a'\nticket = 'yes'", "line 3, column 10: `yes` is not one of optional, or_none, required"),
        ("rule = [1]", "line 1, column 9: `rule` must be a list of tables, not of type integer"),
    ];
    for (text, expected) in table {
        assert_eq!(parsed(text).unwrap_err().to_string(), format!("policy.toml {expected}"), "{text}");
    }
    assert!(parsed("[[rule]]\nid = 'a'\nticket_pattern = '('").is_err());
}

#[test]
fn a_policy_that_was_named_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    let usual = load_policy(&Sourced::new(path.clone(), Source::Default)).unwrap();
    assert_eq!(usual.identity().digest, Policy::built_in().identity().digest);
    let named = Sourced::new(path, Source::File { path: Path::new("config.toml").into(), line: 3 });
    let missing = load_policy(&named).unwrap_err().to_string();
    assert!(missing.ends_with("policy.toml, which config.toml line 3 names, is not there"), "{missing}");
    assert!(load_policy(&Sourced::new(folder.path().to_owned(), Source::Default)).is_err());
}

#[cfg(unix)]
#[test]
fn a_policy_that_others_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    std::fs::write(&path, "max_session = '4h'").unwrap();
    let load = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        load_policy(&Sourced::new(path.clone(), Source::Default))
    };
    assert!(load(0o644).is_ok());
    for mode in [0o664, 0o646] {
        let refused = load(mode).unwrap_err().to_string();
        assert_eq!(refused, format!("other users may write to {}", path.display()), "{mode:o}");
    }
}

#[test]
fn the_keys_of_a_tier_are_those_of_its_terms() {
    let mut keys = Clause::ALL.map(Clause::key);
    keys.sort_unstable();
    assert_eq!(keys, CLAUSES);
}

/// A policy with every key.
const WHOLE: &str = r#"max_session = "9h30m"
[tiers.readonly]
unattended = true
on_end = "terminate"
[tiers.developer]
gate = "on_call"
rota = "platform"
[tiers.admin]
min_reason = 20
cap = "3h in 24h"
[[rule]]
id = "management"
account = ["999999999999", "prod-*"]
role = ["deploy*", "*Admin*"]
tag = "env=prod"
tier = "admin"
default_duration = "10m"
max_duration = "20m"
reason_deny = ["(?i)^test"]
ticket = "or_none"
ticket_pattern = "INC-[0-9]+"
mode = "chained"
assume = "arn:aws:iam::{account}:role/BreakGlass"
warning = "MANAGEMENT account"
alerts = ["pager"]
notify = "payments"
approvers = ["bob", "carol"]
[[rota]]
name = "platform"
shifts = [{ who = "bob", from = "2026-01-01T00:00:00Z", until = "2026-01-02T00:00:00Z" }]
[people]
"alice@acme.example" = ["Alice", "al"]
"#;

/// What is wrong with `bytes`, where it is; `None` where they are a policy. Nothing else can come of them.
fn place_of_error(bytes: Vec<u8>) -> Option<(u32, u32)> {
    let lines = bytes.split(|byte| *byte == b'\n').count();
    match parse_policy(Path::new("x"), bytes) {
        Ok(policy) => {
            let longest = policy.rules().flat_map(|rule| policy.sourced_terms(rule));
            longest.for_each(|sourced| assert!(sourced.terms().max_duration <= SignedDuration::from_hours(1)));
            assert!(policy.max_session() <= SignedDuration::from_hours(12));
            None
        }
        Err(Error::UserFile(FileError { fault: FileFault::Invalid { line: Some(line), column, what }, .. })) => {
            assert!((1..=lines).contains(&(line as usize)), "line {line} of {lines}");
            assert!(!what.raw().is_empty() && what.raw().len() < 2_000, "{what:?}");
            Some((line, column.unwrap_or(1)))
        }
        Err(other) => panic!("no place: {other}"),
    }
}

#[test]
fn a_policy_with_every_key_has_no_error() {
    assert_eq!(place_of_error(WHOLE.into()), None);
    let said = [&CLAUSES[..], &RULE_KEYS].concat();
    assert!(said.iter().all(|key| WHOLE.contains(&format!("\n{key} = "))), "a key is missing");
}

#[test]
fn a_large_file_of_one_thing_is_a_policy_or_an_error_with_its_place() {
    let many = |line: &str| line.repeat((1 << 17) / line.len()).into_bytes();
    assert!(place_of_error(many("[")).is_some());
    assert!(place_of_error([b"rule = ".to_vec(), many("[")].concat()).is_some());
    assert!(place_of_error([b"max_session = '".to_vec(), many("9h"), b"'".to_vec()].concat()).is_some());
    assert!(place_of_error([b"rule".to_vec(), many(".a"), b" = 1".to_vec()].concat()).is_some());
    assert!(place_of_error(many("[[rule]]\nid = 'a'\n")).is_some(), "the second rule has the same name");
    assert_eq!(place_of_error(many("# nothing\n")), None);
}

#[test]
fn a_policy_says_no_more_than_it_may_and_the_first_beyond_is_named() {
    let lines = |count: usize, line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    let list = |key: &str, count: usize| {
        let items: String = (0..count).map(|_| "  'a',\n").collect();
        format!("{key} = [\n{items}]\n")
    };
    let rule = |rest: &str| format!("[[rule]]\nid = 'a'\n{rest}");
    let rules = |count| lines(count, |number| format!("[[rule]]\nid = '{number}'\n"));
    let patterns = |count| lines(count, |number| format!("[[rule]]\nid = '{number}'\nticket_pattern = 'a'\n"));
    let table = [
        (rules(1_000), rules(1_001), 2_001, "more than 1000 rules"),
        (rule(&list("role", 5_000)), rule(&list("role", 5_001)), 5_004, "more than 5000 patterns"),
        (
            format!("{}{}", list("tiers.admin.reason_deny", 49), patterns(451)),
            format!("{}{}", list("tiers.admin.reason_deny", 50), patterns(451)),
            1_405,
            "more than 500 regular expressions",
        ),
        (rule(&list("alerts", 16)), rule(&list("alerts", 17)), 20, "more than 16 texts in this `alerts`"),
        (rule(&list("notify", 16)), rule(&list("notify", 17)), 20, "more than 16 texts in this `notify`"),
        (rule(&list("approvers", 16)), rule(&list("approvers", 17)), 20, "more than 16 texts in this `approvers`"),
        (
            rule(&list("reason_deny", 50)),
            rule(&list("reason_deny", 51)),
            54,
            "more than 50 texts in this `reason_deny`",
        ),
    ];
    for (most, more, line, says) in table {
        assert!(parsed(&most).is_ok(), "{says}: {:?}", parsed(&most).err().map(|error| error.to_string()));
        let refused = parsed(&more).unwrap_err().to_string();
        assert!(refused.contains(&format!("line {line}")) && refused.contains(says), "{refused}");
        assert!(refused.contains("allowed: "), "{refused}");
    }
}

/// A change to the text of a policy.
#[derive(Debug, Clone)]
enum Mutation {
    Insert(usize, String),
    Remove(usize, usize),
    SwapLines(usize, usize),
    RepeatLine(usize),
}

fn any_mutation() -> impl Strategy<Value = Mutation> {
    let at = || 0..WHOLE.len();
    let line = || 0..WHOLE.lines().count();
    let piece = prop_oneof![
        "[\\[\\]{}=\"'.,#\n -]{1,3}",
        "\\PC{1,3}",
        prop::sample::select(vec!["\u{0}", "\u{1b}[2J", "\\u0000", "1h", "-1", "1e9", "true", "[[rule]]\n", "(", "*"])
            .prop_map(str::to_owned),
    ];
    prop_oneof![
        (at(), piece).prop_map(|(at, text)| Mutation::Insert(at, text)),
        (at(), 1..20_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (line(), line()).prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        line().prop_map(Mutation::RepeatLine),
    ]
}

fn mutated(text: String, mutation: &Mutation) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.len() - 1;
    match mutation {
        Mutation::Insert(at, piece) => {
            let at = (*at).min(letters.len());
            letters.splice(at..at, piece.chars());
        }
        Mutation::Remove(at, length) => {
            let end = (at + length).min(letters.len());
            letters.drain((*at).min(end)..end);
        }
        Mutation::SwapLines(one, other) => {
            lines.swap((*one).min(last), (*other).min(last));
            return lines.join("\n");
        }
        Mutation::RepeatLine(line) => {
            let line = (*line).min(last);
            lines.insert(line, lines[line]);
            return lines.join("\n");
        }
    }
    letters.into_iter().collect()
}

proptest! {
    #[test]
    fn any_bytes_are_a_policy_or_an_error_with_its_place(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        place_of_error(bytes);
    }

    #[test]
    fn a_policy_that_was_changed_is_a_policy_or_an_error_with_its_place(
        mutations in proptest::collection::vec(any_mutation(), 1..4),
    ) {
        let text = mutations.iter().fold(WHOLE.to_owned(), mutated);
        place_of_error(text.into_bytes());
    }

    #[test]
    fn any_values_are_a_policy_or_an_error(
        key in prop::sample::select([&CLAUSES[..], &RULE_KEYS].concat()),
        value in "('.{0,40}'|\\[('[a-z*{}:/-]{0,20}',?){0,3}\\]|-?[0-9]{1,20}|true)",
    ) {
        let _ = parsed(&format!("[[rule]]\nid = 'a'\n{key} = {value}"));
    }

    #[test]
    fn any_duration_is_within_bounds_or_an_error(text in "-?[0-9]{0,20} ?(h|m|s|d|y|weeks|PT1H)?[0-9smh ]{0,5}") {
        if let Ok(policy) = parsed(&format!("[tiers.admin]\nmax_duration = '{text}'")) {
            let most = verdict(&policy, "any", "Admin").max_duration();
            prop_assert!((SignedDuration::from_mins(1)..=SignedDuration::from_hours(1)).contains(&most));
        }
    }
}
