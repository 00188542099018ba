//! How role credentials are handed to other programs: `credential_process` JSON, shell assignments, JSON.
//!
//! Everything here is secret and wiped when dropped.

use secrecy::ExposeSecret;
use serde::Serialize;
use zeroize::Zeroizing;

use super::credentials::CachedCredentials;
use super::elevation::ElevationId;
use super::ids::Region;
use super::time::in_whole_seconds;
use super::wiped;

/// The formats of credentials for shells and scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `export` lines for bash, zsh and other POSIX shells.
    Env,
    /// `set -gx` lines for fish.
    Fish,
    /// `$Env:` lines for PowerShell.
    PowerShell,
    /// One JSON object with the target and its expiries, for scripts.
    Json,
}

/// Names and values of the environment that a program gets with credentials.
pub type Variables = Vec<(&'static str, Zeroizing<String>)>;

/// Variables that would override or contradict the credentials handed out, to be unset. Those of a shell that daypass
/// opened are among them, so that its prompt does not go on naming a role whose keys are gone.
pub const STALE_VARIABLES: [&str; 20] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    // With it SDKs send requests to the endpoint of that account.
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "DAYPASS_SHELL",
    "DAYPASS_ACCOUNT",
    "DAYPASS_ACCOUNT_NAME",
    "DAYPASS_ROLE",
    "DAYPASS_TIER",
    "DAYPASS_EXPIRES",
    "DAYPASS_ELEVATION",
    "DAYPASS_ELEVATION_FILE",
    "DAYPASS_EXTEND",
    "DAYPASS_PROMPT",
];

/// What the AWS SDKs add to the user agent of each call, which CloudTrail records.
pub const APP_ID_VARIABLE: &str = "AWS_SDK_UA_APP_ID";

const APP_ID_PREFIX: &str = "daypass-";

/// The application id that names `elevation` in CloudTrail.
pub fn app_id(elevation: &ElevationId) -> String {
    format!("{APP_ID_PREFIX}{elevation}")
}

/// Whether `app_id` names an elevation.
fn names_an_elevation(app_id: &str) -> bool {
    app_id.strip_prefix(APP_ID_PREFIX).is_some_and(|id| ElevationId::try_from(id.to_owned()).is_ok())
}

/// The environment for `cached`, for work in `region`.
pub fn variables(cached: &CachedCredentials, region: &Region) -> Variables {
    let secret = |text: &str| Zeroizing::new(text.to_owned());
    let credentials = cached.credentials();
    vec![
        ("AWS_ACCESS_KEY_ID", secret(credentials.access_key_id.as_str())),
        ("AWS_SECRET_ACCESS_KEY", secret(credentials.secret_access_key.expose_secret())),
        ("AWS_SESSION_TOKEN", secret(credentials.session_token.expose_secret())),
        ("AWS_CREDENTIAL_EXPIRATION", secret(&in_whole_seconds(cached.life().ends_at_local()))),
        ("AWS_REGION", secret(region.as_str())),
        ("AWS_DEFAULT_REGION", secret(region.as_str())),
    ]
}

/// The environment of a program that is started with `cached`, for work in `region`.
pub fn program_variables(cached: &CachedCredentials, region: &Region) -> Variables {
    let mut variables = variables(cached, region);
    if let Some(elevation) = cached.elevation() {
        variables.push((APP_ID_VARIABLE, Zeroizing::new(app_id(&elevation))));
    }
    variables
}

/// The variables to change for `variables`: each with its value, or `None` for one to be unset.
pub fn changes(variables: &Variables) -> impl Iterator<Item = (&'static str, Option<&str>)> {
    let is_set = |name: &&str| variables.iter().any(|(set, _)| set == name);
    let stale = STALE_VARIABLES.into_iter().filter(move |name| !is_set(name)).map(|name| (name, None));
    stale.chain(variables.iter().map(|(name, value)| (*name, Some(value.as_str()))))
}

/// The same for a program that would inherit `app_id`. One that names an elevation is unset where `variables` have none;
/// anybody else's stays.
pub fn changes_for_program<'a>(
    variables: &'a Variables,
    app_id: Option<&str>,
) -> impl Iterator<Item = (&'static str, Option<&'a str>)> {
    let is_stale = app_id.is_some_and(names_an_elevation) && variables.iter().all(|(name, _)| *name != APP_ID_VARIABLE);
    changes(variables).chain(is_stale.then_some((APP_ID_VARIABLE, None)))
}

/// Writes `cached` in `format`, for work in `region`, ending in a line feed.
pub fn render(cached: &CachedCredentials, region: &Region, format: Format) -> Zeroizing<String> {
    match format {
        Format::Json => json(cached, region),
        Format::Env => assignments(&variables(cached, region), &POSIX),
        Format::Fish => assignments(&variables(cached, region), &FISH),
        Format::PowerShell => assignments(&variables(cached, region), &POWERSHELL),
    }
}

