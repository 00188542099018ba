//! The screens, and the dialogs that open over them.

use crate::tui::dialogs::confirm::model::Confirmation;
use crate::tui::dialogs::copy::model::CopyDialog;
use crate::tui::dialogs::error::model::ErrorDialog;
use crate::tui::dialogs::help::model::HelpDialog;
use crate::tui::dialogs::reason::model::ReasonDialog;
use crate::tui::dialogs::sessions::model::SessionsDialog;
use crate::tui::screens::active::model::ActiveList;
use crate::tui::screens::setup::model::SetupForm;
use crate::tui::screens::sign_in::model::SignIn;

#[derive(Debug)]
pub(crate) enum Screen {
    /// No SSO session is configured, or another is to be added.
    Setup(SetupForm),
    SignIn(Box<SignIn>),
    /// The roles of the current session.
    Roles,
    /// The credentials kept in all sessions.
    Active(ActiveList),
}

#[derive(Debug)]
pub(crate) enum Dialog {
    Reason(ReasonDialog),
    Copy(CopyDialog),
    Confirm(Confirmation),
    Error(ErrorDialog),
    Sessions(SessionsDialog),
    Help(HelpDialog),
}
