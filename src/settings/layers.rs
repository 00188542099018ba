//! The settings: flags over environment over file over defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::choice::{BackgroundChoice, Choice, ColorChoice, NotifyChoice, StandbyChoice};
use super::folders::Folders;
use super::policy_file::load_policy;
use super::source::{Source, Sourced};
use super::sso_regions::{SsoRegions, sso_regions};
use super::toml_file::{Table, TomlFile};
use crate::domain::ids::{AccountId, Region, SessionName};
use crate::domain::osc52::Osc52;
use crate::domain::policy::{AccountTags, Policy, Tag};
use crate::domain::session::Flow;
use crate::domain::store_choice::StoreChoice;
use crate::domain::target::AccountRole;
use crate::domain::text::Untrusted;
use crate::environment::Environment;
use crate::error::{Error, FileError, Result, VariableFault};

/// The keys of the settings file.
const KEYS: [&str; 16] = [
    "aliases",
    "background",
    "browser",
    "color",
    "flow",
    "mouse",
    "notify",
    "open_browser",
    "osc52",
    "policy",
    "region",
    "session",
    "sso_regions",
    "standby",
    "store",
    "tags",
];

/// The settings that the command line overrides.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--session`
    pub session: Option<SessionName>,
    /// `--store`
    pub store: Option<StoreChoice>,
    /// `--flow`
    pub flow: Option<Flow>,
    /// `--no-browser` gives `false`.
    pub open_browser: Option<bool>,
    /// `--color`
    pub color: Option<ColorChoice>,
}

/// The effective settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The SSO session taken where none is named.
    pub session: Option<Sourced<SessionName>>,
    /// Where secrets are kept.
    pub store: Sourced<StoreChoice>,
    /// How a sign-in goes.
    pub flow: Sourced<Flow>,
    /// The command that opens a link, where the platform's own is not wanted: `BROWSER`'s first, or the file's.
    pub browser: Option<Sourced<String>>,
    /// Whether a sign-in opens a browser here.
    pub open_browser: Sourced<bool>,
    /// How many colours the screen gets.
    pub color: Sourced<ColorChoice>,
    /// The terminal's background.
    pub background: Sourced<BackgroundChoice>,
    /// What is copied through the terminal (OSC 52).
    pub osc52: Sourced<Osc52>,
    /// How the screen announces that something is about to expire.
    pub notify: Sourced<NotifyChoice>,
    /// Whether the mouse is used.
    pub mouse: Sourced<bool>,
    /// The policy file; it must exist unless its source is [`Source::Default`].
    pub policy: Sourced<PathBuf>,
    /// The region that other programs are told to work in, where nothing nearer names one.
    pub region: Option<Sourced<Region>>,
    /// The replicas of Identity Centers, in the order in which they are asked, by the SSO session's name.
    pub sso_regions: SsoRegions,
    /// Whether a sign-in offers a standby sign-in as well.
    pub standby: Sourced<StandbyChoice>,
    /// Short names for targets.
    pub aliases: BTreeMap<String, Sourced<AccountRole>>,
    /// The tags of accounts.
    pub tags: BTreeMap<AccountId, Sourced<Vec<Tag>>>,
    /// Unknown keys and names of the file, one sentence each.
    pub warnings: Vec<String>,
}

impl Settings {
    /// The policy in force, for accounts with the tags that these settings tell. Every policy that decides something is
    /// read here.
    ///
    /// # Errors
    /// A file that settings name is not there; or it cannot be read, someone else than this user and root can change it, it
    /// is not TOML, or it has an unknown key or bad value.
    pub fn read_policy(&self) -> Result<Policy> {
        let tags = self.tags.iter().map(|(account, tags)| (account.clone(), tags.value.clone()));
        Ok(load_policy(&self.policy)?.with_tags(AccountTags::new(tags)))
    }
}

/// The policy at its usual place, for a page that is printed though the settings cannot be read. It decides nothing: tags of
/// accounts are not known.
///
/// # Errors
/// As [`Settings::read_policy`].
pub fn policy_without_settings(folders: &Folders) -> Result<Policy> {
    load_policy(&Sourced::new(folders.policy_file.clone(), Source::Default))
}

