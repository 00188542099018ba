//! The CloudFormation templates of `packaging/aws`: what their policies say, as far as that can be told from their text.

use std::fs;
use std::path::Path;

use daypass::domain::elevation::ElevationId;
use daypass::domain::policy::{Mode, TicketNeed};
use daypass::settings::check_policy;
use jiff::Timestamp;
use regex_lite::Regex;
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

/// No shorter than any value that the parameters take; leavers are twenty of a user id's length, regions sixteen.
fn longest(parameter: &str) -> Option<Value> {
    Some(match parameter {
        "LeaverUserIds" | "LeaverSourceIdentities" => vec!["x".repeat(47); 20].into(),
        "StsRegions" => vec!["ap-southeast-1"; 16].into(),
        "LogKeyArn" => "x".repeat(114).into(),
        _ => "x".repeat(64).into(),
    })
}

#[test]
fn each_policy_fits_where_aws_keeps_it() {
    let policies = Template::read("service-control-policies.yaml", longest);
    let contents = policies.properties("AWS::Organizations::Policy", "Content");
    assert_eq!(contents.len(), 3);
    let trust =
        Template::read("break-glass-role.yaml", longest).properties("AWS::IAM::Role", "AssumeRolePolicyDocument");
    for (policy, limit) in contents.iter().map(|policy| (policy, 5120)).chain(trust.iter().map(|trust| (trust, 2048))) {
        let text = serde_json::to_string(policy).unwrap();
        assert!(text.len() <= limit, "{} of {limit} characters: {text}", text.len());
    }
}

/// The conditions of the statement of the trust policy that allows AssumeRole.
fn conditions() -> Value {
    let role = Template::read("break-glass-role.yaml", |name| (name == "StsRegions").then(|| json!(["eu-central-1"])));
    let trust = &role.properties("AWS::IAM::Role", "AssumeRolePolicyDocument")[0];
    let statements = trust["Statement"].as_array().unwrap();
    let actions: Vec<&Value> = statements.iter().map(|statement| &statement["Action"]).collect();
    assert_eq!(actions, [&json!("sts:AssumeRole"), &json!(["sts:TagSession", "sts:SetSourceIdentity"])]);
    statements[0]["Condition"].clone()
}

/// The statements of the SCP of this name whose `Sid` has `ending`.
fn statements(name: &str, ending: &str) -> Vec<Value> {
    let policies = Template::read("service-control-policies.yaml", |name| match name {
        "LogKeyArn" => Some("arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab".into()),
        "LogBucketName" => Some("trail".into()),
        _ => None,
    });
    let names = policies.properties("AWS::Organizations::Policy", "Name");
    let contents = policies.properties("AWS::Organizations::Policy", "Content");
    let place = names.iter().position(|known| known == name).unwrap();
    let of_ending = |statement: &&Value| statement["Sid"].as_str().unwrap().ends_with(ending);
    contents[place]["Statement"].as_array().unwrap().iter().filter(of_ending).cloned().collect()
}

/// The actions of `statements`, all of which deny them everywhere.
fn denied(statements: &[Value]) -> Value {
    assert!(statements.iter().all(|statement| statement["Effect"] == "Deny" && statement["Resource"] == "*"));
    statements.iter().flat_map(|statement| statement["Action"].as_array().unwrap()).cloned().collect()
}

/// What lets access outlive the session that made it.
const LEAVES_ACCESS_BEHIND: [&str; 49] = [
    "iam:AcceptDelegationRequest",
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreatePolicyVersion",
    "iam:CreateRole",
    "iam:CreateSAMLProvider",
    "iam:CreateServiceSpecificCredential",
    "iam:CreateUser",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PutGroupPolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPermissionsBoundary",
    "iam:PutUserPolicy",
    "iam:ResetServiceSpecificCredential",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAccessKey",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "iam:UpdateSAMLProvider",
    "iam:UpdateSSHPublicKey",
    "iam:UpdateServiceSpecificCredential",
    "iam:UpdateSigningCertificate",
    "iam:UploadSSHPublicKey",
    "iam:UploadSigningCertificate",
    "identitystore:CreateGroupMembership",
    "identitystore:CreateUser",
    "rolesanywhere:CreateProfile",
    "rolesanywhere:CreateTrustAnchor",
    "rolesanywhere:EnableProfile",
    "rolesanywhere:EnableTrustAnchor",
    "rolesanywhere:UpdateProfile",
    "rolesanywhere:UpdateTrustAnchor",
    "sso-directory:AddMemberToGroup",
    "sso-directory:CreateBearerToken",
    "sso-directory:CreateUser",
    "sso-directory:UpdatePassword",
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:CreateAccountAssignment",
    "sso:CreateTrustedTokenIssuer",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:UpdatePermissionSet",
];

