//! The UI without a terminal: a model with given sessions, catalog and index, a manual clock, and a screen to read.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};

use super::elevations::ElevationsFixture;
use super::key_script::keys;
use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::domain::catalog::{Account, Catalog};
use crate::domain::elevation::Reason;
use crate::domain::holders::Holders;
use crate::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::domain::index::{Index, KeptNote, SignInNote, TargetNote};
use crate::domain::policy::Policy;
use crate::domain::preferences::{Pin, PreferenceChange};
use crate::domain::region::RegionDefaults;
use crate::domain::replica::Replica;
use crate::domain::role_names::Aliases;
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby::Replicas;
use crate::domain::target::{AccountRole, Target};
use crate::domain::text::Untrusted;
use crate::domain::time::{Lifespan, Now, Stamp};
use crate::error::Error;
use crate::flows::{catalog, login};
use crate::ports::Copied;
use crate::tui::actions::session::open;
use crate::tui::effect::{Effect, Effects};
use crate::tui::message::{Message, TaskProgress};
use crate::tui::model::Model;
use crate::tui::model::profiles::Profiles;
use crate::tui::model::session::SessionState;
use crate::tui::model::settings::Settings;
use crate::tui::options::{Demo, DisplayOptions, SettingRow};
use crate::tui::policy::TuiPolicy;
use crate::tui::screens::roles;
use crate::tui::task::TaskId;
use crate::tui::theme::{Background, ColorDepth};
use crate::tui::update::update;
use crate::tui::view;

const START: &str = "2026-11-21T09:00:00Z";

pub struct TestApp {
    pub model: Model,
    /// Every effect so far.
    pub effects: Vec<Effect>,
    index: Index,
    elevations: ElevationsFixture,
    /// Since [`start`].
    seconds: i64,
}

pub fn start() -> Timestamp {
    START.parse().unwrap()
}

fn now_after(seconds: i64) -> Now {
    Now { wall: start() + SignedDuration::from_secs(seconds), boot: None, latest_aws_time: None }
}

pub fn session(name: &str) -> SsoSession {
    SsoSession::new(
        SessionName::parse(name).unwrap(),
        StartUrl::parse(&format!("https://{name}.awsapps.com/start")).unwrap(),
        Region::parse("us-east-1").unwrap(),
    )
}

pub fn target(text: &str) -> Target {
    text.parse().unwrap()
}

/// A lifespan that began `age` minutes before the start and has `length` minutes.
pub fn lifespan(age: i64, length: i64) -> Lifespan {
    let wall = start() - SignedDuration::from_mins(age);
    let obtained = Stamp { at: Now { wall, boot: None, latest_aws_time: None }, aws_offset: None };
    Lifespan::lasting(obtained, SignedDuration::from_mins(length)).unwrap()
}

fn signed_in_for(lifespan: Lifespan) -> SignInNote {
    let (token, session) = (lifespan, lifespan);
    SignInNote { login_id: 1, flow: Flow::Device, token, session, refreshable: true, store: None }
}

pub fn account(id: &str, name: &str) -> Account {
    let email = Untrusted::new(format!("aws+{}@acme.example", id.trim_start_matches('0')));
    Account { id: AccountId::parse(id).unwrap(), name: name.into(), email }
}

pub const ACCOUNTS: [(&str, &str); 6] = [
    ("100000023757", "prod-payments-0003"),
    ("100000086989", "stage-payments-0011"),
    ("100000000001", "log-archive"),
    ("100000000002", "audit"),
    ("100000031415", "prod-data-lake-0007"),
    ("100000027182", "dev-sandbox-0042"),
];

pub fn catalog() -> Catalog {
    let mut catalog = Catalog::default();
    catalog.take_accounts(ACCOUNTS.iter().map(|(id, name)| account(id, name)).collect(), start());
    for (id, _) in ACCOUNTS {
        catalog.take_roles(&AccountId::parse(id).unwrap(), roles(), start());
    }
    catalog
}

