//! What to do next about each error.

use std::fmt::Display;
use std::path::Path;

use crate::domain::aws_error::AwsErrorKind;
use crate::domain::names::NameError;
use crate::domain::target::InvalidTarget;
use crate::domain::text::{Untrusted, visible};
use crate::error::{Error, FileError, FileFault, KeyringFault, VariableFault};

/// The next commands to type, or what else to do.
pub(super) fn hints(error: &Error) -> Vec<String> {
    match error {
        Error::LoginNeeded { session, .. } | Error::SignedOutMeanwhile { session } => vec![login(session)],
        Error::SignInExpired { session } => vec![format!("{}   gives a new code", login(session))],
        Error::BrowserTimeout { session, .. } => {
            vec![format!("{} --flow device   needs no browser on this machine", login(session))]
        }
        Error::SignInDeclined { .. } => one("daypass login"),
        Error::NoCallbackListener(_) => one("daypass login --flow device   needs no listener"),
        Error::NoSignInEndpoint { .. } => one("check the region in ~/.aws/config and any AWS_ENDPOINT_URL variables"),
        Error::LogoutUnconfirmed { .. } => one("sign out in the AWS access portal as well"),
        Error::SecretsRemain { session, .. } => {
            vec![format!("unlock the keyring, then: daypass logout {}", word(session))]
        }
        Error::Aws(error) => one(aws_hint(error.kind)),
        Error::NotAssigned { .. } => one("daypass roles --refresh   shows what is"),
        Error::NotInTime { .. } => one("try again; `daypass status` shows what is cached"),
        Error::ReasonRequired { target, .. } => vec![
            format!("daypass credentials {target} --reason \"why you need it\" --format env"),
            format!("daypass exec {target} --reason \"why you need it\" -- CMD"),
        ],
        Error::ReasonRefused(_) => one("for example: --reason \"INC-4711 restore the ledger table\""),
        Error::Name(error) => name_hints(error),
        Error::Variable { name, fault } => variable_hints(name, fault),
        Error::NoHome { variable } => vec![format!("set HOME, or {variable} to a path of your choice")],
        Error::UserFile(error) | Error::OwnFile(error) => vec![file_hint(error)],
        Error::LockHeld { holder: Some(pid), .. } => vec![format!("if it hangs, end it: kill {pid}")],
        Error::LockHeld { holder: None, .. } => one("end the daypass process that hangs, and try again"),
        Error::Keyring { fault, .. } => keyring_hints(*fault),
        Error::NoSuchStore { available } => vec![format!("choose one of: {}", available.join(", "))],
        Error::NoClipboard { .. } => several(&[
            "install wl-clipboard (Wayland) or xclip (X11)",
            "over SSH: set osc52 = true in the settings, if you trust the terminal",
        ]),
        Error::NoTerminal => one("daypass roles, daypass credentials and daypass exec work without one"),
        Error::TaskEnded => one("DAYPASS_LOG=daypass=debug   writes what led there to daypass.log"),
        Error::NotRecorded(_) => one("an elevation that cannot be recorded is refused"),
        Error::NotCopied(_) => one("start daypass again, if it was updated while it ran"),
        // Nothing of ours helps where the system refuses.
        Error::System { .. } => Vec::new(),
    }
}

fn one(hint: &str) -> Vec<String> {
    vec![hint.to_owned()]
}

fn several(hints: &[&str]) -> Vec<String> {
    hints.iter().map(|hint| (*hint).to_owned()).collect()
}

fn login(session: &impl Display) -> String {
    format!("daypass login {}", word(session))
}

fn aws_hint(kind: AwsErrorKind) -> &'static str {
    match kind {
        AwsErrorKind::SignedOut
        | AwsErrorKind::InvalidGrant
        | AwsErrorKind::CodeExpired
        | AwsErrorKind::AccessDenied
        | AwsErrorKind::InvalidClient
        | AwsErrorKind::OtherOauth
        | AwsErrorKind::AuthorizationPending
        | AwsErrorKind::SlowDown => "daypass login",
        AwsErrorKind::Forbidden => "daypass roles --refresh   shows what is",
        AwsErrorKind::NotFound => "daypass roles --refresh   shows what there is",
        AwsErrorKind::Throttled(_) => "try again in a minute; cached credentials stay usable",
        AwsErrorKind::ServerTrouble => "try again; cached credentials stay usable",
        AwsErrorKind::Unreachable => "check the network, HTTPS_PROXY and the region; cached credentials stay usable",
        AwsErrorKind::Protocol(_) | AwsErrorKind::BadRequest => "check the region and any AWS_ENDPOINT_URL variables",
        AwsErrorKind::Misconfigured => "AWS_CA_BUNDLE must name a readable PEM file",
    }
}

