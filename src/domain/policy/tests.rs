//! The judgement: which rule decides, that not knowing never loosens, and that floors hold.

use proptest::prelude::*;

use super::*;
use crate::domain::catalog::Account;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::text::Untrusted;
use crate::domain::tier::Gate;

fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

fn rule(id: &str, role: &str, account: Option<&str>, tier: Tier) -> Rule {
    Rule {
        id: RuleId::parse(id).unwrap(),
        matcher: Matcher {
            roles: vec![Glob::parse(role).unwrap()],
            accounts: account.map(|glob| AccountGlob::parse(glob).unwrap()).into_iter().collect(),
            tags: Vec::new(),
        },
        tier: Some(tier),
        clauses: Clauses::default(),
    }
}

fn policy(rules: Vec<Rule>) -> Policy {
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    Policy::new(SessionLimit::default(), TierDefaults::built_in(&[]), rules, identity)
}

fn judged(policy: &Policy, account: &AccountId, name: Option<&str>, role: &str) -> Verdict {
    let role = RoleName::parse(role).unwrap();
    policy.judge(Facts { account, account_name: name, role: &role, at: Timestamp::UNIX_EPOCH })
}

fn tier(policy: &Policy, name: Option<&str>, role: &str) -> Tier {
    judged(policy, &account(), name, role).tier()
}

#[test]
fn the_rules_that_decided_are_named() {
    let policy = policy(vec![
        rule("prod", "deploy*", Some("prod-*"), Tier::Admin),
        rule("rest", "deploy*", None, Tier::ReadOnly),
    ]);
    let by = |name, role| judged(&policy, &account(), name, role).rule();
    assert_eq!(by(Some("prod-1"), "deploy"), "rule prod");
    assert_eq!(by(Some("stage"), "deploy"), "rule rest");
    assert_eq!(by(None, "deploy"), "rule prod or rule rest");
    assert_eq!(by(Some("x"), "ReadOnly"), "built-in *ReadOnly*");
    assert_eq!(by(Some("x"), "Billing"), "no rule");
}

#[test]
fn the_first_rule_that_matches_decides_every_field() {
    let mut first = rule("first", "deploy*", Some("prod-*"), Tier::Admin);
    first.clauses.min_reason = Some(40);
    let mut second = rule("second", "*", None, Tier::Developer);
    second.clauses = Clauses {
        gate: Some(Gate::BreakGlass),
        max_duration: Some(SignedDuration::from_mins(15)),
        ticket: Some(TicketNeed::Required),
        ..Clauses::default()
    };
    let policy = policy(vec![first, second]);
    let first = judged(&policy, &account(), Some("prod-1"), "deploy");
    assert_eq!((first.min_reason(), first.max_duration()), (40, SignedDuration::from_hours(1)), "not the second's");
    assert_eq!(first.terms().ticket, TicketNeed::Optional);
    let second = judged(&policy, &account(), Some("stage"), "deploy");
    assert_eq!((second.tier(), second.gate(), second.min_reason()), (Tier::Developer, Gate::BreakGlass, 10));
    assert_eq!(second.terms().default_duration, SignedDuration::from_mins(15), "none lasts longer than it may");
    assert_eq!(judged(&policy, &account(), Some("x"), "Admin").gate(), Gate::BreakGlass);
}

#[test]
fn an_unknown_account_name_never_opens_a_gate() {
    let stricter =
        policy(vec![rule("a", "deploy*", Some("prod-*"), Tier::Admin), rule("b", "*", None, Tier::ReadOnly)]);
    for unknown in [None, Some(""), Some(" ")] {
        assert_eq!(tier(&stricter, unknown, "deploy"), Tier::Admin);
    }
    assert_eq!(tier(&stricter, Some("stage"), "deploy"), Tier::ReadOnly);
    let weaker = policy(vec![rule("a", "*Admin*", Some("sandbox-*"), Tier::ReadOnly)]);
    for unknown in [None, Some(""), Some(" ")] {
        assert_eq!(tier(&weaker, unknown, "Admin"), Tier::Admin);
    }
    assert_eq!(tier(&weaker, Some("sandbox-1"), "Admin"), Tier::ReadOnly);
}

#[test]
fn a_rule_by_id_needs_no_name() {
    let policy = policy(vec![
        rule("a", "Deploy", Some("999999999999"), Tier::Admin),
        rule("b", "Deploy", Some("1234*"), Tier::ReadOnly),
    ]);
    for name in [None, Some("999999999999")] {
        assert_eq!(tier(&policy, name, "Deploy"), Tier::ReadOnly);
    }
}

