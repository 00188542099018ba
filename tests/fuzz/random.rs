//! Random changes to inputs, which a number decides alone.

/// The most bytes of a changed input.
const LONGEST: usize = 1 << 16;

/// What breaks parsers: ends, signs, numbers at their limits, and characters that are more than they seem.
const PIECES: [&str; 40] = [
    "",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\0",
    "\"",
    "'",
    "\\",
    "/",
    ":",
    ";",
    ",",
    ".",
    "=",
    "*",
    "?",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "#",
    "-",
    "+",
    "0",
    "-1",
    "9007199254740993",
    "18446744073709551615",
    "1e400",
    "\u{1b}[2J",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "e\u{301}",
    "\u{1f525}",
    "\u{130}",
    "null",
];

/// The input that `seeds` become in the run of this number.
pub fn changed(seeds: &[Vec<u8>], seed: u64, run: u64) -> Vec<u8> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ run.wrapping_mul(0xd1b5_4a32_d192_ed03));
    let mut input = random.one_of(seeds).cloned().unwrap_or_default();
    for _ in 0..=random.below(5) {
        random.change(&mut input, seeds);
    }
    input.truncate(LONGEST);
    input
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, or 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap_or(0)
    }

    fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// A place in `input`, or its end.
    fn place(&mut self, input: &[u8]) -> usize {
        self.below(input.len() + 1)
    }

    /// Some bytes in a row.
    fn part(&mut self, input: &[u8]) -> std::ops::Range<usize> {
        let from = self.place(input);
        let longest = if self.below(4) == 0 { input.len() } else { 16 };
        from..input.len().min(from + self.below(longest + 1))
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let place = self.place(input);
        let part = self.part(input);
        match self.below(8) {
            0 => drop(input.drain(part)),
            1 => {
                let again: Vec<u8> = input[part].to_vec();
                let most = if self.below(8) == 0 { 200 } else { 2 };
                let times = 1 + self.below(most);
                input.splice(place..place, again.repeat(times));
            }
            2 | 3 => {
                let piece = self.one_of(&PIECES).map_or("", |piece| piece);
                input.splice(place..place, piece.bytes());
            }
            4 => {
                let piece = self.one_of(&PIECES).map_or("", |piece| piece);
                input.splice(part, piece.bytes());
            }
            5 => {
                let other = self.one_of(seeds).cloned().unwrap_or_default();
                let other_part = self.part(&other);
                input.splice(part, other[other_part].to_vec());
            }
            6 => {
                if let Some(byte) = input.get_mut(place) {
                    *byte ^= 1 << self.below(8);
                }
            }
            _ => {
                if let Some(byte) = input.get_mut(place) {
                    *byte = self.next().to_le_bytes()[0];
                }
            }
        }
    }
}
