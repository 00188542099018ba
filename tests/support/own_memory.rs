//! Whether this process still holds a secret anywhere in its memory.
//!
//! The secret is kept masked, given to child processes masked, and searched for masked, so that the search does not find
//! itself.

use std::fs;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::process::Command;

use zeroize::Zeroizing;

const MASK: u8 = 0x5a;
/// Long enough to stand nowhere by chance, and short enough to be left of a buffer that was partly used again.
const WINDOW: usize = 24;
const PIECE: usize = 1 << 20;
const VARIABLE: &str = "DAYPASS_TEST_MASKED";

/// A secret that is not there in the clear until it is asked for.
pub struct Masked(Vec<u8>);

impl Masked {
    /// A new one of this many letters.
    pub fn random(length: usize) -> Self {
        let mut bytes = vec![0; length];
        getrandom::fill(&mut bytes).unwrap();
        bytes.iter_mut().for_each(|byte| *byte = (b'a' + *byte % 26) ^ MASK);
        Masked(bytes)
    }

    /// The one that the parent of this process gave it.
    pub fn of_parent() -> Option<Self> {
        let text = std::env::var_os(VARIABLE)?.into_string().unwrap();
        let digits = text.as_bytes().chunks_exact(2);
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        Some(Masked(digits.map(byte).collect()))
    }

    /// Gives it to a child that runs the ignored test `name` of this program, and says whether the test passed.
    pub fn passes_in_child(&self, name: &str, variables: &[(&str, &str)]) -> bool {
        let text: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let ran = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--ignored", "--nocapture"])
            .env(VARIABLE, text)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let passed = String::from_utf8_lossy(&ran.stdout).contains("1 passed");
        if !passed {
            eprintln!("{}", String::from_utf8_lossy(&ran.stderr));
        }
        passed
    }

    /// The secret in the clear.
    pub fn reveal(&self) -> Zeroizing<Vec<u8>> {
        let mut secret = Zeroizing::new(Vec::with_capacity(self.0.len()));
        secret.extend(self.0.iter().map(|byte| byte ^ MASK));
        secret
    }

    /// Searches the memory of this process for it. To be made before the secret is in the clear: what is allocated later
    /// may take the place of what was freed, and hide it.
    pub fn search(&self) -> Search<'_> {
        Search { masked: self, maps: Vec::with_capacity(PIECE), piece: Zeroizing::new(vec![0; PIECE]) }
    }

    /// Parts from all over the secret.
    fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.chunks_exact(WINDOW).step_by((self.0.len() / WINDOW / 16).max(1))
    }
}

/// A search for a secret.
pub struct Search<'a> {
    masked: &'a Masked,
    maps: Vec<u8>,
    piece: Zeroizing<Vec<u8>>,
}

impl Search<'_> {
    /// Where a part of the secret lies in the clear.
    pub fn finds(&mut self) -> Vec<String> {
        self.maps.clear();
        fs::File::open("/proc/self/maps").unwrap().read_to_end(&mut self.maps).unwrap();
        let memory = fs::File::open("/proc/self/mem").unwrap();
        let mut left = Vec::new();
        for line in std::str::from_utf8(&self.maps).unwrap().lines().filter(|line| line.contains(" rw")) {
            let (start, end) = line.split_whitespace().next().unwrap().split_once('-').unwrap();
            let [start, end] = [start, end].map(|number| u64::from_str_radix(number, 16).unwrap());
            // The pieces overlap, so that no part lies on a border.
            for at in (start..end).step_by(PIECE - WINDOW) {
                let piece = &mut self.piece[..usize::try_from(end - at).unwrap().min(PIECE)];
                // Some of the kernel's own pages cannot be read.
                if memory.read_exact_at(piece, at).is_ok() && self.masked.parts().any(|part| contains(piece, part)) {
                    left.push(format!("{line} at {at:x}"));
                }
            }
        }
        left
    }
}

fn contains(bytes: &[u8], masked: &[u8]) -> bool {
    let first = masked[0] ^ MASK;
    memchr::memchr_iter(first, bytes).any(|at| {
        bytes.get(at..at + masked.len()).is_some_and(|there| there.iter().zip(masked).all(|(a, b)| a ^ MASK == *b))
    })
}

#[test]
#[ignore = "is the child of the next test"]
fn child_that_leaves_a_secret() {
    let Some(masked) = Masked::of_parent() else { return };
    let mut search = masked.search();
    assert_eq!(search.finds(), Vec::<String>::new());
    let secret = masked.reveal();
    let careless = secret.to_vec();
    drop(secret);
    drop(careless);
    assert!(!search.finds().is_empty(), "freed is not wiped");
}

#[test]
fn the_search_finds_what_was_freed_without_being_wiped() {
    let here = module_path!().split_once("::").unwrap().1;
    assert!(Masked::random(3_000).passes_in_child(&format!("{here}::child_that_leaves_a_secret"), &[]));
}
