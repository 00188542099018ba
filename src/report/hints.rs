//! What to do next about each error.

use std::fmt::{self, Display};
use std::path::Path;

use crate::domain::aws_error::AwsErrorKind;
use crate::domain::elevation::{InvalidReason, InvalidTicket, Reason, Refusal, SHORTEST};
use crate::domain::ids::SessionName;
use crate::domain::names::NameError;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::InvalidTarget;
use crate::domain::text::{Untrusted, visible};
use crate::error::{Error, FileError, FileFault, KeyringFault, RotaFault, VariableFault};

/// The next commands to type, or what else to do.
pub(super) fn hints(error: &Error) -> Vec<Hint> {
    match error {
        Error::LoginNeeded { session, elsewhere: Some(store), .. } => vec![
            login(session).into(),
            format!("you are signed in with {store}: `--store {}` uses it", store.word()).into(),
        ],
        Error::LoginNeeded { session, .. } | Error::SignedOutMeanwhile { session } => one(login(session)),
        Error::SignInExpired { session } => one(format!("{}   gives a new code", login(session))),
        Error::BrowserTimeout { session, .. } => {
            one(format!("{} --flow device   needs no browser on this machine", login(session)))
        }
        Error::SignInDeclined { .. } => one(Hint::command("daypass login", "")),
        Error::NoCallbackListener(_) => one(Hint::command("daypass login", " --flow device   needs no listener")),
        Error::NoSignInEndpoint { .. } => one("check the region in ~/.aws/config and any AWS_ENDPOINT_URL variables"),
        Error::LogoutUnconfirmed { .. } => one("sign out in the AWS access portal as well"),
        Error::SecretsRemain { session, .. } => {
            one(format!("unlock the keyring, then: daypass logout {}", word(session)))
        }
        Error::SignedInElsewhere { session, store } => {
            one(format!("daypass logout {} --store {}", word(session), store.word()))
        }
        Error::KeptElsewhere { store, .. } => {
            one(format!("start daypass --store {} and drop it there too", store.word()))
        }
        Error::Aws(error) => one(aws_hint(error.kind)),
        Error::NotAssigned { .. } => one(Hint::command("daypass roles", " --refresh   shows what is")),
        Error::NoReplica { session } => vec![
            "name its regions in the settings, as whoever administers Identity Center knows them:".into(),
            format!("sso_regions = {{ {} = [\"REGION\"] }}", toml_key(session)).into(),
        ],
        Error::NoStandby { session, source, .. } => {
            std::iter::once(standby_login(session).into()).chain(hints(source)).collect()
        }
        Error::StandbyOut { source, .. } | Error::GrantNotKept(source) => hints(source),
        Error::NotInTime { .. } => one("try again; `daypass status` shows what is cached"),
        Error::ReasonRequired { target, .. } => vec![
            Hint::command("daypass elevate", format!(" {target} --reason \"…\"")),
            Hint::command("daypass exec", format!(" {target} --reason \"…\" -- CMD")),
        ],
        Error::NotOnCall { target, .. } => vec![
            Hint::command("daypass elevate", format!(" {target} --reason \"…\"   not on call: elevate instead")),
            Hint::from("daypass oncall --refresh   reads the rota again"),
        ],
        Error::OtherIdentity { .. } => one("tell whoever answers for Identity Center: the role leads to another account"),
        Error::UserUnknown => one("try again; GetCallerIdentity has to answer once after each sign-in"),
        Error::ChainedRole(_) => one("daypass policy test TARGET   shows which rule says so"),
        Error::RoleNotAssumed { .. } => {
            one("its trust policy has to let the permission set's role assume it, set a source identity and tags")
        }
        Error::ElevationRefused(refusal) => refusal_hints(refusal),
        Error::NoSuchElevation(_) => one("daypass elevations   lists them"),
        // Whoever gave up knows what they wanted.
        Error::NotConfirmed => Vec::new(),
        Error::Name(error) => name_hints(error),
        Error::Variable { name, fault } => variable_hints(name, fault),
        Error::NoHome { variable } => one(format!("set HOME, or {variable} to a path of your choice")),
        Error::Policy(error) => {
            vec![file_hint(error).into(), Hint::command("daypass policy check", "   says whether it is valid")]
        }
        Error::UserFile(error) | Error::OwnFile(error) => one(file_hint(error)),
        Error::LockHeld { holder: Some(pid), .. } => one(format!("if it hangs, end it: kill {pid}")),
        Error::LockHeld { holder: None, .. } => one("end the daypass process that hangs, and try again"),
        Error::Keyring { fault, .. } => keyring_hints(*fault),
        Error::NoSuchStore { available } => one(format!("choose one of: {}", available.join(", "))),
        Error::NoClipboard { .. } => several(&[
            "install wl-clipboard (Wayland) or xclip (X11)",
            "osc52 in the settings says what is copied through the terminal instead",
        ]),
        Error::NoTerminal => one("daypass roles, daypass credentials and daypass exec work without one"),
        Error::ShellNotStarted { .. } => one("the variable SHELL names the shell that is opened"),
        Error::TaskEnded => one("DAYPASS_LOG=daypass=debug   writes what led there to daypass.log"),
        Error::NotRecorded(cause) => {
            let refused = "an elevation that cannot be recorded is refused".into();
            std::iter::once(refused).chain(hints(cause)).collect()
        }
        Error::UnwritableRecord(_) => one("shorten what it holds: the reason, or the policy's `alerts` and `notify`"),
        Error::UnreadableRecord { .. } => several(&[
            "update daypass: a newer version wrote it",
            "or move the audit-*.jsonl files there away: the log then begins a new chain that says so",
        ]),
        Error::LogKeyUnusable => one("delete the keyring item `log/key` of daypass: the log then begins a new chain"),
        Error::SecretNotCopied { target, .. } => vec![
            Hint::command("daypass shell", format!(" {target}   needs no clipboard")),
            Hint::command("daypass exec", format!(" {target} -- CMD   nor does this")),
            "osc52 = \"always\" in the settings copies secrets too through the terminal: every program in between reads \
             them"
                .into(),
        ],
        Error::Rota(RotaFault::NoUrl | RotaFault::OtherHost(_)) => one("daypass oncall set ROTA   keeps the address of its calendar"),
        Error::Rota(_) => one("daypass oncall --refresh   reads the rotas again and says what it finds"),
        Error::NotCopied(_) => one("start daypass again, if it was updated while it ran"),
        // Nothing of ours helps where the system refuses.
        Error::System { .. } => Vec::new(),
    }
}