#[test]
fn a_target_is_judged_with_the_name_that_the_catalog_has_for_its_account() {
    let policy = policy(vec![rule("sandbox", "*", Some("sandbox-*"), Tier::ReadOnly)]);
    let target: Target = "123456789012/Admin".parse().unwrap();
    let named = |name: &str| {
        let account = Account { id: target.account.clone(), name: name.into(), email: Untrusted::default() };
        let mut catalog = Catalog::default();
        catalog.take_accounts(vec![account], Timestamp::UNIX_EPOCH);
        catalog
    };
    let tier = |catalog: &Catalog| policy.judge_target(catalog, &target, Timestamp::UNIX_EPOCH).tier();
    assert_eq!(tier(&named("sandbox-1")), Tier::ReadOnly);
    assert_eq!(tier(&named("prod-1")), Tier::Admin);
    assert_eq!(tier(&Catalog::default()), Tier::Admin, "an unknown name opens no gate");
}

#[test]
fn tags_that_no_one_told_may_match_and_told_ones_do_or_do_not() {
    let mut tagged = rule("prod", "*", None, Tier::Admin);
    tagged.matcher.tags = vec!["env=prod".parse().unwrap()];
    let policy = policy(vec![tagged]);
    let with = |tags: &[&str]| {
        let tags = tags.iter().map(|tag| tag.parse().unwrap()).collect();
        tier(&policy.clone().with_tags(AccountTags::new([(account(), tags)])), Some("x"), "ReadOnly")
    };
    assert_eq!(with(&["team=pay", "env=prod"]), Tier::Admin);
    assert_eq!(with(&["env=stage"]), Tier::ReadOnly);
    assert_eq!(tier(&policy, Some("x"), "ReadOnly"), Tier::Admin, "not knowing never loosens");
}

#[test]
fn the_built_in_policy_is_the_documented_one() {
    let policy = Policy::built_in();
    let of = |tier| Terms::clone(policy.defaults().of(tier));
    assert_eq!(
        [of(Tier::ReadOnly).gate, of(Tier::Developer).gate, of(Tier::Admin).gate],
        [Gate::None, Gate::None, Gate::BreakGlass]
    );
    assert_eq!(TierDefaults::built_in(&["payments"]).of(Tier::Developer).gate, Gate::OnCall);
    let admin = of(Tier::Admin);
    assert_eq!(
        (admin.default_duration, admin.max_duration),
        (SignedDuration::from_mins(30), SignedDuration::from_hours(1))
    );
    assert_eq!((admin.min_reason, policy.max_session()), (10, SignedDuration::from_hours(8)));
    assert_eq!(policy.identity.digest, PolicyDigest::of(built_in_text().as_bytes()));
    assert!(built_in_text().contains("\nadmin break_glass default 30m max 1h reason 10\n*Admin* admin\n"));
}

#[test]
fn a_digest_is_the_sha256_of_the_file() {
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(PolicyDigest::of(b"abc").to_string(), expected);
}

#[test]
fn durations_keep_to_their_ranges() {
    let minutes = SignedDuration::from_mins;
    for (given, fits) in [(14, false), (15, true), (720, true), (721, false), (-60, false)] {
        assert_eq!(SessionLimit::new(minutes(given)).is_ok(), fits, "{given}");
    }
    for (given, fits) in [(0, false), (1, true), (60, true), (61, false)] {
        assert_eq!(elevation_length("max_duration", minutes(given)).is_ok(), fits, "{given}");
    }
    for (given, fits) in [(9, false), (10, true), (500, true), (501, false), (-1, false)] {
        assert_eq!(reason_length(given).is_ok(), fits, "{given}");
    }
    let refused = elevation_length("max_duration", minutes(120)).unwrap_err();
    assert_eq!(refused.to_string(), "`max_duration` is `2h`; allowed: 1m to 1h");
}

fn facts<'a>(account: &'a AccountId, name: Option<&'a str>, role: &'a RoleName) -> Facts<'a> {
    Facts { account, account_name: name, role, at: Timestamp::UNIX_EPOCH }
}

/// What each rule is said to have to do with the role, as `id: outcome; why`.
fn explained(policy: &Policy, name: Option<&str>, role: &str) -> Vec<String> {
    let (account, role) = (account(), RoleName::parse(role).unwrap());
    let explanations = policy.explain(facts(&account, name, &role)).into_iter();
    explanations.map(|said| format!("{}: {}; {}", said.rule, said.outcome.words(), said.why.join("; "))).collect()
}

