//! Planted canaries: whatever is run, however loudly, secrets come out where they were asked for and nowhere else.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use daypass::simulator::{Fault, Operation};

use crate::environment::{ADMIN, DEVELOPER, READ_ONLY, TestEnv};

/// Every shape in which a secret might be written somewhere.
fn shapes(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let percent: String = url::form_urlencoded::byte_serialize(bytes).collect();
    // Inside a longer base64 text the first and last groups differ; what is between them does not.
    let inner = |text: String| text.get(4..text.len() - 4).unwrap_or(&text).to_owned();
    let wide = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let decimals = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let mut shapes = vec![bytes.to_vec(), wide, decimals.into_bytes(), percent.into_bytes()];
    for shift in 0..3.min(bytes.len()) {
        shapes.push(inner(STANDARD.encode(&bytes[shift..])).into_bytes());
        shapes.push(inner(URL_SAFE_NO_PAD.encode(&bytes[shift..])).into_bytes());
    }
    shapes
}

fn contains(bytes: &[u8], secret: &str) -> bool {
    shapes(secret).iter().any(|shape| memchr::memmem::find(bytes, shape).is_some())
}

/// Which of `secrets` lie in a file of this world, and where.
pub fn found_in_files(world: &TestEnv, secrets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    visit(world.home(), &mut |path, bytes| {
        let leaked = secrets.iter().filter(|secret| contains(bytes, secret));
        found.extend(leaked.map(|secret| format!("{}… in {}", &secret[..16], path.display())));
    });
    found
}

fn visit(folder: &Path, each: &mut dyn FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            visit(&path, each);
        } else {
            each(&path, &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_search_finds_a_secret_in_each_of_its_shapes() {
    let secret = "SIMSECRET+planted/in=every shape\u{e9}";
    let world = TestEnv::new();
    let deep = world.path("a/b");
    fs::create_dir_all(&deep).unwrap();
    // As programs would write it: alone, and in the middle of something longer at each offset of base64's groups.
    let mut written = vec![secret.to_owned(), format!("{:?}", secret.as_bytes())];
    written.push(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    for before in ["", "x", "xy"] {
        written.push(STANDARD.encode(format!("{before}{secret}and more")));
        written.push(URL_SAFE_NO_PAD.encode(format!("{before}{secret}and more")));
    }
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in written.into_iter().map(String::into_bytes).chain([wide]) {
        fs::write(deep.join("leak"), [b"before ", bytes.as_slice(), b" after"].concat()).unwrap();
        assert_eq!(found_in_files(&world, &[secret.to_owned()]).len(), 1, "{}", String::from_utf8_lossy(&bytes));
        assert!(found_in_files(&world, &["SIMSECRET of somebody else".to_owned()]).is_empty());
    }
}

#[test]
fn at_trace_level_with_backtraces_no_secret_is_found_outside_the_output_that_was_asked_for() {
    let world = TestEnv::new();
    let loud = [("DAYPASS_LOG", "trace"), ("RUST_BACKTRACE", "1"), ("RUST_LOG", "trace")];
    let reason = "canary search in the suite";
    world.aws.set_auto_approve(Some(std::time::Duration::ZERO));
    let mut talk = String::new();
    let mut run = |arguments: &[&str], may_print: bool| {
        let outcome = world.run_with(arguments, &loud);
        talk.push_str(&outcome.stderr);
        if !may_print {
            talk.push_str(&outcome.stdout);
        }
        outcome
    };
    run(&["login", "--no-browser"], false).succeeds();
    run(&["status", "--json"], false).succeeds();
    run(&["roles", "--json"], false).succeeds();
    run(&["credentials", DEVELOPER], true).succeeds();
    run(&["credentials", DEVELOPER, "--format", "env"], true).succeeds();
    world.allow_unattended();
    run(&["credentials", ADMIN, "--yes", "--reason", reason, "--format", "json"], true).succeeds();
    run(&["exec", DEVELOPER, "--", "true"], false).succeeds();
    // A refresh, and then everything that goes wrong with a body that holds secrets.
    world.age(jiff::SignedDuration::from_mins(50));
    run(&["credentials", DEVELOPER], true).succeeds();
    let secrets = world.aws.issued_secrets();
    let body = serde_json::json!({"message": secrets[0], "error_description": secrets.join(" ")}).to_string();
    for (status, operation, command) in [
        (500, Operation::GetRoleCredentials, &["credentials", READ_ONLY][..]),
        (500, Operation::ListAccounts, &["roles", "--refresh"]),
        (400, Operation::RegisterClient, &["login", "--force", "--no-browser", "--flow", "pkce"]),
        (400, Operation::StartDeviceAuthorization, &["login", "--force", "--no-browser"]),
        (400, Operation::Logout, &["logout"]),
    ] {
        let content_type = "application/json".to_owned();
        world.aws.fault_always(operation, Fault::RawBody { status, content_type, body: body.clone().into_bytes() });
        assert_ne!(run(command, false).code, Some(0), "{command:?}");
    }
    let log = fs::read_to_string(world.state().join("daypass.log")).unwrap();
    assert!(log.contains("trying again"), "the log is written: {log}");

    let secrets = world.aws.issued_secrets();
    assert!(secrets.len() > 10);
    assert_eq!(found_in_files(&world, &secrets), Vec::<String>::new());
    for secret in &secrets {
        assert!(!contains(talk.as_bytes(), secret), "{}… was said", &secret[..16]);
    }
}

#[test]
fn an_error_that_quotes_what_was_sent_is_kept_and_shown_without_it() {
    let world = TestEnv::signed_in();
    let mut secrets = world.aws.issued_secrets();
    let quoting = format!("request had header x-amz-sso_bearer_token {} and more", secrets.join(" "));
    let refused = || Fault::status(403, "ForbiddenException", &quoting);
    let account = DEVELOPER.split_once('/').unwrap().0;
    world.aws.fault_account_always(account, refused());
    world.aws.fault_always(Operation::GetRoleCredentials, refused());
    world.aws.fault_always(
        Operation::StartDeviceAuthorization,
        Fault::OAuth { code: "invalid_request".to_owned(), description: quoting.clone() },
    );
    let listed = world.run(&["roles", "--refresh"]);
    assert!(listed.stderr.contains("could not be listed"), "{listed:?}");
    let denied = world.elevated(ADMIN, "a test of what AWS may say").fails(4);
    let login = world.run(&["login", "--force", "--no-browser"]);
    assert!(login.stderr.contains("x-amz-sso_bearer_token …"), "what AWS says is shown: {login:?}");
    secrets.extend(world.aws.issued_secrets());
    assert_eq!(found_in_files(&world, &secrets), Vec::<String>::new());
    for said in [listed, denied, login] {
        assert!(!secrets.iter().any(|secret| contains(said.stderr.as_bytes(), secret)), "{said:?}");
    }
}
