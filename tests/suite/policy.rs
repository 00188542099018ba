//! `policy check`, `show` and `test`, and the tags that settings tell.

use std::fs;

use serde_json::{Value, json};

use crate::environment::{ADMIN, DEVELOPER, TestEnv};
use crate::fake_secret_service::Behaviour;
use crate::pty::Pty;

const POLICY: &str = "max_session = '9h'\n\
    [tiers.admin]\nmin_reason = 20\ncap = '3h in 24h'\n\
    [[rule]]\nid = 'prod'\naccount = 'prod-*'\nrole = '*Admin*'\ntier = 'admin'\nmax_duration = '15m'\n\
    reason_deny = '(?i)^test'\nticket = 'or_none'\nticket_pattern = 'INC-[0-9]+'\nwarning = 'PRODUCTION'\n\
    [[rule]]\nid = 'tagged'\ntag = 'env=prod'\ngate = 'break_glass'\n";

/// Accounts are listed, and the policy is `text`.
fn listed(text: &str) -> TestEnv {
    let world = TestEnv::signed_in();
    world.run(&["roles"]).succeeds();
    world.policy(text);
    world
}

fn answer(world: &TestEnv, arguments: &[&str]) -> Value {
    world.run(&[&["policy", "test", "--json"], arguments].concat()).succeeds().json()
}

#[test]
fn check_reads_a_file_alone_and_says_what_it_is() {
    let world = TestEnv::new();
    world.settings("this is not TOML");
    world.policy("neither = is this");
    fs::write(world.config(), "[[[").unwrap();
    fs::write(world.path("team.toml"), POLICY).unwrap();
    let checked = world.run(&["policy", "check", "team.toml"]).succeeds();
    let (words, digest) = checked.stdout.rsplit_once(" · ").unwrap();
    assert_eq!((words, digest.trim_end().len()), ("2 rules · team.toml", 64), "{checked:?}");
    fs::write(world.path("team.toml"), "[[rule]]\nid = 'a'\nticket = 'yes'\n").unwrap();
    let words = "daypass: team.toml line 3, column 10: `yes` is not one of optional, or_none, required";
    let failed = world.run(&["policy", "check", "team.toml"]).fails_saying(2, words);
    assert_eq!(failed.stdout, "");
    world
        .run(&["policy", "check", "gone.toml"])
        .fails_saying(2, "gone.toml, which the command line names, is not there");
    world.run(&["policy", "check", "/dev/zero"]).fails_saying(2, "a device, not a plain file");
}

#[test]
fn check_and_show_take_the_policy_in_force() {
    let world = TestEnv::new();
    let built_in = world.run(&["policy", "check"]).succeeds().stdout;
    assert!(built_in.starts_with("0 rules · built-in policy · "), "{built_in}");
    fs::write(world.path("team.toml"), "[[rule]]\nid = 'a'\n").unwrap();
    world.settings(&format!("policy = '{}'\nmouze = true\n", world.path("team.toml").display()));
    let named = world.run(&["policy", "check"]).succeeds();
    assert!(named.stdout.starts_with("1 rule · ") && named.stdout.contains("team.toml · "), "{named:?}");
    assert!(named.stderr.contains("did you mean `mouse`?"), "{named:?}");
    world.settings("policy = 'gone.toml'");
    for command in ["check", "show"] {
        world.run(&["policy", command]).fails_saying(2, "gone.toml");
    }
}

#[test]
fn the_digest_is_that_of_the_records() {
    let world = listed(POLICY);
    let checked = world.run(&["policy", "check"]).succeeds().stdout;
    let shown = world.run(&["policy", "show", "--json"]).succeeds().json();
    let digest = shown["policy"]["digest"].as_str().unwrap();
    assert!(checked.trim_end().ends_with(digest), "{checked} {digest}");
    assert_eq!(answer(&world, &[ADMIN])["policy"], shown["policy"]);
    assert_eq!(shown["policy"]["path"].as_str(), world.path(".config/daypass/policy.toml").to_str());
}

