//! The CloudFormation templates of `packaging/aws`: what their policies say, as far as that can be told from their text.

use std::fs;
use std::path::Path;

use daypass::domain::elevation::ElevationId;
use daypass::domain::policy::{Mode, TicketNeed};
use daypass::settings::check_policy;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use wildmatch::WildMatch;
use yaml_rust2::{Yaml, YamlLoader};

/// A template, whose parameters have their defaults or `given` values.
struct Template {
    whole: Value,
    given: fn(&str) -> Option<Value>,
}

impl Template {
    fn read(name: &str, given: fn(&str) -> Option<Value>) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/aws").join(name);
        let text = fs::read_to_string(path).unwrap();
        Template { whole: plain(&YamlLoader::load_from_str(&text).unwrap()[0]), given }
    }

    /// The default of a parameter.
    fn default(&self, parameter: &str) -> &str {
        self.whole["Parameters"][parameter]["Default"].as_str().unwrap_or_else(|| panic!("{parameter} has no default"))
    }

    /// This property of each resource of this type, as CloudFormation would make it.
    fn properties(&self, kind: &str, property: &str) -> Vec<Value> {
        let resources = self.whole["Resources"].as_object().unwrap().values();
        let wanted = resources.filter(|resource| resource["Type"] == kind);
        wanted.map(|resource| self.evaluated(&resource["Properties"][property])).collect()
    }

    fn evaluated(&self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.evaluated(item)).collect(),
            Value::Object(members) => match members.iter().next() {
                Some((name, text)) if name == "Fn::Sub" => self.substituted(text.as_str().unwrap()).into(),
                Some((name, parameter)) if name == "Ref" => self.parameter(parameter.as_str().unwrap()),
                // The first choice is never the shorter one here.
                Some((name, choices)) if name == "Fn::If" => self.evaluated(&choices[1]),
                _ => members.iter().map(|(name, value)| (name.clone(), self.evaluated(value))).collect(),
            },
            other => other.clone(),
        }
    }

    fn substituted(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("${") else { return text.to_owned() };
        let (name, after) = rest.split_once('}').unwrap();
        format!("{before}{}{}", self.parameter(name).as_str().unwrap(), self.substituted(after))
    }

    fn parameter(&self, name: &str) -> Value {
        match name {
            "AWS::Partition" => "aws-us-gov".into(),
            "AWS::AccountId" => "123456789012".into(),
            _ => (self.given)(name).unwrap_or_else(|| self.default(name).into()),
        }
    }
}

fn plain(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Hash(members) => members
            .iter()
            .map(|(name, value)| (name.as_str().unwrap().to_owned(), plain(value)))
            .collect::<Map<_, _>>()
            .into(),
        Yaml::Array(items) => items.iter().map(plain).collect(),
        Yaml::Integer(number) => json!(number),
        Yaml::Boolean(word) => json!(word),
        other => other.as_str().unwrap_or_else(|| panic!("{other:?}")).into(),
    }
}

/// No shorter than any value that the parameters take; lists have twenty of a user id's length.
fn longest(parameter: &str) -> Option<Value> {
    let is_list = ["LeaverUserIds", "LeaverSourceIdentities", "StsRegions"].contains(&parameter);
    Some(if is_list { vec!["x".repeat(47); 20].into() } else { "x".repeat(64).into() })
}

#[test]
fn each_policy_fits_where_aws_keeps_it() {
    let policies = Template::read("service-control-policies.yaml", longest);
    let contents = policies.properties("AWS::Organizations::Policy", "Content");
    assert_eq!(contents.len(), 3);
    let trust = Template::read("break-glass-role.yaml", |name| longest(name).filter(|_| name != "StsRegions"))
        .properties("AWS::IAM::Role", "AssumeRolePolicyDocument");
    for (policy, limit) in contents.iter().map(|policy| (policy, 5120)).chain(trust.iter().map(|trust| (trust, 2048))) {
        let text = serde_json::to_string(policy).unwrap();
        assert!(text.len() <= limit, "{} of {limit} characters: {text}", text.len());
    }
}

/// The conditions of the statement of the trust policy that allows AssumeRole.
fn conditions() -> Value {
    let role = Template::read("break-glass-role.yaml", |_| None);
    let trust = &role.properties("AWS::IAM::Role", "AssumeRolePolicyDocument")[0];
    let statements = trust["Statement"].as_array().unwrap();
    let actions: Vec<&Value> = statements.iter().map(|statement| &statement["Action"]).collect();
    assert_eq!(actions, [&json!("sts:AssumeRole"), &json!(["sts:TagSession", "sts:SetSourceIdentity"])]);
    statements[0]["Condition"].clone()
}

/// Whether `text` is like one of `patterns`, as IAM has it.
fn is_like(patterns: &Value, text: &str) -> bool {
    let patterns = patterns.as_array().cloned().unwrap_or_else(|| vec![patterns.clone()]);
    patterns.iter().any(|pattern| WildMatch::new(pattern.as_str().unwrap()).matches(text))
}