/// How a shell sets and unsets a variable. A value stands in single quotes, in which `escape` spells some characters.
struct Shell {
    unset: &'static str,
    set: &'static str,
    equals: &'static str,
    escape: fn(char) -> Option<&'static str>,
}

const POSIX: Shell = Shell {
    unset: "unset ",
    set: "export ",
    equals: "=",
    // The quote is closed, a quote is written, and the quote is opened again.
    escape: |character| (character == '\'').then_some("'\\''"),
};

const FISH: Shell = Shell {
    unset: "set -e ",
    set: "set -gx ",
    equals: " ",
    escape: |character| match character {
        '\\' => Some("\\\\"),
        '\'' => Some("\\'"),
        _ => None,
    },
};

const POWERSHELL: Shell = Shell {
    unset: "Remove-Item -ErrorAction SilentlyContinue Env:",
    set: "$Env:",
    equals: " = ",
    escape: |character| (character == '\'').then_some("''"),
};

fn assignments(variables: &Variables, shell: &Shell) -> Zeroizing<String> {
    // With room for every value escaped, so that no half-written copy is left behind by growing.
    let longest: usize = variables.iter().map(|(name, value)| name.len() + 4 * value.len() + 32).sum();
    let mut text = Zeroizing::new(String::with_capacity(longest + 1024));
    for (name, value) in changes(variables) {
        text.push_str(if value.is_some() { shell.set } else { shell.unset });
        text.push_str(name);
        if let Some(value) = value {
            text.push_str(shell.equals);
            push_quoted(&mut text, value, shell.escape);
        }
        text.push('\n');
    }
    text
}

fn push_quoted(text: &mut String, value: &str, escape: fn(char) -> Option<&'static str>) {
    text.push('\'');
    for character in value.chars() {
        match escape(character) {
            Some(escaped) => text.push_str(escaped),
            None => text.push(character),
        }
    }
    text.push('\'');
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProcessAnswer<'a> {
    version: u32,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    expiration: String,
    account_id: &'a str,
}

/// The answer of a `credential_process` (AWS SDKs and Tools reference guide, "Process credential provider"). It has no
/// region: that is the profile's.
pub fn process(cached: &CachedCredentials) -> Zeroizing<String> {
    to_line(&ProcessAnswer {
        version: 1,
        access_key_id: cached.credentials().access_key_id.as_str(),
        secret_access_key: cached.credentials().secret_access_key.expose_secret(),
        session_token: cached.credentials().session_token.expose_secret(),
        expiration: in_whole_seconds(cached.life().ends_at_local()),
        account_id: cached.target().account.as_str(),
    })
}

#[derive(Serialize)]
struct JsonAnswer<'a> {
    account_id: &'a str,
    role_name: &'a str,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    expiration: String,
    aws_expiration: String,
    region: &'a str,
}

fn json(cached: &CachedCredentials, region: &Region) -> Zeroizing<String> {
    to_line(&JsonAnswer {
        account_id: cached.target().account.as_str(),
        role_name: cached.target().role.as_str(),
        access_key_id: cached.credentials().access_key_id.as_str(),
        secret_access_key: cached.credentials().secret_access_key.expose_secret(),
        session_token: cached.credentials().session_token.expose_secret(),
        expiration: in_whole_seconds(cached.life().ends_at_local()),
        aws_expiration: in_whole_seconds(cached.credentials().expires_at),
        region: region.as_str(),
    })
}

fn to_line(answer: &impl Serialize) -> Zeroizing<String> {
    // Writing plain texts to memory cannot fail; an empty answer is refused by every reader.
    let json = wiped::to_json(answer).unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(json.len() + 1));
    text.push_str(std::str::from_utf8(&json).unwrap_or_default());
    text.push('\n');
    text
}

