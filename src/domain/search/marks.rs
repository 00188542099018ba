//! Which characters of a row a query matched, for showing.

use nucleo_matcher::Matcher;

use super::field_match::Kind;
use super::query::{Query, Term};
use super::rows::{Field, Row, TextId, Texts};
use super::text::Text;
use super::word::{Finder, Word};

/// The characters of a row that matched, as ascending indices into the `chars()` of each text.
///
/// A word is marked where it matches best, and wherever else but in the id it stands as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Those of the account's name.
    pub account_name: Vec<usize>,
    /// Those of the account's id.
    pub account_id: Vec<usize>,
    /// Those of the role's name.
    pub role: Vec<usize>,
    /// The index of the first alias that matched, and its characters.
    pub alias: Option<(usize, Vec<usize>)>,
    /// The index of the first profile that matched, and its characters.
    pub profile: Option<(usize, Vec<usize>)>,
}

/// The marks of `query` in `row`; none where it does not match.
pub(super) fn marks(query: &Query, row: &Row, texts: &Texts, matcher: &mut Matcher) -> Marks {
    let mut marker = Marker { row, texts, finder: Finder::new(matcher), marks: Marks::default() };
    for term in query.terms() {
        match term {
            Term::Word(word) => marker.mark_word(word),
            Term::Alias(beginning) => marker.mark_alias(beginning),
            Term::Tier(_) | Term::Org(_) | Term::Tag(_) => {}
        }
    }
    let mut marks = marker.marks;
    let names = [&mut marks.alias, &mut marks.profile].into_iter().flatten().map(|(_, characters)| characters);
    for characters in [&mut marks.account_name, &mut marks.account_id, &mut marks.role].into_iter().chain(names) {
        characters.sort_unstable();
        characters.dedup();
    }
    marks
}

struct Marker<'a> {
    row: &'a Row,
    texts: &'a Texts,
    finder: Finder<'a>,
    marks: Marks,
}

/// One text of a row.
#[derive(Clone, Copy)]
enum Place {
    AccountName,
    AccountId,
    Role,
    Alias(usize),
    Profile(usize),
}

impl Place {
    fn field(self) -> Field {
        match self {
            Place::AccountName => Field::AccountName,
            Place::Role => Field::Role,
            Place::Alias(_) | Place::Profile(_) => Field::Name,
            Place::AccountId => Field::AccountId,
        }
    }
}

impl<'a> Marker<'a> {
    fn places(&self) -> impl Iterator<Item = (Place, &'a Text)> + use<'a> {
        let (row, texts) = (self.row, self.texts);
        let fields =
            [(Place::AccountName, row.account_name), (Place::Role, row.role), (Place::AccountId, row.account_id)];
        let aliases = row.aliases.iter().enumerate().map(|(which, text)| (Place::Alias(which), *text));
        let profiles = row.profiles.iter().enumerate().map(|(which, text)| (Place::Profile(which), *text));
        let places = fields.into_iter().chain(aliases).chain(profiles);
        places.filter_map(|(place, text): (Place, TextId)| Some((place, texts.get(text)?)))
    }

    fn mark_word(&mut self, word: &Word) {
        let places = self.places();
        let finder = &mut self.finder;
        let found: Vec<_> = places.filter_map(|(place, text)| Some((place, text, finder.find(word, text)?))).collect();
        let best = found.iter().map(|(place, _, found)| (found.kind, place.field())).min();
        for (place, text, found) in found {
            let is_best = best == Some((found.kind, place.field()));
            let is_literal = found.kind != Kind::Scattered && place.field() != Field::AccountId;
            if is_best || is_literal {
                let positions = self.finder.positions(word, text).unwrap_or_default();
                self.mark(place, text, &positions);
            }
        }
    }

    fn mark_alias(&mut self, beginning: &[char]) {
        let begins =
            |(place, text): &(Place, &Text)| matches!(place, Place::Alias(_)) && text.begins_with(beginning).is_some();
        if let Some((place, text)) = self.places().find(begins) {
            self.mark(place, text, &(0..beginning.len()).collect::<Vec<_>>());
        }
    }

    fn mark(&mut self, place: Place, text: &Text, positions: &[usize]) {
        let characters = positions.iter().flat_map(|position| text.characters(*position));
        match place {
            Place::AccountName => self.marks.account_name.extend(characters),
            Place::AccountId => self.marks.account_id.extend(characters),
            Place::Role => self.marks.role.extend(characters),
            Place::Alias(which) => mark_name(&mut self.marks.alias, which, characters),
            Place::Profile(which) => mark_name(&mut self.marks.profile, which, characters),
        }
    }
}

/// Marks characters of one of several names, unless another one is marked already.
fn mark_name(marked: &mut Option<(usize, Vec<usize>)>, which: usize, characters: impl Iterator<Item = usize>) {
    let (first, marks) = marked.get_or_insert_with(|| (which, Vec::new()));
    if *first == which {
        marks.extend(characters);
    }
}
