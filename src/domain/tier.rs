use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    ReadOnly,
    Developer,
    Admin,
}
impl Tier {
    pub fn word(self) -> &'static str {
        match self {
            Tier::ReadOnly => "ReadOnly",
            Tier::Developer => "Developer",
            Tier::Admin => "Admin",
        }
    }
}
