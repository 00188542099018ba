//! What people read when something fails: the one place where an error gets its heading, its next commands and its
//! exit code. The command line and the terminal UI both show a [`Report`].

use std::error::Error as StdError;
use std::fmt::Display;
use std::path::Path;

use crate::domain::aws_error::AwsErrorKind;
use crate::domain::names::NameError;
use crate::domain::target::InvalidTarget;
use crate::domain::text::{Untrusted, visible};
use crate::error::{Error, FileError, FileFault, KeyringFault, Kind, VariableFault};

/// A result whose error is ready to be shown.
pub type Result<T, E = Report> = std::result::Result<T, E>;

/// The longest message with its causes, in bytes.
const MESSAGE_LIMIT: usize = 700;
/// The longest hint, in bytes.
const HINT_LIMIT: usize = 200;
/// The longest report, in bytes.
const REPORT_LIMIT: usize = 1000;

/// An error as it is shown: a message with its causes, and what to do next. Its text is safe for a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    kind: Kind,
    message: String,
    hints: Vec<String>,
}

impl Report {
    /// A report of `kind` that says `message`: one plain sentence without a full stop.
    pub fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        Report { kind, message: shortened(visible(message.as_ref()), MESSAGE_LIMIT), hints: Vec::new() }
    }

    /// Shorthand for [`Kind::Failed`].
    pub fn failed(message: impl AsRef<str>) -> Self {
        Report::new(Kind::Failed, message)
    }

    /// Shorthand for [`Kind::Usage`].
    pub fn usage(message: impl AsRef<str>) -> Self {
        Report::new(Kind::Usage, message)
    }

    /// The report of `error`.
    pub fn of(error: &Error) -> Self {
        Report::new(error.kind(), error.to_string()).because(error.source()).hints_of(hints(error))
    }

    /// Adds a cause and the causes behind it.
    #[must_use]
    pub fn because(self, cause: Option<&(dyn StdError + 'static)>) -> Self {
        let mut message = self.message;
        let mut next = cause;
        while let Some(error) = next {
            message.push_str(": ");
            message.push_str(&visible(&error.to_string()));
            next = error.source();
        }
        Report { message: shortened(message, MESSAGE_LIMIT), ..self }
    }

    /// Adds what to do next; hints are shown in the order they were added.
    #[must_use]
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        self.hints.push(shortened(visible(hint.as_ref()), HINT_LIMIT));
        self
    }

    fn hints_of(self, hints: Vec<String>) -> Self {
        hints.into_iter().fold(self, Report::hint)
    }

    /// What the error means; decides heading and exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The message and its causes on one line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The whole report for stderr: under 1 KiB, no control characters but line feeds.
    pub fn text(&self) -> String {
        let mut text = format!("daypass: {}\n", self.message);
        for hint in &self.hints {
            if text.len() + hint.len() + "  \n".len() <= REPORT_LIMIT {
                text.push_str(&format!("  {hint}\n"));
            }
        }
        text
    }
}

impl From<Error> for Report {
    fn from(error: Error) -> Self {
        Report::of(&error)
    }
}

impl Kind {
    /// The process exit code; README, Exit codes, lists them.
    pub const fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::LoginNeeded => 3,
            Kind::Denied => 4,
            Kind::ElevationNeeded => 5,
            Kind::Unavailable => 6,
            Kind::Keyring => 7,
            Kind::Partial => 8,
        }
    }

    /// The heading the terminal UI puts over the error.
    pub const fn heading(self) -> &'static str {
        match self {
            Kind::Failed => "That did not work",
            Kind::Usage => "That cannot be used",
            Kind::LoginNeeded => "Sign-in needed",
            Kind::Denied => "Not allowed",
            Kind::ElevationNeeded => "A reason is needed",
            Kind::Unavailable => "AWS is not answering",
            Kind::Keyring => "Keyring trouble",
            Kind::Partial => "Only partly done",
        }
    }
}