/// Reads the settings.
///
/// # Errors
/// The file cannot be read, is not TOML or has a value that is not allowed; `DAYPASS_CONFIG` names no file; a
/// variable has a value that is not allowed. Nothing falls back to a default because it could not be understood.
pub fn load(flags: Flags, environment: &Environment, folders: &Folders) -> Result<Settings> {
    let file = read_file(folders)?;
    let store = environment_choice(environment, "DAYPASS_STORE")?;
    let browser = environment.text("BROWSER")?.and_then(first_browser).map(|command| variable(command, "BROWSER"));
    let no_color = environment.has("NO_COLOR").then(|| variable(ColorChoice::Never, "NO_COLOR"));
    Ok(Settings {
        session: flag(flags.session).or(file.session),
        store: flag(flags.store).or(store).or(file.store).unwrap_or(default(StoreChoice::Auto)),
        flow: flag(flags.flow).or(file.flow).unwrap_or(default(Flow::Device)),
        browser: browser.or(file.browser),
        open_browser: flag(flags.open_browser).or(file.open_browser).unwrap_or_else(|| usually_open(environment)),
        color: flag(flags.color).or(no_color).or(file.color).unwrap_or(default(ColorChoice::Auto)),
        background: file.background.unwrap_or(default(BackgroundChoice::Auto)),
        osc52: file.osc52.unwrap_or(default(Osc52::Auto)),
        notify: file.notify.unwrap_or(default(NotifyChoice::Auto)),
        mouse: file.mouse.unwrap_or(default(true)),
        policy: file.policy.unwrap_or_else(|| default(folders.policy_file.clone())),
        region: file.region,
        sso_regions: file.sso_regions,
        standby: file.standby.unwrap_or(default(StandbyChoice::Off)),
        aliases: file.aliases,
        tags: file.tags,
        warnings: file.warnings,
    })
}

fn flag<T>(value: Option<T>) -> Option<Sourced<T>> {
    value.map(|value| Sourced::new(value, Source::Flag))
}

fn variable<T>(value: T, name: &'static str) -> Sourced<T> {
    Sourced::new(value, Source::Environment(name))
}

fn default<T>(value: T) -> Sourced<T> {
    Sourced::new(value, Source::Default)
}

/// Whether to open a browser by default: not over SSH, where it would open on the wrong machine.
fn usually_open(environment: &Environment) -> Sourced<bool> {
    if environment.has("SSH_CONNECTION") { variable(false, "SSH_CONNECTION") } else { default(true) }
}

/// What separates the commands of `BROWSER`: what separates the folders of `PATH`.
const BROWSER_SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };

/// The first command in `BROWSER`'s list; the others are for programs that can tell whether it worked.
fn first_browser(list: &str) -> Option<String> {
    list.split(BROWSER_SEPARATOR).map(str::trim).find(|command| !command.is_empty()).map(str::to_owned)
}

fn environment_choice<T: Choice>(environment: &Environment, name: &'static str) -> Result<Option<Sourced<T>>> {
    let Some(text) = environment.text(name)? else { return Ok(None) };
    match T::parse(text) {
        Ok(value) => Ok(Some(variable(value, name))),
        Err(why) => Err(Error::Variable { name, fault: VariableFault::Invalid(Untrusted::new(why.to_string())) }),
    }
}

/// The settings of the file.
#[derive(Default)]
struct FileSettings {
    session: Option<Sourced<SessionName>>,
    store: Option<Sourced<StoreChoice>>,
    flow: Option<Sourced<Flow>>,
    browser: Option<Sourced<String>>,
    open_browser: Option<Sourced<bool>>,
    color: Option<Sourced<ColorChoice>>,
    background: Option<Sourced<BackgroundChoice>>,
    osc52: Option<Sourced<Osc52>>,
    notify: Option<Sourced<NotifyChoice>>,
    mouse: Option<Sourced<bool>>,
    policy: Option<Sourced<PathBuf>>,
    region: Option<Sourced<Region>>,
    sso_regions: SsoRegions,
    standby: Option<Sourced<StandbyChoice>>,
    aliases: BTreeMap<String, Sourced<AccountRole>>,
    tags: BTreeMap<AccountId, Sourced<Vec<Tag>>>,
    warnings: Vec<String>,
}

fn read_file(folders: &Folders) -> Result<FileSettings> {
    let path = &folders.config_file.value;
    match (TomlFile::read(path)?, &folders.config_file.source) {
        (Some(bytes), _) => file_settings(&TomlFile::from_bytes(path, bytes)?),
        (None, Source::Default) => Ok(FileSettings::default()),
        (None, named_by) => Err(Error::UserFile(FileError::missing("settings file", path, named_by))),
    }
}

