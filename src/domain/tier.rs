//! The class a role falls in, and what each class asks before it is used.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The class of a role; a later one can do more harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Looks and does not touch.
    ReadOnly,
    /// Changes what a team runs.
    Developer,
    /// Changes who may do what: break-glass.
    Admin,
}

impl Tier {
    /// Every tier, the least powerful first.
    pub const ALL: [Tier; 3] = [Tier::ReadOnly, Tier::Developer, Tier::Admin];

    /// The word in files, records and scripts.
    pub const fn word(self) -> &'static str {
        match self {
            Tier::ReadOnly => "readonly",
            Tier::Developer => "developer",
            Tier::Admin => "admin",
        }
    }

    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Tier::ReadOnly => "ReadOnly",
            Tier::Developer => "Developer",
            Tier::Admin => "Admin",
        }
    }

    /// The tier that `word` names, in lower case only.
    pub fn from_word(word: &str) -> Option<Self> {
        Tier::ALL.into_iter().find(|tier| tier.word() == word)
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

/// What a tier asks before role credentials are handed out; a later one asks for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Nothing.
    None,
    /// To be on duty; a written reason otherwise.
    OnCall,
    /// A written reason, a short life and a record.
    BreakGlass,
}

impl Gate {
    /// Every gate, the widest open first.
    pub const ALL: [Gate; 3] = [Gate::None, Gate::OnCall, Gate::BreakGlass];

    /// The word in policy files and records.
    pub const fn word(self) -> &'static str {
        match self {
            Gate::None => "none",
            Gate::OnCall => "on_call",
            Gate::BreakGlass => "break_glass",
        }
    }

    /// The gate that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Gate::ALL.into_iter().find(|gate| gate.word() == word)
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_match_what_serde_writes() {
        for tier in Tier::ALL {
            assert_eq!(Tier::from_word(tier.word()), Some(tier));
            assert_eq!(serde_json::to_string(&tier).unwrap(), format!("\"{}\"", tier.word()));
        }
        for gate in Gate::ALL {
            assert_eq!(Gate::from_word(gate.word()), Some(gate));
            assert_eq!(serde_json::to_string(&gate).unwrap(), format!("\"{}\"", gate.word()));
        }
        assert!(Tier::ReadOnly < Tier::Developer && Tier::Developer < Tier::Admin);
    }
}
