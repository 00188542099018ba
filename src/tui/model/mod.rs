//! Everything the screen shows, as one value. It holds no secret and reads no clock.

mod active;
mod banner;
mod dialog;
mod pending;
mod problem;
mod roles;
mod session;
mod setup;
mod sign_in;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::layout::Size;

pub use self::banner::Banner;
pub use self::dialog::{CopyChooser, Dialog, Question, ReasonForm};
pub use self::pending::Pending;
pub use self::problem::{Offer, Problem};
pub use self::roles::{RoleList, Row, RowId};
pub use self::session::{Listing, OpenSession, Standing, aws_left, outlives_us};
pub use self::setup::{Field, Setup};
pub use self::sign_in::{BrowserState, Phase, SignIn};
use super::effect::{Effect, Effects, Work};
use super::message::Attempt;
use super::theme::Theme;
use super::{Demo, Look, layout};
use crate::domain::endpoint::Endpoints;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::policy::{Facts, Policy, Verdict};
use crate::domain::session::Flow;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::time::{Lifespan, Now};

/// While a wait of moments is shown.
const SPINNING: Duration = Duration::from_millis(100);
/// While a wait of minutes is shown.
const WAITING: Duration = Duration::from_millis(250);
/// While something counts down in seconds.
pub const COUNTING: Duration = Duration::from_secs(1);
/// Otherwise: the header's clock and the minutes of a session still pass.
const IDLE: Duration = Duration::from_secs(5);

/// What stays the same while the program runs.
#[derive(Clone)]
pub struct Settings {
    /// Which roles are in which tier, and what the tiers ask.
    pub policy: Arc<Policy>,
    /// How to sign in unless a key says otherwise.
    pub flow: Flow,
    /// Whether a browser may be opened on this machine.
    pub open_browser: bool,
    /// Aliases by target.
    pub aliases: HashMap<Target, String>,
    /// Present in the demo.
    pub demo: Option<Demo>,
    /// The path to this program, for lines that other tools run.
    pub program: String,
    /// Where sessions are written, for showing.
    pub config_file: String,
    /// Where AWS is reached, for sessions that are added.
    pub endpoints: Arc<Endpoints>,
    /// The time zone that times are shown in.
    pub zone: TimeZone,
    /// How it is drawn.
    pub look: Look,
}

impl Settings {
    /// The policy's verdict on a role, with the account's name where it has been listed.
    pub fn verdict(&self, account: &AccountId, account_name: Option<&str>, role: &RoleName, now: Now) -> Verdict {
        self.policy.judge(Facts { account, account_name, role, at: now.wall })
    }
}

/// The screens.
#[derive(Debug)]
pub enum Screen {
    /// No SSO session is configured, or another is to be added.
    Setup(Setup),
    /// Signing in.
    SignIn(Box<SignIn>),
    /// The roles of the current session.
    Roles,
    /// The credentials kept, those of all sessions.
    Active {
        /// The selected row.
        selected: Option<(SessionKey, Target)>,
    },
}

/// A short word on something that went well; it goes by itself.
#[derive(Debug, Clone)]
pub struct Toast {
    /// What to say.
    pub text: String,
    /// How long it stands.
    pub life: Lifespan,
}

/// The model.
pub struct Model {
    /// The moment of the last message.
    pub now: Now,
    /// The size of the terminal.
    pub size: Size,
    /// What stays the same.
    pub settings: Settings,
    /// The SSO sessions, side by side.
    pub sessions: Vec<OpenSession>,
    /// Which of them is shown.
    pub current: usize,
    /// The screen.
    pub screen: Screen,
    /// What lies over it; the last one takes the keys.
    pub dialogs: Vec<Dialog>,
    /// A short word.
    pub toast: Option<Toast>,
    /// What the start of the program has to say; the first is shown until it is dismissed.
    pub notices: Vec<String>,
    /// The work that is awaited.
    pub pending: BTreeMap<Attempt, Pending>,
    /// Whether the last input was a paste that nobody has reviewed.
    pub pasted: bool,
    /// Set when it is time to go.
    pub leaving: bool,
    attempts: u64,
}

