//! What can go wrong, as facts with their causes.
//!
//! An error says what happened to what. What to do about it, the heading over it and the exit code belong to
//! [`crate::report`], which maps every error once. No variant can hold a secret: text comes in as [`Untrusted`],
//! which shows no control characters and which no secret type converts into.

mod file;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use self::file::shown;
pub use self::file::{FileError, FileFault, SpecialFile};

use crate::domain::assume_role::InvalidRoleArn;
use crate::domain::audit::InvalidLine;
use crate::domain::aws_error::{AwsError, AwsErrorKind, wait_words};
use crate::domain::elevation::{ElevationId, Lacking, Refusal};
use crate::domain::endpoint::InvalidEndpoint;
use crate::domain::ids::{Region, SessionName};
use crate::domain::names::NameError;
use crate::domain::on_call::{CalendarHost, NotOnDuty, Unreadable};
use crate::domain::store_choice::StoreName;
use crate::domain::target::{InvalidTarget, Target};
use crate::domain::text::Untrusted;
use crate::domain::tier::Tier;

/// A result whose error is one of ours.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an error means for whoever asked: it decides what may still be done, and the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Anything without a kind of its own.
    Failed,
    /// The command line, a variable or a file that a person wrote is wrong.
    Usage,
    /// The SSO session is missing, expired or was revoked.
    LoginNeeded,
    /// AWS says no: the role is not assigned, or a person declined.
    Denied,
    /// The target's tier asks for a reason first.
    ElevationNeeded,
    /// AWS throttles, fails or cannot be reached.
    Unavailable,
    /// The keyring is missing, locked, silent or refuses.
    Keyring,
    /// Some of what was asked for was done.
    Partial,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in to the session, or AWS has ended it.
    #[error("SSO session `{session}` is not signed in")]
    LoginNeeded {
        /// The session.
        session: SessionName,
        /// Another store that holds a sign-in to it.
        elsewhere: Option<StoreName>,
        /// What AWS answered, where it was AWS that said so.
        source: Option<AwsError>,
    },
    /// Somebody signed out, or in again, while something was fetched with the sign-in before.
    #[error("SSO session `{session}` was signed out while fetching")]
    SignedOutMeanwhile {
        /// The session.
        session: SessionName,
    },
    /// The device code was not confirmed in time.
    #[error("the sign-in was not confirmed in time; the code has expired")]
    SignInExpired {
        /// The session.
        session: SessionName,
    },
    /// The browser did not come back to the callback listener.
    #[error("the browser did not come back within {} minutes", .limit.as_secs() / 60)]
    BrowserTimeout {
        /// The session.
        session: SessionName,
        /// How long it was waited for.
        limit: Duration,
    },
    /// A person, or the organisation, declined the sign-in.
    #[error("the sign-in was declined ({said})")]
    SignInDeclined {
        /// What the callback said.
        said: Untrusted,
    },
    /// The callback listener has no port.
    #[error("cannot listen on 127.0.0.1 for the browser")]
    NoCallbackListener(#[source] io::Error),
    /// The SDK knows no sign-in endpoint for a region.
    #[error("no sign-in endpoint for {region}: {why}")]
    NoSignInEndpoint {
        /// The region.
        region: Region,
        /// What the SDK says.
        why: Untrusted,
    },
    /// The session is gone here, but AWS did not confirm its end.
    #[error("`{session}` is signed out here, but AWS did not confirm the end of the session")]
    LogoutUnconfirmed {
        /// The session.
        session: SessionName,
        /// What AWS answered.
        source: AwsError,
    },
    /// The keyring would not delete everything.
    #[error("secrets remain in the keyring for `{session}`")]
    SecretsRemain {
        /// The session.
        session: SessionName,
        /// Why.
        source: Box<Error>,
    },
    /// The session is gone from this store, and another one holds a sign-in to it.
    #[error("`{session}` is still signed in with {store}")]
    SignedInElsewhere {
        /// The session.
        session: SessionName,
        /// That store.
        store: StoreName,
    },

    /// The credentials are gone from this store, and another one has some that serve.
    #[error("{target} was dropped here, but {store} still has credentials for it")]
    KeptElsewhere {
        /// What they are for.
        target: Target,
        /// That store.
        store: StoreName,
    },

    /// AWS did not do what it was asked.
    #[error("{}", aws_message(.0.kind))]
    Aws(#[from] AwsError),
    /// AWS does not let this person have the role.
    #[error("{target} is not assigned to you")]
    NotAssigned {
        /// The target.
        target: Target,
        /// What AWS answered.
        source: AwsError,
    },
    /// The settings name no further region of the session's Identity Center.
    #[error("no replica of `{session}` is known")]
    NoReplica {
        /// The session.
        session: SessionName,
    },
    /// The session's region does not answer, and nobody is signed in at a replica of it.
    #[error("{region} does not answer, and there is no standby sign-in in {}", listed(.standbys, "or"))]
    NoStandby {
        /// The session.
        session: SessionName,
        /// Its region.
        region: Region,
        /// The regions of its replicas.
        standbys: Vec<Region>,
        /// What came of asking it.
        source: Box<Error>,
    },
    /// Neither the session's region answers nor one where somebody has signed in beforehand.
    #[error("neither {region} answers nor {}, where you have a standby sign-in", listed(.standbys, "nor"))]
    StandbyOut {
        /// The session's region.
        region: Region,
        /// The other regions that were asked.
        standbys: Vec<Region>,
        /// What came of asking the session's own.
        source: Box<Error>,
    },
    /// Credentials did not come before the caller gives up.
    #[error("no credentials for {target} in time")]
    NotInTime {
        /// The target.
        target: Target,
    },

    /// The target's tier asks for a reason.
    #[error("{target}: {} access asks for a reason{}", .tier.title(), lacking_words(*.lacking))]
    ReasonRequired {
        /// The target.
        target: Target,
        /// Its tier.
        tier: Tier,
        /// What an elevation that is active lacks since the policy was changed.
        lacking: Option<Lacking>,
    },
    /// The target is for whoever is on call.
    #[error("{target}: {why}")]
    NotOnCall {
        /// The target.
        target: Target,
        /// Why the person does not count as being on call.
        why: NotOnDuty,
    },
    /// AWS says that the credentials it gave are somebody else's. They were dropped.
    #[error("AWS gave credentials of {arn} for {target}; they were dropped")]
    OtherIdentity {
        /// What was asked for.
        target: Target,
        /// Whose they are.
        arn: Untrusted,
    },
    /// AWS did not say who the person is, which has to be known.
    #[error("AWS did not say who you are")]
    UserUnknown,
    /// The role that the policy has elevations assume is none.
    #[error(transparent)]
    ChainedRole(#[from] InvalidRoleArn),
    /// AWS does not let the permission set's role assume that role.
    #[error("AWS does not let you assume {role}")]
    RoleNotAssumed {
        /// The role's ARN.
        role: Untrusted,
        /// What AWS answered.
        source: AwsError,
    },
    /// The policy does not allow the elevation as it was asked for.
    #[error(transparent)]
    ElevationRefused(#[from] Refusal),

    /// No open elevation has this id.
    #[error("no elevation {0} is open")]
    NoSuchElevation(ElevationId),
    /// Nobody confirmed the elevation.
    #[error("nothing was confirmed, and nothing was asked of AWS")]
    NotConfirmed,

    /// What was typed names no target, or several.
    #[error(transparent)]
    Name(#[from] NameError),
    /// An environment variable holds what it cannot.
    #[error("the environment variable {name}{fault}")]
    Variable {
        /// Its name.
        name: &'static str,
        /// What is wrong with its value.
        fault: VariableFault,
    },
    /// The home folder is not known, and nothing says where a file is instead.
    #[error("the home folder is not known")]
    NoHome {
        /// The variable that would say it.
        variable: &'static str,
    },
    /// A file that a person wrote cannot be used.
    #[error(transparent)]
    UserFile(FileError),
    /// The policy in force cannot be used.
    #[error(transparent)]
    Policy(FileError),
    /// A file or folder of ours cannot be used.
    #[error(transparent)]
    OwnFile(FileError),
    /// Another process holds a lock for longer than it was waited for.
    #[error("{} has held the lock for {name} longer than {} s", Holder(*.holder), .limit.as_secs_f32())]
    LockHeld {
        /// What the lock is for.
        name: Untrusted,
        /// The process, where it is known.
        holder: Option<u32>,
        /// How long it was waited for.
        limit: Duration,
    },

    /// The keyring did not do what it was asked.
    #[error("{detail}")]
    Keyring {
        /// What that means.
        fault: KeyringFault,
        /// What the store says.
        detail: Untrusted,
    },
    /// A rota could not be read.
    #[error("{0}")]
    Rota(RotaFault),
    /// An elevation was granted, and ended at once, because what AWS gave could not be kept. Its confirmation is used up.
    #[error("the elevation was granted, but its credentials could not be kept")]
    GrantNotKept(#[source] Box<Error>),
    /// The audit log does not take a record, so what it would record does not happen.
    #[error("the audit log cannot be used")]
    NotRecorded(#[source] Box<Error>),
    /// A record cannot be written in the log's form.
    #[error("the record {0}")]
    UnwritableRecord(InvalidLine),
    /// A record of an elevation cannot be read, so that nobody knows what the log tells in all.
    #[error("{} line {line}: this version of daypass cannot read what it tells of an elevation", shown(file))]
    UnreadableRecord {
        /// The log's file.
        file: PathBuf,
        /// The line, from 1.
        line: u32,
    },
    /// The key in the keyring signs nothing.
    #[error("the audit log's key in the keyring cannot be used")]
    LogKeyUnusable,
    /// This system has no store of the kind that was chosen.
    #[error("this system has no such store")]
    NoSuchStore {
        /// The ones that it has, as settings write them.
        available: &'static [&'static str],
    },

    /// The operating system refused something that has no error of its own.
    #[error("cannot {action}")]
    System {
        /// What was tried.
        action: &'static str,
        /// Why it was refused.
        source: io::Error,
    },
    /// The person's shell could not be started.
    #[error("cannot start {program}")]
    ShellNotStarted {
        /// The shell.
        program: Untrusted,
        /// Why.
        source: io::Error,
    },
    /// A task of ours ended before it was done. What it panicked with is left out: it may be anything.
    #[error("an internal task ended early")]
    TaskEnded,
    /// There is no clipboard, or its tool failed.
    #[error("no clipboard could be reached{}", ToolName(*.tool))]
    NoClipboard {
        /// The last tool that was tried.
        tool: Option<&'static str>,
        /// Why it failed.
        source: Option<io::Error>,
    },
    /// Nothing would take a secret off the clipboard again, so it was not put there.
    #[error("the clipboard could not be set to be cleared, so nothing was copied")]
    NotCopied(#[source] io::Error),
    /// Role credentials were not copied: no clipboard could be reached that they can be taken off again.
    #[error("the secret was not copied")]
    SecretNotCopied {
        /// Whose credentials.
        target: Target,
        /// Why no clipboard could be reached.
        source: Box<Error>,
    },
    /// The terminal UI was asked for where there is no terminal.
    #[error("the terminal UI needs a terminal")]
    NoTerminal,
}

impl From<InvalidTarget> for Error {
    fn from(error: InvalidTarget) -> Self {
        Error::Name(error.into())
    }
}

impl Error {
    /// Whether a wrong start URL or region in the config file may be why a sign-in failed so.
    pub(crate) fn may_mean_wrong_portal(&self) -> bool {
        match self {
            Error::NoSignInEndpoint { .. } => true,
            Error::Aws(error) => matches!(
                error.kind,
                AwsErrorKind::Unreachable
                    | AwsErrorKind::ServerTrouble
                    | AwsErrorKind::OtherOauth
                    | AwsErrorKind::Protocol(_)
                    | AwsErrorKind::Forbidden
                    | AwsErrorKind::NotFound
            ),
            _ => false,
        }
    }

    /// What the error means for whoever asked.
    pub fn kind(&self) -> Kind {
        match self {
            Error::LoginNeeded { .. }
            | Error::SignedOutMeanwhile { .. }
            | Error::SignInExpired { .. }
            | Error::BrowserTimeout { .. } => Kind::LoginNeeded,
            Error::SignInDeclined { .. } | Error::NotAssigned { .. } | Error::RoleNotAssumed { .. } => Kind::Denied,
            Error::LogoutUnconfirmed { .. }
            | Error::UserUnknown
            | Error::NotInTime { .. }
            | Error::NoStandby { .. }
            | Error::StandbyOut { .. } => Kind::Unavailable,
            Error::Aws(error) => aws_kind(error.kind),
            Error::ReasonRequired { .. } | Error::NotConfirmed | Error::NotOnCall { .. } => Kind::ElevationNeeded,
            Error::ElevationRefused(refusal) if !refusal.is_of_what_was_written() => Kind::ElevationNeeded,
            Error::ElevationRefused(_)
            | Error::ChainedRole(_)
            | Error::Name(_)
            | Error::Variable { .. }
            | Error::UserFile(_)
            | Error::Policy(_)
            | Error::NoSuchElevation(_)
            | Error::NoSignInEndpoint { .. }
            | Error::NoSuchStore { .. }
            | Error::NoReplica { .. }
            | Error::NoTerminal => Kind::Usage,
            Error::Keyring { fault, .. } => fault.kind(),
            Error::GrantNotKept(why) => why.kind(),
            Error::SecretsRemain { .. } | Error::SignedInElsewhere { .. } | Error::KeptElsewhere { .. } => {
                Kind::Keyring
            }
            Error::NoCallbackListener(_)
            | Error::NoHome { .. }
            | Error::OwnFile(_)
            | Error::LockHeld { .. }
            | Error::System { .. }
            | Error::ShellNotStarted { .. }
            | Error::TaskEnded
            | Error::OtherIdentity { .. }
            | Error::NotRecorded(_)
            | Error::UnwritableRecord(_)
            | Error::UnreadableRecord { .. }
            | Error::LogKeyUnusable
            | Error::Rota(_)
            | Error::NotCopied(_)
            | Error::SecretNotCopied { .. }
            | Error::NoClipboard { .. } => Kind::Failed,
        }
    }

    /// Whether the keyring gave no answer in time: asking it again would take as long again.
    pub(crate) fn is_silent_keyring(&self) -> bool {
        matches!(self, Error::Keyring { fault: KeyringFault::Silent, .. })
    }
}

/// The regions as words of a sentence.
fn listed(regions: &[Region], conjunction: &str) -> String {
    let regions: Vec<_> = regions.iter().map(Region::as_str).collect();
    regions.join(&format!(" {conjunction} "))
}

fn aws_kind(kind: AwsErrorKind) -> Kind {
    match kind {
        AwsErrorKind::SignedOut | AwsErrorKind::InvalidGrant | AwsErrorKind::CodeExpired => Kind::LoginNeeded,
        AwsErrorKind::AccessDenied | AwsErrorKind::Forbidden | AwsErrorKind::NotFound => Kind::Denied,
        AwsErrorKind::Throttled(_) | AwsErrorKind::ServerTrouble | AwsErrorKind::Unreachable => Kind::Unavailable,
        AwsErrorKind::Misconfigured => Kind::Usage,
        AwsErrorKind::Protocol(_)
        | AwsErrorKind::BadRequest
        | AwsErrorKind::CredentialsRefused
        | AwsErrorKind::InvalidClient
        | AwsErrorKind::OtherOauth
        | AwsErrorKind::AuthorizationPending
        | AwsErrorKind::SlowDown => Kind::Failed,
    }
}

fn aws_message(kind: AwsErrorKind) -> Cow<'static, str> {
    if let AwsErrorKind::Throttled(Some(asked)) = kind
        && let Some(wait) = wait_words(asked)
    {
        return format!("AWS asks to wait {wait}").into();
    }
    let message = match kind {
        AwsErrorKind::SignedOut | AwsErrorKind::InvalidGrant => "the SSO session has ended",
        AwsErrorKind::CodeExpired => "the sign-in was not confirmed in time",
        AwsErrorKind::AccessDenied => "the sign-in was declined",
        AwsErrorKind::Forbidden => "the role is not assigned to you",
        AwsErrorKind::CredentialsRefused => "AWS does not accept the role credentials",
        AwsErrorKind::NotFound => "no such account or role",
        AwsErrorKind::Throttled(_) => "AWS is throttling requests",
        AwsErrorKind::ServerTrouble => "AWS answers with errors",
        AwsErrorKind::Unreachable => "AWS cannot be reached",
        AwsErrorKind::Protocol(_) => "AWS gave an answer that makes no sense",
        AwsErrorKind::BadRequest => "AWS does not take the request",
        AwsErrorKind::Misconfigured => "AWS cannot be asked with this environment",
        AwsErrorKind::InvalidClient
        | AwsErrorKind::OtherOauth
        | AwsErrorKind::AuthorizationPending
        | AwsErrorKind::SlowDown => "the sign-in was refused",
    };
    message.into()
}

/// What is wrong with an environment variable's value.
#[derive(Debug)]
pub enum VariableFault {
    /// It is not UTF-8.
    NotUtf8,
    /// It is a relative path.
    Relative(PathBuf),
    /// It is not an endpoint that a token may be sent to.
    Endpoint(InvalidEndpoint),
    /// It is no filter for log lines.
    LogFilter(Untrusted),
    /// Something else, as whoever read it says.
    Invalid(Untrusted),
}

impl fmt::Display for VariableFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VariableFault::NotUtf8 => f.write_str(" is not UTF-8"),
            VariableFault::Relative(path) => write!(f, " is `{}`, which is a relative path", shown(path)),
            VariableFault::Endpoint(why) => write!(f, " is not an allowed endpoint: {why}"),
            VariableFault::LogFilter(why) => write!(f, " is not a filter: {why}"),
            VariableFault::Invalid(why) => write!(f, ": {why}"),
        }
    }
}

/// Why a rota could not be read. What a server or a program said is left out.
#[derive(Debug)]
pub enum RotaFault {
    /// It is not there.
    FileMissing(PathBuf),
    /// The keyring has no address for it.
    NoUrl,
    /// The keyring's address leads to another server than this one, which the policy names.
    OtherHost(CalendarHost),
    /// Nothing came back in time.
    NoAnswer(Duration),
    /// The server could not be reached.
    Unreachable,
    /// TLS could not be set up as the environment asks; says why.
    Tls(Untrusted),
    /// The server answered with something else than a calendar.
    Status(u16),
    /// The answer was cut off.
    CutOff,
    /// It is larger than a rota is.
    TooLarge,
    /// The program could not be started.
    NotStarted(io::Error),
    /// The program failed: with this exit code, or ended by a signal.
    CommandFailed(Option<i32>),
    /// It is no rota.
    Unreadable(Unreadable),
}

impl fmt::Display for RotaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RotaFault::FileMissing(path) => write!(f, "{} is not there", shown(path)),
            RotaFault::NoUrl => f.write_str("the keyring has no address for this calendar"),
            RotaFault::OtherHost(host) => {
                write!(f, "the address in the keyring is not one at {host}, as the policy asks")
            }
            RotaFault::NoAnswer(limit) => {
                // What is left of two seconds is two seconds to whoever reads it.
                write!(f, "it gave no answer within {} s", (limit.as_secs_f64() * 10.0).round() / 10.0)
            }
            RotaFault::Unreachable => f.write_str("its server cannot be reached"),
            RotaFault::Tls(why) => write!(f, "{why}"),
            RotaFault::Status(status @ 300..=399) => {
                write!(f, "its server leads elsewhere ({status}), which is not followed")
            }
            RotaFault::Status(status) => write!(f, "its server answers with {status}"),
            RotaFault::CutOff => f.write_str("its server's answer was cut off"),
            RotaFault::TooLarge => f.write_str("it is larger than a rota is"),
            RotaFault::NotStarted(why) => write!(f, "its command cannot be started: {why}"),
            RotaFault::CommandFailed(Some(code)) => write!(f, "its command failed with exit code {code}"),
            RotaFault::CommandFailed(None) => f.write_str("its command was ended by a signal"),
            RotaFault::Unreadable(why) => write!(f, "{why}"),
        }
    }
}

