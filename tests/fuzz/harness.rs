//! What a target is, and how it is run as a test.

use tempfile::TempDir;

/// A parser with inputs that it meets, and what must hold of any input.
pub struct Target {
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Fails where something does not hold.
    pub check: fn(&[u8]),
}

/// These texts as inputs.
pub fn inputs(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// `bytes` as text, for parsers that are given text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first line and the rest, for what is decided by two texts.
pub fn two_texts(bytes: &[u8]) -> (String, String) {
    let text = text(bytes);
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    (first.to_owned(), rest.to_owned())
}

/// Fails where `message` could act on a terminal, or fills it.
pub fn check_message(message: &str) {
    assert_eq!(daypass::domain::text::visible(message), message, "a message is safe to show");
    assert!(message.len() < 4_000, "a message is short: {} bytes", message.len());
}

/// A folder that goes when dropped, in memory where the system has such: whatever waits for the disk would take most of the time.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Gives `target` its inputs, and random changes to them, as many as `runs` or the environment says.
#[cfg(not(fuzzing))]
pub fn run(target: &Target, runs: u64) {
    let (runs, seed) = (number("DAYPASS_FUZZ_RUNS", runs), number("DAYPASS_FUZZ_SEED", 0));
    let seeds = (target.seeds)();
    for input in &seeds {
        check(target, input, "an input of its own");
    }
    for run in 0..runs {
        let input = crate::random::changed(&seeds, seed, run);
        check(target, &input, &format!("run {run} of DAYPASS_FUZZ_SEED={seed}"));
    }
}

#[cfg(not(fuzzing))]
fn check(target: &Target, input: &[u8], origin: &str) {
    let shown = ShownOnPanic { input, origin };
    (target.check)(input);
    drop(shown);
}

/// Says which input it was where its check panics.
#[cfg(not(fuzzing))]
struct ShownOnPanic<'a> {
    input: &'a [u8],
    origin: &'a str,
}

#[cfg(not(fuzzing))]
impl Drop for ShownOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: b\"{}\"", self.origin, self.input.escape_ascii());
        }
    }
}

#[cfg(not(fuzzing))]
fn number(variable: &str, otherwise: u64) -> u64 {
    let set = std::env::var_os(variable);
    set.map_or(otherwise, |text| text.to_str().and_then(|text| text.parse().ok()).expect("a whole number"))
}
