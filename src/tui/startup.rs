//! The model at the start, from the state folder alone: before any network or keyring call.

use ratatui::layout::Size;

use super::model::Model;
use super::model::session::SessionState;
use super::model::settings::Settings;
use super::options::Options;
use super::policy::TuiPolicy;

pub(crate) fn initial_model(options: Options, size: Size) -> Model {
    let state = &options.ports.state;
    let index = state.index();
    let load = |session| {
        let mut session = SessionState::new(session, None, Default::default());
        session.note = index.session(&session.key).cloned();
        session.catalog = state.catalog(&session.key);
        session
    };
    let sessions: Vec<SessionState> = options.sessions.into_iter().map(load).collect();
    let position = |name| sessions.iter().position(|session| session.config.name == name);
    let current = options.selected.and_then(position).unwrap_or_default();
    let settings = Settings {
        policy: TuiPolicy::new(options.policy),
        flow: options.flow,
        open_browser: options.open_browser,
        aliases: options.aliases.into_iter().map(|(alias, target)| (target, alias)).collect(),
        demo: options.demo,
        program: options.program,
        config_file: options.config_file,
        endpoints: options.endpoints,
        zone: options.zone,
        display: options.display,
    };
    let mut model = Model::new(settings, sessions, current, options.ports.clock.now(), size);
    model.notices = options.notices;
    model
}