/// What a keyring's refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringFault {
    /// There is no such keyring.
    Absent,
    /// It is locked, and nobody may be asked.
    Locked,
    /// The person dismissed its prompt.
    PromptDismissed,
    /// Nothing came back in time.
    Silent,
    /// What it holds is not what we wrote.
    Damaged,
    /// It has no room.
    NoRoom,
    /// A newer daypass wrote what it holds.
    NewerFormat,
    /// Something else.
    Failed,
}

impl KeyringFault {
    fn kind(self) -> Kind {
        match self {
            KeyringFault::PromptDismissed => Kind::Denied,
            KeyringFault::Damaged => Kind::LoginNeeded,
            KeyringFault::Absent
            | KeyringFault::Locked
            | KeyringFault::Silent
            | KeyringFault::NoRoom
            | KeyringFault::NewerFormat
            | KeyringFault::Failed => Kind::Keyring,
        }
    }
}

/// Who holds a lock.
struct Holder(Option<u32>);

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(pid) => write!(f, "process {pid}"),
            None => f.write_str("another process"),
        }
    }
}

/// The tool that failed, where there was one.
struct ToolName(Option<&'static str>);

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |tool| write!(f, ": {tool} failed"))
    }
}

/// Why an elevation that is active does not do.
fn lacking_words(lacking: Option<Lacking>) -> String {
    match lacking {
        Some(what) => format!("; the policy has changed, and asks the active elevation for {what}"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::path::Path;

    use secrecy::{SecretBox, SecretString};
    use zeroize::Zeroizing;

    use super::*;
    use crate::domain::credentials::{CachedCredentials, RoleCredentials};
    use crate::domain::session::{ClientRegistration, IssuedToken, SessionRecord, SignedIn};

    /// Does not compile where a type can become text, and so could end up in an error without being exposed first.
    macro_rules! assert_never_text {
        ($($secret:ty),*) => {$({
            struct IsText;
            trait Ambiguous<Marker> {
                fn found() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + fmt::Display> Ambiguous<IsText> for T {}
            let _ = <$secret as Ambiguous<_>>::found;
        }{
            struct IsText;
            trait Ambiguous<Marker> {
                fn found() {}
            }
            impl<T> Ambiguous<()> for T {}
            impl<T: Into<String>> Ambiguous<IsText> for T {}
            let _ = <$secret as Ambiguous<_>>::found;
        })*};
    }

    #[test]
    fn no_secret_can_enter_an_error() {
        assert_never_text!(
            SecretString,
            SecretBox<[u8]>,
            Zeroizing<Vec<u8>>,
            Zeroizing<String>,
            RoleCredentials,
            CachedCredentials,
            ClientRegistration,
            IssuedToken,
            SignedIn,
            SessionRecord
        );
        // An error's own fields are facts and checked text; a plain `String` would take anything.
        let text = include_str!("error.rs");
        let variants = text.split_once("pub enum Error {").unwrap().1.split_once("\n}\n").unwrap().0;
        let faults = text.split_once("pub enum VariableFault {").unwrap().1.split_once("#[cfg(test)]").unwrap().0;
        let of_files = include_str!("error/file.rs");
        assert!(of_files.contains("pub enum FileFault {"));
        for part in [variants, faults, of_files] {
            let fields = part.lines().filter(|line| !line.contains("fn ") && !line.contains("format!"));
            let plain: Vec<_> = fields.filter(|line| line.contains(": String") || line.contains("(String)")).collect();
            assert!(plain.is_empty(), "{plain:?}");
        }
    }

    #[test]
    fn messages_are_safe_to_show_before_anybody_makes_them_so() {
        let path = Path::new("/tmp/\u{1b}[2J");
        let errors = [
            Error::OwnFile(FileError::invalid(path, 1, "\u{1b}[2J")),
            Error::Variable { name: "X", fault: VariableFault::Relative(path.to_owned()) },
            Error::SignInDeclined { said: "\u{1b}[2J".into() },
        ];
        for error in errors {
            assert!(!error.to_string().contains('\u{1b}'), "{error}");
        }
    }

    #[test]
    fn a_cause_stays_reachable() {
        let source = io::Error::from(io::ErrorKind::PermissionDenied);
        let fault = FileFault::Unreadable(source);
        let error = Error::OwnFile(FileError::new(Path::new("/x"), fault));
        let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
        assert_eq!(cause.map(io::Error::kind), Some(io::ErrorKind::PermissionDenied));
    }
}