#[test]
fn the_break_glass_role_is_assumed_with_what_an_elevation_sends_and_nothing_less() {
    let conditions = conditions();
    let (like, id) = (&conditions["StringLike"], ElevationId::new(Timestamp::UNIX_EPOCH, u128::MAX).to_string());
    for (key, sent, others) in [
        ("sts:RoleSessionName", format!("bg-{id}"), [id.clone(), format!("bg-{}", &id[1..]), format!("bg-{id}0")]),
        ("aws:RequestTag/elevation", id.clone(), [String::new(), id[1..].to_owned(), format!("bg-{id}")]),
        ("aws:RequestTag/ticket", "INC-4711".to_owned(), [String::new(), "none".to_owned(), "CHG-1".to_owned()]),
    ] {
        assert!(is_like(&like[key], &sent), "{key}: {sent}");
        for other in others {
            assert!(!is_like(&like[key], &other), "{key}: {other}");
        }
    }
    let absent = json!({"sts:SourceIdentity": "false", "aws:RequestTag/reason-sha256": "false"});
    assert_eq!(conditions["Null"], absent);
    let tags = json!({"aws:TagKeys": ["elevation", "ticket", "reason-sha256"]});
    assert_eq!(conditions["ForAllValues:StringEquals"], tags);
}

#[test]
fn the_break_glass_role_is_entered_from_its_permission_set_alone() {
    let callers = &conditions()["ArnLike"]["aws:PrincipalArn"];
    let role = |name: &str| format!("arn:aws-us-gov:iam::123456789012:role/{name}");
    for caller in [
        "aws-reserved/sso.amazonaws.com/AWSReservedSSO_BreakGlassEntry_1234567890abcdef",
        "aws-reserved/sso.amazonaws.com/eu-west-2/AWSReservedSSO_BreakGlassEntry_1234567890abcdef",
    ] {
        assert!(is_like(callers, &role(caller)), "{caller}");
    }
    for caller in [
        "AWSReservedSSO_BreakGlassEntry_1234567890abcdef",
        "aws-reserved/sso.amazonaws.com/AWSReservedSSO_BreakGlassEntry_Other_1234567890abcdef",
        "aws-reserved/sso.amazonaws.com/AWSReservedSSO_AWSReservedSSO_BreakGlassEntry_1234567890abcdef",
        "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_1234567890abcdef",
    ] {
        assert!(!is_like(callers, &role(caller)), "{caller}");
    }
}

#[test]
fn the_templates_mean_the_same_role_permission_set_and_alarm() {
    let read = |name| Template::read(name, |_| None);
    let (role, sets) = (read("break-glass-role.yaml"), read("permission-sets.yaml"));
    let (alarm, policies) = (read("alarm.yaml"), read("service-control-policies.yaml"));
    for other in [&sets, &alarm, &policies] {
        assert_eq!(other.default("BreakGlassRoleName"), role.default("RoleName"));
    }
    assert_eq!(sets.default("EntryName"), role.default("EntryPermissionSet"));
    assert_eq!(policies.default("AlarmName"), alarm.default("Name"));
    let admin = format!("AWSReservedSSO_{}_1234567890abcdef", sets.default("AdminName"));
    assert!(WildMatch::new(alarm.default("AdminRolePattern")).matches(&admin), "{admin}");
    assert_eq!(role.properties("AWS::IAM::Role", "MaxSessionDuration"), [json!(3600)]);
    assert_eq!(sets.properties("AWS::SSO::PermissionSet", "SessionDuration"), ["PT1H", "PT1H"]);
    // Rules that are just enabled never see either event.
    let seeing_all = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    assert_eq!(alarm.properties("AWS::Events::Rule", "State"), [seeing_all; 2]);
}

#[test]
fn eventbridge_uses_the_alarms_key_without_a_condition_that_sns_would_not_meet() {
    let key = &Template::read("alarm.yaml", |_| None).properties("AWS::KMS::Key", "KeyPolicy")[0];
    let statements = key["Statement"].as_array().unwrap();
    let of_events = |statement: &&Value| statement["Principal"]["Service"] == "events.amazonaws.com";
    let conditions: Vec<&Value> =
        statements.iter().filter(of_events).map(|statement| &statement["Condition"]).collect();
    assert_eq!(conditions, [&Value::Null]);
}

#[test]
fn the_policy_that_the_readme_shows_is_read_and_assumes_the_templates_role() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/aws/README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    fs::write(&path, shown).unwrap();
    let policy = check_policy(&path).unwrap();
    let role = Template::read("break-glass-role.yaml", |_| None);
    let assumed = format!("arn:aws:iam::{{account}}:role/{}", role.default("RoleName"));
    let rules: Vec<_> = policy.rules().map(|rule| (&rule.clauses.mode, rule.clauses.ticket)).collect();
    assert_eq!(rules, [(&Some(Mode::Chained(assumed)), Some(TicketNeed::Required))]);
}
