//! What can be done with a role: one table, from which keys, footer, action sheet and help come.

use crossterm::event::KeyCode;

use super::{credentials, elevation, preferences};
use crate::domain::handout::Format;
use crate::domain::preferences::Pin;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::dialogs::confirm::model::Confirmation;
use crate::tui::dialogs::details::model::DetailsDialog;
use crate::tui::dialogs::region;
use crate::tui::effect::Effects;
use crate::tui::keys::{KeyPress, ctrl, key};
use crate::tui::model::Model;
use crate::tui::model::goal::{Goal, Purpose};
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::screen::Dialog;
use crate::tui::snippets::Snippets;
use crate::tui::task::Task;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoleAction {
    Shell,
    CopyExec,
    CopyExports,
    CopyFishExports,
    CopyPowerShellExports,
    CopyProfile,
    Get,
    Renew,
    Drop,
    /// End the elevation that its credentials are under.
    End,
    Pin,
    Unpin,
    /// Choose the region that programs get.
    Region,
    Details,
}

/// Whether an action can be carried out now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Availability {
    Now,
    /// After a sign-in, which it begins with.
    AfterSignIn,
    /// After a reason, which it asks for.
    AfterReason,
    /// Not now; says why.
    No(&'static str),
    /// It has nothing to do with the role as it is.
    Absent,
}

impl Availability {
    /// Whether the action can be begun.
    pub(crate) fn is_possible(self) -> bool {
        !matches!(self, Availability::No(_) | Availability::Absent)
    }
}

/// What an action depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoleState {
    is_kept: bool,
    /// Whether its credentials ended a short while ago.
    has_ended: bool,
    is_signed_in: bool,
    asks_for_elevation: bool,
    is_elevated: bool,
    is_pinned: bool,
    can_pin: bool,
    copies_secrets: bool,
}

impl RoleState {
    pub(crate) fn of(model: &Model, key: &SessionKey, target: &Target) -> Option<Self> {
        let session = model.session(key)?;
        let verdict = model.settings.policy.verdict_on_target(&session.catalog, target, model.now);
        let pin = Pin { session: key.clone(), target: target.clone() };
        Some(RoleState {
            is_kept: session.kept(target, model.now).is_some(),
            has_ended: session.ended(target, model.now).is_some(),
            is_signed_in: session.is_signed_in(model.now),
            asks_for_elevation: verdict.asks_for_elevation(),
            is_elevated: model.elevation_of(key, target).is_some(),
            is_pinned: model.preferences.is_pinned(key, target),
            copies_secrets: model.settings.copies_secrets,
            can_pin: model.preferences.pin_change(pin).is_some(),
        })
    }

    /// What Enter does on the screen of roles: what has ended is renewed first, for whatever used it. Whoever gives a reason
    /// wants to work with it: behind a gate that asks for one it is always a shell.
    pub(crate) fn on_enter(self) -> RoleAction {
        if self.has_ended && !self.asks_for_elevation { RoleAction::Get } else { RoleAction::Shell }
    }

    /// The actions that are given by keys of their own, as on the screen of roles.
    pub(crate) fn keyed_actions(self) -> Vec<(RoleAction, &'static [KeyPress])> {
        let actions = RoleAction::ALL.into_iter().map(|action| {
            let is_entered = action == RoleAction::Shell;
            (if is_entered { self.on_enter() } else { action }, action.keys())
        });
        actions.filter(|(action, keys)| !keys.is_empty() && action.availability(self).is_possible()).collect()
    }

    /// Whether credentials can be had.
    fn credentials(self) -> Availability {
        match self {
            RoleState { is_kept: true, .. } => Availability::Now,
            RoleState { is_signed_in: false, .. } => Availability::AfterSignIn,
            RoleState { asks_for_elevation: true, .. } => Availability::AfterReason,
            _ => Availability::Now,
        }
    }
}

impl RoleAction {
    /// Every action, in the order of the sheet.
    pub(crate) const ALL: [RoleAction; 14] = [
        RoleAction::Shell,
        RoleAction::CopyExec,
        RoleAction::CopyExports,
        RoleAction::CopyFishExports,
        RoleAction::CopyPowerShellExports,
        RoleAction::CopyProfile,
        RoleAction::Get,
        RoleAction::Renew,
        RoleAction::Drop,
        RoleAction::End,
        RoleAction::Pin,
        RoleAction::Unpin,
        RoleAction::Region,
        RoleAction::Details,
    ];