pub fn roles() -> Vec<RoleName> {
    ["Developer", "ReadOnlyAccess", "AWSAdministratorAccess"].map(|role| RoleName::parse(role).unwrap()).to_vec()
}

fn setting_rows() -> Vec<SettingRow> {
    let row = |key: &str, value: &str, source: &str, toml: &str| SettingRow {
        key: key.to_owned(),
        value: value.to_owned(),
        source: source.to_owned(),
        toml: toml.to_owned(),
    };
    vec![
        row("aliases", "1 alias", "~/.config/daypass/config.toml", "[aliases]\npay = \"123456789012/Developer\""),
        row("flow", "device", "default", "flow = \"device\"  # one of device, pkce"),
        row("store", "keyutils", "$DAYPASS_STORE", "store = \"keyutils\"  # one of auto, keyutils, memory"),
    ]
}

impl TestApp {
    /// Two sessions; signed in to the first one, with its roles listed and no credentials kept.
    pub fn signed_in() -> Self {
        let mut app = TestApp::with(vec![session("acme-prod"), session("sandbox")]);
        app.set_signed_in("acme-prod", lifespan(108, 480));
        app.model.sessions[0].catalog = catalog();
        app.send_index();
        app
    }

    /// Like [`Self::signed_in`], with a Developer's credentials and an Admin's, who gave a reason.
    pub fn with_kept() -> Self {
        let reason = Some("restore the ledger after INC-4211");
        TestApp::signed_in().with_credentials("100000023757/Developer", 13, 60, 60, None).with_credentials(
            "100000086989/AWSAdministratorAccess",
            53,
            60,
            240,
            reason,
        )
    }

    /// One session, never signed in to.
    pub fn signed_out() -> Self {
        TestApp::with(vec![session("acme-prod")])
    }

    /// No session is configured.
    pub fn unconfigured() -> Self {
        TestApp::with(Vec::new())
    }

    pub fn with(sessions: Vec<SsoSession>) -> Self {
        let settings = Settings {
            policy: TuiPolicy::new(Arc::new(Policy::built_in())),
            flow: Flow::Device,
            open_browser: false,
            aliases: Aliases::new([("pay".to_owned(), AccountRole::Id(target("100000023757/Developer")))]),
            replicas: Default::default(),
            profiles: Profiles::default(),
            regions: RegionDefaults::default(),
            copies_secrets: true,
            demo: None,
            program: "daypass".into(),
            endpoints: Arc::default(),
            config_file: "~/.aws/config".into(),
            zone: TimeZone::UTC,
            display: DisplayOptions { color: ColorDepth::Ansi16, mouse: true, ..DisplayOptions::default() },
            rows: setting_rows(),
            settings_file: "~/.config/daypass/config.toml".into(),
        };
        let unlisted = |session| SessionState::new(session, None, Catalog::default());
        let sessions = sessions.into_iter().map(unlisted).collect();
        let size = Size { width: 80, height: 24 };
        TestApp {
            model: Model::new(settings, sessions, now_after(0), size),
            index: Index::default(),
            elevations: ElevationsFixture::default(),
            effects: Vec::new(),
            seconds: 0,
        }
    }

    pub fn size(mut self, width: u16, height: u16) -> Self {
        self.model.size = Size { width, height };
        self
    }

    pub fn color(mut self, depth: ColorDepth) -> Self {
        self.model.settings.display.color = depth;
        self
    }

    pub fn background(mut self, background: Background) -> Self {
        self.model.settings.display.background = background;
        self
    }

    /// Pins a role of the first session.
    pub fn pinned(mut self, what: &str) -> Self {
        let pin = Pin { session: self.model.sessions[0].key.clone(), target: target(what) };
        self.model.preferences.apply(&PreferenceChange::Pin(pin));
        self
    }