#[test]
fn every_rule_says_why_it_counts_or_does_not() {
    let mut tagged = rule("tagged", "*", None, Tier::Admin);
    tagged.matcher.tags = vec!["env=prod".parse().unwrap()];
    let mut both = rule("both", "deploy*", Some("prod-*"), Tier::Admin);
    both.matcher.accounts.push(AccountGlob::parse("9*").unwrap());
    let rules = vec![tagged, both, rule("rest", "dep*", None, Tier::ReadOnly), rule("last", "*", None, Tier::Admin)];
    let policy = policy(rules);
    assert_eq!(
        explained(&policy, None, "deploy"),
        [
            "rule tagged: may match; the role `deploy` fits `*`; the account's tags are not known, and the rule asks for \
             `env=prod`",
            "rule both: may match; the role `deploy` fits `deploy*`; the account's name is not known, and the rule asks for \
             `prod-*`",
            "rule rest: matches; the role `deploy` fits `dep*`",
            "rule last: not asked; an earlier rule matches",
        ]
    );
    let untagged = policy.with_tags(AccountTags::new([(account(), Vec::new())]));
    assert_eq!(
        explained(&untagged, Some("stage\u{1b}"), "Billing")[..3],
        [
            "rule tagged: skipped; the role `Billing` fits `*`; the account does not have `env=prod`",
            "rule both: skipped; the role `Billing` does not fit `deploy*`; the account 123456789012 (`stage\\e`) fits none \
             of `prod-*`, `9*`",
            "rule rest: skipped; the role `Billing` does not fit `dep*`",
        ]
    );
    let none = Policy::built_in();
    assert_eq!(
        explained(&none, None, "MyAdmin"),
        ["built-in *Admin*: matches; the role `MyAdmin` fits `*Admin*`, which counts as admin"]
    );
    assert_eq!(
        explained(&none, None, "Billing"),
        ["no rule: matches; nothing knows the role `Billing`, which counts as developer"]
    );
}

/// Where the terms of `sourced` come from, but for those that are built in.
fn origins(sourced: &SourcedTerms) -> Vec<(&'static str, Origin)> {
    let said = sourced.each().filter(|(_, _, origin)| *origin != Origin::BuiltIn);
    said.map(|(clause, _, origin)| (clause.key(), origin)).collect()
}

#[test]
fn every_term_says_where_it_comes_from() {
    let admin = Clauses { min_reason: Some(20), gate: Some(Gate::BreakGlass), ..Clauses::default() };
    let defaults = TierDefaults::built_in(&[]).with(Tier::Admin, &admin);
    let mut short = rule("short", "deploy", None, Tier::Admin);
    short.clauses = Clauses { max_duration: Some(SignedDuration::from_mins(15)), ..Clauses::default() };
    let mut open = rule("open", "ops*", None, Tier::Admin);
    open.tier = None;
    open.clauses = Clauses { gate: Some(Gate::None), ..Clauses::default() };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    let policy = Policy::new(SessionLimit::default(), defaults, vec![short, open], identity);
    let of = |role: &str| policy.sourced_verdict(&judged(&policy, &account(), Some("x"), role)).unwrap();
    assert_eq!(
        origins(&of("deploy")),
        [
            ("gate", Origin::Tier),
            ("default_duration", Origin::Bound),
            ("max_duration", Origin::Rule),
            ("min_reason", Origin::Tier)
        ]
    );
    assert_eq!(origins(&of("OpsAdmin")), [("gate", Origin::Bound), ("min_reason", Origin::Tier)]);
    assert_eq!(origins(&of("OpsDeveloper")), [("gate", Origin::Rule)]);
    assert_eq!(origins(&of("MyAdmin")), [("gate", Origin::Tier), ("min_reason", Origin::Tier)]);
    assert_eq!(origins(&of("ReadOnly")), []);
    let rules: Vec<_> = policy.rules().map(|rule| policy.sourced_terms(rule).len()).collect();
    assert_eq!(rules, [1, 3], "a rule without a tier has the terms of each");
}

#[test]
fn a_cap_belongs_to_where_it_is_written_and_several_stand_beside_each_other() {
    let cap = |owner| Cap::parse("1h in 24h", owner).unwrap();
    let of_rule = CapOwner::Rule(RuleId::parse("first").unwrap());
    let tier = Clauses { cap: Some(cap(CapOwner::Tier(Tier::Admin))), ..Clauses::default() };
    let defaults = TierDefaults::built_in(&[]).with(Tier::Admin, &tier);
    let mut first = rule("first", "*", Some("prod-*"), Tier::Admin);
    first.clauses.cap = Some(cap(of_rule.clone()));
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    let rules = vec![first, rule("second", "*", None, Tier::Admin)];
    let policy = Policy::new(SessionLimit::default(), defaults, rules, identity);
    let owners = |name| -> Vec<CapOwner> {
        judged(&policy, &account(), name, "x").terms().caps.iter().map(|cap| cap.owner.clone()).collect()
    };
    assert_eq!(owners(Some("prod-1")), std::slice::from_ref(&of_rule));
    assert_eq!(owners(Some("stage")), [CapOwner::Tier(Tier::Admin)]);
    assert_eq!(owners(None), [of_rule, CapOwner::Tier(Tier::Admin)]);
}

