//! The reason for entering an Admin role. A paste fills the text; it never confirms.

use super::{open, verdict_of};
use crate::domain::elevation::Reason;
use crate::tui::effect::Effects;
use crate::tui::keymap::Command;
use crate::tui::model::{Dialog, Model};

pub(super) fn command(model: &mut Model, command: Command, hurried: bool) -> Effects {
    let least = match model.dialogs.last() {
        Some(Dialog::Reason(form)) => model
            .session_by(&form.session)
            .map_or(Reason::FLOOR, |open| verdict_of(model, open, &form.target).min_reason()),
        _ => return Effects::none(),
    };
    let unreviewed = hurried || model.pasted;
    let Some(Dialog::Reason(form)) = model.dialogs.last_mut() else { return Effects::none() };
    if command != Command::Submit {
        return Effects::none();
    }
    if unreviewed {
        form.refused = Some("a paste confirms nothing: read it, press another key, then ↵".to_owned());
        return Effects::none();
    }
    match Reason::parse(form.text.text(), least) {
        Ok(reason) => {
            let (key, target) = (form.session.clone(), form.target.clone());
            model.dialogs.pop();
            open::fetch_with(model, &key, target, Some(reason))
        }
        Err(refused) => {
            form.refused = Some(refused.to_string());
            Effects::none()
        }
    }
}
