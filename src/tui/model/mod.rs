//! The model: everything that the view shows, as one value. It holds no secret and reads no clock.

pub(crate) mod kept;
pub(crate) mod pending_task;
pub(crate) mod screen;
pub(crate) mod session;
pub(crate) mod settings;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Size;

use self::pending_task::PendingTask;
use self::screen::{Dialog, Screen};
use self::session::SessionState;
use self::settings::Settings;
use super::effect::{Effect, Effects};
use super::screens::setup::model::SetupForm;
use super::task::{Task, TaskId};
use super::theme::Theme;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::time::{Lifespan, Now, Stamp};
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
    pub(crate) sessions: Vec<SessionState>,
    /// The index of the session shown.
    pub(crate) current: usize,
    pub(crate) screen: Screen,
    /// The dialogs over the screen; the last one takes the keys.
    pub(crate) dialogs: Vec<Dialog>,
    pub(crate) toast: Option<Toast>,
    /// Warnings; the first is shown until it is dismissed.
    pub(crate) notices: Vec<String>,
    pub(crate) pending: BTreeMap<TaskId, PendingTask>,
    /// Whether text was pasted and no key was pressed since.
    pub(crate) unreviewed_paste: bool,
    pub(crate) should_quit: bool,
    last_task: u64,
}

/// A short message about something that succeeded; it disappears by itself.
#[derive(Debug, Clone)]
pub(crate) struct Toast {
    pub(crate) text: String,
    pub(crate) lifespan: Lifespan,
}

impl Model {
    /// A model that shows the session at `current` first.
    pub(crate) fn new(settings: Settings, sessions: Vec<SessionState>, current: usize, now: Now, size: Size) -> Self {
        let screen = if sessions.is_empty() { Screen::Setup(SetupForm::default()) } else { Screen::Roles };
        Model {
            now,
            size,
            settings,
            sessions,
            current,
            screen,
            dialogs: Vec::new(),
            toast: None,
            notices: Vec::new(),
            pending: BTreeMap::new(),
            unreviewed_paste: false,
            should_quit: false,
            last_task: 0,
        }
    }

    pub(crate) fn theme(&self) -> Theme {
        Theme::new(self.settings.display.color)
    }

    pub(crate) fn current_session(&self) -> Option<&SessionState> {
        self.sessions.get(self.current)
    }

    pub(crate) fn current_session_mut(&mut self) -> Option<&mut SessionState> {
        self.sessions.get_mut(self.current)
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
        let ids: Vec<TaskId> = self.pending.iter().filter(|(_, pending)| chosen(pending)).map(|(id, _)| *id).collect();
        ids.into_iter().fold(Effects::none(), |effects, id| {
            self.pending.remove(&id);
            effects.and(Effect::Cancel(id))
        })
    }

    /// Whether credentials for this target are being fetched.
    pub(crate) fn is_fetching(&self, session: &SessionKey, target: &Target) -> bool {
        self.pending.values().any(|pending| pending.fetches(session, target))
    }

    pub(crate) fn show_toast(&mut self, text: impl Into<String>) {
        self.toast = Some(Toast { text: text.into(), lifespan: lifespan_from(self.now, TOAST) });
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

    /// A time of day, with its date where that is not today.
    pub(crate) fn clock_time(&self, at: Timestamp) -> String {
        let (at, today) = (at.to_zoned(self.settings.zone.clone()), self.now.wall.to_zoned(self.settings.zone.clone()));
        let pattern = if at.date() == today.date() { "%H:%M" } else { "%b %d %H:%M" };
        at.strftime(pattern).to_string()
    }
}

/// A lifespan that begins now.
pub(crate) fn lifespan_from(now: Now, length: SignedDuration) -> Lifespan {
    let obtained = Stamp { at: now, aws_offset: SignedDuration::ZERO };
    Lifespan::countdown(obtained, length)
}
