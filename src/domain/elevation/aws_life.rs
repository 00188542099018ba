//! How long AWS takes the credentials of a permission set, beside how long the policy lets an elevation last.

use jiff::SignedDuration;

/// AWS tells its time in whole seconds, and took a moment to answer.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);
/// The shortest session that a permission set can have.
const SHORTEST_SESSION: SignedDuration = SignedDuration::from_hours(1);

/// Whether AWS takes credentials for longer than the policy allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsLife {
    /// It does not.
    AsThePolicyAllows,
    /// It does, and a shorter session of the permission set would mend that.
    LongerThanNeeded,
    /// It does, and no permission set can have a shorter session.
    Shortest,
}

impl AwsLife {
    /// What is to be said of credentials that AWS takes for `life`, where the policy allows `most`.
    pub fn of(life: SignedDuration, most: SignedDuration) -> Self {
        if life <= most + CLOCKS_DIFFER {
            AwsLife::AsThePolicyAllows
        } else if life > SHORTEST_SESSION + CLOCKS_DIFFER {
            AwsLife::LongerThanNeeded
        } else {
            AwsLife::Shortest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_of_an_hour_is_the_shortest_and_clocks_may_differ_by_a_minute() {
        let table = [
            (30, 29, AwsLife::AsThePolicyAllows),
            (60, 60, AwsLife::AsThePolicyAllows),
            (61, 60, AwsLife::AsThePolicyAllows),
            (62, 60, AwsLife::LongerThanNeeded),
            (60, 30, AwsLife::Shortest),
            (61, 30, AwsLife::Shortest),
            (480, 30, AwsLife::LongerThanNeeded),
        ];
        for (life, most, expected) in table {
            let found = AwsLife::of(SignedDuration::from_mins(life), SignedDuration::from_mins(most));
            assert_eq!(found, expected, "{life} {most}");
        }
    }
}