/// The line for `~/.aws/config` that makes a profile get its credentials from `program`. It splits right both in
/// a shell and by white space with quotes, as the SDKs do the one or the other.
pub fn credential_process_line(program: &str, target: &super::target::Target) -> String {
    let plain = program.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+:\\".contains(&byte));
    let program = if plain { program.to_owned() } else { format!("\"{program}\"") };
    format!("credential_process = {program} credentials {target}")
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::domain::credentials::{Issue, RoleCredentials};
    use crate::domain::issued::{AccessKeyId, SecretKey, SessionToken};
    use crate::domain::time::{Now, Stamp};

    /// Credentials for `target` with this secret key.
    pub(crate) fn cached(target: &str, secret: &str) -> CachedCredentials {
        cached_with(target, secret, SignedDuration::ZERO)
    }

    fn cached_with(target: &str, secret: &str, aws_offset: SignedDuration) -> CachedCredentials {
        let obtained = Stamp {
            at: Now { wall: "2026-11-21T09:00:00Z".parse().unwrap(), boot: None, latest_aws_time: None },
            aws_offset: Some(aws_offset),
        };
        let credentials = RoleCredentials {
            access_key_id: AccessKeyId::parse("ASIAEXAMPLEEXAMPLE00").unwrap(),
            secret_access_key: SecretKey::parse(secret).unwrap(),
            session_token: SessionToken::parse("token+/=").unwrap(),
            expires_at: "2026-11-21T10:00:00.999Z".parse().unwrap(),
        };
        let session_ends_at = "2026-11-21T17:00:00Z".parse().unwrap();
        let issue = Issue { obtained, login_id: 1, session_ends_at, elevation: None };
        CachedCredentials::new(target.parse().unwrap(), credentials, issue).unwrap()
    }

    const TARGET: &str = "123456789012/Developer";

    fn region() -> Region {
        Region::parse("eu-central-1").unwrap()
    }

    #[test]
    fn a_process_answer_is_what_the_sdks_read() {
        assert_eq!(
            process(&cached(TARGET, "s3cret")).as_str(),
            concat!(
                r#"{"Version":1,"AccessKeyId":"ASIAEXAMPLEEXAMPLE00","SecretAccessKey":"s3cret","SessionToken":"token+/=","#,
                r#""Expiration":"2026-11-21T10:00:00Z","AccountId":"123456789012"}"#,
                "\n"
            )
        );
    }

    #[test]
    fn shells_get_their_own_quotes() {
        let text = |format| render(&cached(TARGET, "a/b+c="), &region(), format);
        assert!(text(Format::Env).contains("export AWS_SECRET_ACCESS_KEY='a/b+c='\n"));
        assert!(text(Format::Fish).contains("set -gx AWS_SECRET_ACCESS_KEY 'a/b+c='\n"));
        assert!(text(Format::PowerShell).contains("$Env:AWS_SECRET_ACCESS_KEY = 'a/b+c='\n"));
        for (shell, quoted) in [(&POSIX, "'a'\\''b\\c'"), (&FISH, "'a\\'b\\\\c'"), (&POWERSHELL, "'a''b\\c'")] {
            let mut text = String::new();
            push_quoted(&mut text, "a'b\\c", shell.escape);
            assert_eq!(text, quoted);
        }
        for (format, unset) in [
            (Format::Env, "unset AWS_PROFILE\n"),
            (Format::Env, "unset AWS_ACCOUNT_ID\n"),
            (Format::Fish, "set -e AWS_PROFILE\n"),
            (Format::PowerShell, "Env:AWS_PROFILE\n"),
        ] {
            assert!(text(format).contains(unset));
            assert!(text(format).contains("AWS_REGION") && text(format).contains("AWS_DEFAULT_REGION"));
        }
    }

    #[test]
    fn what_is_set_is_not_unset_as_well() {
        assert!(!render(&cached(TARGET, "s"), &region(), Format::Env).contains("unset AWS_CREDENTIAL_EXPIRATION"));
    }

    #[test]
    fn a_slow_local_clock_gets_an_expiry_in_its_own_terms() {
        let behind = cached_with(TARGET, "s", SignedDuration::from_mins(30));
        assert!(process(&behind).contains(r#""Expiration":"2026-11-21T09:30:00Z""#));
    }

    #[test]
    fn a_program_with_spaces_in_its_path_is_quoted() {
        let target = "123456789012/Developer".parse().unwrap();
        assert_eq!(
            credential_process_line("/opt/my tools/daypass", &target),
            "credential_process = \"/opt/my tools/daypass\" credentials 123456789012/Developer"
        );
    }

    #[test]
    fn an_app_id_fits_the_user_agent_and_names_its_elevation() {
        for id in [ElevationId::new(Timestamp::UNIX_EPOCH, 0), ElevationId::new(Timestamp::MAX, u128::MAX)] {
            let app_id = app_id(&id);
            assert_eq!(app_id, format!("daypass-{id}"));
            assert!(app_id.len() <= 50, "{app_id}");
            // RFC 9110 calls these the characters of a token.
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert!(app_id.bytes().all(fits), "{app_id}");
        }
    }

    #[test]
    fn only_an_app_id_of_an_elevation_is_unset() {
        let ours = app_id(&ElevationId::new(Timestamp::UNIX_EPOCH, 7));
        let variables = program_variables(&cached(TARGET, "s"), &region());
        let unset = |app_id| changes_for_program(&variables, app_id).any(|change| change == (APP_ID_VARIABLE, None));
        assert!(unset(Some(ours.as_str())));
        for foreign in [None, Some("billing"), Some("daypass-"), Some("daypass-dashboard"), Some("x-daypass-")] {
            assert!(!unset(foreign), "{foreign:?}");
        }
        let elevated = vec![(APP_ID_VARIABLE, Zeroizing::new(ours.clone()))];
        let changed: Vec<_> = changes_for_program(&elevated, Some("daypass-0123456789ABCDEFGHJKMNPQRS"))
            .filter(|(name, _)| *name == APP_ID_VARIABLE)
            .collect();
        assert_eq!(changed, [(APP_ID_VARIABLE, Some(ours.as_str()))]);
    }
}