/// What to type where the config file has a start URL or region that is not the portal's.
pub(crate) fn correct_portal(session: &SsoSession) -> String {
    format!(
        "daypass login {} --start-url URL --region REGION --force   if {} or {} is wrong",
        word(&session.name),
        session.start_url,
        session.region
    )
}

/// What to type to have `session` in the config file in the place of another one of its name.
pub(crate) fn replace_section(session: &SsoSession) -> String {
    format!(
        "daypass login {} --start-url {} --region {} --force   replaces that section",
        word(&session.name),
        word(&session.start_url),
        session.region
    )
}

/// What to do next about an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hint {
    /// What to do, in words or as a command that means one thing alone.
    Text(String),
    /// A command that works on one SSO session.
    Command {
        /// The program and its command.
        command: &'static str,
        /// What follows the session's name.
        rest: String,
    },
}

impl Hint {
    fn command(command: &'static str, rest: impl Into<String>) -> Self {
        Hint::Command { command, rest: rest.into() }
    }

    /// The same with the session that a command works on.
    pub(super) fn in_session(self, session: &SessionName) -> Self {
        match self {
            Hint::Command { command, rest } => Hint::Text(format!("{command} --session {}{rest}", word(session))),
            text @ Hint::Text(_) => text,
        }
    }
}

