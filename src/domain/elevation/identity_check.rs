//! Whether credentials belong to the account, and to the role session, that they were fetched for.

use super::RoleSessionName;
use crate::domain::caller_identity::CallerIdentity;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::text::Untrusted;

/// Who an elevation's credentials must belong to.
#[derive(Debug, Clone, Copy)]
pub enum ExpectedIdentity<'a> {
    /// A permission set's role in this account, whose name and session Identity Center chooses.
    PermissionSet {
        /// The account.
        account: &'a AccountId,
    },
    /// The role that was assumed with these credentials.
    AssumedRole {
        /// The account.
        account: &'a AccountId,
        /// The role.
        role: &'a RoleName,
        /// The session's name.
        session_name: &'a RoleSessionName,
    },
}

impl ExpectedIdentity<'_> {
    fn account(&self) -> &AccountId {
        match self {
            ExpectedIdentity::PermissionSet { account } | ExpectedIdentity::AssumedRole { account, .. } => account,
        }
    }
}

/// What GetCallerIdentity says of an elevation's credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityCheck {
    /// They are what was asked for.
    Verified {
        /// What CloudTrail shows.
        arn: Untrusted,
    },
    /// They belong to another account.
    WrongAccount {
        /// That account.
        account: AccountId,
    },
    /// They belong to another role, or another session of it.
    WrongRole {
        /// What CloudTrail shows.
        arn: Untrusted,
    },
    /// The ARN is not that of a role's session.
    Malformed,
}

/// Holds `said` against what is `expected`. That an account is wrong is found whatever else is.
pub fn check_identity(expected: ExpectedIdentity<'_>, said: &CallerIdentity) -> IdentityCheck {
    if said.account != *expected.account() {
        return IdentityCheck::WrongAccount { account: said.account.clone() };
    }
    let Some(found) = said.assumed_role() else {
        return IdentityCheck::Malformed;
    };
    if found.account != *expected.account() {
        return IdentityCheck::WrongAccount { account: found.account };
    }
    let is_role = match expected {
        ExpectedIdentity::PermissionSet { .. } => true,
        ExpectedIdentity::AssumedRole { role, session_name, .. } => {
            found.role == role.as_str() && found.session_name == session_name.as_str()
        }
    };
    let arn = said.arn.clone();
    if is_role { IdentityCheck::Verified { arn } } else { IdentityCheck::WrongRole { arn } }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::elevation::ElevationId;

    fn account(id: &str) -> AccountId {
        AccountId::parse(id).unwrap()
    }

    fn check(expected: ExpectedIdentity<'_>, says: &str, arn: &str) -> IdentityCheck {
        check_identity(expected, &CallerIdentity { account: account(says), arn: arn.into() })
    }

    const OURS: &str = "123456789012";
    const OTHER: &str = "999999999999";

    #[test]
    fn credentials_of_a_permission_set_belong_to_the_account_whatever_the_role_is_called() {
        let ours = account(OURS);
        let expected = ExpectedIdentity::PermissionSet { account: &ours };
        let wrong = IdentityCheck::WrongAccount { account: account(OTHER) };
        let arn = |partition: &str, account: &str| {
            format!("arn:{partition}:sts::{account}:assumed-role/AWSReservedSSO_Admin_abcdef/alice@acme.example")
        };
        for partition in ["aws", "aws-us-gov", "aws-cn"] {
            let arn = arn(partition, OURS);
            assert_eq!(check(expected, OURS, &arn), IdentityCheck::Verified { arn: arn.as_str().into() });
        }
        assert_eq!(check(expected, OTHER, &arn("aws", OTHER)), wrong);
        assert_eq!(check(expected, OTHER, &arn("aws", OURS)), wrong, "the account alone is another");
        assert_eq!(check(expected, OURS, &arn("aws", OTHER)), wrong, "the ARN alone is of another");
        assert_eq!(check(expected, OTHER, "nonsense"), wrong, "malformed, and of another account");
        assert_eq!(check(expected, OURS, "arn:aws:iam::123456789012:user/alice"), IdentityCheck::Malformed);
    }

    #[test]
    fn credentials_of_an_assumed_role_belong_to_that_session_of_it() {
        let (ours, role) = (account(OURS), RoleName::parse("BreakGlass").unwrap());
        let session_name = RoleSessionName::of(ElevationId::new(Timestamp::UNIX_EPOCH, 5));
        let expected = ExpectedIdentity::AssumedRole { account: &ours, role: &role, session_name: &session_name };
        let arn = |tail: &str| format!("arn:aws:sts::{OURS}:assumed-role/{tail}");
        let right = arn("BreakGlass/bg-00000000000000000000000005");
        assert_eq!(check(expected, OURS, &right), IdentityCheck::Verified { arn: right.as_str().into() });
        for other in [
            "BreakGlass/bg-00000000000000000000000006",
            "BreakGlass/bg-00000000000000000000000005/x",
            "BreakGlass/alice",
            "breakglass/bg-00000000000000000000000005",
            "AWSReservedSSO_Admin_abcdef/bg-00000000000000000000000005",
        ] {
            let arn = arn(other);
            let wrong = IdentityCheck::WrongRole { arn: arn.as_str().into() };
            assert_eq!(check(expected, OURS, &arn), wrong);
        }
        let elsewhere = right.replace(OURS, OTHER);
        let wrong = IdentityCheck::WrongAccount { account: account(OTHER) };
        assert_eq!(check(expected, OURS, &elsewhere), wrong);
    }
}
