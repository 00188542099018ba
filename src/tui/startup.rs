//! The model at the start, from the state folder alone: before any network or keyring call.

use ratatui::layout::Size;

use super::model::Model;
use super::model::profiles::Profiles;
use super::model::session::SessionState;
use super::model::settings::Settings;
use super::options::Options;
use super::policy::TuiPolicy;
use super::screens::roles::rows::QUICK_KEYS;
use crate::domain::elevation_list::ElevationList;
use crate::domain::preferences::{Pin, PreferenceChange};
use crate::ports::Ports;

pub(crate) fn initial_model(options: Options, size: Size) -> Model {
    let state = &options.ports.state;
    let index = state.index();
    let load = |session| {
        let standbys = options.replicas.standbys_of(&session);
        let mut session = SessionState::new(session, None, Default::default()).with_standbys(standbys);
        session.note = index.session(&session.key).cloned();
        session.on_standbys(&index);
        session.catalog = state.catalog(&session.key);
        session
    };
    let mut sessions: Vec<SessionState> = options.sessions.into_iter().map(load).collect();
    sessions.sort_by_key(|session| options.selected.as_ref() != Some(&session.config.name));
    let profiles = Profiles::new(options.profiles, &sessions);
    let kept = state.preferences();
    let first_changes = if kept.is_some() { Vec::new() } else { first_changes(&profiles) };
    let mut preferences = kept.unwrap_or_default();
    let is_first_run = !preferences.first_run_done;
    first_changes.iter().for_each(|change| preferences.apply(change));
    let elevations = read_elevations(&options.ports);
    let settings = Settings {
        policy: TuiPolicy::new(options.policy),
        flow: options.flow,
        open_browser: options.open_browser,
        aliases: options.aliases,
        replicas: options.replicas,
        profiles,
        regions: options.regions,
        copies_secrets: options.clipboard.takes_secrets(),
        demo: options.demo,
        program: options.program,
        config_file: options.config_file,
        endpoints: options.endpoints,
        zone: options.zone,
        display: options.display,
        rows: options.settings,
        settings_file: options.settings_file,
    };
    let mut model = Model::new(settings, sessions, options.ports.clock.now(), size);
    model.shows_tip = is_first_run;
    model.first_changes = first_changes;
    model.preferences = preferences;
    model.notices = options.notices;
    model.elevations = elevations;
    model
}

/// What cannot be read now is said by whatever needs it.
fn read_elevations(ports: &Ports) -> Option<ElevationList> {
    ports.audit.elevations().inspect_err(|error| tracing::warn!(%error, "the elevations could not be read")).ok()
}

/// What the very first run remembers: the roles that have profiles are those that the person uses. Only so many are
/// pinned as have quick keys; a generated config file names hundreds.
fn first_changes(profiles: &Profiles) -> Vec<PreferenceChange> {
    let roles = profiles.roles().into_iter().take(QUICK_KEYS);
    let pins = roles.map(|(session, target)| PreferenceChange::Pin(Pin { session, target }));
    pins.chain([PreferenceChange::FirstRunDone]).collect()
}