    pub fn alias(mut self, alias: &str, of: &str) -> Self {
        self.model.settings.aliases = Aliases::new([(alias.to_owned(), AccountRole::Id(target(of)))]);
        self
    }

    pub fn with_reasons(mut self, reasons: &[&str]) -> Self {
        for reason in reasons {
            let reason = Reason::parse(reason, Reason::FLOOR).unwrap();
            self.model.preferences.apply(&PreferenceChange::Reason(reason));
        }
        self
    }

    pub fn demo(mut self) -> Self {
        self.model.settings.demo = Some(Demo { approves_itself_after: Duration::from_secs(6) });
        self
    }

    /// Makes the index say that a session is signed in to for `lifespan`.
    pub fn set_signed_in(&mut self, name: &str, lifespan: Lifespan) {
        let note = self.index.session_mut(&session(name));
        note.user = Some("alice@acme.example".into());
        note.signed_in = Some(signed_in_for(lifespan));
        self.send_index();
    }

    /// Gives the first session these replicas.
    pub fn replicas(mut self, regions: &[&str]) -> Self {
        let first = self.model.sessions.remove(0);
        let replicas = regions.iter().map(|region| Replica::parse(region).unwrap()).collect();
        let replicas: Replicas = [(first.config.name.clone(), replicas)].into_iter().collect();
        let standbys = replicas.standbys_of(&first.config);
        self.model.sessions.insert(0, first.with_standbys(standbys));
        self.send_index();
        self
    }

    /// Makes the index say that somebody is signed in at a replica of the first session for `lifespan`.
    pub fn with_standby(mut self, at: usize, lifespan: Lifespan) -> Self {
        let standby = self.model.sessions[0].standbys[at].config.clone();
        self.index.session_mut(&standby).signed_in = Some(signed_in_for(lifespan));
        self.send_index();
        self
    }

    /// Makes the index say that the first session's region was found out just now.
    pub fn out(mut self) -> Self {
        let primary = self.model.sessions[0].config.clone();
        self.index.note_out(&primary, Some(start()));
        self.send_index();
        self
    }

    /// Makes the index say that nobody is signed in to a session.
    pub fn set_signed_out(&mut self, name: &str) {
        self.index.session_mut(&session(name)).signed_in = None;
        self.send_index();
    }

    /// AWS answers the task that was spawned last that the session has ended.
    pub fn ended_by_aws(mut self) -> Self {
        self.set_signed_out("acme-prod");
        let source = AwsError { operation: "ListAccounts", kind: AwsErrorKind::SignedOut, detail: "expired".into() };
        let session = SessionName::parse("acme-prod").unwrap();
        self.task_failed(Error::LoginNeeded { session, elsewhere: None, source: Some(source) })
    }

    /// Credentials fetched `age` minutes ago, kept for `ours` minutes and valid at AWS for `aws` minutes.
    pub fn with_credentials(self, what: &str, age: i64, ours: i64, aws: i64, reason: Option<&str>) -> Self {
        self.with_credentials_in("acme-prod", what, (age, ours, aws), reason)
    }

    /// The same in any session.
    pub fn with_credentials_in(
        self,
        name: &str,
        what: &str,
        (age, ours, aws): (i64, i64, i64),
        reason: Option<&str>,
    ) -> Self {
        let ours = lifespan(age, ours);
        let kept = KeptNote {
            access_key_id: "ASIAEXAMPLEKEY".into(),
            aws_ends_at: lifespan(age, aws).ends_at(),
            ours,
            reason: reason.map(str::to_owned),
            store: None,
        };
        self.with_note(name, what, Some(kept), 12, age)
    }

    /// A role without credentials that was used so many times, the last time `age` minutes ago.
    pub fn used(self, what: &str, uses: u32, age: i64) -> Self {
        self.with_note("acme-prod", what, None, uses, age)
    }