fn file_settings(file: &TomlFile) -> Result<FileSettings> {
    let root = file.root()?;
    let root = Table::new(file, &root);
    Ok(FileSettings {
        session: root.text("session")?.map(|found| found.checked(SessionName::parse)).transpose()?,
        store: choice(&root, "store")?,
        flow: choice(&root, "flow")?,
        browser: root.text("browser")?.map(|found| found.checked(browser_command)).transpose()?,
        open_browser: root.boolean("open_browser")?.map(|found| found.sourced()),
        color: choice(&root, "color")?,
        background: choice(&root, "background")?,
        osc52: osc52(&root)?,
        notify: choice(&root, "notify")?,
        mouse: root.boolean("mouse")?.map(|found| found.sourced()),
        policy: root.text("policy")?.map(|found| found.checked(|path| policy_path(file, path))).transpose()?,
        region: root.text("region")?.map(|found| found.checked(Region::parse)).transpose()?,
        sso_regions: sso_regions(&root)?,
        standby: choice(&root, "standby")?,
        aliases: aliases(&root)?,
        tags: tags(&root)?,
        warnings: root.unknown(&KEYS).iter().map(FileError::to_string).collect(),
    })
}

fn choice<T: Choice>(table: &Table<'_>, key: &str) -> Result<Option<Sourced<T>>> {
    let Some(found) = table.text(key)? else { return Ok(None) };
    found.checked(|word| T::parse(word).map_err(|why| format!("`{key}`: {why}"))).map(Some)
}

/// `true` and `false`, all there was at first, stay good.
fn osc52(root: &Table<'_>) -> Result<Option<Sourced<Osc52>>> {
    let Some(found) = root.text_or_boolean("osc52")? else { return Ok(None) };
    let parsed = found.checked(|word| match word {
        "true" => Ok(Osc52::Always),
        "false" => Ok(Osc52::Never),
        word => Osc52::parse(word).map_err(|why| format!("`osc52`: {why}")),
    });
    parsed.map(Some)
}

fn browser_command(command: &str) -> Result<String, &'static str> {
    if command.trim().is_empty() { Err("`browser` is empty; name a command") } else { Ok(command.to_owned()) }
}

/// A relative path is taken from the settings file's folder, not from the working directory.
fn policy_path(file: &TomlFile, path: &str) -> Result<PathBuf, &'static str> {
    if path.is_empty() { Err("`policy` is empty; name a file") } else { Ok(file.folder().join(path)) }
}

fn aliases(root: &Table<'_>) -> Result<BTreeMap<String, Sourced<AccountRole>>> {
    let Some(table) = root.table("aliases")? else { return Ok(BTreeMap::new()) };
    let entries = table.texts()?.into_iter().map(|(name, target)| {
        let name = name.checked(alias_name)?;
        let target =
            target.checked(|text| AccountRole::parse(text).map_err(|why| format!("alias `{}`: {why}", name.value)))?;
        Ok((name.value, target))
    });
    entries.collect()
}

/// The tags of each account that the file mentions. An empty list says that it has none, which is more than not to know.
fn tags(root: &Table<'_>) -> Result<BTreeMap<AccountId, Sourced<Vec<Tag>>>> {
    let Some(table) = root.table("tags")? else { return Ok(BTreeMap::new()) };
    let entries = table.keys().map(|account| {
        let texts = table.texts_of(account.value)?.unwrap_or_default();
        let tags = texts.into_iter().map(|text| Ok(text.checked(str::parse)?.value)).collect::<Result<Vec<Tag>>>()?;
        let Sourced { value: account, source } = account.checked(AccountId::parse)?;
        Ok((account, Sourced::new(tags, source)))
    });
    entries.collect()
}

