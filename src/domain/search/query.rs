//! What a query asks for: words that match, and words that narrow.

use super::text::folded;
use super::word::Word;
use crate::domain::tier::Tier;

/// A query after it was read.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Query {
    whole: Box<[char]>,
    terms: Vec<Term>,
}

/// A part of a query; all of them must hold. Texts have neither case nor diacritics.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Term {
    /// A word that matches in any field.
    Word(Word),
    /// `tier:admin`: the beginning of a tier's name.
    Tier(Box<[char]>),
    /// `org:beta`: a part of the SSO session's name.
    Org(Box<[char]>),
    /// `tag:env=prod`: a part of one of the account's tags.
    Tag(Box<[char]>),
    /// `#pay`: the beginning of an alias.
    Alias(Box<[char]>),
}

impl Query {
    /// Reads `text`: words between white space. A `/` at its beginning says only that a query follows; any other one
    /// stands between two words, so that `prod-payments-0003/Admin` finds what it names.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let text = text.strip_prefix('/').unwrap_or(text).trim_start();
        let pieces = || text.split_whitespace();
        let words: Vec<&str> = pieces().filter(|piece| narrowing(piece).is_none()).collect();
        Query { whole: folded(&words.join(" ")), terms: pieces().flat_map(terms).collect() }
    }

    /// Whether it asks for nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Its words as one text, without those that narrow.
    pub(super) fn whole(&self) -> &[char] {
        &self.whole
    }

    /// Its parts.
    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether all that it finds is certainly found by `before` too.
    pub(super) fn narrows(&self, before: &Query) -> bool {
        let both = self.terms.iter().zip(&before.terms);
        self.terms.len() >= before.terms.len() && both.into_iter().all(|(term, before)| term.narrows(before))
    }
}

impl Term {
    /// Whether it is the term `before`, or that one with more behind it.
    fn narrows(&self, before: &Term) -> bool {
        match (self, before) {
            (Term::Word(term), Term::Word(before)) => term.folded().starts_with(before.folded()),
            (Term::Tier(term), Term::Tier(before))
            | (Term::Org(term), Term::Org(before))
            | (Term::Tag(term), Term::Tag(before))
            | (Term::Alias(term), Term::Alias(before)) => term.starts_with(before),
            _ => false,
        }
    }
}

fn terms(piece: &str) -> Vec<Term> {
    match narrowing(piece) {
        Some(term) => vec![term],
        None => piece.split('/').filter(|word| !word.is_empty()).map(|word| Term::Word(Word::new(word))).collect(),
    }
}

fn narrowing(piece: &str) -> Option<Term> {
    let lower = piece.to_lowercase();
    if let Some(value) = lower.strip_prefix("tier:") {
        return Some(Term::Tier(folded(value)));
    }
    if let Some(value) = lower.strip_prefix("org:") {
        return Some(Term::Org(folded(value)));
    }
    if let Some(value) = lower.strip_prefix("tag:") {
        return Some(Term::Tag(folded(value)));
    }
    lower.strip_prefix('#').map(|value| Term::Alias(folded(value)))
}

/// The names that `tier:` knows a tier by.
fn names(tier: Tier) -> &'static [&'static str] {
    match tier {
        Tier::ReadOnly => &["readonly", "read-only", "ro"],
        Tier::Developer => &["developer"],
        Tier::Admin => &["admin"],
    }
}

/// Whether `tier:` with the value `beginning` lets `tier` through.
pub(super) fn names_tier(beginning: &[char], tier: Tier) -> bool {
    let beginning: String = beginning.iter().collect();
    names(tier).iter().any(|name| name.starts_with(&beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str) -> Vec<String> {
        let text = |folded: &[char]| folded.iter().collect::<String>();
        let shown = |term: &Term| match term {
            Term::Word(word) => text(word.folded()),
            Term::Tier(value) => format!("tier {}", text(value)),
            Term::Org(value) => format!("org {}", text(value)),
            Term::Tag(value) => format!("tag {}", text(value)),
            Term::Alias(value) => format!("alias {}", text(value)),
        };
        Query::parse(query).terms().iter().map(shown).collect()
    }

    #[test]
    fn a_query_is_read_as_words_and_narrowing_words() {
        let table: [(&str, &[&str]); 11] = [
            ("  Prod  PAY ", &["prod", "pay"]),
            ("/7 prod", &["7", "prod"]),
            ("/", &[]),
            ("prod-payments-0003/Admin", &["prod-payments-0003", "admin"]),
            ("Tier:Admin pay", &["tier admin", "pay"]),
            ("tier:", &["tier "]),
            ("tier", &["tier"]),
            ("org:Beta #Led", &["org beta", "alias led"]),
            ("#", &["alias "]),
            ("TAG:env=Prod a", &["tag env=prod", "a"]),
            ("Zürich", &["zurich"]),
        ];
        for (query, terms) in table {
            assert_eq!(shown(query), terms, "{query}");
        }
    }

    #[test]
    fn a_tier_is_named_by_the_beginning_of_any_of_its_names() {
        let named =
            |value: &str| Tier::ALL.into_iter().filter(|tier| names_tier(&folded(value), *tier)).collect::<Vec<_>>();
        assert_eq!(named(""), Tier::ALL);
        for (values, tier) in [
            (&["r", "ro", "read", "read-only", "readonly"][..], Tier::ReadOnly),
            (&["d", "dev", "developer"], Tier::Developer),
            (&["a", "admin"], Tier::Admin),
        ] {
            values.iter().for_each(|value| assert_eq!(named(value), [tier], "{value}"));
        }
        for unknown in ["x", "rox", "admins", "dmin"] {
            assert_eq!(named(unknown), [], "{unknown}");
        }
    }

    #[test]
    fn only_a_query_that_goes_on_narrows() {
        let table = [
            ("prod", "prod ", true),
            ("prod", "prod s", true),
            ("prod/", "prod/ad", true),
            ("tier:", "tier:a", true),
            ("#p", "#pay", true),
            ("tag:env", "tag:env=prod", true),
            ("tag", "tag:", false),
            ("org:b", "org:be", true),
            ("tier", "tier:", false),
            ("org", "org:", false),
            ("prod s", "prod", false),
            ("prod", "nonprod", false),
            ("#p", "p", false),
        ];
        for (before, query, expected) in table {
            assert_eq!(Query::parse(query).narrows(&Query::parse(before)), expected, "{before} then {query}");
        }
    }
}
