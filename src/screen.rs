//! Opens the terminal UI, on the configured sessions or on those of the demo.

mod setting_rows;

use std::sync::Arc;

use crate::adapters::clipboard::SystemClipboard;
use crate::adapters::store::Interaction;
use crate::cli::context::Context;
use crate::cli::output::stderr;
use crate::colors::{background, color_depth};
use crate::domain::role_names::Aliases;
use crate::domain::text::visible;
use crate::environment::{Environment, program};
use crate::report::{Report, Result};
use crate::settings::{BackgroundChoice, Flags, Folders, NotifyChoice};
use crate::tui::{self, ColorDepth, Demo, DisplayOptions, NotifyBy, Options};
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
    let (profiles, regions) = (context.names.target_profiles(), context.region_defaults());
    let environment = context.environment;
    let settings = context.settings;
    let replicas = settings.sso_regions.replicas();
    let setting_rows = setting_rows::setting_rows(&settings);
    let read_settings = settings.clone();
    let color = color_depth(settings.color.value, &environment);
    let is_demo = demo.is_some();
    let left = tui::run(Options {
        ports: context.ports,
        clipboard: Arc::new(SystemClipboard::new(&environment, settings.osc52.value, program().into())),
        user_shell: context.user_shell,
        policy: context.policy,
        read_policy: Arc::new(move || read_settings.read_policy()),
        sessions: context.sessions,
        replicas,
        selected,
        flow: settings.flow.value,
        open_browser: settings.open_browser.value && demo.is_none(),
        profiles,
        regions,
        aliases: Aliases::new(settings.aliases.into_iter().map(|(name, alias)| (name, alias.value))),
        zone: environment.time_zone(),
        display: DisplayOptions {
            color,
            mouse: settings.mouse.value,
            background: background(settings.background.value, &environment),
            asks_background: settings.background.value == BackgroundChoice::Auto
                && color != ColorDepth::Never
                && answers_questions(&environment),
            hyperlinks: skips_unknown_sequences(&environment),
            notify: notify_by(settings.notify.value, &environment),
        },
        notices: settings
            .warnings
            .into_iter()
            .chain(context.problems.iter().map(|problem| on_one_line(&Report::of(problem))))
            .chain(warnings)
            .collect(),
        demo,
        program: program(),
        config_file: context.aws_config.display().to_string(),
        endpoints: context.endpoints,
        settings: setting_rows,
        settings_file: settings_file(&environment),
    })?;
    // What the demo grants ends with it.
    if let Some(live) = left.live.filter(|_| !is_demo) {
        stderr(&format!("daypass: {live}; daypass elevations"));
    }
    Ok(left.exit.code())
}

/// The message and what to do next.
fn on_one_line(report: &Report) -> String {
    let parts: Vec<String> = std::iter::once(report.message().to_owned()).chain(report.hints()).collect();
    parts.join(" · ")
}

/// The path of the settings file, as shown.
fn settings_file(environment: &Environment) -> String {
    match Folders::find(environment) {
        Ok(folders) => visible(&folders.config_file.value.display().to_string()),
        Err(_) => "the settings file".to_owned(),
    }
}

/// Whether the terminal is expected to skip escape sequences that it does not know.
fn skips_unknown_sequences(environment: &Environment) -> bool {
    match environment.text_if_utf8("TERM") {
        Some("dumb" | "linux") => false,
        Some(_) => true,
        None => environment.has("WT_SESSION"),
    }
}

/// Whether an answer of the terminal can be read; on Windows, crossterm reads key events alone.
fn answers_questions(environment: &Environment) -> bool {
    cfg!(unix) && skips_unknown_sequences(environment)
}

/// How notices are sent; with `auto`, by OSC 9 where the terminal is known to show them. Others print nothing, or take it
/// for something else; tmux keeps it to itself, but passes the bell on.
fn notify_by(choice: NotifyChoice, environment: &Environment) -> NotifyBy {
    let is = |name: &str, values: &[&str]| environment.text_if_utf8(name).is_some_and(|value| values.contains(&value));
    match choice {
        NotifyChoice::Osc9 => NotifyBy::Osc9,
        NotifyChoice::Bell => NotifyBy::Bell,
        NotifyChoice::Off => NotifyBy::Off,
        NotifyChoice::Auto if environment.has("TMUX") || environment.has("STY") => NotifyBy::Bell,
        NotifyChoice::Auto => {
            let shows_them = is("TERM_PROGRAM", &["iTerm.app", "WezTerm", "ghostty", "WarpTerminal"])
                || is("LC_TERMINAL", &["iTerm2"])
                || is("TERM", &["xterm-kitty", "xterm-ghostty", "wezterm", "foot", "foot-extra"])
                || environment.has("KITTY_WINDOW_ID")
                || environment.has("ITERM_SESSION_ID")
                || environment.has("WEZTERM_VERSION");
            if shows_them { NotifyBy::Osc9 } else { NotifyBy::Bell }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().copied().collect()
    }

    #[test]
    fn notices_go_by_osc_9_where_the_terminal_shows_them_and_by_the_bell_elsewhere() {
        let table: [(&[(&str, &str)], NotifyBy); 7] = [
            (&[("TERM", "xterm-256color")], NotifyBy::Bell),
            (&[("TERM_PROGRAM", "iTerm.app")], NotifyBy::Osc9),
            (&[("TERM_PROGRAM", "WezTerm")], NotifyBy::Osc9),
            (&[("TERM", "xterm-kitty")], NotifyBy::Osc9),
            (&[("TERM", "foot")], NotifyBy::Osc9),
            (&[("TERM_PROGRAM", "Apple_Terminal")], NotifyBy::Bell),
            // A multiplexer inside such a terminal.
            (&[("KITTY_WINDOW_ID", "1"), ("TMUX", "/tmp/tmux-0/default,1,0")], NotifyBy::Bell),
        ];
        for (variables, expected) in table {
            assert_eq!(notify_by(NotifyChoice::Auto, &environment(variables)), expected, "{variables:?}");
        }
        let kitty = environment(&[("TERM", "xterm-kitty")]);
        assert_eq!(notify_by(NotifyChoice::Off, &kitty), NotifyBy::Off);
        assert_eq!(notify_by(NotifyChoice::Bell, &kitty), NotifyBy::Bell);
        assert_eq!(notify_by(NotifyChoice::Osc9, &environment(&[])), NotifyBy::Osc9);
    }

    #[test]
    fn a_terminal_that_would_print_them_is_sent_no_unknown_sequences() {
        for (term, expected) in [("xterm-256color", true), ("linux", false), ("dumb", false), ("", false)] {
            assert_eq!(skips_unknown_sequences(&environment(&[("TERM", term)])), expected, "{term}");
        }
    }
}
