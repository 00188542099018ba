//! Rules about what the source says, rather than about what it uses.

use std::fs;
use std::path::Path;

/// The files that read environment variables.
const READS_VARIABLES: [&str; 2] = [
    "environment.rs",
    // Compiled for tests alone.
    "adapters/store/own_memory.rs",
];

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
    readers.sort();
    let mut allowed = READS_VARIABLES.to_vec();
    allowed.sort_unstable();
    assert_eq!(readers, allowed);
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
    assert!(!reads("fn f() {}\n#[cfg(all(test, unix))]\nmod tests {\n    std::env::var_os(\"HOME\");\n}"));
    assert!(reads("fn f() {}\n#[cfg(test)]\nuse x;\nfn g() { std::env::vars_os(); }"));
}

/// The parts that say what to do about an error: the command line, the terminal UI, and the mapping they share.
const EDGE: [&str; 4] = ["cli/", "tui/", "report.rs", "demo.rs"];

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

/// The text with comments emptied, line for line, and a `use crate::{` group unfolded on its own lines.
fn code_of(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_group = false;
    for line in text.lines() {
        let code = if line.trim_start().starts_with("//") { "" } else { line };
        if in_group {
            let closes = code.contains("};");
            let names = code.trim().trim_end_matches("};").split(',').map(str::trim).filter(|name| !name.is_empty());
            lines.push(names.map(|name| format!("crate::{name} ")).collect());
            in_group = !closes;
            continue;
        }
        match code.split_once("crate::{") {
            Some((before, group)) => {
                in_group = !group.contains('}');
                let names = group.trim_end_matches("};").split(',').map(str::trim).filter(|name| !name.is_empty());
                let unfolded: String = names.map(|name| format!("crate::{name} ")).collect();
                lines.push(format!("{before}{unfolded}"));
            }
            None => lines.push(code.to_owned()),
        }
    }
    lines.join("\n")
}