#[test]
fn show_says_where_each_value_comes_from() {
    let world = TestEnv::new();
    world.policy(POLICY);
    let shown = world.run(&["policy", "show", "--json"]).succeeds().json();
    assert_eq!(shown["max_session"], json!({ "value": "9h", "from": "file" }));
    assert_eq!(shown["tiers"]["admin"]["min_reason"], json!({ "value": 20, "from": "tier" }));
    assert_eq!(shown["tiers"]["developer"]["min_reason"], json!({ "value": 10, "from": "built_in" }));
    let rules = shown["rules"].as_array().unwrap();
    assert_eq!(rules.iter().map(|rule| &rule["id"]).collect::<Vec<_>>(), ["prod", "tagged"]);
    assert_eq!(rules[0]["account"], json!(["prod-*"]));
    let asks = &rules[0]["asks"]["admin"];
    assert_eq!(asks.as_object().unwrap().len(), 17, "every term is there");
    for (key, expected) in [
        ("max_duration", json!({ "value": "15m", "from": "rule" })),
        ("default_duration", json!({ "value": "15m", "from": "bound" })),
        ("min_reason", json!({ "value": 20, "from": "tier" })),
        ("cap", json!({ "value": ["3h in 24h"], "from": "tier" })),
        ("gate", json!({ "value": "break_glass", "from": "built_in" })),
    ] {
        assert_eq!(asks[key], expected, "{key}");
    }
    assert_eq!(rules[1]["asks"].as_object().unwrap().len(), 3, "a rule without a tier asks of each");
    let text = world.run(&["policy", "show"]).succeeds().stdout;
    for words in [
        "max_session  9h  (file)",
        "rule prod · account prod-* · role *Admin*",
        "    max_duration      15m  (rule)",
        "    default_duration  15m  (no longer than max_duration)",
        "tier developer, where no rule says otherwise",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
}

#[test]
fn test_goes_through_the_rules_and_says_what_would_be_asked() {
    let world = listed(POLICY);
    let admin = answer(&world, &[ADMIN]);
    assert_eq!((&admin["account_name"], &admin["tier"]), (&json!("prod-payments-0003"), &json!("admin")));
    assert_eq!(admin["decided_by"], json!(["rule prod"]));
    let outcomes: Vec<_> = admin["rules"].as_array().unwrap().iter().map(|rule| &rule["outcome"]).collect();
    assert_eq!(outcomes, ["matches", "not_asked"]);
    assert_eq!(
        admin["rules"][0]["why"],
        json!(["the role `Admin` fits `*Admin*`", "the account 100000023757 (`prod-payments-0003`) fits `prod-*`"])
    );
    assert_eq!(admin["asks"]["ticket"], json!({ "value": "or_none", "from": "rule" }));
    assert_eq!(admin["caps"], json!([{ "total_seconds": 10_800, "window_seconds": 86_400, "counts": "tier admin" }]));
    assert_eq!(admin["unknown"], json!([]));
    let text = world.run(&["policy", "test", ADMIN]).succeeds().stdout;
    for words in
        ["rule prod: matches\n", "rule tagged: not asked\n", "tier admin, by rule prod\n", "PRODUCTION  (rule)"]
    {
        assert!(text.contains(words), "{words} is not in {text}");
    }
}

#[test]
fn what_is_not_known_is_said_and_settings_can_tell_it() {
    let world = listed(POLICY);
    let unknown = answer(&world, &[DEVELOPER]);
    assert_eq!(unknown["decided_by"], json!(["rule tagged", "built-in *Developer*"]));
    assert_eq!(unknown["asks"]["gate"], json!({ "value": "break_glass" }));
    assert!(unknown["unknown"][0].as_str().unwrap().contains("no tags for the account"), "{unknown}");
    let text = world.run(&["policy", "test", DEVELOPER]).succeeds().stdout;
    assert!(text.contains("the account's tags are not known, and the rule asks for `env=prod`"), "{text}");
    for (tags, gate, from) in [("env=prod", "break_glass", "rule"), ("env=stage", "none", "built_in")] {
        world.settings(&format!("[tags]\n100000023757 = '{tags}'\n"));
        let known = answer(&world, &[DEVELOPER]);
        assert_eq!(known["asks"]["gate"], json!({ "value": gate, "from": from }), "{tags}");
        assert_eq!(known["unknown"], json!([]));
    }
    let never_listed = answer(&world, &["999999999999/Admin"]);
    assert!(never_listed["unknown"][0].as_str().unwrap().contains("has not been listed"), "{never_listed}");
    assert_eq!(never_listed["account_name"], Value::Null);
}

#[test]
fn reasons_and_tickets_are_checked_and_nothing_is_recorded() {
    let world = listed(POLICY);
    world.keyring.behave(Behaviour::Locked);
    world.aws.reset_calls();
    let before = fs::read_dir(world.state()).unwrap().count();
    let key = ["restore with AKIA", "IOSFODNN7EXAMPLE"].concat();
    for (reason, ticket, expected) in [
        ("restore the payment ledger", "INC-4711", [true, true]),
        ("testing the payment ledger", "CHG-4711", [false, false]),
        ("short", "INC-1 ", [false, true]),
        (&key, "", [false, false]),
    ] {
        let said = answer(&world, &[ADMIN, "--reason", reason, "--ticket", ticket]);
        assert_eq!(
            [&said["reason"]["passes"], &said["ticket"]["passes"]],
            expected.map(Value::from).each_ref(),
            "{said}"
        );
        assert!(!said.to_string().contains("IOSFODNN7"), "{said}");
    }
    let text = world.run(&["policy", "test", ADMIN, "--reason", "short"]).succeeds().stdout;
    assert!(text.contains("reason: refused: the reason needs at least 20 characters"), "{text}");
    assert_eq!((world.aws.counts().total(), fs::read_dir(world.state()).unwrap().count()), (0, before));
    assert!(!world.state().join("elevations.jsonl").exists());
}

#[test]
fn the_moment_that_is_asked_about_is_said() {
    let shifts = "[[rota]]\nname = 'platform'\nshifts = [{ who = 'bob', from = '2000-01-01T00:00:00Z', \
                  until = '2100-01-01T00:00:00Z' }]\n";
    let world = listed(shifts);
    let at = answer(&world, &[DEVELOPER, "--at", "2010-11-21T02:00:00+01:00"]);
    assert_eq!(at["at"], "2010-11-21T01:00:00Z");
    assert!(at["on_call"]["rotas"][0]["unknown"].as_str().unwrap().contains("five weeks"), "{at}");
    let now = answer(&world, &[DEVELOPER]);
    let bob = json!([{ "who": "bob", "until": "2100-01-01T00:00:00Z" }]);
    assert_eq!(now["on_call"]["rotas"][0]["on_duty"], bob, "{now}");
    let today = world.run_with(&["policy", "test", DEVELOPER, "--at", "02:30", "--json"], &[("TZ", "UTC")]);
    assert!(today.succeeds().json()["at"].as_str().unwrap().ends_with("T02:30:00Z"));
    let noon = world.run(&["policy", "test", DEVELOPER, "--at", "noon"]);
    assert!(noon.code == Some(2) && noon.stderr.contains("not a time such as"), "{noon:?}");
    let text = world.run(&["policy", "test", DEVELOPER]).succeeds().stdout;
    let words = "on call: the person must be on duty on platform, which has bob until 2100-01-01T00:00:00Z\n";
    assert!(text.contains(words), "{text}");
    assert_eq!(answer(&world, &[ADMIN])["on_call"], Value::Null);
}

#[test]
fn a_target_can_be_tried_without_a_session_and_a_wrong_one_is_an_error() {
    let world = TestEnv::new();
    fs::write(world.config(), "").unwrap();
    assert_eq!(answer(&world, &[ADMIN])["tier"], "admin");
    world.run(&["policy", "test"]).fails_saying(2, "no target is named");
    world.run(&["policy", "test", "nobody"]).fails_saying(2, "nobody");
    world.policy("max_session = '48h'");
    world.run(&["policy", "test", ADMIN]).fails_saying(2, "line 1, column 15");
}

#[test]
fn names_from_outside_do_not_act_on_the_terminal() {
    let world = TestEnv::new();
    world.policy("[[rule]]\nid = 'a'\nrole = \"x\\u001b[2J\"\nwarning = \"z\\u202e\"\n");
    for command in [&["policy", "show"][..], &["policy", "test", ADMIN]] {
        let shown = world.run(command).succeeds();
        assert!(!shown.stdout.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
}

#[test]
fn the_question_for_a_ticket_shows_the_pattern_without_acting_on_the_terminal() {
    let world = TestEnv::signed_in();
    world.policy("[tiers.admin]\nticket = 'required'\nticket_pattern = \"(INC|\\u001b]0;x\\u0007\\u202e)-[0-9]+\"\n");
    let mut terminal = Pty::of(&world.command(&["exec", ADMIN, "--", "true"]));
    terminal.wait_for_raw("reason: ");
    terminal.press("INC-4711 payments are stuck\r");
    terminal.wait_for_raw("(↵ takes");
    terminal.press("\r");
    terminal.wait_for_raw("asks for a ticket like (INC|\\e]0;x\\u{7}\\u{202e})-[0-9]+");
    assert!(!terminal.raw().contains("\u{1b}]0;x") && !terminal.raw().contains('\u{202e}'), "{}", terminal.raw());
    terminal.press("\u{3}");
    terminal.finish();
}

#[test]
fn json_has_no_character_that_acts_on_the_terminal_and_reads_back_as_the_policy_has_it() {
    let world = TestEnv::new();
    world.policy("[tiers.admin]\nwarning = \"z\\u202e\"\n[[rule]]\nid = 'a'\nrole = \"x\\u202e\"\n");
    for command in [&["policy", "show", "--json"][..], &["policy", "test", ADMIN, "--json"]] {
        let shown = world.run(command).succeeds();
        assert!(shown.stdout.contains("z\\u202e") && !shown.stdout.contains('\u{202e}'), "{shown:?}");
    }
    let shown = world.run(&["policy", "show", "--json"]).succeeds().json();
    assert_eq!(shown["rules"][0]["role"][0], "x\u{202e}");
}

#[test]
fn check_warns_of_what_is_valid_and_surely_a_slip() {
    let world = TestEnv::new();
    let clean = "[[rule]]\nid = 'prod'\naccount = '123456789012'\nrole = 'deploy*'\ntier = 'developer'\n\
                 [[rule]]\nid = 'rest'\ntier = 'admin'\n";
    fs::write(world.path("clean.toml"), clean).unwrap();
    assert_eq!(world.run(&["policy", "check", "clean.toml"]).succeeds().stderr, "");
    let slips = "[tiers.admin]\nnotify = 'platform'\n\
        [[rule]]\nid = 'sandbox'\naccount = ['12345', '4*', '123456789012']\ntier = 'developer'\n\
        [[rule]]\nid = 'look'\nrole = ['x', '*']\ntag = 'env=dev'\ntier = 'readonly'\n\
        [[rule]]\nid = 'all'\naccount = '*'\ntag = 'env=prod'\n\
        [[rule]]\nid = 'rest'\nrole = '**'\n\
        [[rule]]\nid = 'late'\nrole = '*Admin*'\nmax_duration = '5m'\n";
    fs::write(world.path("slips.toml"), slips).unwrap();
    let checked = world.run(&["policy", "check", "slips.toml"]).succeeds();
    assert!(checked.stdout.starts_with("5 rules · "), "{checked:?}");
    let warned: Vec<&str> = checked.stderr.lines().collect();
    assert_eq!(
        warned,
        [
            "daypass: rule sandbox makes roles named like Admin Developer; `role` says which ones are meant",
            "daypass: rule sandbox: account `12345` has 5 digits, and an id has 12: no account fits",
            "daypass: rule look makes roles named like Admin or Developer ReadOnly; `role` says which ones are meant",
            "daypass: rule late is never asked: rule rest before it matches every target",
            "daypass: rules by `tag` (look, all) may match every account of which the settings tell no tags, and so make it \
             stricter there",
            "daypass: `alerts` and `notify` are recorded only: nothing is sent yet",
        ]
    );
}

#[test]
fn the_schema_is_printed_as_it_stands_beside_the_documentation() {
    let world = TestEnv::new();
    world.policy("neither = is this");
    let printed = world.run(&["policy", "schema"]).succeeds().stdout;
    assert_eq!(printed, include_str!("../../assets/schema/policy.schema.json"));
}

#[test]
fn commands_and_targets_are_completed_and_each_has_a_manual_page() {
    let world = listed("");
    let offered = |words: &[&str]| {
        let index = (words.len() + 1).to_string();
        world.run(&[&["__complete", "zsh", &index, "daypass", "policy"], words].concat()).succeeds().stdout
    };
    for command in ["check", "show", "test", "schema"] {
        assert!(offered(&[""]).lines().any(|line| line.starts_with(command)), "{command}");
        let page = world.run(&["man", "policy", command]).succeeds().stdout;
        assert!(page.contains(&format!(".TH daypass-policy-{command} 1")), "{page}");
    }
    assert!(offered(&["test", "prod-payments"]).contains("prod-payments-0003/Admin"));
    world.run(&["man", "policy", "chek"]).fails_saying(2, "there is no command `chek`");
}

#[test]
fn roles_are_found_by_the_tags_of_their_account() {
    let world = listed("");
    world.settings("[tags]\n100000023757 = ['env=prod', 'team=pay']\n");
    let found = world.run(&["roles", "tag:env=prod", "dev", "--json"]).succeeds().json();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found[0]["account_id"], "100000023757");
    assert_eq!(world.run(&["roles", "tag:env=stage", "--json"]).succeeds().json(), json!([]));
}

#[test]
fn a_wrong_tag_stops_everything() {
    let world = TestEnv::new();
    world.settings("[tags]\n123456789012 = ['env=prod', 'prod']\n");
    for command in [&["policy", "check"][..], &["status"], &["credentials", DEVELOPER]] {
        world.run(command).fails_saying(2, "config.toml line 2, column 29: `prod` is no tag such as env=prod");
    }
}