fn any_tier() -> impl Strategy<Value = Tier> {
    prop::sample::select(Tier::ALL.to_vec())
}

fn any_clauses() -> impl Strategy<Value = Clauses> {
    let minutes = || prop::option::of((1..=60_i64).prop_map(SignedDuration::from_mins));
    let names = || {
        prop::option::of(prop::collection::vec(
            prop::sample::select(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]),
            0..3,
        ))
    };
    let patterns = || prop::sample::select(vec!["INC-[0-9]+", "CHG-[0-9]+", "x"]);
    (
        prop::option::of(prop::sample::select(Gate::ALL.to_vec())),
        prop::option::of(prop::sample::select(vec![
            Mode::Direct,
            Mode::Chained("r1".into()),
            Mode::Chained("r2".into()),
        ])),
        (minutes(), minutes()),
        prop::option::of(
            prop::sample::select(vec!["1h in 24h", "3h in 24h"])
                .prop_map(|cap| Cap::parse(cap, CapOwner::Tier(Tier::Admin)).unwrap()),
        ),
        prop::option::of(10..60_usize),
        prop::option::of(prop::collection::vec(patterns().prop_map(|text| Pattern::anywhere(text).unwrap()), 0..2)),
        prop::option::of(prop::sample::select(vec![TicketNeed::Optional, TicketNeed::OrNone, TicketNeed::Required])),
        prop::option::of(patterns().prop_map(|text| Pattern::whole(text).unwrap())),
        (prop::option::of("[ab]"), prop::option::of("[ab]")),
        (names(), names(), names()),
        (prop::option::of(any::<bool>()), prop::option::of(prop::sample::select(vec![OnEnd::Warn, OnEnd::Terminate]))),
    )
        .prop_map(|(gate, mode, durations, cap, min_reason, denied, ticket, pattern, words, names, process)| {
            Clauses {
                gate,
                mode,
                default_duration: durations.0,
                max_duration: durations.1,
                cap,
                min_reason,
                denied_reasons: denied,
                ticket,
                ticket_pattern: pattern,
                rota: words.0,
                warning: words.1,
                alerts: names.0,
                notify: names.1,
                approvers: names.2,
                unattended: process.0,
                on_end: process.1,
            }
        })
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let account = prop::sample::select(vec!["prod-*", "stage-*", "*-1", "1234*", "9*"]);
    let role = prop::sample::select(vec!["*", "Dev*", "*Admin*", "ReadOnly"]);
    let tag = prop::sample::select(vec!["env=prod", "env=stage"]);
    (
        prop::collection::vec(account, 0..2),
        prop::collection::vec(role, 0..2),
        prop::collection::vec(tag, 0..2),
        prop::option::of(any_tier()),
        any_clauses(),
    )
        .prop_map(|(accounts, roles, tags, tier, clauses)| Rule {
            id: RuleId::parse("some").unwrap(),
            matcher: Matcher {
                accounts: accounts.into_iter().map(|glob| AccountGlob::parse(glob).unwrap()).collect(),
                roles: roles.into_iter().map(|glob| Glob::parse(glob).unwrap()).collect(),
                tags: tags.into_iter().map(|tag| tag.parse().unwrap()).collect(),
            },
            tier,
            clauses,
        })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let rules = prop::collection::vec(any_rule(), 0..6).prop_map(|rules| {
        let numbered = rules.into_iter().enumerate();
        numbered.map(|(at, rule)| Rule { id: RuleId::parse(&format!("r{at}")).unwrap(), ..rule }).collect::<Vec<_>>()
    });
    (rules, any::<bool>()).prop_map(|(rules, has_rota)| {
        let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
        Policy::new(
            SessionLimit::default(),
            TierDefaults::built_in(if has_rota { &["payments"] } else { &[] }),
            rules,
            identity,
        )
    })
}

const ROLES: [&str; 5] = ["Developer", "AdministratorAccess", "ReadOnly", "Billing", "DevAdmin"];
const NAMES: [&str; 5] = ["prod-1", "stage-1", "prod-2", "sandbox", "1234"];

