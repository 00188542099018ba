//! How well a query matches a row. Each text is matched once, however many rows have it.

use nucleo_matcher::Matcher;

use super::field_match::{FieldMatch, Kind};
use super::query::{Query, Term, names_tier};
use super::rows::{Field, Row, Rows, TextId, Texts};
use super::word::{Finder, Word};
use crate::domain::tier::Tier;

/// How well a query matches a row; a lower rank is better.
///
/// One number, because tens of thousands are sorted at each keystroke. Its parts, the most important first: whether the
/// whole query is a name, how many words are scattered, and the sums over all words of kinds, fields, parts of texts and
/// spreads. Each part is wide enough for the words that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u64);

/// Words beyond these must match, and count for nothing in the order.
const RANKED_WORDS: usize = 64;
const PARTS: u32 = 24;
const FIELDS: u32 = 32;
const KINDS: u32 = 42;
const SCATTERED: u32 = 52;
const WHOLE: u32 = 60;

impl Rank {
    /// That of a word that narrows only.
    const NEUTRAL: Rank = Rank(0);

    fn of_word(found: FieldMatch, field: Field) -> Self {
        let is_scattered = found.kind == Kind::Scattered;
        Rank(
            u64::from(is_scattered) << SCATTERED
                | (found.kind as u64) << KINDS
                | (field as u64) << FIELDS
                | u64::from(found.is_part) << PARTS
                | u64::from(found.spread),
        )
    }

    fn of_whole_query(named_by: Option<Field>) -> Self {
        let rank = match named_by {
            Some(Field::Name) => 0,
            Some(_) => 1,
            None => 2,
        };
        Rank(rank << WHOLE)
    }

    fn plus(self, other: Rank) -> Self {
        Rank(self.0.saturating_add(other.0))
    }
}

/// One search: what the terms of its query match in each text, as far as that has been looked at.
pub(super) struct Ranking<'a> {
    rows: &'a Rows,
    terms: Vec<TermMatches<'a>>,
    /// The texts that are the whole query.
    whole: Vec<TextId>,
    finder: Finder<'a>,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(query: &'a Query, rows: &'a Rows, matcher: &'a mut Matcher) -> Self {
        let texts = rows.texts();
        Ranking {
            rows,
            terms: query.terms().iter().map(|term| TermMatches::new(term, texts)).collect(),
            whole: texts.equal_to(query.whole()),
            finder: Finder::new(matcher),
        }
    }

    /// How well the query matches the row at this place; `None` where it does not.
    pub(super) fn rank(&mut self, place: u32) -> Option<Rank> {
        let row = self.rows.get(place)?;
        let mut rank = Rank::of_whole_query(self.named_by(row));
        for (number, term) in self.terms.iter_mut().enumerate() {
            let of_term = term.rank(row, self.rows.texts(), &mut self.finder)?;
            if number < RANKED_WORDS {
                rank = rank.plus(of_term);
            }
        }
        Some(rank)
    }

    /// The field that is the whole query.
    fn named_by(&self, row: &Row) -> Option<Field> {
        if self.whole.is_empty() {
            return None;
        }
        let is_name = row.aliases.iter().chain(&row.profiles).any(|name| self.whole.contains(name));
        let is_account = self.whole.contains(&row.account_name);
        if is_name { Some(Field::Name) } else { is_account.then_some(Field::AccountName) }
    }
}

/// What one term matches.
enum TermMatches<'a> {
    Tier([bool; Tier::ALL.len()]),
    Org(&'a [char]),
    Tag(&'a [char]),
    Alias(&'a [char]),
    Word(&'a Word, LookedAt),
}

impl<'a> TermMatches<'a> {
    fn new(term: &'a Term, texts: &Texts) -> Self {
        match term {
            Term::Tier(beginning) => TermMatches::Tier(Tier::ALL.map(|tier| names_tier(beginning, tier))),
            Term::Org(part) => TermMatches::Org(part),
            Term::Tag(part) => TermMatches::Tag(part),
            Term::Alias(beginning) => TermMatches::Alias(beginning),
            Term::Word(word) => TermMatches::Word(word, LookedAt::nothing(texts)),
        }
    }

    fn rank(&mut self, row: &Row, texts: &Texts, finder: &mut Finder<'_>) -> Option<Rank> {
        match self {
            TermMatches::Tier(allowed) => allowed.get(row.tier as usize)?.then_some(Rank::NEUTRAL),
            TermMatches::Org(part) => texts.get(row.org)?.has(part).then_some(Rank::NEUTRAL),
            TermMatches::Tag(part) => {
                let has_it = |tag: &TextId| texts.get(*tag).is_some_and(|tag| tag.has(part));
                row.tags.iter().any(has_it).then_some(Rank::NEUTRAL)
            }
            TermMatches::Alias(beginning) => {
                let begin = row.aliases.iter().filter_map(|alias| texts.get(*alias)?.begins_with(beginning));
                begin.min().map(|found| Rank::of_word(found, Field::Name))
            }
            TermMatches::Word(word, looked_at) => {
                let mut find = |text| looked_at.find(text, || finder.find(word, texts.get(text)?));
                row.fields().filter_map(|(field, text)| Some(Rank::of_word(find(text)?, field))).min()
            }
        }
    }
}

/// What a word matches in each text that was looked at.
struct LookedAt(Vec<Look>);

#[derive(Clone, Copy)]
enum Look {
    NotYet,
    Done(Option<FieldMatch>),
}

impl LookedAt {
    fn nothing(texts: &Texts) -> Self {
        LookedAt(vec![Look::NotYet; texts.count()])
    }

    /// What matches in `text`; `look` is asked once for each.
    fn find(&mut self, text: TextId, look: impl FnOnce() -> Option<FieldMatch>) -> Option<FieldMatch> {
        let entry = self.0.get_mut(text.index())?;
        match *entry {
            Look::Done(found) => found,
            Look::NotYet => {
                let found = look();
                *entry = Look::Done(found);
                found
            }
        }
    }
}