/// An alias has no `/`, so that it cannot be taken for ACCOUNT/ROLE.
fn alias_name(name: &str) -> Result<String, &'static str> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+@".contains(&byte));
    if fits { Ok(name.to_owned()) } else { Err("an alias is 1 to 64 letters, digits or ._-+@") }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::store_choice::StoreName;

    fn parsed(text: &str) -> Result<FileSettings> {
        file_settings(&TomlFile::from_bytes(Path::new("/c/config.toml"), text.as_bytes().to_vec())?)
    }

    fn loaded(file: Option<&str>, variables: &[(&str, &str)], flags: Flags) -> Result<Settings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        if let Some(text) = file {
            fs::write(&path, text).unwrap();
        }
        let folders = Folders {
            config_file: default(path),
            policy_file: "/c/policy.toml".into(),
            state: "/s".into(),
            cache: "/k".into(),
            home: None,
        };
        load(flags, &variables.iter().copied().collect(), &folders)
    }

    #[test]
    fn every_key_is_read_with_its_line() {
        let text = "session = 'acme'\nstore = 'keyutils'\nflow = 'pkce'\nbrowser = 'firefox'\nopen_browser = false\n\
            color = '16'\nosc52 = 'always'\nmouse = false\nbackground = 'light'\nnotify = 'bell'\npolicy = 'team/policy.toml'\n\
            region = 'eu-central-1'\n[aliases]\npay = '123456789012/Developer'\nstage = 'Stage/ReadOnly'\n[tags]\n\
            123456789012 = 'env=prod'\n\"100000023757\" = ['env=stage', 'team=pay']\n100000000001 = []\n";
        let settings = parsed(text).unwrap();
        assert_eq!(settings.session.unwrap().value.as_str(), "acme");
        assert_eq!(settings.store.unwrap().value, StoreChoice::Only(StoreName::Keyutils));
        assert_eq!(settings.flow.unwrap().value, Flow::Pkce);
        assert_eq!(settings.browser.unwrap().value, "firefox");
        assert_eq!(settings.color.unwrap().value, ColorChoice::Sixteen);
        let switches = [settings.open_browser, settings.mouse].map(|switch| switch.unwrap().value);
        assert_eq!(switches, [false, false]);
        assert_eq!(settings.osc52.unwrap().value, Osc52::Always);
        assert_eq!(settings.background.unwrap().value, BackgroundChoice::Light);
        assert_eq!(settings.notify.unwrap().value, NotifyChoice::Bell);
        let policy = settings.policy.unwrap();
        assert_eq!(policy.value, Path::new("/c/team/policy.toml"));
        assert_eq!(policy.source.to_string(), "/c/config.toml line 11");
        assert_eq!(settings.region.unwrap().value.as_str(), "eu-central-1");
        assert_eq!(settings.aliases["pay"].source.to_string(), "/c/config.toml line 14");
        assert_eq!(settings.aliases["stage"].value, AccountRole::parse("Stage/ReadOnly").unwrap());
        let tags: Vec<Vec<String>> =
            settings.tags.values().map(|tags| tags.value.iter().map(Tag::to_string).collect()).collect();
        assert_eq!(tags, [vec![], vec!["env=stage".to_owned(), "team=pay".to_owned()], vec!["env=prod".to_owned()]]);
        let account = AccountId::parse("123456789012").unwrap();
        assert_eq!(settings.tags[&account].source.to_string(), "/c/config.toml line 17");
        assert!(settings.warnings.is_empty());
    }

    #[test]
    fn the_policy_that_is_read_knows_the_tags() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        fs::write(&path, "[[rule]]\nid = 'prod'\ntag = 'env=prod'\ntier = 'admin'\n").unwrap();
        let file = format!("policy = '{}'\n[tags]\n123456789012 = 'env=stage'\n", path.display());
        let policy = loaded(Some(&file), &[], Flags::default()).unwrap().read_policy().unwrap();
        let account = |id: &str| AccountId::parse(id).unwrap();
        assert_eq!(policy.tags_of(&account("123456789012")).unwrap(), ["env=stage".parse().unwrap()]);
        assert_eq!(policy.tags_of(&account("100000000001")), None);
    }

    #[test]
    fn osc52_still_takes_true_and_false() {
        for (value, expected) in [("true", Osc52::Always), ("false", Osc52::Never), ("'auto'", Osc52::Auto)] {
            assert_eq!(parsed(&format!("osc52 = {value}")).unwrap().osc52.unwrap().value, expected, "{value}");
        }
    }

    #[test]
    fn flag_beats_environment_beats_file_beats_default() {
        let file = Some("store = 'keychain'\nflow = 'pkce'\nopen_browser = true\ncolor = 'truecolor'\nbrowser = 'a'\n");
        let variables =
            [("DAYPASS_STORE", "keyutils"), ("NO_COLOR", "1"), ("BROWSER", "b"), ("SSH_CONNECTION", "1 2 3 4")];
        let session = SessionName::parse("acme").ok();
        let flags = Flags {
            session,
            store: Some(StoreChoice::Only(StoreName::Memory)),
            flow: Some(Flow::Device),
            open_browser: Some(false),
            color: Some(ColorChoice::Sixteen),
        };

        let store = |file, variables: &[_], flags| {
            let store = loaded(file, variables, flags).unwrap().store;
            let source = match store.source {
                Source::Flag => "flag",
                Source::Environment(name) => name,
                Source::File { line: 1, .. } => "first line",
                Source::File { .. } => "another line",
                Source::Default => "default",
            };
            (store.value, source)
        };
        assert_eq!(store(file, &variables, flags.clone()), (StoreChoice::Only(StoreName::Memory), "flag"));
        assert_eq!(
            store(file, &variables, Flags::default()),
            (StoreChoice::Only(StoreName::Keyutils), "DAYPASS_STORE")
        );
        assert_eq!(store(file, &[], Flags::default()), (StoreChoice::Only(StoreName::Keychain), "first line"));
        assert_eq!(store(None, &[("DAYPASS_STORE", "")], Flags::default()), (StoreChoice::Auto, "default"));

        let all = loaded(file, &variables, flags).unwrap();
        assert_eq!((all.color.value, all.color.source), (ColorChoice::Sixteen, Source::Flag));
        assert_eq!((all.flow.value, all.session.unwrap().source), (Flow::Device, Source::Flag));
        let all = loaded(file, &variables, Flags { open_browser: Some(false), ..Flags::default() }).unwrap();
        assert_eq!((all.color.value, all.color.source), (ColorChoice::Never, Source::Environment("NO_COLOR")));
        assert_eq!(all.browser.unwrap().value, "b");
        assert_eq!((all.open_browser.value, all.open_browser.source), (false, Source::Flag));
    }

    #[test]
    fn the_first_browser_of_the_variables_list_counts_and_the_files_where_that_is_empty() {
        let list = if cfg!(windows) { r"C:\firefox.exe;chrome" } else { "firefox -P work:chromium" };
        let first = if cfg!(windows) { r"C:\firefox.exe" } else { "firefox -P work" };
        let separators = BROWSER_SEPARATOR.to_string().repeat(2);
        let table = [
            (Some("browser = 'a'"), list, Some(first)),
            (Some("browser = 'a'"), separators.as_str(), Some("a")),
            (Some("browser = 'a:b'"), "", Some("a:b")),
            (None, " ", None),
        ];
        for (file, list, expected) in table {
            let settings = loaded(file, &[("BROWSER", list)], Flags::default()).unwrap();
            assert_eq!(settings.browser.map(|browser| browser.value).as_deref(), expected, "{list}");
        }
    }

    #[test]
    fn over_ssh_no_browser_opens_unless_the_file_says_so() {
        let ssh = [("SSH_CONNECTION", "1 2 3 4")];
        assert!(loaded(None, &[], Flags::default()).unwrap().open_browser.value);
        assert!(!loaded(None, &ssh, Flags::default()).unwrap().open_browser.value);
        assert!(loaded(Some("open_browser = true"), &ssh, Flags::default()).unwrap().open_browser.value);
    }

    #[test]
    fn an_unknown_key_warns_and_suggests() {
        let settings = parsed("mouse = true\nopen-browser = false\nzzz = 1\n").unwrap();
        assert_eq!(
            settings.warnings,
            [
                "/c/config.toml line 2, column 1: there is no key `open-browser`; did you mean `open_browser`?",
                "/c/config.toml line 3, column 1: there is no key `zzz`; the keys are aliases, background, browser, color, \
                 flow, mouse, notify, open_browser, osc52, policy, region, session, sso_regions, standby, store, tags"
            ]
        );
    }

    #[test]
    fn a_bad_value_is_an_error_that_says_what_is_allowed() {
        let table = [
            ("\nflow = 'browser'", "line 2, column 8: `flow`: `browser` is not one of device, pkce"),
            ("color = 256", "line 1, column 9: `color` must be text in quotes, not of type integer"),
            ("osc52 = 'ssh'", "line 1, column 9: `osc52`: `ssh` is not one of auto, always, never"),
            ("osc52 = 1", "line 1, column 9: `osc52` must be text in quotes, true or false, not of type integer"),
            ("background = 'grey'", "line 1, column 14: `background`: `grey` is not one of auto, dark, light"),
            ("notify = 'no'", "line 1, column 10: `notify`: `no` is not one of auto, osc9, bell, off"),
            ("mouse = 'yes'", "line 1, column 9: `mouse` must be true or false, not of type string"),
            (
                "session = 'a]'",
                "line 1, column 11: session name `a]` is not 1 to 64 letters, digits, spaces or +=,.@-_",
            ),
            ("\nregion = 'Frankfurt'", "line 2, column 10: region `Frankfurt` is not a region code such as us-east-1"),
            ("aliases = 1", "line 1, column 11: `aliases` must be a table, not of type integer"),
            ("[aliases]\n'a/b' = '123456789012/X'", "line 2, column 1: an alias is 1 to 64 letters, digits or ._-+@"),
            ("[aliases]\n\na = 'b'", "line 3, column 5: alias `a`: `b` is not ACCOUNT/ROLE"),
            ("tags = 1", "line 1, column 8: `tags` must be a table, not of type integer"),
            ("[tags]\n12345 = 'env=prod'", "line 2, column 1: account id `12345` is not twelve digits"),
            (
                "[tags]\n123456789012 = 1",
                "line 2, column 16: `123456789012` must be text in quotes or a list of such, not of type integer",
            ),
            (
                "[tags]\n\n123456789012 = ['env=prod', 'prod']",
                "line 3, column 29: `prod` is no tag such as env=prod: a name and a value of 1 to 128 bytes each, without spaces",
            ),
            ("[tags]\n123456789012 = 'a=b'\n123456789012 = 'a=c'", "line 3, column 1: duplicate key"),
            ("policy = ''", "line 1, column 10: `policy` is empty; name a file"),
            ("browser = ' '", "line 1, column 11: `browser` is empty; name a command"),
            ("mouse = true\nmouse = true", "line 2, column 1: duplicate key"),
        ];
        for (text, expected) in table {
            let error = parsed(text).err().unwrap().to_string();
            assert_eq!(error, format!("/c/config.toml {expected}"), "{text}");
        }
        assert!(parsed("mouse = ").err().unwrap().to_string().starts_with("/c/config.toml line 1, column "));
        let variable = loaded(None, &[("DAYPASS_STORE", "file")], Flags::default()).unwrap_err().to_string();
        assert!(
            variable.starts_with("the environment variable DAYPASS_STORE: `file` is not one of auto, "),
            "{variable}"
        );
    }

    #[test]
    fn a_file_that_was_named_must_be_there_and_readable() {
        let folder = tempfile::tempdir().unwrap();
        let named = |path: PathBuf| {
            let folders = Folders {
                config_file: Sourced::new(path, Source::Environment("DAYPASS_CONFIG")),
                policy_file: "/c/policy.toml".into(),
                state: "/s".into(),
                cache: "/k".into(),
                home: None,
            };
            load(Flags::default(), &Environment::default(), &folders)
        };
        let missing = named(folder.path().join("none.toml")).unwrap_err().to_string();
        assert!(missing.ends_with("none.toml, which $DAYPASS_CONFIG names, is not there"), "{missing}");
        assert!(named(folder.path().to_owned()).is_err());
        let latin1 = folder.path().join("latin1.toml");
        fs::write(&latin1, b"mouse = true\nbrowser = 'M\xfcller'\n").unwrap();
        assert!(named(latin1).unwrap_err().to_string().ends_with("latin1.toml line 2: not UTF-8"));
        let huge = folder.path().join("huge.toml");
        fs::write(&huge, vec![b'#'; (1 << 20) + 1]).unwrap();
        assert!(named(huge).unwrap_err().to_string().ends_with("is larger than 1 MiB"));
    }

    #[test]
    fn what_editors_leave_behind_is_read_and_deep_nesting_is_refused() {
        assert!(!parsed("\u{feff}mouse = false\r\n").unwrap().mouse.unwrap().value);
        assert!(parsed(&format!("a = {}", "[".repeat(1 << 19))).is_err());
        assert!(parsed(&format!("a{} = 1", ".a".repeat(1 << 18))).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_settings_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = TomlFile::from_bytes(Path::new("x"), bytes).and_then(|file| file_settings(&file).map(drop));
        }

        #[test]
        fn any_lines_are_settings_or_an_error(
            text in "((aliases|flow|mouse|session|\\[(aliases|tags)\\]|123456789012|\"\\\\u0000\"|[a-z.]{1,3})( ?= ?(true|1e9|'[a-z/]{0,5}'|\\{|\\[|\"\"\")?)?\n?){0,12}"
        ) {
            let _ = parsed(&text);
        }
    }
}
