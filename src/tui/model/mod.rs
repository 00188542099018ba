//! The model: everything that the view shows, as one value. It holds no secret and reads no clock.

pub(crate) mod elevations;
pub(crate) mod goal;
pub(crate) mod kept;
pub(crate) mod pending_task;
pub(crate) mod profiles;
pub(crate) mod screen;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod watched;

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Size;

use self::pending_task::PendingTask;
use self::screen::{Dialog, Screen};
use self::session::SessionState;
use self::settings::Settings;
use self::watched::WatchedElevation;
use super::dialogs::elevation::model::ElevationForm;
use super::effect::{Effect, Effects};
use super::notify::Announced;
use super::screens::roles::model::RoleList;
use super::screens::setup::model::SetupForm;
use super::task::{Task, TaskId};
use super::theme::Theme;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::ElevationList;
use crate::domain::ids::Region;
use crate::domain::preferences::{PreferenceChange, Preferences};
use crate::domain::region::WorkRegion;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::time::{Lifespan, Now, Stamp, clock_time};
use crate::error::Error;
use crate::report::Report;

/// How long a toast is shown.
const TOAST: SignedDuration = SignedDuration::from_secs(6);

pub(crate) struct Model {
    /// The time of the last message or frame.
    pub(crate) now: Now,
    /// The size of the terminal.
    pub(crate) size: Size,
    pub(crate) settings: Settings,
    /// What the screen remembers between two runs.
    pub(crate) preferences: Preferences,
    pub(crate) sessions: Vec<SessionState>,
    /// The roles of all sessions.
    pub(crate) roles: RoleList,
    /// What the very first run has yet to write down.
    pub(crate) first_changes: Vec<PreferenceChange>,
    /// Whether the line with the first tips is shown.
    pub(crate) shows_tip: bool,
    pub(crate) screen: Screen,
    /// The dialogs over the screen; the last one takes the keys.
    pub(crate) dialogs: Vec<Dialog>,
    pub(crate) toast: Option<Toast>,
    /// The text without secrets that was sent to the terminal's clipboard last.
    pub(crate) sent_to_terminal: Option<String>,
    /// What was announced to end soon.
    pub(crate) announced: Announced,
    /// With how many minutes left the end of each elevation was warned of here.
    pub(crate) warned: BTreeMap<ElevationId, u32>,
    /// The elevations that were active when last looked at.
    pub(crate) watched: BTreeMap<ElevationId, WatchedElevation>,
    /// Warnings; the first is shown until it is dismissed.
    pub(crate) notices: Vec<String>,
    /// What was typed for elevations that were not asked for, by role.
    pub(crate) drafts: BTreeMap<(SessionKey, Target), ElevationForm>,
    /// The elevations that the audit log told of last; none while it was not read.
    pub(crate) elevations: Option<ElevationList>,
    pub(crate) pending: BTreeMap<TaskId, PendingTask>,
    /// The latest task whose shell is not wanted any more; nor are those of the tasks before it.
    pub(crate) withdrawn: Option<TaskId>,
    /// The key pressed last, where its command uses credentials.
    pub(crate) last_use: Option<LastUse>,
    /// Whether text was pasted and no key was pressed since.
    pub(crate) unreviewed_paste: bool,
    pub(crate) should_quit: bool,
    last_task: u64,
}

/// A short message; it disappears by itself.
#[derive(Debug, Clone)]
pub(crate) struct Toast {
    pub(crate) text: String,
    pub(crate) tone: Tone,
    pub(crate) lifespan: Lifespan,
}

/// What a short message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something succeeded.
    Good,
    /// Something ends, or has ended.
    Warning,
}

/// A key whose command uses credentials.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LastUse {
    pub(crate) key: KeyEvent,
    /// Whether the key could be meant as text where it was pressed.
    pub(crate) is_text: bool,
    /// The last task that was there before.
    pub(crate) after: TaskId,
}

impl Model {
    pub(crate) fn new(settings: Settings, sessions: Vec<SessionState>, now: Now, size: Size) -> Self {
        let screen = if sessions.is_empty() { Screen::Setup(SetupForm::default()) } else { Screen::Roles };
        Model {
            now,
            size,
            settings,
            preferences: Preferences::default(),
            sessions,
            roles: RoleList::default(),
            first_changes: Vec::new(),
            shows_tip: false,
            screen,
            dialogs: Vec::new(),
            toast: None,
            sent_to_terminal: None,
            announced: Announced::default(),
            warned: BTreeMap::new(),
            watched: BTreeMap::new(),
            notices: Vec::new(),
            drafts: BTreeMap::new(),
            elevations: None,
            pending: BTreeMap::new(),
            withdrawn: None,
            last_use: None,
            unreviewed_paste: false,
            should_quit: false,
            last_task: 0,
        }
    }

    pub(crate) fn theme(&self) -> Theme {
        Theme::new(self.settings.display.color, self.settings.display.background)
    }

    /// The session of the selected role; the only one where no role is selected.
    pub(crate) fn focused_session(&self) -> Option<&SessionState> {
        let of_role = self.roles.selected().and_then(|row| self.sessions.get(row.session));
        of_role.or(match self.sessions.as_slice() {
            [only] => Some(only),
            _ => None,
        })
    }

    /// The selected role, with the key of its session.
    pub(crate) fn selected_role(&self) -> Option<(SessionKey, Target)> {
        let row = self.roles.selected()?;
        Some((self.sessions.get(row.session)?.key.clone(), row.target()?.clone()))
    }

    /// The region handed to other programs with a role's credentials.
    pub(crate) fn region_of(&self, session: &SessionState, target: &Target) -> WorkRegion {
        self.work_region(session, target, self.preferences.region_of(&session.key, target))
    }