    fn with_note(mut self, name: &str, what: &str, kept: Option<KeptNote>, uses: u32, age: i64) -> Self {
        let note = TargetNote {
            target: target(what),
            kept,
            stores: Holders::default(),
            uses,
            last_used: Some(start() - SignedDuration::from_mins(age)),
        };
        self.index.session_mut(&session(name)).targets.insert(what.to_owned(), note);
        self.send_index();
        self
    }

    fn send_index(&mut self) {
        self.send(Message::Index(Box::new(self.index.clone())));
    }

    pub fn send(&mut self, message: Message) {
        let effects = update(&mut self.model, now_after(self.seconds), message);
        self.record(effects);
    }

    fn record(&mut self, effects: Effects) {
        self.effects.extend(effects);
    }

    /// What the event loop does first.
    pub fn opened(mut self) -> Self {
        let effects = open(&mut self.model);
        self.record(effects);
        self
    }

    pub fn keys(mut self, script: &str) -> Self {
        for key in keys(script) {
            self.send(Message::Key { key, in_burst: false });
        }
        self
    }

    pub fn keys_in_burst(mut self, script: &str) -> Self {
        for key in keys(script) {
            self.send(Message::Key { key, in_burst: true });
        }
        self
    }

    pub fn paste(mut self, text: &str) -> Self {
        self.send(Message::Paste(text.to_owned()));
        self
    }

    /// An elevation granted `age` minutes ago, for `ours` minutes here and `aws` minutes at AWS, with its credentials.
    pub fn with_elevation(mut self, what: &str, age: i64, ours: i64, aws: i64) -> Self {
        self.elevations.add_open(what, lifespan(age, ours), lifespan(age, aws).ends_at());
        self.send(Message::Elevations(Box::new(self.elevations.list())));
        self.with_credentials(what, age, ours, aws, Some("restore the ledger after INC-4711"))
    }

    /// A drill that was begun `age` minutes ago, for `ours` minutes.
    pub fn with_drill(mut self, what: &str, age: i64, ours: i64) -> Self {
        self.elevations.add_drill(what, lifespan(age, ours));
        self.send(Message::Elevations(Box::new(self.elevations.list())));
        self
    }

    /// The log tells that the first elevation is over, and how.
    pub fn first_elevation_ended(mut self, how: &str) -> Self {
        self.elevations.end_first(how);
        self.send(Message::Elevations(Box::new(self.elevations.list())));
        self
    }

    /// What was asked for of the whole log arrives.
    pub fn all_elevations(mut self) -> Self {
        self.send(Message::AllElevations(Box::new(self.elevations.list())));
        self
    }

    /// The log tells that the person was warned with so many minutes left.
    pub fn warned_with_left(mut self, minutes: u32) -> Self {
        self.elevations.set_warned_at(minutes);
        self.send(Message::Elevations(Box::new(self.elevations.list())));
        self
    }

    /// An elevation that began `age` minutes ago and ended when its `length` in minutes was over.
    pub fn past_elevation(mut self, what: &str, age: i64, length: i64) -> Self {
        self.elevations.add_past(what, lifespan(age, length));
        self.send(Message::Elevations(Box::new(self.elevations.list())));
        self
    }

