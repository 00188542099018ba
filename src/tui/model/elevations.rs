//! The elevations that are active, as the audit log told of them last.

use jiff::Timestamp;

use super::Model;
use super::session::SessionState;
use crate::domain::audit::Subject;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::{Active, OpenElevation};
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::tui::model::screen::Screen;
use crate::tui::screens::active::model::rows;

/// An elevation that is active.
#[derive(Clone, Copy)]
pub(crate) struct ActiveElevation<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) active: &'a Active,
}

impl Model {
    /// Those that are active: drills last, else the selected one first and then the one that ends first.
    pub(crate) fn active_elevations(&self) -> Vec<ActiveElevation<'_>> {
        let mut active: Vec<_> = self.all_active_elevations().collect();
        let chosen = self.selected_elevation();
        active.sort_by_key(|elevation| {
            let subject = elevation.subject;
            (subject.drill, Some(subject.elevation) != chosen, elevation.active.life.left(self.now))
        });
        active
    }

    /// The one that keys act on: the selected one, or the first.
    pub(crate) fn elevation_of_keys(&self) -> Option<ActiveElevation<'_>> {
        let selected = self.selected_elevation().and_then(|id| self.active_elevation(id));
        selected.or_else(|| self.active_elevations().first().copied())
    }

    fn all_active_elevations(&self) -> impl Iterator<Item = ActiveElevation<'_>> {
        let open = self.elevations.iter().flat_map(|list| list.open());
        let active = open.filter_map(|OpenElevation { subject, active, .. }| {
            Some(ActiveElevation { subject, active: active.as_ref()? })
        });
        active.filter(|elevation| !elevation.active.life.is_over(self.now))
    }

    /// The active elevation of this id.
    pub(crate) fn active_elevation(&self, id: ElevationId) -> Option<ActiveElevation<'_>> {
        self.all_active_elevations().find(|elevation| elevation.subject.elevation == id)
    }

    /// The elevation that the credentials of a role are under.
    pub(crate) fn elevation_of(&self, session: &SessionKey, target: &Target) -> Option<ElevationId> {
        let session = self.session(session)?;
        let mut active = self.all_active_elevations().filter(|elevation| !elevation.subject.drill);
        let of_role = active.find(|elevation| elevation.subject.is_of(&session.config.name, target));
        of_role.map(|elevation| elevation.subject.elevation)
    }

    /// Until when AWS accepts what was handed out for a role under an elevation that is over.
    pub(crate) fn accepted_after_end(&self, session: &SessionKey, target: &Target) -> Option<Timestamp> {
        let session = self.session(session)?;
        let is_of_role = |subject: &Subject| subject.is_of(&session.config.name, target);
        let list = self.elevations.as_ref()?;
        let unsettled = list.open().filter(|open| is_of_role(&open.subject)).filter_map(|open| {
            let active = open.active.as_ref().filter(|active| active.life.is_over(self.now))?;
            active.aws_ends_at_local().filter(|ends_at| *ends_at > self.now.wall)
        });
        let past = list.past().iter().filter(|past| is_of_role(&past.subject));
        unsettled.chain(past.filter_map(|past| past.accepted_until(self.now.wall))).max()
    }

    /// The session that an elevation was reached through, where it is still configured.
    pub(crate) fn session_of_elevation(&self, subject: &Subject) -> Option<&SessionState> {
        self.sessions.iter().find(|session| session.config.name == subject.access.session)
    }

    fn selected_elevation(&self) -> Option<ElevationId> {
        let (session, target) = match &self.screen {
            Screen::Roles => self.selected_role()?,
            Screen::Active(list) => list.selected(&rows(&self.sessions, self.now))?,
            Screen::Elevations(screen) => return screen.selected()?.open_id(),
            _ => return None,
        };
        self.elevation_of(&session, &target)
    }
}