/// The next commands to type, or what else to do.
fn hints(error: &Error) -> Vec<String> {
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
        AwsErrorKind::Protocol(_) => "check the region and any AWS_ENDPOINT_URL variables",
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
        FileFault::Io { action: "read", .. } => format!("see who may read it: ls -ld {path}"),
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
fn word(text: &impl Display) -> String {
    let text = visible(&text.to_string());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,@%+=~".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Cuts `text` to at most `limit` bytes at a character boundary, marking the cut.
fn shortened(mut text: String, limit: usize) -> String {
    if text.len() > limit {
        let mut end = limit - '…'.len_utf8();
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io;
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::aws_error::AwsError;
    use crate::domain::elevation::InvalidReason;
    use crate::domain::endpoint::Endpoint;
    use crate::domain::ids::{AccountId, Region, SessionName};
    use crate::domain::target::Target;
    use crate::domain::tier::Tier;
    use crate::error::SpecialFile;

    fn session() -> SessionName {
        SessionName::parse("acme").unwrap()
    }

    fn target() -> Target {
        "100000023757/Admin".parse().unwrap()
    }

    fn aws(kind: AwsErrorKind) -> AwsError {
        AwsError { operation: "GetRoleCredentials", kind, detail: "no \u{1b}[2J".into() }
    }

    fn refused() -> io::Error {
        io::ErrorKind::PermissionDenied.into()
    }

    /// One error of each kind that there is.
    fn every_error() -> Vec<Error> {
        let accounts = ["100000000001", "100000000002"].map(|id| AccountId::parse(id).unwrap());
        let near = || Some(Untrusted::from("prod-payments"));
        let name = || Untrusted::from("prod-paymets");
        let names = [
            NameError::Invalid(InvalidTarget::Empty),
            NameError::Invalid(InvalidTarget::NoRole("x".into())),
            NameError::NothingListed,
            NameError::AmbiguousAccount { name: "prod".into(), accounts: accounts.into() },
            NameError::AliasAndProfile("my prod".into()),
            NameError::UnknownAccount { name: name(), near: near() },
            NameError::UnknownAccount { name: name(), near: None },
            NameError::UnknownProfile { name: name(), near: near() },
            NameError::UnknownProfile { name: name(), near: None },
            NameError::UnknownTarget { text: name(), near: near() },
            NameError::UnknownTarget { text: name(), near: None },
        ];
        let aws_kinds = [
            AwsErrorKind::SignedOut,
            AwsErrorKind::CodeExpired,
            AwsErrorKind::AccessDenied,
            AwsErrorKind::Forbidden,
            AwsErrorKind::NotFound,
            AwsErrorKind::Throttled(None),
            AwsErrorKind::ServerTrouble,
            AwsErrorKind::Unreachable,
            AwsErrorKind::Protocol("expiresIn"),
            AwsErrorKind::Misconfigured,
            AwsErrorKind::InvalidClient,
        ];
        let faults = || {
            let io = |action| FileFault::Io { action, source: refused() };
            let invalid = |line| FileFault::Invalid { line, what: "`flow`: `x` is not one of device, pkce".into() };
            [
                FileFault::Missing { what: "policy", named_by: "$DAYPASS_CONFIG".into() },
                io("read"),
                io("write"),
                FileFault::TooLarge { limit: 1 << 20 },
                FileFault::TooLarge { limit: 1000 },
                FileFault::NotAPlainFile(SpecialFile::Fifo),
                FileFault::NotAFolder,
                FileFault::OtherOwner,
                FileFault::WritableToOthers,
                FileFault::Locked,
                invalid(Some(3)),
                invalid(None),
                FileFault::Contradicts { line: 8, key: "sso_region", what: "[profile p] has sso_region `x`".into() },
                FileFault::NotAnSsoProfile { line: 1, what: "[profile p] has no sso_session".into() },
                FileFault::SectionTaken { section: "line 1: [sso-session acme] is there already".into() },
                FileFault::NotUtf8,
            ]
        };
        let file = |fault| FileError::new(Path::new("/home/al ice/config.toml"), fault);
        let variable = |fault| Error::Variable { name: "DAYPASS_STORE", fault };
        let keyring = [
            KeyringFault::Absent,
            KeyringFault::Locked,
            KeyringFault::PromptDismissed,
            KeyringFault::Silent,
            KeyringFault::Damaged,
            KeyringFault::NoRoom,
            KeyringFault::NewerFormat,
            KeyringFault::Failed,
        ];
        let held = |holder| Error::LockHeld { name: "session/acme".into(), holder, limit: Duration::from_secs(15) };
        let keyring = keyring.map(|fault| Error::Keyring { fault, detail: format!("{fault:?}\u{7}").as_str().into() });
        let mut errors = vec![
            Error::LoginNeeded { session: session(), source: Some(aws(AwsErrorKind::SignedOut)) },
            Error::SignedOutMeanwhile { session: session() },
            Error::SignInExpired { session: session() },
            Error::BrowserTimeout { session: session(), limit: Duration::from_secs(600) },
            Error::SignInDeclined { said: "access_denied\u{1b}]0;x\u{7}".into() },
            Error::NoCallbackListener(refused()),
            Error::NoSignInEndpoint { region: Region::parse("mars-1").unwrap(), why: "unknown region".into() },
            Error::LogoutUnconfirmed { session: session(), source: aws(AwsErrorKind::ServerTrouble) },
            Error::NotAssigned { target: target(), source: aws(AwsErrorKind::Forbidden) },
            Error::NotInTime { target: target() },
            Error::ReasonRequired { target: target(), tier: Tier::Admin },
            Error::ReasonRefused(InvalidReason::TooShort(10)),
            variable(VariableFault::NotUtf8),
            variable(VariableFault::Relative("he\u{1b}re".into())),
            variable(VariableFault::Endpoint(Endpoint::parse("http://sso.example").unwrap_err())),
            variable(VariableFault::LogFilter("invalid filter directive".into())),
            variable(VariableFault::Invalid("`x` is not one of auto, memory".into())),
            Error::NoHome { variable: "DAYPASS_CONFIG" },
            held(Some(4711)),
            held(None),
            Error::NoSuchStore { available: &["auto", "memory"] },
            Error::System { action: "start the async runtime", source: refused() },
            Error::TaskEnded,
            Error::NoClipboard { tool: Some("xclip"), source: Some(refused()) },
            Error::NoClipboard { tool: None, source: None },
            Error::NotRecorded(Box::new(Error::OwnFile(file(FileFault::Locked)))),
            Error::NotCopied(refused()),
            Error::NoTerminal,
        ];
        errors.extend(names.map(Error::Name));
        errors.extend(aws_kinds.map(|kind| Error::Aws(aws(kind))));
        errors.extend(faults().map(|fault| Error::UserFile(file(fault))));
        errors.extend(faults().map(|fault| Error::OwnFile(file(fault))));
        errors.extend(keyring);
        let locked = Error::Keyring { fault: KeyringFault::Locked, detail: "the keyring is locked".into() };
        errors.push(Error::SecretsRemain { session: session(), source: Box::new(locked) });
        errors
    }

    /// A number for each variant. Whoever adds one is led here, and from here to [`every_error`].
    fn number(error: &Error) -> usize {
        match error {
            Error::LoginNeeded { .. } => 0,
            Error::SignedOutMeanwhile { .. } => 1,
            Error::SignInExpired { .. } => 2,
            Error::BrowserTimeout { .. } => 3,
            Error::SignInDeclined { .. } => 4,
            Error::NoCallbackListener(_) => 5,
            Error::NoSignInEndpoint { .. } => 6,
            Error::LogoutUnconfirmed { .. } => 7,
            Error::SecretsRemain { .. } => 8,
            Error::Aws(_) => 9,
            Error::NotAssigned { .. } => 10,
            Error::NotInTime { .. } => 11,
            Error::ReasonRequired { .. } => 12,
            Error::ReasonRefused(_) => 13,
            Error::Name(_) => 14,
            Error::Variable { .. } => 15,
            Error::NoHome { .. } => 16,
            Error::UserFile(_) => 17,
            Error::OwnFile(_) => 18,
            Error::LockHeld { .. } => 19,
            Error::Keyring { .. } => 20,
            Error::NoSuchStore { .. } => 21,
            Error::System { .. } => 22,
            Error::TaskEnded => 23,
            Error::NoClipboard { .. } => 24,
            Error::NoTerminal => 25,
            Error::NotRecorded(_) => 26,
            Error::NotCopied(_) => 27,
        }
    }

    #[test]
    fn every_error_has_its_exit_code_its_words_and_its_next_command() {
        let errors = every_error();
        let seen: BTreeSet<usize> = errors.iter().map(number).collect();
        assert_eq!(seen, (0..28).collect());
        let shown: Vec<String> = errors
            .iter()
            .map(|error| {
                let report = Report::of(error);
                format!("{} {}\n{}", report.kind().exit_code(), report.kind().heading(), report.text())
            })
            .collect();
        insta::assert_snapshot!("every_error", shown.join("\n"));
    }

    #[test]
    fn no_error_shows_a_control_character_or_exceeds_a_kibibyte() {
        for error in every_error() {
            let report = Report::of(&error);
            let acts = |text: &str| text.chars().any(char::is_control);
            assert!(report.text().len() < 1024, "{error:?}");
            assert!(!report.text().lines().any(acts) && !acts(report.message()), "{}", report.text());
            assert!(!acts(&format!("{error}")) && !acts(&format!("{error:?}")), "{error:?}");
        }
    }

    #[test]
    fn a_cause_is_shown_once_and_a_long_message_leaves_room_for_a_hint() {
        let source = AwsError {
            operation: "Logout",
            kind: AwsErrorKind::ServerTrouble,
            detail: "x".repeat(5_000).as_str().into(),
        };
        let report = Report::of(&Error::LogoutUnconfirmed { session: session(), source });
        assert!(report.text().ends_with("  sign out in the AWS access portal as well\n"), "{}", report.text());
        assert_eq!(report.message().matches("Logout").count(), 1);
        let report = Report::failed("m".repeat(5_000)).hint("h".repeat(5_000)).hint("h".repeat(5_000));
        assert!(report.text().len() < 1024);
    }

    #[test]
    fn a_command_in_a_hint_can_be_typed_as_it_stands() {
        let login = |name: &str| {
            let error = Error::LoginNeeded { session: SessionName::parse(name).unwrap(), source: None };
            Report::of(&error).hints().join("")
        };
        assert_eq!(login("acme"), "daypass login acme");
        assert_eq!(login("acme+eu@work.1"), "daypass login acme+eu@work.1");
        assert_eq!(login("my acme"), "daypass login 'my acme'");
        assert_eq!(word(&"it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
    }

    #[test]
    fn only_a_401_or_a_spent_grant_or_code_asks_for_a_login() {
        for error in every_error() {
            let Error::Aws(AwsError { kind, .. }) = &error else { continue };
            let asks = matches!(kind, AwsErrorKind::SignedOut | AwsErrorKind::InvalidGrant | AwsErrorKind::CodeExpired);
            assert_eq!(error.kind() == Kind::LoginNeeded, asks, "{kind:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_said_the_report_is_short_and_safe(text in any::<String>(), cause in any::<String>(), hint in any::<String>()) {
            let report = Report::failed(&text).because(Some(&io::Error::other(cause))).hint(hint).text();
            prop_assert!(report.len() < 1024);
            prop_assert!(!report.chars().any(|character| character.is_control() && character != '\n'));
            prop_assert!(report.lines().count() <= 2);
        }
    }
}
