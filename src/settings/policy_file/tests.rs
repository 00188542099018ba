use proptest::prelude::*;

use super::*;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::policy::{Facts, Verdict};

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

proptest! {
    #[test]
    fn any_bytes_are_a_policy_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_policy(Path::new("x"), bytes);
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
