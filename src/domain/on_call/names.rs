//! What people are called in rotas.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::text::Untrusted;

/// What one person is called; two that share a name are the same person. Names are compared without regard to case and to
/// the space around them, and an empty one is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonNames(Vec<Untrusted>);

impl PersonNames {
    /// The most names that are kept of one person.
    pub const MOST: usize = 8;
    /// The most characters of a name: a longer one is none.
    pub const LONGEST: usize = 120;

    /// The names among `given`.
    pub fn new<T: Into<String>>(given: impl IntoIterator<Item = T>) -> Self {
        let mut names: Vec<Untrusted> = Vec::new();
        for name in given.into_iter().map(Into::into) {
            let name = name.trim();
            let is_known = names.iter().any(|known| comparable(known.raw()) == comparable(name));
            if !name.is_empty() && name.chars().count() <= Self::LONGEST && !is_known && names.len() < Self::MOST {
                names.push(Untrusted::new(name));
            }
        }
        PersonNames(names)
    }

    /// Whether there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both are the same person.
    pub fn is(&self, other: &PersonNames) -> bool {
        let others: Vec<String> = other.0.iter().map(|name| comparable(name.raw())).collect();
        self.0.iter().map(|name| comparable(name.raw())).any(|name| !name.is_empty() && others.contains(&name))
    }

    /// The name to show.
    pub fn first(&self) -> Untrusted {
        self.0.first().cloned().unwrap_or_default()
    }

    /// All of them.
    pub fn all(&self) -> &[Untrusted] {
        &self.0
    }
}

fn comparable(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Which names the users of a policy have in rotas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(BTreeMap<String, PersonNames>);

impl People {
    /// Adds a user, as AWS asserts it; says whether it was not there yet.
    pub fn add(&mut self, user: &str, names: PersonNames) -> bool {
        self.0.insert(comparable(user), names).is_none()
    }

    /// The names of `user`: those that are listed, or that of the user where none are.
    pub fn names_of(&self, user: &str) -> PersonNames {
        self.0.get(&comparable(user)).cloned().unwrap_or_else(|| PersonNames::new([user]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_regard_to_case_and_surrounding_space() {
        let alice = PersonNames::new(["Alice Doe", "alice@acme.example"]);
        for same in ["alice doe", "  ALICE DOE\t", "Alice@ACME.example"] {
            assert!(alice.is(&PersonNames::new([same])), "{same}");
        }
        for other in ["Alice", "Alice  Doe", "Alice Doe 2", "alice@acme.example.org"] {
            assert!(!alice.is(&PersonNames::new([other])), "{other}");
        }
        assert!(PersonNames::new(["ÜMIT"]).is(&PersonNames::new(["ümit"])));
    }

    #[test]
    fn an_empty_name_is_nobody() {
        for nobody in ["", "  ", "\t\n"] {
            let nobody = PersonNames::new([nobody]);
            assert!(nobody.is_empty() && !nobody.is(&nobody.clone()));
        }
        let kept: PersonNames = serde_json::from_str(r#"["", " "]"#).unwrap();
        assert!(!kept.is(&kept.clone()), "nor is one that was written to the state folder");
    }

    #[test]
    fn a_name_that_is_cut_off_is_not_taken_for_another() {
        let long = "x".repeat(PersonNames::LONGEST + 1);
        assert!(PersonNames::new([long.as_str()]).is_empty());
    }

    #[test]
    fn a_user_who_is_not_listed_is_known_by_the_asserted_name_alone() {
        let mut people = People::default();
        assert!(people.add("Alice@acme.example", PersonNames::new(["Alice Doe", "alice"])));
        assert!(!people.add("alice@acme.example ", PersonNames::new(["other"])), "the same user again");
        let bob = people.names_of("bob@acme.example");
        assert_eq!(bob, PersonNames::new(["bob@acme.example"]));
        assert_eq!(people.names_of(" ALICE@acme.example"), PersonNames::new(["other"]));
    }
}