    /// The same, had no region been chosen for the role.
    pub(crate) fn automatic_region(&self, session: &SessionState, target: &Target) -> WorkRegion {
        self.work_region(session, target, None)
    }

    fn work_region(&self, session: &SessionState, target: &Target, chosen: Option<&Region>) -> WorkRegion {
        let of_profile = || self.settings.profiles.region(&session.key, target).cloned();
        self.settings.regions.work_region(chosen, of_profile, &session.config)
    }

    pub(crate) fn session(&self, key: &SessionKey) -> Option<&SessionState> {
        self.sessions.iter().find(|session| session.key == *key)
    }

    pub(crate) fn session_mut(&mut self, key: &SessionKey) -> Option<&mut SessionState> {
        self.sessions.iter_mut().find(|session| session.key == *key)
    }

    /// The report of an error that came up in the session with this key, which its commands name where there are several.
    pub(crate) fn report_of(&self, error: &Error, session: &SessionKey) -> Report {
        let report = Report::of(error);
        match self.session(session) {
            Some(session) if self.sessions.len() > 1 => report.in_session(&session.config.name),
            _ => report,
        }
    }

    /// Spawns a task.
    pub(crate) fn spawn(&mut self, pending: PendingTask, task: Task) -> (TaskId, Effects) {
        self.last_task += 1;
        let id = TaskId(self.last_task);
        self.pending.insert(id, pending);
        (id, Effect::Spawn(id, task).into())
    }

    /// Cancels every pending task that `chosen` selects.
    pub(crate) fn cancel(&mut self, chosen: impl Fn(&PendingTask) -> bool) -> Effects {
        self.cancel_after(TaskId::default(), chosen)
    }

    /// Cancels every pending task spawned after the task `after` that `chosen` selects.
    fn cancel_after(&mut self, after: TaskId, chosen: impl Fn(&PendingTask) -> bool) -> Effects {
        let later = self.pending.iter().filter(|(id, pending)| **id > after && chosen(pending));
        let ids: Vec<TaskId> = later.map(|(id, _)| *id).collect();
        ids.into_iter().fold(Effects::none(), |effects, id| {
            if self.pending.remove(&id).is_some_and(|pending| pending.is_for_shell()) {
                self.withdrawn = self.withdrawn.max(Some(id));
            }
            effects.and(Effect::Cancel(id))
        })
    }

    /// The last task that was spawned.
    pub(crate) fn last_task(&self) -> TaskId {
        TaskId(self.last_task)
    }

    /// Cancels what uses credentials and was begun after the task `after`, its shell too where that is ready already.
    pub(crate) fn withdraw_uses(&mut self, after: TaskId) -> Effects {
        self.withdrawn = Some(self.last_task());
        self.cancel_after(after, |pending| matches!(pending, PendingTask::Obtain(_)))
    }

    /// Whether credentials for this target are being fetched.
    pub(crate) fn is_fetching(&self, session: &SessionKey, target: &Target) -> bool {
        self.pending.values().any(|pending| pending.fetches(session, target))
    }

    pub(crate) fn show_toast(&mut self, text: impl Into<String>) {
        self.set_toast(text.into(), Tone::Good);
    }

    /// The same for what ends.
    pub(crate) fn show_warning(&mut self, text: impl Into<String>) {
        self.set_toast(text.into(), Tone::Warning);
    }

    fn set_toast(&mut self, text: String, tone: Tone) {
        self.toast = Some(Toast { text, tone, lifespan: lifespan_from(self.now, TOAST) });
    }

    /// Adds a notice, unless it is shown or waits already.
    pub(crate) fn add_notice(&mut self, notice: String) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Adds a notice that is shown before those that wait, in place of `previous`.
    pub(crate) fn add_urgent_notice(&mut self, notice: String, previous: Option<&str>) {
        self.notices.retain(|waiting| *waiting != notice && Some(waiting.as_str()) != previous);
        self.notices.insert(0, notice);
    }

    pub(crate) fn open_dialog(&mut self, dialog: Dialog) {
        self.dialogs.push(dialog);
    }

    pub(crate) fn close_dialog(&mut self) {
        self.dialogs.pop();
    }

    /// The current frame of the spinner.
    pub(crate) fn spinner(&self) -> char {
        const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
        let step = self.now.wall.as_millisecond().rem_euclid(1_000) / 100;
        usize::try_from(step).ok().and_then(|step| FRAMES.get(step)).copied().unwrap_or('⠋')
    }

    /// The name of a session.
    pub(crate) fn session_name(&self, key: &SessionKey) -> String {
        self.session(key).map(|session| session.config.name.to_string()).unwrap_or_default()
    }

    /// Account and role, by the account's name where it is known.
    pub(crate) fn role_name(&self, key: &SessionKey, target: &Target) -> String {
        match self.session(key) {
            Some(session) => format!("{} / {}", session.account_name(target), target.role),
            None => target.to_string(),
        }
    }

    /// A time of day without its date, for what is clearly of the last or the coming hours.
    pub(crate) fn time_of_day(&self, at: Timestamp) -> String {
        at.to_zoned(self.settings.zone.clone()).strftime("%H:%M").to_string()
    }

    /// A time of day, with its date where that is not today and not within the coming hours.
    pub(crate) fn clock_time(&self, at: Timestamp) -> String {
        clock_time(at, self.now.wall, &self.settings.zone)
    }
}

/// A lifespan that begins now.
pub(crate) fn lifespan_from(now: Now, length: SignedDuration) -> Lifespan {
    let obtained = Stamp { at: now, aws_offset: None };
    Lifespan::countdown(obtained, length)
}
