//! Holds the policy's parser, its JSON Schema and its documentation together.

mod validator;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use daypass::settings::check_policy;
use serde_json::Value;

use self::validator::Validator;

fn asset(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name)).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(&asset("schema/policy.schema.json")).unwrap()
}

/// What the parser says of `text`.
fn parsed(text: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    fs::write(&path, text).unwrap();
    check_policy(&path).map(drop).map_err(|error| error.to_string())
}

/// Whether the schema takes `text`.
fn fits(schema: &Value, text: &str) -> bool {
    let value: Value = toml::from_str(text).unwrap();
    Validator { root: schema }.is_valid(&value)
}

/// The keys that the parser knows in the table that `header` opens: it lists them where one is unknown.
fn parsers_keys(header: &str) -> BTreeSet<String> {
    let refused = parsed(&format!("{header}\nzzz = 1\n")).unwrap_err();
    let (_, keys) = refused.split_once("the keys are ").unwrap_or_else(|| panic!("{refused}"));
    keys.split(", ").map(str::to_owned).collect()
}

fn keys(schema: &Value, pointer: &str) -> BTreeSet<String> {
    schema.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect()
}

#[test]
fn schema_and_parser_know_the_same_keys() {
    let schema = schema();
    assert_eq!(keys(&schema, "/properties"), parsers_keys(""));
    assert_eq!(keys(&schema, "/properties/tiers/properties"), parsers_keys("[tiers]"));
    for tier in parsers_keys("[tiers]") {
        let pointer = format!("/properties/tiers/properties/{tier}/properties");
        assert_eq!(keys(&schema, &pointer), parsers_keys(&format!("[tiers.{tier}]")), "{tier}");
    }
    assert_eq!(keys(&schema, "/$defs/rule/properties"), parsers_keys("[[rule]]\nid = 'a'"));
}

#[test]
fn every_key_is_described_and_in_the_documentation() {
    let (schema, docs) = (schema(), asset("docs/policy.md"));
    let tables = ["/properties", "/$defs/rule/properties", "/$defs/rota_source/properties", "/$defs/shift/properties"];
    for pointer in tables {
        for (key, value) in schema.pointer(pointer).unwrap().as_object().unwrap() {
            let described = match value.get("$ref") {
                Some(reference) => schema.pointer(&reference.as_str().unwrap()[1..]).unwrap(),
                None => value,
            };
            let description = described.get("description").and_then(Value::as_str);
            assert!(description.is_some_and(|text| text.ends_with('.')), "{pointer}/{key} has no description");
            let named = [format!("`{key}`"), format!("[[{key}]]"), format!("[{key}]"), format!("[{key}.")];
            assert!(named.iter().any(|name| docs.contains(name)), "the documentation does not name `{key}`");
        }
    }
}

