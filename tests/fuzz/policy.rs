//! The policy file, and the small languages in it.

use daypass::domain::ids::{AccountId, RoleName};
use daypass::domain::policy::{
    AccountGlob, AccountTags, Cap, CapOwner, Facts, Glob, Mode, Outcome, Pattern, Policy, RuleId, Tag, Terms,
};
use daypass::domain::tier::{Gate, Tier};
use daypass::settings::check_policy;
use jiff::{SignedDuration, Timestamp};

use crate::harness::{Target, check_message, folder, inputs, text, two_texts};

const WHOLE: &str = include_str!("policy/whole.toml");

pub const FILE: Target = Target {
    seeds: || {
        inputs(&[
            WHOLE,
            "",
            "max_session = \"9h30m\"\n[tiers.developer]\ngate = \"break_glass\"\nmin_reason = 15\n",
            "[[rule]]\nid = 'a'\ntag = 'env=prod'\ngate = 'break_glass'\n[[rule]]\nid = 'b'\naccount = 'prod-*'\napprovers = ['x', 'y']\n",
            "[[rota]]\nname = 'pay'\nical = 'keyring'\n[tiers.developer]\nunattended = true\n[people]\n'a@b' = ['a']\n",
            "tiers.admin.cap = '3h in 24h'\ntiers.admin.reason_deny = '(?i)^test'\n",
        ])
    },
    check: file,
};

fn file(bytes: &[u8]) {
    let folder = folder();
    let path = folder.path().join("policy.toml");
    std::fs::write(&path, bytes).unwrap();
    let policy = match check_policy(&path) {
        Ok(policy) => policy,
        Err(error) => return check_message(&error.to_string()),
    };
    for rule in policy.rules() {
        for terms in policy.sourced_terms(rule) {
            check_terms(terms.terms());
            terms.each().for_each(|(clause, value, origin)| drop(format!("{clause:?} {value:?} {origin:?}")));
        }
    }
    for tier in Tier::ALL {
        check_terms(policy.defaults().of(tier));
    }
    let tags = |said: &[&str]| said.iter().map(|tag| tag.parse::<Tag>().unwrap()).collect::<Vec<_>>();
    let account = AccountId::parse("123456789012").unwrap();
    let tagged = [None, Some(tags(&[])), Some(tags(&["env=prod"])), Some(tags(&["env=sandbox", "team=pay"]))];
    let policies = tagged.map(|tags| match tags {
        Some(tags) => policy.clone().with_tags(AccountTags::new([(account.clone(), tags)])),
        None => policy.clone(),
    });
    for role in ["Admin", "Developer", "ReadOnly", "deployer"] {
        let role = RoleName::parse(role).unwrap();
        let names = [None, Some("prod-payments"), Some("Sandbox"), Some("")];
        let facts =
            names.map(|account_name| Facts { account: &account, account_name, role: &role, at: Timestamp::UNIX_EPOCH });
        let judged = policies.each_ref().map(|policy| facts.map(|facts| judge(policy, facts)));
        let [without_tags, with_tags @ ..] = &judged;
        for known in with_tags {
            check_not_looser(&without_tags[0], known);
            check_not_looser(&known[0], known);
            without_tags
                .iter()
                .zip(known)
                .for_each(|(unknown, known)| check_not_looser(unknown, std::slice::from_ref(known)));
        }
        check_not_looser(&without_tags[0], without_tags);
    }
}

/// The terms for `facts`, where verdict and explanation agree.
fn judge(policy: &Policy, facts: Facts<'_>) -> Terms {
    let verdict = policy.judge(facts);
    check_terms(verdict.terms());
    let explained = policy.explain(facts);
    explained.iter().flat_map(|rule| &rule.why).for_each(|why| assert_eq!(daypass::domain::text::visible(why), *why));
    let counted: Vec<_> = explained.into_iter().filter(|rule| rule.outcome.counts()).collect();
    assert!(counted.iter().map(|rule| &rule.rule).eq(verdict.rules()));
    let certain = counted.iter().filter(|rule| rule.outcome == Outcome::Matches).count();
    assert_eq!(certain, 1, "one rule or the table of names certainly matches");
    if let Some(sourced) = policy.sourced_verdict(&verdict) {
        assert_eq!(sourced.terms(), verdict.terms());
    }
    verdict.terms().clone()
}

/// What holds whatever a policy says.
fn check_terms(terms: &Terms) {
    let (minute, hour) = (SignedDuration::from_mins(1), SignedDuration::from_hours(1));
    assert!(terms.default_duration <= terms.max_duration && terms.default_duration >= minute);
    assert!(terms.max_duration <= hour && (10..=500).contains(&terms.min_reason));
    assert!(terms.tier != Tier::Admin || terms.gate == Gate::BreakGlass);
}