    /// Its keys on the screen of roles, where letters are text.
    pub(crate) fn keys(self) -> &'static [KeyPress] {
        const SHELL: &[KeyPress] = &[key(KeyCode::Enter)];
        const COPY_EXEC: &[KeyPress] = &[ctrl('y')];
        const DROP: &[KeyPress] = &[ctrl('x')];
        const PIN: &[KeyPress] = &[ctrl('t')];
        const REGION: &[KeyPress] = &[ctrl('g')];
        const DETAILS: &[KeyPress] = &[key(KeyCode::F(3))];
        match self {
            RoleAction::Shell => SHELL,
            RoleAction::CopyExec => COPY_EXEC,
            RoleAction::Drop | RoleAction::End => DROP,
            RoleAction::Pin | RoleAction::Unpin => PIN,
            RoleAction::Region => REGION,
            RoleAction::Details => DETAILS,
            _ => &[],
        }
    }

    /// Its key in the sheet.
    pub(crate) const fn letter(self) -> char {
        match self {
            RoleAction::Shell => 's',
            RoleAction::CopyExec => 'y',
            RoleAction::CopyExports => 'e',
            RoleAction::CopyFishExports => 'f',
            RoleAction::CopyPowerShellExports => 'w',
            RoleAction::CopyProfile => 'p',
            RoleAction::Get | RoleAction::Renew => 'r',
            RoleAction::Drop | RoleAction::End => 'x',
            RoleAction::Pin | RoleAction::Unpin => 't',
            RoleAction::Region => 'n',
            RoleAction::Details => 'd',
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            RoleAction::Shell => "Open a shell",
            RoleAction::CopyExec => "Copy the daypass exec command",
            RoleAction::CopyExports => "Copy exports for bash and zsh",
            RoleAction::CopyFishExports => "Copy exports for fish",
            RoleAction::CopyPowerShellExports => "Copy exports for PowerShell",
            RoleAction::CopyProfile => "Copy the line for a profile",
            RoleAction::Get => "Get credentials for other tools",
            RoleAction::Renew => "Renew the credentials",
            RoleAction::Drop => "Drop the credentials",
            RoleAction::End => "End the elevation",
            RoleAction::Pin => "Pin to the top",
            RoleAction::Unpin => "Unpin",
            RoleAction::Region => "Choose the region",
            RoleAction::Details => "Show the details",
        }
    }

    /// Its label in the footer; none where only help and the sheet show it.
    pub(crate) const fn label(self) -> Option<&'static str> {
        match self {
            RoleAction::Shell => Some("shell"),
            RoleAction::CopyExec => Some("copy exec"),
            RoleAction::Drop => Some("drop"),
            RoleAction::End => Some("end"),
            _ => None,
        }
    }

    /// Whether what it copies is a secret; none where it copies nothing.
    pub(crate) const fn copies_secret(self) -> Option<bool> {
        match self {
            RoleAction::CopyExports | RoleAction::CopyFishExports | RoleAction::CopyPowerShellExports => Some(true),
            RoleAction::CopyExec | RoleAction::CopyProfile => Some(false),
            _ => None,
        }
    }

    pub(crate) fn availability(self, role: RoleState) -> Availability {
        if self.copies_secret() == Some(true) && !role.copies_secrets {
            return Availability::No("no clipboard");
        }
        match self {
            RoleAction::Shell
            | RoleAction::CopyExports
            | RoleAction::CopyFishExports
            | RoleAction::CopyPowerShellExports => role.credentials(),
            RoleAction::Get if role.is_kept => Availability::Absent,
            RoleAction::Get => role.credentials(),
            RoleAction::Renew if role.is_kept => RoleState { is_kept: false, ..role }.credentials(),
            RoleAction::Renew => Availability::Absent,
            RoleAction::End if role.is_elevated => Availability::Now,
            RoleAction::End => Availability::Absent,
            RoleAction::Drop if role.is_elevated => Availability::Absent,
            RoleAction::Drop if role.is_kept => Availability::Now,
            RoleAction::Drop => Availability::No("none are kept"),
            RoleAction::Pin if role.is_pinned => Availability::Absent,
            RoleAction::Pin if !role.can_pin => Availability::No("too many pinned"),
            RoleAction::Unpin if !role.is_pinned => Availability::Absent,
            RoleAction::Pin
            | RoleAction::Unpin
            | RoleAction::CopyExec
            | RoleAction::CopyProfile
            | RoleAction::Region
            | RoleAction::Details => Availability::Now,
        }
    }

    /// Carries it out for a role of a session.
    pub(crate) fn run(self, model: &mut Model, session: &SessionKey, target: &Target) -> Effects {
        let goal = |purpose| Goal::new(session, target, purpose);
        match self {
            RoleAction::Shell => credentials::obtain(model, goal(Purpose::Shell)),
            RoleAction::CopyExports => credentials::obtain(model, goal(Purpose::Copy(Format::Env))),
            RoleAction::CopyFishExports => credentials::obtain(model, goal(Purpose::Copy(Format::Fish))),
            RoleAction::CopyPowerShellExports => credentials::obtain(model, goal(Purpose::Copy(Format::PowerShell))),
            RoleAction::CopyExec => {
                copy_snippet(model, session, target, "the daypass exec command", |snippets| snippets.exec())
            }
            RoleAction::CopyProfile => {
                copy_snippet(model, session, target, "the line for a profile", |snippets| snippets.credential_process())
            }
            RoleAction::Get => credentials::obtain(model, goal(Purpose::Keep)),
            RoleAction::Renew => credentials::renew(model, session, target),
            RoleAction::Drop => {
                model.open_dialog(Dialog::Confirm(Confirmation::DropCredentials(session.clone(), target.clone())));
                Effects::none()
            }
            RoleAction::End => {
                if let Some(id) = model.elevation_of(session, target) {
                    elevation::ask_to_end(model, id);
                }
                Effects::none()
            }
            RoleAction::Pin | RoleAction::Unpin => {
                let pin = Pin { session: session.clone(), target: target.clone() };
                match model.preferences.pin_change(pin) {
                    Some(change) => preferences::change(model, change),
                    None => Effects::none(),
                }
            }
            RoleAction::Region => {
                region::update::open(model, session, target);
                Effects::none()
            }
            RoleAction::Details => {
                model.open_dialog(Dialog::Details(DetailsDialog::new(session.clone(), target.clone())));
                Effects::none()
            }
        }
    }
}

fn copy_snippet(
    model: &mut Model,
    key: &SessionKey,
    target: &Target,
    what: &'static str,
    text: fn(&Snippets<'_>) -> String,
) -> Effects {
    let Some(session) = model.session(key) else { return Effects::none() };
    let text = text(&Snippets::of(model, session, target));
    model.spawn(PendingTask::CopyText { what, text: text.clone() }, Task::CopyText(text)).1
}