/// Every TOML example of the documentation.
fn examples(docs: &str) -> Vec<String> {
    let blocks = docs.split("```toml\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn every_example_of_the_documentation_is_a_policy() {
    let (schema, docs) = (schema(), asset("docs/policy.md"));
    let examples: Vec<String> =
        examples(&docs).into_iter().filter(|example| !example.starts_with("# config.toml\n")).collect();
    assert!(examples.len() >= 3, "the search finds {} examples", examples.len());
    for example in examples {
        assert!(example.starts_with("# policy.toml\n"), "an example says which file it is: {example}");
        assert!(fits(&schema, &example), "the schema refuses {example}");
        assert_eq!(parsed(&example), Ok(()), "{example}");
    }
}

#[test]
fn what_is_wrong_is_refused_by_schema_and_parser() {
    let schema = schema();
    let broken = [
        "max_session = 8",
        "max_session = 'eight hours'",
        "max_session = ''",
        "max_sesion = '8h'",
        "tiers = 1",
        "tiers.root.gate = 'none'",
        "tiers.Admin.min_reason = 10",
        "tiers.admin.gate = 'none'",
        "tiers.admin.gate = 'on_call'",
        "tiers.developer.gate = 'open'",
        "tiers.developer.tier = 'admin'",
        "tiers.admin.id = 'a'",
        "tiers.admin.min_reason = 9",
        "tiers.admin.min_reason = 501",
        "tiers.admin.min_reason = '20'",
        "tiers.admin.min_reason = 10.5",
        "tiers.admin.default_duration = 30",
        "tiers.admin.max_duration = 'soon'",
        "tiers.admin.cap = '3h'",
        "tiers.admin.cap = 3",
        "tiers.admin.reason_deny = ['ok', '']",
        "tiers.admin.ticket = 'yes'",
        "tiers.admin.ticket = true",
        "tiers.admin.ticket_pattern = ['a']",
        "tiers.admin.mode = 'indirect'",
        "tiers.admin.mode = 'chained'",
        "tiers.admin.assume = 'arn:aws:iam::{account}:role/X'",
        "tiers.admin.mode = 'direct'\ntiers.admin.assume = 'arn:aws:iam::{account}:role/X'",
        "tiers.admin.mode = 'chained'\ntiers.admin.assume = 'BreakGlass'",
        "tiers.admin.unattended = 'yes'",
        "tiers.admin.warning = ''",
        "tiers.admin.warning = \"two\\nlines\"",
        "tiers.admin.notify = [1]",
        "tiers.admin.alerts = ['']",
        "tiers.admin.approvers = true",
        "tiers.admin.notify = ['1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16','17']",
        "people.alice = ['1','2','3','4','5','6','7','8','9']",
        "tiers.admin.rota = ['a']",
        "rule = 1",
        "rule = [1]",
        "[rule]\nid = 'a'",
        "[[rule]]\nrole = 'x'",
        "[[rule]]\nid = ''",
        "[[rule]]\nid = 'a b'",
        "[[rule]]\nid = 1",
        "[[rule]]\nid = 'a'\nroles = 'x'",
        "[[rule]]\nid = 'a'\nrole = ''",
        "[[rule]]\nid = 'a'\nrole = []",
        "[[rule]]\nid = 'a'\naccount = 123456789012",
        "[[rule]]\nid = 'a'\naccount = [1]",
        "[[rule]]\nid = 'a'\ntag = 'prod'",
        "[[rule]]\nid = 'a'\ntag = 'env = prod'",
        "[[rule]]\nid = 'a'\ntag = []",
        "[[rule]]\nid = 'a'\ntier = 'Admin'",
        "[[rule]]\nid = 'a'\ntier = 'admin'\ngate = 'none'",
        "[[rule]]\nid = 'a'\nmode = 'chained'",
    ];
    for text in broken {
        assert!(parsed(text).is_err(), "the parser takes {text}");
        assert!(!fits(&schema, text), "the schema takes {text}");
    }
}

#[test]
fn schema_and_parser_know_the_same_limits() {
    let schema = schema();
    let rules = |count: usize| (0..count).map(|number| format!("[[rule]]\nid = '{number}'\n")).collect::<String>();
    let list = |key: &str, count: usize| format!("tiers.admin.{key} = [{}]", "'a',".repeat(count));
    let lists = [("alerts", 16), ("approvers", 16), ("notify", 16), ("reason_deny", 50)];
    let lists = lists.map(|(key, most)| (list(key, most), list(key, most + 1)));
    for (most, more) in lists.into_iter().chain([(rules(1_000), rules(1_001))]) {
        assert_eq!((parsed(&most), fits(&schema, &most)), (Ok(()), true), "{most}");
        assert!(parsed(&more).is_err() && !fits(&schema, &more), "{more}");
    }
}

#[test]
fn what_only_the_parser_knows_fits_the_schema() {
    let schema = schema();
    let table = [
        ("max_session = '24h'", "15m to 12h"),
        ("tiers.admin.max_duration = '2h'", "1m to 1h"),
        ("tiers.admin.default_duration = '30m'\ntiers.admin.max_duration = '10m'", "at most `max_duration`"),
        ("tiers.admin.cap = '24h in 24h'", "less than the time it is counted in"),
        ("tiers.admin.ticket_pattern = '('", "is not valid"),
        ("tiers.readonly.gate = 'break_glass'", "at least that of readonly"),
        ("[[rule]]\nid = 'a'\n[[rule]]\nid = 'a'", "two rules"),
        (
            "[[rule]]\nid = 'a'\ngate = 'none'\nmode = 'chained'\nassume = 'arn:aws:iam::{account}:role/X'",
            "through which the permission set's own credentials come",
        ),
    ];
    for (text, words) in table {
        let refused = parsed(text).unwrap_err();
        assert!(refused.contains(words), "{text}: {refused}");
        assert!(fits(&schema, text), "{text}");
    }
}

#[test]
fn rotas_have_a_name_and_exactly_one_source() {
    let schema = schema();
    let rota = |rest: &str| format!("[[rota]]\n{rest}");
    for good in [
        "name = 'a'\nical = 'keyring'",
        "name = 'a'\nical = 'keyring'\nhost = 'c.example'",
        "name = 'a'\ncommand = ['who']",
        "name = 'a'\nshifts = [{ who = 'bob', from = '2026-11-21T08:00:00Z', until = '2026-11-21T20:00:00Z' }]",
    ] {
        assert!(fits(&schema, &rota(good)), "{good}");
    }
    for bad in [
        "name = 'a'",
        "ical = 'keyring'",
        "name = 'a'\nical = 'keyring'\ncommand = ['who']",
        "name = 'a'\ncommand = 'who'",
        "name = 'a'\ncommand = []",
        "name = 'a'\nshifts = [{ who = 'bob' }]",
        "name = 'a'\nical = 'keyring'\nurl = 'x'",
        "name = 'a'\nical = 'a.ics'\nhost = 'c.example'",
        "name = 'a'\ncommand = ['who']\nhost = 'c.example'",
        "name = 'a'\nshifts = []",
    ] {
        assert!(!fits(&schema, &rota(bad)), "{bad}");
    }
    assert!(fits(&schema, "people = { 'a@b' = ['a'] }") && !fits(&schema, "people = { a = 'a' }"));
}
