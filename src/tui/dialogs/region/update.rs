//! What the keys do in the region dialog.

use super::keys::Command;
use super::layout;
use super::model::{RegionDialog, RegionOrigin};
use crate::domain::ids::Region;
use crate::domain::preferences::PreferenceChange;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::actions::preferences;
use crate::tui::effect::Effects;
use crate::tui::model::Model;
use crate::tui::model::screen::Dialog;

/// Opens the dialog for a role.
pub(crate) fn open(model: &mut Model, key: &SessionKey, target: &Target) {
    let Some(session) = model.session(key) else { return };
    let automatic = model.automatic_region(session, target);
    let dialog = RegionDialog::new(key.clone(), target.clone(), automatic, &model.preferences);
    model.open_dialog(Dialog::Region(dialog));
}

/// `is_deliberate`: the key was pressed by hand, and pasted text was reviewed.
pub(crate) fn update(model: &mut Model, command: Command, is_deliberate: bool) -> Effects {
    let page = layout::list_height(model.size);
    let Some(Dialog::Region(dialog)) = model.dialogs.last_mut() else { return Effects::none() };
    match command {
        Command::Move(movement) => dialog.list.move_selection(movement, page),
        Command::Back => model.close_dialog(),
        Command::Reset => {
            dialog.set_chosen(None);
            let (key, target, automatic) =
                (dialog.session.clone(), dialog.target.clone(), dialog.automatic().to_string());
            model.show_toast(format!("Region of {}: {automatic}, as without a choice", target.role));
            return set_region(model, key, target, None);
        }
        Command::Choose if !is_deliberate => model.show_toast("A paste chooses nothing: press another key, then ↵"),
        Command::Choose => {
            let Some(row) = dialog.selected().cloned() else { return Effects::none() };
            let (key, target) = (dialog.session.clone(), dialog.target.clone());
            model.close_dialog();
            model.show_toast(format!("Region of {}: {}", target.role, row.region));
            return match row.origin {
                RegionOrigin::Automatic(_) => set_region(model, key, target, None),
                _ => set_region(model, key, target, Some(row.region)),
            };
        }
    }
    Effects::none()
}

fn set_region(model: &mut Model, session: SessionKey, target: Target, region: Option<Region>) -> Effects {
    if model.preferences.region_of(&session, &target) == region.as_ref() {
        return Effects::none();
    }
    preferences::change(model, PreferenceChange::Region { session, target, region })
}
