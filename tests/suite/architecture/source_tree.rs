//! Which file of the crate uses which other file, read from the tokens of its source.
//!
//! `mod` items make the tree. Every path is resolved: `crate::`, `self::`, `super::`, child modules and imported names,
//! in `use` items (nested groups too) and anywhere else in the code. A path through a `pub use` leads to the file that
//! defines the name, so a module that only re-exports its children does not use them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The modules of a crate, by path: `tui::layout`. The root is the empty path.
pub struct SourceTree {
    modules: BTreeMap<String, Module>,
    tests: Tests,
}

/// Whether `#[cfg(test)]` items belong to the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tests {
    Included,
    LeftOut,
}

/// Returns the text of a file, if there is one.
type Read<'a> = &'a dyn Fn(&str) -> Option<String>;

#[derive(Default)]
struct Module {
    /// The file it is written in, relative to the root's folder.
    file: String,
    children: BTreeSet<String>,
    /// What each imported name stands for, as written.
    imports: BTreeMap<String, Vec<String>>,
    /// The names imported by `pub use`.
    reexports: BTreeSet<String>,
    /// Every path in its code, with its line. A single name counts where it is a re-export.
    paths: Vec<(usize, Vec<String>)>,
}

/// A path in `file` that leads to an item of `module`, which is written in `target_file`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    pub file: String,
    pub line: usize,
    pub module: String,
    pub target_file: String,
}

/// A path in `file` that leads out of the crate, imports resolved: `std::fs::read`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutsideReference {
    pub file: String,
    pub line: usize,
    pub path: String,
}

/// What a path leads to.
enum Definition {
    /// An item of this module.
    Item(String),
    Module(String),
    /// An item of another crate; or a name without a definition here, such as a type parameter.
    Outside(Vec<String>),
}

impl SourceTree {
    /// Reads the crate whose root is `folder`/lib.rs.
    pub fn read(folder: &Path, tests: Tests) -> Self {
        SourceTree::parse(tests, &|file| fs::read_to_string(folder.join(file)).ok())
    }

    /// Reads the crate whose root `read` knows as lib.rs.
    pub fn parse(tests: Tests, read: Read<'_>) -> Self {
        let mut tree = SourceTree { modules: BTreeMap::new(), tests };
        tree.add_file("", "lib.rs", PathBuf::new(), read);
        tree
    }

