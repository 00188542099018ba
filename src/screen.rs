//! Opens the terminal UI: on the person's own sessions, or on whatever it is handed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::adapters::clipboard::SystemClipboard;
use crate::cli::context::{Context, Surroundings};
use crate::domain::target::{AccountRole, Target};
use crate::error::{Error, Result};
use crate::settings::{ColorChoice, Flags};
use crate::tui::{self, ColourDepth, Demo, DisplayOptions, Options};
use crate::{assemble, logging};

/// Opens the UI on the person's own sessions; gives the exit code.
///
/// # Errors
/// Where settings or config are wrong, or there is no terminal.
pub fn open_own() -> Result<u8> {
    let context = assemble::context(Flags::default(), true)?;
    logging::start_as_set(&context.surroundings)?;
    open(context, None)
}

/// Opens the UI on `context`; gives the exit code.
///
/// # Errors
/// Where there is no terminal.
pub fn open(context: Context, demo: Option<Demo>) -> Result<u8> {
    let warnings = context.names.warnings();
    let selected = context.session(None).ok().map(|session| session.name.clone());
    let surroundings = context.surroundings;
    let settings = context.settings;
    let exit = tui::run(Options {
        ports: context.ports,
        clipboard: Arc::new(SystemClipboard::new(|name| surroundings.variable(name).is_some())),
        policy: context.policy,
        sessions: context.sessions,
        selected,
        flow: settings.flow.value,
        open_browser: settings.open_browser.value && demo.is_none(),
        aliases: aliases(settings.aliases.into_iter().map(|(name, alias)| (name, alias.value))),
        display: DisplayOptions {
            colour: colour_depth(settings.color.value, &surroundings),
            mouse: settings.mouse.value,
            osc52: settings.osc52.value,
        },
        notices: settings
            .warnings
            .into_iter()
            .chain(context.problems.iter().map(Error::summary))
            .chain(warnings)
            .collect(),
        demo,
        program: program(),
        config_file: surroundings.config_file.display().to_string(),
    })?;
    Ok(exit.code())
}

/// The aliases that name an account by its id; the others need a catalog, and typing finds those roles as well.
fn aliases(aliases: impl Iterator<Item = (String, AccountRole)>) -> BTreeMap<String, Target> {
    aliases
        .filter_map(|(name, alias)| match alias {
            AccountRole::Id(target) => Some((name, target)),
            AccountRole::Name { .. } => None,
        })
        .collect()
}

/// How many colours, where that is left to the terminal: as many as it says it has.
fn colour_depth(choice: ColorChoice, surroundings: &Surroundings) -> ColourDepth {
    match choice {
        ColorChoice::Never => ColourDepth::Never,
        ColorChoice::Sixteen => ColourDepth::Ansi16,
        ColorChoice::Truecolor => ColourDepth::TrueColor,
        ColorChoice::Auto if surroundings.variable("TERM") == Some("dumb") => ColourDepth::Never,
        ColorChoice::Auto => match surroundings.variable("COLORTERM") {
            Some("truecolor" | "24bit") => ColourDepth::TrueColor,
            _ => ColourDepth::Ansi16,
        },
    }
}

/// This program's path, for lines that other tools run; its bare name where the system will not say.
fn program() -> String {
    std::env::current_exe().map_or_else(|_| "daypass".to_owned(), |path| path.display().to_string())
}
