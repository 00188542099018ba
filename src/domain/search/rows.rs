//! The rows and their texts, each of which is kept once: thousands of rows share the names of accounts and roles.

use std::collections::HashMap;

use super::candidate::Candidate;
use super::text::Text;
use crate::domain::tier::Tier;

/// Names a text of [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TextId(u32);

impl TextId {
    /// Its position among the texts.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Every text of the rows, once.
#[derive(Default)]
pub(super) struct Texts(Vec<Text>);

impl Texts {
    pub(super) fn get(&self, id: TextId) -> Option<&Text> {
        self.0.get(id.index())
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The texts that are `folded` without case and diacritics; none where that is empty.
    pub(super) fn equal_to(&self, folded: &[char]) -> Vec<TextId> {
        if folded.is_empty() {
            return Vec::new();
        }
        let ids = (0..).map(TextId);
        self.0.iter().zip(ids).filter(|(text, _)| text.folded() == folded).map(|(_, id)| id).collect()
    }
}

/// A row, its texts by their ids.
pub(super) struct Row {
    pub(super) account_name: TextId,
    pub(super) account_id: TextId,
    pub(super) role: TextId,
    pub(super) aliases: Box<[TextId]>,
    pub(super) profiles: Box<[TextId]>,
    pub(super) org: TextId,
    pub(super) tags: Box<[TextId]>,
    pub(super) tier: Tier,
}

/// A field of a row that words match in; an earlier one counts for more where a word matches equally well in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    AccountName,
    Role,
    /// An alias or a profile.
    Name,
    AccountId,
}

impl Row {
    /// The fields that words match in.
    pub(super) fn fields(&self) -> impl Iterator<Item = (Field, TextId)> {
        let fields =
            [(Field::AccountName, self.account_name), (Field::Role, self.role), (Field::AccountId, self.account_id)];
        fields.into_iter().chain(self.aliases.iter().chain(&self.profiles).map(|name| (Field::Name, *name)))
    }
}

/// The rows in the order of equal matches: by weight, then the lowest tier, then as they were given.
#[derive(Default)]
pub(super) struct Rows {
    texts: Texts,
    ordered: Vec<Row>,
    /// For each of them, the index with which it was given.
    given: Vec<u32>,
    /// For each given index, which of the ordered rows it is.
    by_given: Vec<u32>,
}

impl Rows {
    pub(super) fn new(candidates: impl IntoIterator<Item = Candidate>) -> Self {
        let mut interner = Interner::default();
        let mut rows: Vec<(f64, u32, Row)> = (0..)
            .zip(candidates)
            .map(|(given, candidate)| (candidate.weight, given, interner.row(candidate)))
            .collect();
        rows.sort_by(|(left, _, one), (right, _, other)| right.total_cmp(left).then(one.tier.cmp(&other.tier)));
        let mut by_given = vec![0; rows.len()];
        for ((_, given, _), place) in rows.iter().zip(0..) {
            if let Some(row) = by_given.get_mut(*given as usize) {
                *row = place;
            }
        }
        let (given, ordered) = rows.into_iter().map(|(_, given, row)| (given, row)).unzip();
        Rows { texts: Texts(interner.texts), ordered, given, by_given }
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.ordered.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// A row by its place in the order of equal matches.
    pub(super) fn get(&self, place: u32) -> Option<&Row> {
        self.ordered.get(place as usize)
    }

    /// The index with which the row at this place was given.
    pub(super) fn given(&self, place: u32) -> u32 {
        self.given.get(place as usize).copied().unwrap_or(place)
    }

    /// A row by the index with which it was given.
    pub(super) fn by_given(&self, given: u32) -> Option<&Row> {
        self.get(*self.by_given.get(given as usize)?)
    }
}

/// Gives each different text an id.
#[derive(Default)]
struct Interner {
    ids: HashMap<String, TextId>,
    texts: Vec<Text>,
}

impl Interner {
    fn row(&mut self, candidate: Candidate) -> Row {
        Row {
            account_name: self.id(candidate.account_name),
            account_id: self.id(candidate.account_id),
            role: self.id(candidate.role),
            aliases: candidate.aliases.into_iter().map(|alias| self.id(alias)).collect(),
            profiles: candidate.profiles.into_iter().map(|profile| self.id(profile)).collect(),
            org: self.id(candidate.org),
            tags: candidate.tags.into_iter().map(|tag| self.id(tag)).collect(),
            tier: candidate.tier,
        }
    }

    fn id(&mut self, text: String) -> TextId {
        if let Some(id) = self.ids.get(&text) {
            return *id;
        }
        let id = TextId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(Text::new(&text));
        self.ids.insert(text, id);
        id
    }
}
