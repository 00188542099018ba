//! How long elevations may last together.

use std::fmt;

use jiff::SignedDuration;

use super::rule_id::RuleId;
use crate::domain::text::visible;
use crate::domain::tier::Tier;

/// At most `total` within any `window`. Counted on this device alone: no other one is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// How much.
    pub total: SignedDuration,
    /// Within how long.
    pub window: SignedDuration,
    /// Which elevations it counts.
    pub owner: CapOwner,
}

/// Where a cap is written, and so which elevations it counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CapOwner {
    /// Those that this rule decided.
    Rule(RuleId),
    /// Those into roles of this tier.
    Tier(Tier),
}

impl fmt::Display for CapOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CapOwner::Rule(id) => write!(f, "rule {id}"),
            CapOwner::Tier(tier) => write!(f, "tier {}", tier.word()),
        }
    }
}

/// What is no cap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no cap such as 3h in 24h: 1m to 24h in 1h to 7 days, and less than the time it is counted in", visible(.0))]
pub struct InvalidCap(String);

impl Cap {
    /// How much of it is left where this much was used.
    pub fn left_after(&self, used: SignedDuration) -> SignedDuration {
        self.total.saturating_sub(used).max(SignedDuration::ZERO)
    }

    /// Takes `text`, such as `3h in 24h`, as a cap that `owner` writes.
    pub fn parse(text: &str, owner: CapOwner) -> Result<Self, InvalidCap> {
        let invalid = || InvalidCap(text.chars().take(80).collect());
        let (total, window) = text.split_once(" in ").ok_or_else(invalid)?;
        let duration = |text: &str| text.trim().parse::<SignedDuration>().map_err(|_| invalid());
        let cap = Cap { total: duration(total)?, window: duration(window)?, owner };
        let totals = SignedDuration::from_mins(1)..=SignedDuration::from_hours(24);
        let windows = SignedDuration::from_hours(1)..=SignedDuration::from_hours(7 * 24);
        let is_valid = totals.contains(&cap.total) && windows.contains(&cap.window) && cap.total < cap.window;
        if is_valid { Ok(cap) } else { Err(invalid()) }
    }
}

/// As policies write it.
impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#} in {:#}", self.total, self.window)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Result<Cap, InvalidCap> {
        Cap::parse(text, CapOwner::Tier(Tier::Admin))
    }

    #[test]
    fn a_cap_reads_back_and_keeps_its_bounds() {
        for text in ["3h in 24h", "1m in 1h", "90m in 8h", "24h in 168h"] {
            let cap = parsed(text).unwrap();
            assert_eq!(parsed(&cap.to_string()), Ok(cap), "{text}");
        }
        for text in
            ["", "3h", "3h in", "24h in 24h", "0m in 24h", "3h in 30m", "25h in 168h", "1h in 169h", "-1h in 24h"]
        {
            assert!(parsed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn caps_of_different_owners_are_different_caps() {
        let of_rule = |id| CapOwner::Rule(RuleId::parse(id).unwrap());
        let cap = |owner| Cap::parse("3h in 24h", owner).unwrap();
        assert_eq!(cap(of_rule("a")), cap(of_rule("a")));
        assert_ne!(cap(of_rule("a")), cap(of_rule("b")));
        assert_ne!(cap(of_rule("admin")), cap(CapOwner::Tier(Tier::Admin)));
        assert_eq!(
            [of_rule("a"), CapOwner::Tier(Tier::Admin)].map(|owner| owner.to_string()),
            ["rule a", "tier admin"]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_cap_or_an_error(text in "[0-9hms -]{0,12}( in )?[0-9hmsd ]{0,12}") {
            if let Ok(cap) = parsed(&text) {
                prop_assert!(cap.total < cap.window && cap.total.is_positive());
            }
        }
    }
}
