//! The screens, and the dialogs that open over them.

use crate::tui::dialogs::confirm::model::Confirmation;
use crate::tui::dialogs::details::model::DetailsDialog;
use crate::tui::dialogs::elevation::model::ElevationDialog;
use crate::tui::dialogs::error::model::ErrorDialog;
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::dialogs::palette::model::PaletteDialog;
use crate::tui::dialogs::region::model::RegionDialog;
use crate::tui::dialogs::sessions::model::SessionsDialog;
use crate::tui::dialogs::sheet::model::SheetDialog;
use crate::tui::dialogs::text::model::TextDialog;
use crate::tui::screens::active::model::ActiveList;
use crate::tui::screens::elevations::model::ElevationsScreen;
use crate::tui::screens::setup::model::SetupForm;
use crate::tui::screens::sign_in::model::SignIn;

#[derive(Debug)]
pub(crate) enum Screen {
    /// No SSO session is configured, or another is to be added.
    Setup(SetupForm),
    SignIn(Box<SignIn>),
    /// The roles of all sessions.
    Roles,
    /// The credentials kept in all sessions.
    Active(ActiveList),
    /// The elevations that the audit log tells of.
    Elevations(ElevationsScreen),
}

#[derive(Debug)]
pub(crate) enum Dialog {
    Elevation(Box<ElevationDialog>),
    Details(DetailsDialog),
    Sheet(SheetDialog),
    Confirm(Confirmation),
    Error(ErrorDialog),
    Sessions(SessionsDialog),
    Region(RegionDialog),
    Palette(PaletteDialog),
    Help(HelpDialog),
    Text(TextDialog),
}