impl Model {
    /// A model that shows `sessions`, the one at `current` first.
    pub fn new(settings: Settings, sessions: Vec<OpenSession>, current: usize, now: Now, size: Size) -> Self {
        let screen = if sessions.is_empty() { Screen::Setup(Setup::default()) } else { Screen::Roles };
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
            pasted: false,
            leaving: false,
            attempts: 0,
        }
    }

    /// The theme.
    pub fn theme(&self) -> Theme {
        Theme::new(self.settings.look.colour)
    }

    /// The session shown.
    pub fn session(&self) -> Option<&OpenSession> {
        self.sessions.get(self.current)
    }

    /// The session shown, to change it.
    pub fn session_mut(&mut self) -> Option<&mut OpenSession> {
        self.sessions.get_mut(self.current)
    }

    /// The session with this key.
    pub fn session_by(&self, key: &SessionKey) -> Option<&OpenSession> {
        self.sessions.iter().find(|session| session.key == *key)
    }

    /// The session with this key, to change it.
    pub fn session_by_mut(&mut self, key: &SessionKey) -> Option<&mut OpenSession> {
        self.sessions.iter_mut().find(|session| session.key == *key)
    }

    /// Begins a piece of work that `pending` describes.
    pub fn start(&mut self, pending: Pending, work: Work) -> (Attempt, Effects) {
        self.attempts += 1;
        let attempt = Attempt(self.attempts);
        self.pending.insert(attempt, pending);
        (attempt, Effect::Start(attempt, work).into())
    }

    /// Gives up every piece of work that `chosen` names.
    pub fn cancel(&mut self, chosen: impl Fn(&Pending) -> bool) -> Effects {
        let attempts: Vec<Attempt> =
            self.pending.iter().filter(|(_, pending)| chosen(pending)).map(|(attempt, _)| *attempt).collect();
        attempts.into_iter().fold(Effects::none(), |effects, attempt| {
            self.pending.remove(&attempt);
            effects.and(Effect::Cancel(attempt))
        })
    }

    /// Whether credentials for this target are being fetched.
    pub fn is_fetching(&self, key: &SessionKey, target: &Target) -> bool {
        self.pending.values().any(|pending| pending.fetches(key, target))
    }

    /// Says something for a moment.
    pub fn say(&mut self, text: impl Into<String>) {
        self.toast = Some(Toast { text: text.into(), life: life(self.now, jiff::SignedDuration::from_secs(6)) });
    }

    /// Puts a dialog on top.
    pub fn open(&mut self, dialog: Dialog) {
        self.dialogs.push(dialog);
    }

    /// Brings lists in line with what they show and with the size of the screen.
    pub fn settle(&mut self) {
        let height = layout::list_rows(self);
        let (settings, now) = (&self.settings, self.now);
        if let Some(session) = self.sessions.get_mut(self.current) {
            session.settle(settings, now, height);
        }
    }

    /// How often it must be drawn though nothing happens.
    pub fn rhythm(&self) -> Duration {
        let spins =
            self.pending.values().any(|pending| pending.words().is_some() || matches!(pending, Pending::List(_)));
        let counts = self.toast.is_some() || self.sessions.iter().any(|open| !open.all_kept(self.now).is_empty());
        match &self.screen {
            _ if spins => SPINNING,
            Screen::SignIn(sign_in) => match sign_in.phase {
                Phase::Asking => SPINNING,
                Phase::Code { .. } | Phase::Browser { .. } => WAITING,
                Phase::Over(_) => IDLE,
            },
            _ if counts => COUNTING,
            _ => IDLE,
        }
    }

    /// Which frame of a spinner to show.
    pub fn spinner(&self) -> char {
        const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
        let step = self.now.wall.as_millisecond().rem_euclid(1_000) / 100;
        usize::try_from(step).ok().and_then(|step| FRAMES.get(step)).copied().unwrap_or('⠋')
    }

    /// A time of day, and the date where it is not today's.
    pub fn clock_time(&self, at: Timestamp) -> String {
        let (at, today) = (at.to_zoned(self.settings.zone.clone()), self.now.wall.to_zoned(self.settings.zone.clone()));
        let pattern = if at.date() == today.date() { "%H:%M" } else { "%b %d %H:%M" };
        at.strftime(pattern).to_string()
    }
}

/// A lifespan that begins now.
pub fn life(now: Now, length: jiff::SignedDuration) -> Lifespan {
    let obtained = crate::domain::time::Stamp { at: now, aws_offset: jiff::SignedDuration::ZERO };
    Lifespan::countdown(obtained, length)
}
