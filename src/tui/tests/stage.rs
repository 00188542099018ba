//! A model on a stage: sessions, catalog and index as wanted, a clock that moves when told, a screen to read.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;

use super::script::keys;
use crate::domain::catalog::{Account, Catalog};
use crate::domain::ids::{AccountId, Region, RoleName, SessionName, StartUrl};
use crate::domain::index::{Index, KeptNote, SignInNote, TargetNote};
use crate::domain::policy::Policy;
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::domain::text::Untrusted;
use crate::domain::time::{Lifespan, Now, Stamp};
use crate::error::{Error, Kind};
use crate::flows::{catalog, login};
use crate::tui::effect::{Effect, Effects};
use crate::tui::message::{Attempt, Message, Progress};
use crate::tui::model::{Model, OpenSession, Problem, Settings};
use crate::tui::theme::ColourDepth;
use crate::tui::update::{begin, update};
use crate::tui::{Demo, Look, view};

/// 09:00 on a Saturday.
pub const START: &str = "2026-11-21T09:00:00Z";

pub struct Stage {
    pub model: Model,
    pub index: Index,
    pub effects: Vec<Effect>,
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

/// From `age` minutes ago, for `length` minutes.
pub fn lifespan(age: i64, length: i64) -> Lifespan {
    let wall = start() - SignedDuration::from_mins(age);
    let obtained = Stamp { at: Now { wall, boot: None, latest_aws_time: None }, aws_offset: SignedDuration::ZERO };
    Lifespan::lasting(obtained, SignedDuration::from_mins(length)).unwrap()
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

impl Stage {
    /// Signed in to two sessions three hours ago, with everything listed and nothing kept.
    pub fn signed_in() -> Self {
        let mut stage = Stage::with(vec![session("acme-prod"), session("sandbox")]);
        stage.sign_in("acme-prod", lifespan(108, 480));
        stage.model.sessions[0].catalog = catalog();
        stage.note_index();
        stage
    }

    /// Nobody has signed in, nothing is listed.
    pub fn new_here() -> Self {
        Stage::with(vec![session("acme-prod")])
    }

    /// No session is configured.
    pub fn unconfigured() -> Self {
        Stage::with(Vec::new())
    }

    fn with(sessions: Vec<SsoSession>) -> Self {
        let settings = Settings {
            policy: Arc::new(Policy::built_in()),
            flow: Flow::Device,
            open_browser: false,
            aliases: HashMap::from([(target("100000023757/Developer"), "pay".to_owned())]),
            demo: None,
            program: "daypass".into(),
            config_file: "~/.aws/config".into(),
            endpoints: Arc::default(),
            zone: TimeZone::UTC,
            look: Look { colour: ColourDepth::Ansi16, mouse: true, osc52: false },
        };
        let open = |session| OpenSession::new(session, None, Catalog::default());
        let sessions = sessions.into_iter().map(open).collect();
        let size = Size { width: 80, height: 24 };
        Stage {
            model: Model::new(settings, sessions, 0, now_after(0), size),
            index: Index::default(),
            effects: Vec::new(),
            seconds: 0,
        }
    }

    pub fn size(mut self, width: u16, height: u16) -> Self {
        self.model.size = Size { width, height };
        self
    }

    pub fn colour(mut self, depth: ColourDepth) -> Self {
        self.model.settings.look.colour = depth;
        self
    }

    pub fn demo(mut self) -> Self {
        let page = "http://127.0.0.1:8080".to_owned();
        self.model.settings.demo = Some(Demo { approves_itself_after: Duration::from_secs(6), page });
        self
    }

    pub fn sign_in(&mut self, name: &str, life: Lifespan) {
        let note = self.index.session_mut(&session(name));
        note.user = Some("alice@acme.example".into());
        note.signed_in =
            Some(SignInNote { login_id: 1, flow: Flow::Device, token: life, session: life, refreshable: true });
        self.note_index();
    }

    /// Credentials kept for `target`: ours from `age` minutes ago for `ours`, AWS's for `aws` minutes.
    pub fn keep(mut self, what: &str, age: i64, ours: i64, aws: i64, reason: Option<&str>) -> Self {
        let ours = lifespan(age, ours);
        let kept = KeptNote {
            access_key_id: "ASIAEXAMPLEKEY".into(),
            aws_ends_at: lifespan(age, aws).ends_at(),
            ours,
            reason: reason.map(str::to_owned),
        };
        let note = TargetNote {
            target: target(what),
            kept: Some(kept),
            uses: 12,
            last_used: Some(start() - SignedDuration::from_mins(age)),
        };
        self.index.session_mut(&session("acme-prod")).targets.insert(what.to_owned(), note);
        self.note_index();
        self
    }

    pub fn note_index(&mut self) {
        self.take(Message::Index(Box::new(self.index.clone())));
    }

    pub fn take(&mut self, message: Message) {
        let effects = update(&mut self.model, now_after(self.seconds), message);
        self.asked(effects);
    }

    fn asked(&mut self, effects: Effects) {
        self.effects.extend(effects);
    }

    pub fn begin(mut self) -> Self {
        let effects = begin(&mut self.model);
        self.asked(effects);
        self
    }

    pub fn keys(mut self, script: &str) -> Self {
        for key in keys(script) {
            self.take(Message::Key { key, hurried: false });
        }
        self
    }

    pub fn hurried(mut self, script: &str) -> Self {
        for key in keys(script) {
            self.take(Message::Key { key, hurried: true });
        }
        self
    }

    pub fn paste(mut self, text: &str) -> Self {
        self.take(Message::Paste(text.to_owned()));
        self
    }

    pub fn wait(mut self, seconds: i64) -> Self {
        self.seconds += seconds;
        self.take(Message::Tick);
        self
    }

    /// The work begun last.
    pub fn last_attempt(&self) -> Attempt {
        let started = |effect: &Effect| if let Effect::Start(attempt, _) = effect { Some(*attempt) } else { None };
        self.effects.iter().rev().find_map(started).expect("no work was begun")
    }

    pub fn told(mut self, event: login::Event) -> Self {
        self.take(Message::Progress(self.last_attempt(), Progress::SignIn(event)));
        self
    }

    pub fn listed(mut self, event: catalog::Event) -> Self {
        self.take(Message::Progress(self.last_attempt(), Progress::Listing(event)));
        self
    }

    pub fn done(mut self) -> Self {
        self.take(Message::Ended(self.last_attempt(), Ok(())));
        self
    }

    pub fn failed(mut self, error: Error) -> Self {
        self.take(Message::Ended(self.last_attempt(), Err(Problem::from(error))));
        self
    }

    pub fn code_issued(self) -> Self {
        let link = "https://device.sso.us-east-1.amazonaws.com/";
        self.told(login::Event::CodeIssued {
            user_code: "WDKF-QXRT".into(),
            link: link.parse().unwrap(),
            link_with_code: format!("{link}?user_code=WDKF-QXRT").parse().unwrap(),
            expires_in: Duration::from_secs(600),
        })
    }

    pub fn buffer(&mut self) -> Buffer {
        let size = self.model.size;
        self.model.settle();
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        terminal.draw(|frame| view::draw(frame, &self.model)).unwrap();
        terminal.backend().buffer().clone()
    }

    pub fn screen(&mut self) -> String {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width.max(1));
        let lines = buffer.content().chunks(width).map(|cells| {
            let mut line = String::new();
            let mut skip = 0;
            for cell in cells {
                if skip == 0 {
                    line.push_str(cell.symbol());
                    skip = crate::domain::text::columns(cell.symbol()).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

pub fn signed_out() -> Error {
    Error::new(Kind::LoginNeeded, "SSO session `acme-prod` is not signed in").hint("daypass login acme-prod")
}

/// Compares the screen with the one on file.
macro_rules! shows {
    ($name:literal, $stage:expr) => {{
        let mut stage = $stage;
        insta::assert_snapshot!($name, stage.screen());
    }};
}
pub(super) use shows;
