use super::ids::{AccountId, InvalidName, RoleName};
use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    pub account: AccountId,
    pub role: RoleName,
}
impl Target {
    pub fn parse(t: &str) -> Result<Self, InvalidName> {
        let (a, r) = t.split_once('/').unwrap_or((t, ""));
        Ok(Target { account: AccountId::parse(a)?, role: RoleName::parse(r)? })
    }
}
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.account, self.role)
    }
}
