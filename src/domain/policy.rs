use super::tier::Tier;
use jiff::SignedDuration;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    None,
    OnCall,
    BreakGlass,
}
#[derive(Debug, Clone, Default)]
pub struct Policy {}
impl Policy {
    pub fn gate(&self, tier: Tier) -> Gate {
        if tier == Tier::Admin { Gate::BreakGlass } else { Gate::None }
    }
    pub fn admin_max(&self) -> SignedDuration {
        SignedDuration::from_hours(1)
    }
    pub fn max_session(&self) -> SignedDuration {
        SignedDuration::from_hours(8)
    }
    pub fn min_reason(&self) -> usize {
        10
    }
    pub fn tier_of(&self, _a: &super::ids::AccountId, _n: &str, role: &super::ids::RoleName) -> Tier {
        if role.as_str().contains("Admin") { Tier::Admin } else { Tier::Developer }
    }
}
