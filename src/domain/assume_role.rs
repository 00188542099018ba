//! The request for an elevation's own role: which one, for how long, under which names.

use std::fmt;

use jiff::SignedDuration;

use super::elevation::{RoleSessionName, SessionTags, SourceIdentity};
use super::ids::{AccountId, Region, RoleName};
use super::known_regions::{Partition, is_partition_id};
use super::text::visible;

/// What AssumeRole is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role.
    pub role: RoleArn,
    /// For how long.
    pub duration: ChainedDuration,
    /// The session's name.
    pub session_name: RoleSessionName,
    /// Who is behind it.
    pub source_identity: SourceIdentity,
    /// What else the role's trust policy can ask for.
    pub tags: SessionTags,
}

/// The ARN of a role in the account of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleArn {
    text: String,
    account: AccountId,
    name: RoleName,
}

/// Why a policy's text is no role that a target's elevation can assume.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoleArn {
    /// It is no ARN of a role.
    #[error("`{}` is no role such as arn:aws:iam::{{account}}:role/BreakGlass", visible(.0))]
    NotOne(String),
    /// It is in another account: what it gives would not be what the person asked for.
    #[error("the role `{}` is in another account than the target, {target}", visible(.text))]
    OtherAccount {
        /// The ARN as the policy has it.
        text: String,
        /// The target's account.
        target: AccountId,
    },
}

impl RoleArn {
    /// The longest ARN that AWS takes.
    const LONGEST: usize = 2048;

    /// The policy's `text` with `account` in the place of `{account}`. Its partition `aws` stands for that of `region`, in
    /// which the session is.
    pub fn of(text: &str, account: &AccountId, region: &Region) -> Result<Self, InvalidRoleArn> {
        let not_one = || InvalidRoleArn::NotOne(text.chars().take(100).collect());
        let filled = text.replace("{account}", account.as_str());
        let parts: Vec<&str> = filled.splitn(6, ':').collect();
        let ["arn", partition, "iam", "", named, resource] = parts.as_slice() else { return Err(not_one()) };
        let path = resource.strip_prefix("role/").ok_or_else(not_one)?;
        let name = RoleName::parse(path.rsplit('/').next().unwrap_or(path)).map_err(|_| not_one())?;
        let named = AccountId::parse(named).map_err(|_| not_one())?;
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte);
        if !is_partition_id(partition) || !path.bytes().all(known) || filled.len() > Self::LONGEST {
            return Err(not_one());
        }
        if named != *account {
            let text = text.chars().take(100).collect();
            return Err(InvalidRoleArn::OtherAccount { text, target: account.clone() });
        }
        let partition = if *partition == "aws" { Partition::of(region).id() } else { partition };
        Ok(RoleArn { text: format!("arn:{partition}:iam::{named}:role/{path}"), account: named, name })
    }

    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The account that the role is in.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The role's name, without its path.
    pub fn name(&self) -> &RoleName {
        &self.name
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How long a role's session may last that another role's credentials begin: 15 minutes to one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainedDuration(i32);

impl ChainedDuration {
    const SHORTEST: i32 = 900;
    const LONGEST: i32 = 3_600;

    /// The nearest to `asked` that AWS takes. Where that is longer, daypass ends the elevation before AWS does.
    pub fn nearest(asked: SignedDuration) -> Self {
        let seconds = asked.as_secs().clamp(Self::SHORTEST.into(), Self::LONGEST.into());
        ChainedDuration(i32::try_from(seconds).unwrap_or(Self::LONGEST))
    }

    /// The duration in seconds.
    pub fn as_secs(self) -> i32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account() -> AccountId {
        AccountId::parse("123456789012").unwrap()
    }

    fn role(text: &str, region: &str) -> Result<RoleArn, InvalidRoleArn> {
        RoleArn::of(text, &account(), &Region::parse(region).unwrap())
    }

    #[test]
    fn account_and_partition_are_filled_in() {
        let any = "arn:aws:iam::{account}:role/ops/BreakGlass";
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("us-gov-west-1", "aws-us-gov"),
            ("cn-north-1", "aws-cn"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            let role = role(any, region).unwrap();
            assert_eq!(role.as_str(), format!("arn:{partition}:iam::123456789012:role/ops/BreakGlass"));
            assert_eq!((role.account(), role.name().as_str()), (&account(), "BreakGlass"));
        }
        let named = "arn:aws-iso:iam::123456789012:role/BreakGlass";
        assert_eq!(role(named, "us-iso-east-1").unwrap().as_str(), named, "a partition that is named stays");
    }

    #[test]
    fn a_role_elsewhere_or_none_at_all_is_refused() {
        let elsewhere = role("arn:aws:iam::999999999999:role/BreakGlass", "us-east-1").unwrap_err();
        assert!(matches!(elsewhere, InvalidRoleArn::OtherAccount { .. }), "{elsewhere}");
        for text in [
            "",
            "BreakGlass",
            "arn:aws:iam::{account}:role/",
            "arn:aws:iam::{account}:role/ops/",
            "arn:aws:iam::{account}:user/alice",
            "arn:aws:sts::{account}:role/BreakGlass",
            "arn:aws:iam:us-east-1:{account}:role/BreakGlass",
            "arn:aws:iam::{acount}:role/BreakGlass",
            "arn:{account}:iam::{account}:role/BreakGlass",
            "arn:aws:iam::{account}:role/Break Glass",
            "arn:aws:iam::{account}:role/Break\u{1b}Glass",
            "arn:aws:iam::{account}:role/a:b",
            &format!("arn:aws:iam::{{account}}:role/{}BreakGlass", "a/".repeat(1_020)),
        ] {
            let refused = role(text, "us-east-1").unwrap_err();
            assert!(matches!(refused, InvalidRoleArn::NotOne(_)), "{text}: {refused:?}");
        }
    }

    #[test]
    fn a_duration_is_the_nearest_that_aws_takes() {
        let table = [(i64::MIN, 900), (0, 900), (899, 900), (900, 900), (901, 901), (3_600, 3_600), (i64::MAX, 3_600)];
        for (asked, seconds) in table {
            assert_eq!(ChainedDuration::nearest(SignedDuration::from_secs(asked)).as_secs(), seconds, "{asked}");
        }
        let almost = SignedDuration::from_millis(1_000_999);
        assert_eq!(ChainedDuration::nearest(almost).as_secs(), 1_000, "never longer than asked, where AWS allows it");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let _ = role(&text, "us-east-1");
            let _ = role(&format!("arn:aws:iam::{{account}}:role/{text}"), "us-east-1");
        }
    }
}