    /// Presses the left button of the mouse.
    pub fn click(mut self, column: u16, row: u16) -> Self {
        let kind = MouseEventKind::Down(MouseButton::Left);
        self.send(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
        self
    }

    /// One step of the mouse wheel; up where negative.
    pub fn wheel(mut self, step: i8) -> Self {
        let kind = if step < 0 { MouseEventKind::ScrollUp } else { MouseEventKind::ScrollDown };
        self.send(Message::Mouse(MouseEvent { kind, column: 3, row: 3, modifiers: KeyModifiers::NONE }));
        self
    }

    pub fn advance(mut self, seconds: i64) -> Self {
        self.seconds += seconds;
        self.send(Message::Tick);
        self
    }

    /// The task that was spawned last.
    pub fn last_task(&self) -> TaskId {
        let spawned = |effect: &Effect| if let Effect::Spawn(id, _) = effect { Some(*id) } else { None };
        self.effects.iter().rev().find_map(spawned).expect("no task was spawned")
    }

    pub fn sign_in_event(mut self, event: login::Event) -> Self {
        self.send(Message::TaskProgress(self.last_task(), TaskProgress::SignIn(event)));
        self
    }

    pub fn listing_event(mut self, event: catalog::Event) -> Self {
        self.send(Message::TaskProgress(self.last_task(), TaskProgress::Listing(event)));
        self
    }

    pub fn task_done(mut self) -> Self {
        self.send(Message::TaskEnded(self.last_task(), Ok(())));
        self
    }

    /// The task that was spawned last says how it copied, and ends.
    pub fn copied(mut self, copied: Copied) -> Self {
        self.send(Message::TaskProgress(self.last_task(), TaskProgress::Copied(copied)));
        self.task_done()
    }

    pub fn task_failed(mut self, error: Error) -> Self {
        self.send(Message::TaskEnded(self.last_task(), Err(error)));
        self
    }

    pub fn code_issued(self) -> Self {
        let link = "https://device.sso.us-east-1.amazonaws.com/";
        self.sign_in_event(login::Event::CodeIssued {
            user_code: "WDKF-QXRT".into(),
            link: link.parse().unwrap(),
            link_with_code: format!("{link}?user_code=WDKF-QXRT").parse().unwrap(),
            expires_in: Duration::from_secs(600),
        })
    }

    pub fn buffer(&mut self) -> Buffer {
        self.draw(view::draw)
    }

    fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>, &Model)) -> Buffer {
        let size = self.model.size;
        roles::update::sync_list(&mut self.model);
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        terminal.draw(|frame| draw(frame, &self.model)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The dialogs without the screen below them, and the footer.
    pub fn dialog(&mut self) -> String {
        let footer = self.screen().lines().last().unwrap().to_owned();
        let buffer = self.draw(view::draw_dialogs);
        let rows = (0..buffer.area.height).map(|row| line_of(&buffer, row, 0..buffer.area.width));
        let rows: Vec<String> = rows.filter(|row| !row.is_empty()).chain([footer]).collect();
        let indent = rows.iter().filter(|row| row.contains('│')).map(|row| row.len() - row.trim_start().len()).min();
        let rows = rows.iter().map(|row| row.strip_prefix(&" ".repeat(indent.unwrap())).unwrap_or(row));
        rows.collect::<Vec<_>>().join("\n")
    }

    pub fn screen(&mut self) -> String {
        let buffer = self.buffer();
        let lines = (0..buffer.area.height).map(|row| line_of(&buffer, row, 0..buffer.area.width));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The text of some columns of a row.
fn line_of(buffer: &Buffer, row: u16, columns: Range<u16>) -> String {
    let mut line = String::new();
    let mut skip = 0;
    for column in columns {
        let symbol = buffer[(column, row)].symbol();
        if skip == 0 {
            line.push_str(symbol);
            skip = crate::domain::text::columns(symbol).saturating_sub(1);
        } else {
            skip -= 1;
        }
    }
    line.trim_end().to_owned()
}

/// Nobody is signed in; AWS was not asked.
pub fn login_needed() -> Error {
    Error::LoginNeeded { session: SessionName::parse("acme-prod").unwrap(), elsewhere: None, source: None }
}

/// Compares the screen with the snapshot of that name.
macro_rules! assert_screen {
    ($name:literal, $app:expr) => {{
        let mut app = $app;
        insta::assert_snapshot!($name, app.screen());
    }};
}
pub(crate) use assert_screen;

/// Compares the dialogs, without the screen below them, with the snapshot of that name.
macro_rules! assert_dialog {
    ($name:expr, $app:expr) => {{
        let mut app = $app;
        insta::assert_snapshot!($name, app.dialog());
    }};
}
pub(crate) use assert_dialog;
