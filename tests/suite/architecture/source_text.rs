//! Rules about what the source says, rather than about what it uses.

use std::fs;
use std::path::Path;

/// The file that reads environment variables.
const READS_VARIABLES: &str = "environment.rs";

#[test]
fn environment_variables_are_read_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut readers = Vec::new();
    visit(&root, &mut |path| {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        let text = fs::read_to_string(path).unwrap();
        if !name.ends_with("tests.rs") && reads_variables(program_part(&text)) {
            readers.push(name);
        }
    });
    assert_eq!(readers, [READS_VARIABLES]);
}

/// Whether `text` calls `std::env` for variables; its arguments and the program's path are another matter.
fn reads_variables(text: &str) -> bool {
    let code = code_of(text);
    ["env::var", "env::{", "std::env;", "std::env as", "env::home_dir", "option_env!"]
        .iter()
        .any(|call| code.contains(call))
}

/// What stands before the file's test module.
fn program_part(text: &str) -> &str {
    let module = text.match_indices("\n#[cfg(").find(|(at, _)| {
        let mut lines = text[at + 1..].lines();
        let condition = lines.next().unwrap_or_default();
        condition.contains("test") && lines.next().is_some_and(|line| line.starts_with("mod ") && line.ends_with('{'))
    });
    module.map_or(text, |(at, _)| &text[..at])
}

#[test]
fn reading_a_variable_is_seen_before_the_tests_and_not_in_them() {
    let reads = |text: &str| reads_variables(program_part(text));
    assert!(reads("fn f() { std::env::var_os(\"HOME\"); }"));
    assert!(reads("use std::env::{self};"));
    assert!(!reads("fn f() { std::env::current_exe(); }"));
    assert!(!reads("fn f() {\n    // As std::env::var_os does.\n}"));
    assert!(!reads("fn f() {}\n#[cfg(all(test, unix))]\nmod tests {\n    std::env::var_os(\"HOME\");\n}"));
    assert!(reads("fn f() {}\n#[cfg(test)]\nuse x;\nfn g() { std::env::vars_os(); }"));
}

/// The parts that say what to do about an error: the command line, the terminal UI, and the mapping they share.
const EDGE: [&str; 3] = ["cli/", "tui/", "report"];

#[test]
fn what_to_do_about_an_error_is_said_at_the_edge() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    visit(&root, &mut |path| {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        let code = code_of(program_part(&fs::read_to_string(path).unwrap()));
        if code.contains(".hint(") && !EDGE.iter().any(|part| name.starts_with(part)) {
            wrong.push(name);
        }
    });
    assert!(wrong.is_empty(), "{wrong:?}");
}

fn visit(folder: &Path, each: &mut dyn FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&path);
        }
    }
}

/// The lines of `text` that are no comments.
fn code_of(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}