impl Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hint::Text(text) => f.write_str(text),
            Hint::Command { command, rest } => write!(f, "{command}{rest}"),
        }
    }
}

impl From<&str> for Hint {
    fn from(text: &str) -> Self {
        Hint::Text(text.to_owned())
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Self {
        Hint::Text(text)
    }
}

fn one(hint: impl Into<Hint>) -> Vec<Hint> {
    vec![hint.into()]
}

fn several(hints: &[&str]) -> Vec<Hint> {
    hints.iter().map(|hint| Hint::from(*hint)).collect()
}

fn refusal_hints(refusal: &Refusal) -> Vec<Hint> {
    match refusal {
        Refusal::Reason(why) => one(reason_hint(why)),
        Refusal::Ticket(InvalidTicket::Needed { or_none: true }) => {
            several(&["--ticket ID   names it", "--no-ticket   says that there is none, which is recorded"])
        }
        Refusal::Ticket(_) => one("--ticket ID   names it"),
        Refusal::Duration { most, .. } => one(format!("--duration {most:#}   is the most")),
        Refusal::Cap { left, .. } if *left >= SHORTEST => {
            one(format!("--duration {left:#}   is what is left; `daypass elevations` shows what was used"))
        }
        Refusal::Cap { .. } => one("`daypass elevations` shows what was used, and when"),
        Refusal::Approval(_) => one("ask whoever answers for the policy; `daypass policy show` tells where it is"),
        Refusal::Unconfirmed => one("run it at a terminal, where it is confirmed by typing; or --yes confirms it"),
        Refusal::Unattended => {
            one("run it at a terminal; with --yes it goes on without where the target's rule says `unattended = true`")
        }
    }
}

/// The placeholder is too short to be taken for a reason, so that nobody's copy of it ends in the audit log.
fn reason_hint(why: &InvalidReason) -> String {
    let asked = match why {
        InvalidReason::TooShort(least) => format!("at least {least} characters that say what the access is for"),
        InvalidReason::TooLong => format!("at most {} characters that say what the access is for", Reason::LIMIT),
        InvalidReason::SaysNothing
        | InvalidReason::Confirmation
        | InvalidReason::Command
        | InvalidReason::Denied(_) => "words that say what the access is for".to_owned(),
        InvalidReason::Secret(_) => "words alone: it is kept in the log and may be sent with alerts".to_owned(),
    };
    format!("--reason \"…\"   with {asked}")
}

fn login(session: &impl Display) -> String {
    format!("daypass login {}", word(session))
}

/// `session` as a key of the settings.
pub(crate) fn toml_key(session: &SessionName) -> String {
    let name = session.as_str();
    let is_bare = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { name.to_owned() } else { format!("\"{name}\"") }
}

/// What to type to sign in at a replica of `session`.
pub(crate) fn standby_login(session: &SessionName) -> String {
    format!("{} --standby   signs in at a replica", login(session))
}

fn aws_hint(kind: AwsErrorKind) -> Hint {
    match kind {
        AwsErrorKind::SignedOut
        | AwsErrorKind::InvalidGrant
        | AwsErrorKind::CodeExpired
        | AwsErrorKind::AccessDenied
        | AwsErrorKind::InvalidClient
        | AwsErrorKind::OtherOauth
        | AwsErrorKind::AuthorizationPending
        | AwsErrorKind::SlowDown => Hint::command("daypass login", ""),
        AwsErrorKind::Forbidden => Hint::command("daypass roles", " --refresh   shows what is"),
        AwsErrorKind::NotFound => Hint::command("daypass roles", " --refresh   shows what there is"),
        AwsErrorKind::CredentialsRefused => "try again; check this machine's clock and the region".into(),
        AwsErrorKind::Throttled(_) => "try again in a minute; cached credentials stay usable".into(),
        AwsErrorKind::ServerTrouble => "try again; cached credentials stay usable".into(),
        AwsErrorKind::Unreachable => {
            "check the network, HTTPS_PROXY and the region; cached credentials stay usable".into()
        }
        AwsErrorKind::Protocol(_) | AwsErrorKind::BadRequest => {
            "check the region and any AWS_ENDPOINT_URL variables".into()
        }
        AwsErrorKind::Misconfigured => "AWS_CA_BUNDLE must name a readable PEM file".into(),
    }
}

fn name_hints(error: &NameError) -> Vec<Hint> {
    let did_you_mean = |near: &Untrusted| one(format!("did you mean `{near}`?"));
    match error {
        NameError::Invalid(InvalidTarget::Empty) => one("write ACCOUNT_ID/ROLE, an alias or a profile's name"),
        NameError::Invalid(_) => one(Hint::command("daypass roles", "   shows accounts and roles")),
        NameError::NothingListed => {
            one(Hint::command("daypass roles", " --refresh   lists them; ACCOUNT_ID/ROLE always works"))
        }
        NameError::AmbiguousAccount { .. } => one("write the account's id: ACCOUNT_ID/ROLE"),
        NameError::AliasAndProfile(name) => vec![
            format!("--profile {} takes the profile", word(name)).into(),
            "rename the alias in the settings, or write ACCOUNT_ID/ROLE, for the other".into(),
        ],
        NameError::UnknownAccount { near: Some(near), .. }
        | NameError::UnknownProfile { near: Some(near), .. }
        | NameError::UnknownTarget { near: Some(near), .. } => did_you_mean(near),
        NameError::UnknownAccount { near: None, .. } => one(Hint::command("daypass roles", " --refresh")),
        NameError::UnknownProfile { near: None, .. } => one(Hint::command("daypass roles", "")),
        NameError::UnknownTarget { near: None, .. } => {
            vec![
                Hint::command("daypass roles", " --refresh"),
                "write ACCOUNT_ID/ROLE for a role that is not listed".into(),
            ]
        }
    }
}

fn variable_hints(name: &str, fault: &VariableFault) -> Vec<Hint> {
    match fault {
        VariableFault::Relative(_) => {
            one("set it to an absolute path: the folder must not depend on where a program is started")
        }
        VariableFault::Endpoint(_) => vec![
            format!("unset {name}, or use https").into(),
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true   leaves all such variables aside".into(),
        ],
        VariableFault::LogFilter(_) => one(format!("{name}=daypass=debug   is one")),
        VariableFault::NotUtf8 | VariableFault::Invalid(_) => one(format!("correct it, or: unset {name}")),
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

fn keyring_hints(fault: KeyringFault) -> Vec<Hint> {
    match fault {
        KeyringFault::Absent => several(&[
            "start a Secret Service such as gnome-keyring or KeePassXC",
            "or use the kernel's keyring, which forgets at reboot: DAYPASS_STORE=keyutils",
        ]),
        KeyringFault::Locked => one("unlock it: run `daypass login` in a terminal and answer the prompt"),
        KeyringFault::PromptDismissed => one("run the command again to be asked again"),
        KeyringFault::Silent => one("restart the keyring's daemon, or log out and in again"),
        KeyringFault::Damaged => one(Hint::command("daypass login", "")),
        KeyringFault::NoRoom => one("daypass logout --all"),
        KeyringFault::NewerFormat => one("update daypass, or sign out with the newer one"),
        KeyringFault::Failed => several(&[
            "check that the keyring's daemon runs, then try again",
            "another keyring can be chosen with DAYPASS_STORE",
        ]),
    }
}

/// `text` as one word of a command line: quoted only where a shell would not take it as it is.
pub(crate) fn word(text: &impl Display) -> String {
    let text = visible(&text.to_string());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,@%+=".contains(&byte);
    // zsh takes a word that begins with `=` for the path of a program.
    if !text.is_empty() && !text.starts_with('=') && text.bytes().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
