//! Where each term of a policy comes from. Worked out when someone asks; no judgement needs it.

use serde::Serialize;

use super::clause::{Clause, TermValue};
use super::rule::Clauses;
use super::terms::Terms;

/// Where a term comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The rule says it.
    Rule,
    /// The file says it of the tier.
    Tier,
    /// Neither does.
    BuiltIn,
    /// What was said there goes beyond what any policy may say, or beyond the maximum beside it.
    Bound,
}

/// Terms, and where each comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcedTerms {
    terms: Terms,
    origins: Vec<Origin>,
}

impl SourcedTerms {
    /// Terms that are built in.
    pub(super) fn built_in(terms: &Terms) -> Self {
        SourcedTerms { terms: terms.clone(), origins: vec![Origin::BuiltIn; Clause::ALL.len()] }
    }

    /// `clauses`, which stand at `layer` about a role of the tier of `terms`, over these; `terms` is what they come to.
    pub(super) fn under(self, clauses: &Clauses, layer: Origin, terms: &Terms) -> Self {
        let said = clauses.completed(terms.tier, &self.terms);
        let origin = |(clause, beneath): (Clause, Origin)| {
            if said.value(clause) != terms.value(clause) {
                Origin::Bound
            } else if clause.is_in(clauses) {
                layer
            } else {
                beneath
            }
        };
        let origins = Clause::ALL.into_iter().zip(self.origins).map(origin).collect();
        SourcedTerms { terms: terms.clone(), origins }
    }

    /// The terms.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Each term with its value and where that comes from.
    pub fn each(&self) -> impl Iterator<Item = (Clause, TermValue, Origin)> {
        Clause::ALL.into_iter().zip(&self.origins).map(|(clause, origin)| (clause, self.terms.value(clause), *origin))
    }
}