/// Fails where not knowing permits more than knowing.
fn check_not_looser(unknown: &Terms, known: &[Terms]) {
    fn has_all<T: PartialEq>(ours: &[T], theirs: &[T]) -> bool {
        theirs.iter().all(|item| ours.contains(item))
    }
    for known in known {
        let is_as_strict = unknown.tier >= known.tier
            && unknown.gate >= known.gate
            && (unknown.mode != Mode::Direct || known.mode == Mode::Direct)
            && unknown.default_duration <= known.default_duration
            && unknown.max_duration <= known.max_duration
            && unknown.min_reason >= known.min_reason
            && unknown.ticket >= known.ticket
            && has_all(&unknown.caps, &known.caps)
            && has_all(&unknown.denied_reasons, &known.denied_reasons)
            && has_all(&unknown.ticket_patterns, &known.ticket_patterns)
            && has_all(&unknown.rotas, &known.rotas)
            && has_all(&unknown.warnings, &known.warnings)
            && match (&unknown.approvers, &known.approvers) {
                (Some(ours), Some(theirs)) => has_all(theirs, ours),
                (_, None) => true,
                (None, Some(_)) => false,
            }
            && (!unknown.unattended || known.unattended);
        assert!(is_as_strict, "{unknown:?} permits more than {known:?}");
    }
}

pub const REGULAR_EXPRESSION: Target = Target {
    seeds: || {
        inputs(&[
            "INC-[0-9]+|CHG-[0-9]+\nINC-4711",
            "(?i)^(test|fix|urgent)\nTesting the ledger",
            "a{0,50}.{2,9}[^a-z]\\b\\d+$\nx",
            "(?:(?:a{0}){9}|b*?)+\nab",
            "a)|(b\na",
        ])
    },
    check: |bytes| {
        let (expression, against) = two_texts(bytes);
        match (Pattern::whole(&expression), Pattern::anywhere(&expression)) {
            (Ok(whole), Ok(anywhere)) => {
                assert!(!whole.matches(&against) || anywhere.matches(&against), "the whole is somewhere");
                assert_eq!(whole.as_str(), expression);
            }
            (Ok(_), Err(why)) => panic!("taken as a whole alone: {why}"),
            (Err(why), _) => check_message(&why.to_string()),
        }
    },
};

pub const GLOB: Target = Target {
    seeds: || {
        inputs(&[
            "prod-*\nPROD-payments",
            "*a*a?b\naaaaaaaaaaab",
            "1234?6*\n123456789012",
            "*\u{130}?\ni\u{307}x",
            "*\n",
        ])
    },
    check: |bytes| {
        let (pattern, name) = two_texts(bytes);
        let glob = match Glob::parse(&pattern) {
            Ok(glob) => glob,
            Err(why) => return check_message(&why.to_string()),
        };
        let name: String = name.chars().take(256).collect();
        // Beyond ASCII there is more than one notion of case.
        if pattern.is_ascii() && name.is_ascii() {
            let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
            assert_eq!(glob.matches(&name), fits(pattern.as_bytes(), name.as_bytes()), "{pattern:?} {name:?}");
        }
        let over_ids = pattern.bytes().all(|byte| byte.is_ascii_digit() || b"*?".contains(&byte));
        assert_eq!(matches!(AccountGlob::parse(&pattern), Ok(AccountGlob::Id(_))), over_ids);
    },
};

/// Whether `pattern` fits `name` as a whole: letter by letter, by which beginnings of the pattern fit what was read.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let after_stars = |mut fitting: Vec<bool>| {
        for place in 0..pattern.len() {
            fitting[place + 1] |= fitting[place] && pattern[place] == b'*';
        }
        fitting
    };
    let mut fitting = vec![false; pattern.len() + 1];
    fitting[0] = true;
    fitting = after_stars(fitting);
    for letter in name {
        let mut next = vec![false; pattern.len() + 1];
        for (place, wanted) in pattern.iter().enumerate().filter(|(place, _)| fitting[*place]) {
            match wanted {
                b'*' => next[place] = true,
                b'?' => next[place + 1] = true,
                wanted => next[place + 1] |= wanted == letter,
            }
        }
        fitting = after_stars(next);
    }
    fitting[pattern.len()]
}

pub const CAP: Target = Target {
    seeds: || inputs(&["3h in 24h", "90m in 8h", "1h30m in 168h", "PT1H in 7d", "-1h in 24h", "1 hour in 2 days"]),
    check: |bytes| {
        let owner = || CapOwner::Rule(RuleId::parse("a").unwrap());
        match Cap::parse(&text(bytes), owner()) {
            Ok(cap) => {
                assert!(
                    cap.total.is_positive() && cap.total < cap.window && cap.window <= SignedDuration::from_hours(168)
                );
                assert_eq!(Cap::parse(&cap.to_string(), owner()), Ok(cap));
            }
            Err(why) => check_message(&why.to_string()),
        }
    },
};

pub const TAG: Target = Target {
    seeds: || inputs(&["env=prod", "team=payments", "a=b=c", "=", "a =b"]),
    check: |bytes| match text(bytes).parse::<Tag>() {
        Ok(tag) => {
            assert_eq!(tag.to_string().parse(), Ok(tag.clone()));
            assert!(!tag.to_string().contains(char::is_whitespace));
        }
        Err(why) => check_message(&why.to_string()),
    },
};