    /// Every file of the tree.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.values().map(|module| module.file.as_str()).collect()
    }

    /// Every path that leads from one file to another. A path to a module alone uses nothing of it.
    pub fn references(&self) -> Vec<Reference> {
        let mut references = Vec::new();
        for (name, module) in &self.modules {
            for (line, path) in module.counted_paths() {
                let Some(Definition::Item(target)) = self.resolve(name, path) else { continue };
                let target_file = &self.modules[&target].file;
                if *target_file != module.file {
                    let (file, target_file) = (module.file.clone(), target_file.clone());
                    references.push(Reference { file, line: *line, module: target, target_file });
                }
            }
        }
        references
    }

    /// Every path that leads out of the crate.
    pub fn outside_references(&self) -> Vec<OutsideReference> {
        let mut references = Vec::new();
        for (name, module) in &self.modules {
            for (line, path) in module.counted_paths() {
                if let Some(Definition::Outside(path)) = self.resolve(name, path) {
                    references.push(OutsideReference { file: module.file.clone(), line: *line, path: path.join("::") });
                }
            }
        }
        references
    }

    fn resolve(&self, module: &str, path: &[String]) -> Option<Definition> {
        self.follow(module, path, &mut BTreeSet::new())
    }

    /// `seen` holds the imports that were followed already.
    fn follow(&self, from: &str, path: &[String], seen: &mut BTreeSet<(String, String)>) -> Option<Definition> {
        let mut at = from.to_owned();
        let mut rest = path;
        // Whether `at` is where the path leads so far, rather than where it stands.
        let mut is_anchored = false;
        while let [first, tail @ ..] = rest {
            match first.as_str() {
                "crate" => at = String::new(),
                "self" => {}
                "super" => at = parent(&at)?,
                _ => break,
            }
            is_anchored = true;
            rest = tail;
        }
        while let [name, tail @ ..] = rest {
            let module = &self.modules[&at];
            if module.children.contains(name) {
                at = child(&at, name);
            } else if let Some(import) = module.imports.get(name) {
                if !seen.insert((at.clone(), name.clone())) {
                    return None;
                }
                match self.follow(&at, import, seen)? {
                    Definition::Module(module) => at = module,
                    Definition::Item(module) => return Some(Definition::Item(module)),
                    Definition::Outside(path) => return Some(Definition::Outside([&path, tail].concat())),
                }
            } else if is_anchored {
                return Some(Definition::Item(at));
            } else {
                return Some(Definition::Outside(rest.to_vec()));
            }
            is_anchored = true;
            rest = tail;
        }
        Some(Definition::Module(at))
    }

    fn add_file(&mut self, name: &str, file: &str, folder: PathBuf, read: Read<'_>) {
        let text = read(file).unwrap_or_else(|| panic!("no file {file} for the module {name}"));
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        self.add_module(name, file, folder, tokens, read);
    }

    /// `folder` holds the files of the module's children.
    fn add_module(&mut self, name: &str, file: &str, folder: PathBuf, tokens: TokenStream, read: Read<'_>) {
        let mut children = Vec::new();
        // A module may be written twice, for two platforms.
        let module = self.modules.entry(name.to_owned()).or_default();
        module.file = file.to_owned();
        scan(&tokens.into_iter().collect::<Vec<_>>(), self.tests, module, &mut children);
        module.children.extend(children.iter().map(|(child, _)| child.clone()));
        for (child_name, body) in children {
            let (path, inside) = (child(name, &child_name), folder.join(&child_name));
            match body {
                Some(body) => self.add_module(&path, file, inside, body, read),
                None => {
                    let files =
                        [inside.with_extension("rs"), inside.join("mod.rs")].map(|file| file.display().to_string());
                    let file = files.iter().find(|file| read(file).is_some());
                    let file = file.unwrap_or_else(|| panic!("no file for the module {path}"));
                    self.add_file(&path, file, inside, read);
                }
            }
        }
    }
}

impl Module {
    fn counted_paths(&self) -> impl Iterator<Item = &(usize, Vec<String>)> {
        self.paths.iter().filter(|(_, path)| path.len() > 1 || self.reexports.contains(&path[0]))
    }
}

fn child(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn parent(module: &str) -> Option<String> {
    if module.is_empty() {
        return None;
    }
    Some(module.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned()))
}

/// Collects imports, paths and child modules from the tokens of a module.
fn scan(tokens: &[TokenTree], tests: Tests, module: &mut Module, children: &mut Vec<(String, Option<TokenStream>)>) {
    let mut at = 0;
    while at < tokens.len() {
        at = match &tokens[at] {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let end = after_attribute(tokens, at);
                let attribute: String =
                    tokens[at..end].iter().map(ToString::to_string).collect::<String>().replace(' ', "");
                let is_left_out = tests == Tests::LeftOut && is_test_only(&attribute);
                // A module with a path of its own lies outside the tree.
                if is_left_out || attribute.starts_with("#[path=") { after_item(tokens, end) } else { end }
            }
            TokenTree::Ident(ident) if ident == "pub" => {
                let end = after_visibility(tokens, at);
                match tokens.get(end) {
                    Some(TokenTree::Ident(ident)) if ident == "use" => {
                        let mut names = Vec::new();
                        let end = use_tree(tokens, end + 1, &[], &mut names);
                        module.reexports.extend(names.iter().map(|(name, _)| name.clone()));
                        module.imports.extend(names);
                        end
                    }
                    _ => end,
                }
            }
            TokenTree::Ident(ident) if ident == "mod" => match (tokens.get(at + 1), tokens.get(at + 2)) {
                (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body))) => {
                    children.push((name.to_string(), Some(body.stream())));
                    at + 3
                }
                (Some(TokenTree::Ident(name)), _) => {
                    children.push((name.to_string(), None));
                    at + 2
                }
                _ => at + 1,
            },
            TokenTree::Ident(ident) if ident == "use" => {
                let line = ident.span().start().line;
                let mut names = Vec::new();
                let end = use_tree(tokens, at + 1, &[], &mut names);
                for (name, path) in names {
                    module.paths.push((line, path.clone()));
                    module.imports.insert(name, path);
                }
                end
            }
            TokenTree::Ident(_) => path(tokens, at, module),
            TokenTree::Group(group) => {
                scan(&group.stream().into_iter().collect::<Vec<_>>(), tests, module, children);
                at + 1
            }
            _ => at + 1,
        };
    }
}

fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

/// Takes the path that begins `at`.
fn path(tokens: &[TokenTree], at: usize, module: &mut Module) -> usize {
    let mut end = at;
    let mut names = Vec::new();
    while let Some(TokenTree::Ident(ident)) = tokens.get(end) {
        names.push(ident.to_string());
        end += 1;
        if !is_path_separator(tokens, end) {
            break;
        }
        end += 2;
    }
    // What follows a `.` is a field or a method, and what follows a leading `::` is another crate's.
    let continues = at >= 1 && (is_punct(tokens.get(at - 1), '.') || (at >= 2 && is_path_separator(tokens, at - 2)));
    if !continues {
        module.paths.push((tokens[at].span().start().line, names));
    }
    end
}

/// Takes the `use` tree that begins `at`; gives each name it brings with what it stands for.
fn use_tree(tokens: &[TokenTree], mut at: usize, prefix: &[String], names: &mut Vec<(String, Vec<String>)>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) if ident == "as" => {
                let Some(TokenTree::Ident(alias)) = tokens.get(at + 1) else { return at + 1 };
                names.push((alias.to_string(), path));
                return at + 2;
            }
            Some(TokenTree::Ident(ident)) => {
                path.push(ident.to_string());
                at += 1;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut inside = 0;
                while inside < inner.len() {
                    inside = use_tree(&inner, inside, &path, names) + 1;
                }
                return at + 1;
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => at += 1,
            Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => {
                path.push("*".to_owned());
                at += 1;
            }
            _ => {
                // `use a::{self, b}`: `self` stands for `a`.
                if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
                    path.pop();
                }
                if let Some(name) = path.last() {
                    names.push((name.clone(), path));
                }
                return at;
            }
        }
    }
}

fn after_attribute(tokens: &[TokenTree], at: usize) -> usize {
    let group = if is_punct(tokens.get(at + 1), '!') { at + 2 } else { at + 1 };
    if matches!(tokens.get(group), Some(TokenTree::Group(_))) { group + 1 } else { at + 1 }
}

/// `#[cfg(test)]`, alone or in `all(…)`.
fn is_test_only(attribute: &str) -> bool {
    attribute.starts_with("#[cfg(test") || attribute.starts_with("#[cfg(all(test")
}

/// Skips the item that begins `at`, its further attributes included.
fn after_item(tokens: &[TokenTree], mut at: usize) -> usize {
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(punct) if punct.as_char() == '#' => at = after_attribute(tokens, at),
            TokenTree::Punct(punct) if punct.as_char() == ';' => return at + 1,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// Skips `pub(in path)`: it says who may see an item and uses nothing.
fn after_visibility(tokens: &[TokenTree], at: usize) -> usize {
    let restricted =
        matches!(tokens.get(at + 1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    at + if restricted { 2 } else { 1 }
}
