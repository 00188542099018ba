//! Opens the terminal UI, on the configured sessions or on those of the demo.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::adapters::clipboard::SystemClipboard;
use crate::adapters::store::Interaction;
use crate::cli::context::Context;
use crate::domain::target::{AccountRole, Target};
use crate::environment::Environment;
use crate::report::{Report, Result};
use crate::settings::{ColorChoice, Flags, load_policy};
use crate::tui::{self, ColorDepth, Demo, DisplayOptions, Options};
use crate::{assemble, logging};

/// Opens the UI on the configured sessions; returns the exit code.
///
/// # Errors
/// Settings or config are wrong, or there is no terminal.
pub fn open_configured(flags: Flags, environment: Environment) -> Result<u8> {
    let context = assemble::context(flags, environment, Interaction::Allowed.into())?;
    logging::start_as_set(&context.environment, &context.state_folder)?;
    open(context, None)
}

/// Opens the UI on `context`; returns the exit code.
///
/// # Errors
/// There is no terminal, or no session of the name that was chosen.
pub fn open(context: Context, demo: Option<Demo>) -> Result<u8> {
    let warnings = context.names.warnings();
    // Where there is no session at all, the setup screen asks for one, whatever its name is to be.
    let selected = match context.sessions.is_empty() {
        true => None,
        false => context.chosen(None)?.map(|session| session.name.clone()),
    };
    let environment = context.environment;
    let settings = context.settings;
    let policy_file = settings.policy;
    let exit = tui::run(Options {
        ports: context.ports,
        clipboard: Arc::new(SystemClipboard::new(|name| environment.has(name), program().into())),
        policy: context.policy,
        read_policy: Arc::new(move || load_policy(&policy_file)),
        sessions: context.sessions,
        selected,
        flow: settings.flow.value,
        open_browser: settings.open_browser.value && demo.is_none(),
        aliases: aliases(settings.aliases.into_iter().map(|(name, alias)| (name, alias.value))),
        zone: zone(&environment),
        display: DisplayOptions {
            color: color_depth(settings.color.value, &environment),
            mouse: settings.mouse.value,
            osc52: settings.osc52.value,
        },
        notices: settings
            .warnings
            .into_iter()
            .chain(context.problems.iter().map(|problem| Report::of(problem).message().to_owned()))
            .chain(warnings)
            .collect(),
        demo,
        program: program(),
        config_file: context.aws_config.display().to_string(),
        endpoints: context.endpoints,
    })?;
    Ok(exit.code())
}

/// The aliases that name an account by its id. The others are left out: looking account names up needs a catalog.
fn aliases(aliases: impl Iterator<Item = (String, AccountRole)>) -> BTreeMap<String, Target> {
    aliases
        .filter_map(|(name, alias)| match alias {
            AccountRole::Id(target) => Some((name, target)),
            AccountRole::Name { .. } => None,
        })
        .collect()
}

/// The number of colours; with `auto`, what `TERM` and `COLORTERM` say.
fn color_depth(choice: ColorChoice, environment: &Environment) -> ColorDepth {
    match choice {
        ColorChoice::Never => ColorDepth::Never,
        ColorChoice::Sixteen => ColorDepth::Ansi16,
        ColorChoice::Truecolor => ColorDepth::TrueColor,
        ColorChoice::Auto if environment.text_if_utf8("TERM") == Some("dumb") => ColorDepth::Never,
        ColorChoice::Auto => match environment.text_if_utf8("COLORTERM") {
            Some("truecolor" | "24bit") => ColorDepth::TrueColor,
            _ => ColorDepth::Ansi16,
        },
    }
}

/// The system's time zone, or UTC where reading that might never end.
fn zone(environment: &Environment) -> TimeZone {
    if zone_is_special_file(environment) { TimeZone::UTC } else { TimeZone::system() }
}

/// Whether `TZ` names a FIFO, a device or a socket.
fn zone_is_special_file(environment: &Environment) -> bool {
    let name = environment.text_if_utf8("TZ").map(|name| name.strip_prefix(':').unwrap_or(name));
    let path = name.map(PathBuf::from).or_else(|| environment.path("TZ"));
    let found = path.and_then(|path| path.metadata().ok());
    found.is_some_and(|found| !found.is_file() && !found.is_dir())
}

/// This program's path, for `credential_process` lines; its name where the path is not known.
fn program() -> String {
    std::env::current_exe().map_or_else(|_| "daypass".to_owned(), |path| path.display().to_string())
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsString;

    use super::*;

    #[test]
    fn a_time_zone_that_names_a_special_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let is_special = |name: OsString| zone_is_special_file(&Environment::from_iter([("TZ", name)]));
        let with_colon = OsString::from(format!(":{}", socket.display()));
        for special in [socket.into(), with_colon, "/dev/zero".into()] {
            assert!(is_special(special));
        }
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        for ordinary in [folder.path().into(), folder.path().join("none").into(), file.into(), "Europe/Berlin".into()] {
            assert!(!is_special(ordinary));
        }
    }
}
