//! Holds the architecture: which part of the program may use which, and that no files use each other in a circle.

mod source_text;
mod source_tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::source_tree::{Reference, SourceTree, Tests};

/// For each part, the parts it may use; the first rule whose path begins a file's path counts.
const ARROWS: [(&str, &[&str]); 27] = [
    ("error.rs", &["error", "domain"]),
    ("error/", &["domain"]),
    ("report.rs", &["report", "domain", "error"]),
    ("report/", &["report", "domain", "error"]),
    ("environment.rs", &["error"]),
    ("domain/", &["domain"]),
    ("ports.rs", &["domain", "error"]),
    ("flows/", &["flows", "ports", "domain", "error"]),
    ("adapters/", &["adapters", "ports", "domain", "environment", "error"]),
    ("settings/", &["settings", "adapters::files", "domain", "environment", "error"]),
    ("cli/simulator.rs", &["cli", "report", "simulator"]),
    ("cli/demo.rs", &["cli"]),
    (
        "cli/",
        &["cli", "flows", "ports", "domain", "environment", "error", "report", "settings", "runtime", "hardening"],
    ),
    ("tui/", &["tui", "flows", "ports", "domain", "error", "report", "runtime", "hardening"]),
    // It plays AWS and knows nothing of the rest.
    ("simulator/", &["simulator"]),
    ("runtime.rs", &["error", "ports"]),
    ("hardening.rs", &[]),
    // These put the parts together.
    ("assemble.rs", EVERYTHING),
    ("start.rs", EVERYTHING),
    ("demo.rs", EVERYTHING),
    ("screen.rs", EVERYTHING),
    ("picker.rs", EVERYTHING),
    ("confirmation.rs", EVERYTHING),
    ("child_process.rs", EVERYTHING),
    ("colors.rs", &["environment", "settings", "tui"]),
    ("screen/", &["settings", "domain", "environment", "tui"]),
    ("logging.rs", &["domain", "adapters", "environment", "error"]),
];

const EVERYTHING: &[&str] = &[
    "adapters",
    "assemble",
    "child_process",
    "cli",
    "colors",
    "confirmation",
    "demo",
    "domain",
    "environment",
    "error",
    "flows",
    "hardening",
    "logging",
    "picker",
    "ports",
    "report",
    "runtime",
    "screen",
    "settings",
    "simulator",
    "tui",
];

#[test]
fn every_part_uses_only_what_it_may() {
    let tree = SourceTree::read(&source_folder(), Tests::Included);
    let references = tree.references();
    assert!(references.len() > 1_000, "the search itself finds only {} references", references.len());
    let without_rule = tree.files().into_iter().filter(|file| *file != "lib.rs" && allowed(file).is_none());
    let mut wrong: Vec<String> = without_rule.map(|file| format!("src/{file}: no rule says what it may use")).collect();
    wrong.extend(references.iter().filter(|reference| !is_allowed(reference)).map(describe));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let references = SourceTree::read(&source_folder(), Tests::LeftOut).references();
    assert!(references.len() > 500, "the search itself finds only {} references", references.len());
    let circles = circles(&references);
    let ties = |circle: &BTreeSet<&str>| {
        let inside = |reference: &&Reference| {
            circle.contains(reference.file.as_str()) && circle.contains(reference.target_file.as_str())
        };
        references.iter().filter(inside).map(describe).collect::<Vec<_>>().join("\n")
    };
    let shown: Vec<String> = circles.iter().map(ties).collect();
    assert!(shown.is_empty(), "{} circles:\n{}", shown.len(), shown.join("\n\n"));
}

/// The parts that reach the world through ports alone, with what else each may not use.
const WITHOUT_IO: [(&str, &[&str]); 2] =
    [("domain/", &["std::io", "std::thread", "std::time::Instant", "std::time::SystemTime", "tokio"]), ("flows/", &[])];

/// What reads or writes files, the network, the environment, the keyring or the terminal.
const IO: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "aws_sdk_sso",
    "aws_sdk_ssooidc",
    "aws_sdk_sts",
    "crossterm",
    "hyper",
    "keyring",
    "keyring_core",
    "ratatui",
    "rustix",
];