proptest! {
    #[test]
    fn not_knowing_never_loosens(
        policy in any_policy(),
        role in prop::sample::select(ROLES.to_vec()),
        name in prop::sample::select(NAMES.to_vec()),
        tags in prop::sample::subsequence(vec!["env=prod", "env=stage"], 0..=2),
    ) {
        let tags: Vec<Tag> = tags.into_iter().map(|tag| tag.parse().unwrap()).collect();
        let known = policy.clone().with_tags(AccountTags::new([(account(), tags)]));
        let fully = judged(&known, &account(), Some(name), role);
        for (policy, name) in [(&known, None), (&policy, Some(name)), (&policy, None)] {
            let less = judged(policy, &account(), name, role);
            prop_assert!(less.terms().is_at_least_as_strict_as(fully.terms()), "{:?}\n{:?}", less.terms(), fully.terms());
        }
    }

    #[test]
    fn the_rules_that_are_said_to_count_are_those_of_the_verdict(
        policy in any_policy(),
        role in prop::sample::select(ROLES.to_vec()),
        name in prop::option::of(prop::sample::select(NAMES.to_vec())),
        tags in prop::option::of(prop::sample::subsequence(vec!["env=prod", "env=stage"], 0..=2)),
    ) {
        let tags = tags.map(|tags| (account(), tags.into_iter().map(|tag| tag.parse().unwrap()).collect()));
        let policy = policy.with_tags(AccountTags::new(tags));
        let (account, role) = (account(), RoleName::parse(role).unwrap());
        let facts = facts(&account, name, &role);
        let explanations = policy.explain(facts);
        prop_assert!(explanations.iter().all(|said| !said.why.is_empty()));
        let counted: Vec<RuleName> =
            explanations.into_iter().filter(|said| said.outcome.counts()).map(|said| said.rule).collect();
        let verdict = policy.judge(facts);
        prop_assert_eq!(counted, verdict.rules());
    }

    #[test]
    fn what_no_layer_says_is_built_in_and_what_one_says_is_not(
        policy in any_policy(),
        role in prop::sample::select(ROLES.to_vec()),
    ) {
        for rule in policy.rules() {
            for sourced in policy.sourced_terms(rule) {
                for (clause, value, origin) in sourced.each() {
                    prop_assert_eq!(value, sourced.terms().value(clause));
                    match origin {
                        Origin::Rule => prop_assert!(clause.is_in(&rule.clauses)),
                        Origin::BuiltIn => prop_assert!(!clause.is_in(&rule.clauses)),
                        Origin::Tier => prop_assert!(false, "these policies say nothing of a tier"),
                        Origin::Bound => {}
                    }
                }
            }
        }
        let verdict = judged(&policy, &account(), Some("prod-1"), role);
        if let Some(sourced) = policy.sourced_verdict(&verdict) {
            prop_assert_eq!(sourced.terms(), verdict.terms());
        }
    }

    #[test]
    fn floors_hold_whatever_the_rules_say(
        policy in any_policy(),
        role in prop::sample::select(ROLES.to_vec()),
        name in prop::option::of(prop::sample::select(NAMES.to_vec())),
    ) {
        let verdict = judged(&policy, &account(), name, role);
        let terms = verdict.terms();
        prop_assert!(terms.default_duration <= terms.max_duration && terms.min_reason >= 10);
        if terms.tier == Tier::Admin {
            prop_assert_eq!(terms.gate, Gate::BreakGlass);
            prop_assert!(terms.max_duration <= SignedDuration::from_hours(1));
        }
    }

    #[test]
    fn what_is_known_is_decided_by_one_rule_that_the_verdict_names(
        policy in any_policy(),
        role in prop::sample::select(ROLES.to_vec()),
        name in prop::sample::select(NAMES.to_vec()),
    ) {
        let known = policy.with_tags(AccountTags::new([(account(), Vec::new())]));
        let verdict = judged(&known, &account(), Some(name), role);
        let [only] = verdict.rules() else { return Err(TestCaseError::fail("one rule decides")) };
        if let RuleName::Team(id) = only {
            let role = RoleName::parse(role).unwrap();
            let facts = Facts { account: &account(), account_name: Some(name), role: &role, at: Timestamp::UNIX_EPOCH };
            let first = known.rules().find(|rule| rule.matcher.matches(&facts, &known.tags) == Match::Yes).unwrap();
            prop_assert_eq!(id, &first.id, "the first that matches in the order of the file");
        }
    }
}
