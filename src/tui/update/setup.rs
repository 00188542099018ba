//! The first run.

use std::sync::Arc;

use crate::tui::effect::{Effects, Work};
use crate::tui::keymap::Command;
use crate::tui::model::{Dialog, Field, Model, Pending, Question, Screen};

pub(super) fn command(model: &mut Model, command: Command) -> Effects {
    let writing = model.pending.values().any(|pending| matches!(pending, Pending::AddSession(_)));
    let Screen::Setup(setup) = &mut model.screen else { return Effects::none() };
    match command {
        Command::NextField => {
            setup.field = if setup.field == Field::StartUrl { Field::Region } else { Field::StartUrl };
            Effects::none()
        }
        Command::Submit if writing => Effects::none(),
        Command::Submit => submit(model),
        Command::Back if writing => model.cancel(|pending| matches!(pending, Pending::AddSession(_))),
        Command::Back if model.sessions.is_empty() => {
            model.open(Dialog::Question(Question::Quit));
            Effects::none()
        }
        Command::Back => {
            model.screen = Screen::Roles;
            Effects::none()
        }
        _ => Effects::none(),
    }
}

/// Goes on to the field that still lacks something, or writes the session.
fn submit(model: &mut Model) -> Effects {
    let Screen::Setup(setup) = &mut model.screen else { return Effects::none() };
    let Some(session) = setup.session() else {
        setup.tried = setup.field == Field::Region || setup.start_url().is_err();
        setup.field = if setup.start_url().is_err() { Field::StartUrl } else { Field::Region };
        return Effects::none();
    };
    let session = session.at(Arc::clone(&model.settings.endpoints));
    let same_name = model.sessions.iter().any(|open| open.session.name == session.name);
    if same_name {
        let problem = crate::error::Error::usage(format!("an SSO session named `{}` exists already", session.name))
            .hint("switch to it with tab, or edit your AWS config file");
        model.open(Dialog::Problem(problem.into(), crate::tui::model::Offer::Nothing));
        return Effects::none();
    }
    model.start(Pending::AddSession(session.clone()), Work::AddSession(session)).1
}