fn name_hints(error: &NameError) -> Vec<String> {
    let did_you_mean = |near: &Untrusted| vec![format!("did you mean `{near}`?")];
    match error {
        NameError::Invalid(InvalidTarget::Empty) => one("write ACCOUNT_ID/ROLE, an alias or a profile's name"),
        NameError::Invalid(_) => one("daypass roles   shows accounts and roles"),
        NameError::NothingListed => one("daypass roles --refresh   lists them; ACCOUNT_ID/ROLE always works"),
        NameError::AmbiguousAccount { .. } => one("write the account's id: ACCOUNT_ID/ROLE"),
        NameError::AliasAndProfile(name) => vec![
            format!("--profile {} takes the profile", word(name)),
            "rename the alias in the settings, or write ACCOUNT_ID/ROLE, for the other".to_owned(),
        ],
        NameError::UnknownAccount { near: Some(near), .. }
        | NameError::UnknownProfile { near: Some(near), .. }
        | NameError::UnknownTarget { near: Some(near), .. } => did_you_mean(near),
        NameError::UnknownAccount { near: None, .. } => one("daypass roles --refresh"),
        NameError::UnknownProfile { near: None, .. } => one("daypass roles"),
        NameError::UnknownTarget { near: None, .. } => {
            several(&["daypass roles --refresh", "write ACCOUNT_ID/ROLE for a role that is not listed"])
        }
    }
}

fn variable_hints(name: &str, fault: &VariableFault) -> Vec<String> {
    match fault {
        VariableFault::Relative(_) => {
            one("set it to an absolute path: the folder must not depend on where a program is started")
        }
        VariableFault::Endpoint(_) => vec![
            format!("unset {name}, or use https"),
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true   leaves all such variables aside".to_owned(),
        ],
        VariableFault::LogFilter(_) => vec![format!("{name}=daypass=debug   is one")],
        VariableFault::NotUtf8 | VariableFault::Invalid(_) => vec![format!("correct it, or: unset {name}")],
    }
}

fn file_hint(error: &FileError) -> String {
    let path = word(&error.path.display());
    match &error.fault {
        FileFault::Missing { .. } => "write that file, or correct what names it".to_owned(),
        FileFault::Unreadable(_) => format!("see who may read it: ls -ld {path}"),
        FileFault::Io { .. } => {
            let folder = error.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            format!("see who may write there: ls -ld {}", word(&folder.unwrap_or(Path::new(".")).display()))
        }
        FileFault::WritableToOthers => format!("chmod go-w {path}"),
        FileFault::NotAPlainFile(_) | FileFault::NotAFolder | FileFault::OtherOwner | FileFault::TooLarge { .. } => {
            format!("ls -ld {path}")
        }
        FileFault::Locked => "end the daypass process that hangs, and try again".to_owned(),
        FileFault::Invalid { .. } => "correct it there, and run the command again".to_owned(),
        FileFault::Contradicts { key, .. } => format!("delete {key} from the profile: its session has it"),
        FileFault::NotAnSsoProfile { .. } => {
            "write ACCOUNT_ID/ROLE, or a profile with sso_session, sso_account_id and sso_role_name".to_owned()
        }
        FileFault::SectionTaken { .. } => "choose another name, or remove that section from the file".to_owned(),
        FileFault::NotUtf8 => "save the file as UTF-8".to_owned(),
    }
}

fn keyring_hints(fault: KeyringFault) -> Vec<String> {
    match fault {
        KeyringFault::Absent => several(&[
            "start a Secret Service such as gnome-keyring or KeePassXC",
            "or use the kernel's keyring, which forgets at reboot: DAYPASS_STORE=keyutils",
        ]),
        KeyringFault::Locked => one("unlock it: run `daypass login` in a terminal and answer the prompt"),
        KeyringFault::PromptDismissed => one("run the command again to be asked again"),
        KeyringFault::Silent => one("restart the keyring's daemon, or log out and in again"),
        KeyringFault::Damaged => one("daypass login"),
        KeyringFault::NoRoom => one("daypass logout --all"),
        KeyringFault::NewerFormat => one("update daypass, or sign out with the newer one"),
        KeyringFault::Failed => several(&[
            "check that the keyring's daemon runs, then try again",
            "another keyring can be chosen with DAYPASS_STORE",
        ]),
    }
}

/// `text` as one word of a command line: quoted only where a shell would not take it as it is.
pub(super) fn word(text: &impl Display) -> String {
    let text = visible(&text.to_string());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,@%+=~".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
