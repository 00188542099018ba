//! The parameters of `AssumeRole`: as they were sent, and checked as AWS checks them before it looks at the role.

use std::collections::HashSet;

use super::api_error::ApiError;
use super::request::Form;

/// The longest lifetime of a chained role's credentials, in seconds.
const MAX_CHAINED_SECONDS: i64 = 3_600;

/// What an `AssumeRole` sent, unchecked; what it left out is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssumeRoleCall {
    /// The role's ARN.
    pub role_arn: String,
    /// The session's name.
    pub session_name: String,
    /// Who is behind the session.
    pub source_identity: Option<String>,
    /// How long the credentials are to live, in seconds.
    pub duration_seconds: Option<String>,
    /// The session's tags, keys and values.
    pub tags: Vec<(String, String)>,
}

impl AssumeRoleCall {
    pub(super) fn read(form: &Form) -> Self {
        let text = |name: &str| form.get(name).map(str::to_owned);
        let tag = |number: usize| {
            let key = text(&format!("Tags.member.{number}.Key"))?;
            Some((key, text(&format!("Tags.member.{number}.Value")).unwrap_or_default()))
        };
        AssumeRoleCall {
            role_arn: text("RoleArn").unwrap_or_default(),
            session_name: text("RoleSessionName").unwrap_or_default(),
            source_identity: text("SourceIdentity"),
            duration_seconds: text("DurationSeconds"),
            tags: (1..).map_while(tag).collect(),
        }
    }

    /// Checks every parameter but the role's existence.
    pub(super) fn checked(&self) -> Result<Checked, ApiError> {
        let invalid = |message: &str| ApiError::new(400, "ValidationError", message);
        let (partition, account, role) = parts(&self.role_arn).ok_or_else(|| invalid("RoleArn is invalid"))?;
        if !is_session_name(&self.session_name) {
            return Err(invalid("RoleSessionName must be 2 to 64 of the characters [\\w+=,.@-]"));
        }
        if self.source_identity.as_deref().is_some_and(|identity| !is_session_name(identity)) {
            return Err(invalid("SourceIdentity must be 2 to 64 of the characters [\\w+=,.@-]"));
        }
        check_tags(&self.tags).map_err(invalid)?;
        let (partition, account, role) = (partition.to_owned(), account.to_owned(), role.to_owned());
        Ok(Checked { partition, account, role, seconds: self.seconds().map_err(invalid)? })
    }

    fn seconds(&self) -> Result<i64, &'static str> {
        let seconds = match &self.duration_seconds {
            None => MAX_CHAINED_SECONDS,
            Some(text) => text
                .parse()
                .ok()
                .filter(|seconds| *seconds >= 900)
                .ok_or("DurationSeconds must be a number and have value greater than or equal to 900")?,
        };
        if seconds > MAX_CHAINED_SECONDS {
            return Err(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            );
        }
        Ok(seconds)
    }
}

/// The role of a call whose parameters are such as AWS takes, and how long its credentials live.
pub(super) struct Checked {
    pub(super) partition: String,
    pub(super) account: String,
    /// Without its path, as in the ARN of a session.
    pub(super) role: String,
    pub(super) seconds: i64,
}

/// Partition, account and name of the role of an ARN.
fn parts(arn: &str) -> Option<(&str, &str, &str)> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
    let (account, path) = rest.split_once(":role/")?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    (is_account && arn.len() <= 2048).then_some((partition, account, name))
}

fn is_session_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    (2..=64).contains(&name.len()) && name.bytes().all(allowed)
}

fn check_tags(tags: &[(String, String)]) -> Result<(), &'static str> {
    let keys: HashSet<String> = tags.iter().map(|(key, _)| key.to_lowercase()).collect();
    let key_fits = |key: &String| (1..=128).contains(&key.chars().count()) && key.chars().all(is_of_tags);
    let value_fits = |value: &String| value.chars().count() <= 256 && value.chars().all(is_of_tags);
    if tags.len() > 50 {
        return Err("Tags must have length less than or equal to 50");
    }
    if !tags.iter().all(|(key, value)| key_fits(key) && value_fits(value)) {
        return Err("Tags must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*");
    }
    if keys.len() < tags.len() {
        return Err("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    if keys.iter().any(|key| key.starts_with("aws:")) {
        return Err("Tag keys that begin with aws: are reserved");
    }
    Ok(())
}

/// AWS's `[\p{L}\p{Z}\p{N}_.:/=+\-@]`; beyond ASCII, a few marks and symbols that count as letters pass too.
fn is_of_tags(character: char) -> bool {
    let is_space = character.is_whitespace() && !character.is_control();
    character.is_alphanumeric() || is_space || "_.:/=+-@".contains(character)
}