#[test]
fn an_elevated_session_leaves_no_access_behind_itself_or_in_a_further_role() {
    let policy = "break-glass-leaves-nothing-behind";
    let (by_role, by_person) = (statements(policy, "ByRole"), statements(policy, "ByPerson"));
    assert_eq!(statements(policy, "").len(), by_role.len() + by_person.len());
    assert_eq!(denied(&by_role), denied(&by_person));
    for action in LEAVES_ACCESS_BEHIND {
        assert!(is_like(&denied(&by_role), action), "{action}");
    }
    for statement in by_person {
        // The trust policy lets nobody in without a source identity, and AWS passes it on.
        assert_eq!(statement["Condition"], json!({"Null": {"aws:SourceIdentity": "false"}}), "{statement}");
    }
    for statement in by_role {
        let sessions = &statement["Condition"]["ArnLike"]["aws:PrincipalArn"];
        for role in [
            "aws-reserved/sso.amazonaws.com/AWSReservedSSO_BreakGlassAdminDirect_1234567890abcdef",
            "aws-reserved/sso.amazonaws.com/eu-west-2/AWSReservedSSO_AdministratorAccess_1234567890abcdef",
            "BreakGlassAdmin",
        ] {
            assert!(is_like(sessions, &format!("arn:aws-us-gov:iam::123456789012:role/{role}")), "{role}");
        }
    }
}

#[test]
fn the_trails_key_is_protected_where_it_is_named() {
    let key = &statements("break-glass-protect-evidence", "LogKey")[0];
    assert_eq!(key["Resource"], "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    for action in ["kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"] {
        assert!(is_like(&key["Action"], action), "{action}");
    }
    let pattern = allowed("service-control-policies.yaml", "LogKeyArn");
    assert!(pattern.is_match("") && pattern.is_match(key["Resource"].as_str().unwrap()));
    for other in ["*", "arn:aws:kms:*:*:key/*", "arn:aws:kms:eu-central-1:123456789012:alias/trail"] {
        assert!(!pattern.is_match(other), "{other}");
    }
}

#[test]
fn sessions_of_the_break_glass_role_end_by_their_time_too_whoever_they_name() {
    let earlier = &statements("break-glass-leavers", "EarlierChainedSessions")[0];
    let condition = json!({
        "Null": {"aws:SourceIdentity": "false"},
        "DateLessThan": {"aws:TokenIssueTime": "1970-01-01T00:00:00Z"},
    });
    assert_eq!((&earlier["Action"], &earlier["Condition"]), (&json!("*"), &condition));
}

#[test]
fn the_break_glass_role_is_assumed_in_regions_that_somebody_named() {
    let role = Template::read("break-glass-role.yaml", |_| None);
    assert_eq!(role.whole["Parameters"]["StsRegions"]["Default"], Value::Null);
    assert_eq!(conditions()["StringEquals"]["aws:RequestedRegion"], json!(["eu-central-1"]));
    let pattern = allowed("break-glass-role.yaml", "StsRegions");
    for region in ["us-east-1", "ap-southeast-2", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1"] {
        assert!(pattern.is_match(region), "{region}");
    }
    for other in ["", "*", "eu-*", "eu-central-*", "eu-central-?"] {
        assert!(!pattern.is_match(other), "{other}");
    }
}

/// What CloudFormation lets a parameter, or each of its values, be.
fn allowed(template: &str, parameter: &str) -> Regex {
    let template = Template::read(template, |_| None);
    let pattern = template.whole["Parameters"][parameter]["AllowedPattern"].as_str().unwrap();
    Regex::new(&format!("^(?:{pattern})$")).unwrap()
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