#[test]
fn domain_and_flows_do_no_io_themselves() {
    let references = SourceTree::read(&source_folder(), Tests::LeftOut).outside_references();
    assert!(
        references.iter().any(|reference| reference.path.starts_with("std::fs::")),
        "the search finds no I/O at all"
    );
    let mut wrong = Vec::new();
    for (part, further) in WITHOUT_IO {
        for reference in references.iter().filter(|reference| reference.file.starts_with(part)) {
            // Its `Write` fills memory, for serde_json to write into.
            if reference.file == "domain/wiped.rs" && is_within(&reference.path, "std::io") {
                continue;
            }
            if IO.iter().chain(further).any(|module| is_within(&reference.path, module)) {
                wrong.push(format!("src/{}:{}: uses {}", reference.file, reference.line, reference.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn allowed(file: &str) -> Option<&'static [&'static str]> {
    ARROWS.iter().find(|(part, _)| file.starts_with(part)).map(|(_, allowed)| *allowed)
}

fn is_allowed(reference: &Reference) -> bool {
    allowed(&reference.file).is_none_or(|allowed| allowed.iter().any(|part| is_within(&reference.module, part)))
}

fn is_within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn describe(reference: &Reference) -> String {
    format!("src/{}:{}: uses src/{}", reference.file, reference.line, reference.target_file)
}

/// The largest sets of files of which each reaches every other.
fn circles(references: &[Reference]) -> Vec<BTreeSet<&str>> {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for reference in references {
        uses.entry(&reference.file).or_default().insert(&reference.target_file);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses.keys().map(|file| (*file, reachable(file, &uses))).collect();
    let mut circles: Vec<BTreeSet<&str>> = Vec::new();
    for (file, from_here) in &reached {
        let back = |other: &&str| reached.get(other).is_some_and(|from_there| from_there.contains(file));
        let circle: BTreeSet<&str> = from_here.iter().copied().filter(back).collect();
        if !circle.is_empty() && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

fn reachable<'a>(file: &str, uses: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&str> = uses.get(file).into_iter().flatten().copied().collect();
    while let Some(file) = next.pop() {
        if found.insert(file) {
            next.extend(uses.get(file).into_iter().flatten());
        }
    }
    found
}

/// A crate with a file for each way to use another one.
fn sample(file: &str) -> Option<String> {
    let text = match file {
        "lib.rs" => "mod a; mod b; pub mod c; mod d; mod e;",
        "a.rs" => {
            "// crate::c::comment
             const TEXT: &str = \"crate::c::text\";
             use crate::b::{self, inner::{Item as Renamed}};
             pub(in crate::c) fn f() -> super::c::Type { vec![crate::d::make()] }
             fn g() { b::call(self::f(), std::fs::read()) }
             #[cfg(test)]
             mod tests { use super::super::e::Only; }"
        }
        "b/mod.rs" => "mod inner; pub use self::inner::Item; pub fn call() {}",
        "b/inner.rs" => "use super::call; pub struct Item;",
        "c.rs" => "pub struct Type(crate::b::Item);",
        "d.rs" => "use std::{fs::{self, File}, io as i}; pub fn make() { fs::write(i::stdin(), File::open()) }",
        "e.rs" => "use crate::{a, e}; pub struct Only(a::G);",
        _ => return None,
    };
    Some(text.to_owned())
}

#[test]
fn the_search_resolves_every_way_to_name_an_item() {
    let uses = |tests| -> BTreeSet<(String, String)> {
        let references = SourceTree::parse(tests, &sample).references();
        references.into_iter().map(|reference| (reference.file, reference.target_file)).collect()
    };
    let expected = [
        ("a.rs", "b/inner.rs"),
        ("a.rs", "b/mod.rs"),
        ("a.rs", "c.rs"),
        ("a.rs", "d.rs"),
        ("b/inner.rs", "b/mod.rs"),
        // Through the re-export in b/mod.rs, which therefore uses nothing itself.
        ("c.rs", "b/inner.rs"),
        ("e.rs", "a.rs"),
    ];
    let expected: BTreeSet<_> = expected.map(|(file, target)| (file.to_owned(), target.to_owned())).into();
    assert_eq!(uses(Tests::LeftOut), expected);
    let in_tests = ("a.rs".to_owned(), "e.rs".to_owned());
    assert_eq!(uses(Tests::Included), &expected | &BTreeSet::from([in_tests]));
}

#[test]
fn the_search_resolves_imports_from_outside() {
    let references = SourceTree::parse(Tests::LeftOut, &sample).outside_references();
    let paths: BTreeSet<&str> = references.iter().map(|reference| reference.path.as_str()).collect();
    for path in ["std::fs::read", "std::fs::write", "std::fs::File::open", "std::io::stdin"] {
        assert!(paths.contains(path), "{path} is not in {paths:?}");
    }
}

#[test]
fn a_circle_is_found_with_all_its_files_and_no_others() {
    let with_tests = SourceTree::parse(Tests::Included, &sample).references();
    assert_eq!(circles(&with_tests), [BTreeSet::from(["a.rs", "e.rs"])]);
    assert!(circles(&SourceTree::parse(Tests::LeftOut, &sample).references()).is_empty());
}

#[test]
fn a_forbidden_use_is_found_through_super() {
    let files = |file: &str| match file {
        "lib.rs" => Some("mod domain; mod ports;".to_owned()),
        "domain/mod.rs" => Some("use super::ports::Port;".to_owned()),
        "ports.rs" => Some("pub trait Port {}".to_owned()),
        _ => None,
    };
    let references = SourceTree::parse(Tests::LeftOut, &files).references();
    assert_eq!(references.iter().map(is_allowed).collect::<Vec<_>>(), [false]);
}
