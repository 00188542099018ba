//! Whose credentials AWS says that they are: the account and the ARN of GetCallerIdentity.

use super::ids::AccountId;
use super::known_regions::is_partition_id;
use super::text::Untrusted;

/// What GetCallerIdentity answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The account that the credentials belong to.
    pub account: AccountId,
    /// What CloudTrail shows.
    pub arn: Untrusted,
}

/// The parts of the ARN of a role's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssumedRole<'a> {
    /// The account that the role is in.
    pub account: AccountId,
    /// The role's name, without its path.
    pub role: &'a str,
    /// The session's name; for Identity Center's roles, the user's.
    pub session_name: &'a str,
}

impl CallerIdentity {
    /// The parts of the ARN; none where it is not that of a role's session.
    pub fn assumed_role(&self) -> Option<AssumedRole<'_>> {
        let parts: Vec<&str> = self.arn.raw().splitn(6, ':').collect();
        let ["arn", partition, "sts", "", account, resource] = parts.as_slice() else { return None };
        let (role, session_name) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
        let is_whole = is_partition_id(partition) && !role.is_empty() && !session_name.is_empty();
        is_whole.then_some(AssumedRole { account: AccountId::parse(account).ok()?, role, session_name })
    }

    /// The user that AWS asserts: the name of the session, which Identity Center takes from the user.
    pub fn user(&self) -> Option<Untrusted> {
        self.assumed_role().map(|role| Untrusted::new(role.session_name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(arn: &str) -> CallerIdentity {
        CallerIdentity { account: AccountId::parse("123456789012").unwrap(), arn: arn.into() }
    }

    #[test]
    fn the_parts_of_a_roles_session_are_read_in_every_partition() {
        for partition in ["aws", "aws-us-gov", "aws-cn", "aws-eusc"] {
            let arn = format!(
                "arn:{partition}:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@acme.example"
            );
            let caller = said(&arn);
            let role = caller.assumed_role().unwrap();
            assert_eq!(role.account.as_str(), "123456789012");
            assert_eq!(role.role, "AWSReservedSSO_Admin_0123456789abcdef");
            assert_eq!(role.session_name, "alice@acme.example");
            assert_eq!(caller.user(), Some("alice@acme.example".into()));
        }
        assert_eq!(
            said("arn:aws:sts::123456789012:assumed-role/A/ann/o:b").user(),
            Some("ann/o:b".into()),
            "all that follows the role is the session's name"
        );
    }

    #[test]
    fn what_is_no_roles_session_has_no_parts_and_no_user() {
        for arn in [
            "",
            "arn:aws:iam::123456789012:user/alice",
            "arn:aws:iam::123456789012:assumed-role/A/alice",
            "arn:aws:sts::123456789012:federated-user/alice",
            "arn:aws:sts:us-east-1:123456789012:assumed-role/A/alice",
            "arn:aws:sts::12345678901:assumed-role/A/alice",
            "arn:aws:sts::123456789012:assumed-role/A",
            "arn:aws:sts::123456789012:assumed-role/A/",
            "arn:aws:sts::123456789012:assumed-role//alice",
            "arn:aws-:sts::123456789012:assumed-role/A/alice",
            "arn:awsx:sts::123456789012:assumed-role/A/alice",
            "arn:aws-\u{1b}:sts::123456789012:assumed-role/A/alice",
            " arn:aws:sts::123456789012:assumed-role/A/alice",
        ] {
            assert_eq!((said(arn).assumed_role(), said(arn).user()), (None, None), "{arn:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>(), tail in "[a:/-]{0,20}") {
            said(&text).assumed_role();
            said(&format!("arn:aws:sts::123456789012:assumed-role/{tail}{text}")).assumed_role();
        }
    }
}
