//! Terms as people and scripts read them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::policy::{Clause, Origin, SourcedTerms, TermValue};
use crate::domain::text::visible;

/// The terms by their keys, for scripts.
pub type TermsReport = BTreeMap<&'static str, TermReport>;

/// One term, for scripts.
#[derive(Debug, Serialize)]
pub struct TermReport {
    value: TermValue,
    /// Where it comes from; absent where it is the strictest of several rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Origin>,
}

impl TermReport {
    /// A term with its value.
    pub fn new(value: TermValue, from: Option<Origin>) -> Self {
        TermReport { value, from }
    }
}

/// The report of `sourced`.
pub fn report(sourced: &SourcedTerms) -> TermsReport {
    sourced.each().map(|(clause, value, origin)| (clause.key(), TermReport::new(value, Some(origin)))).collect()
}

/// One line for each of `terms`: key, value, and where it comes from where that is one place.
pub fn lines(terms: impl Iterator<Item = (Clause, TermValue, Option<Origin>)>, indent: &str) -> String {
    let rows: Vec<_> = terms.map(|(clause, value, origin)| (clause, words(&value), origin)).collect();
    let keys = rows.iter().map(|(clause, ..)| clause.key().len()).max().unwrap_or_default();
    let line = |(clause, value, origin): &(Clause, String, Option<Origin>)| {
        let from = origin.map(|origin| format!("  ({})", from_words(*clause, origin))).unwrap_or_default();
        format!("{indent}{:keys$}  {value}{from}\n", clause.key())
    };
    rows.iter().map(line).collect()
}

/// Where the value of `clause` comes from.
fn from_words(clause: Clause, origin: Origin) -> &'static str {
    match (origin, clause) {
        (Origin::Rule, _) => "rule",
        (Origin::Tier, _) => "tier's defaults",
        (Origin::BuiltIn, _) => "built in",
        (Origin::Bound, Clause::DefaultDuration) => "no longer than max_duration",
        (Origin::Bound, _) => "whatever a policy says",
    }
}

/// The same of `sourced`.
pub fn sourced_lines(sourced: &SourcedTerms, indent: &str) -> String {
    lines(sourced.each().map(|(clause, value, origin)| (clause, value, Some(origin))), indent)
}

/// A value in words, safe to show.
fn words(value: &TermValue) -> String {
    match value {
        TermValue::Unset => "none".to_owned(),
        TermValue::Text(text) => visible(text),
        TermValue::Count(count) => count.to_string(),
        TermValue::Switch(is_on) => is_on.to_string(),
        TermValue::List(items) if items.is_empty() => "none".to_owned(),
        TermValue::List(items) => items.iter().map(|item| visible(item)).collect::<Vec<_>>().join(", "),
    }
}
