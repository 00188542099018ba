//! The keys that work here and now. Dispatch, footer and help all read this one table.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::model::{Dialog, Listing, Model, Phase, Question, RowId, Screen};
use crate::domain::session::Flow;

/// What a person can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Move the selection.
    Move(Step),
    /// Do the obvious thing with what is selected.
    Use,
    /// Choose what to copy.
    Copy,
    /// Show the credentials that are kept.
    Active,
    /// List accounts and roles anew.
    Refresh,
    /// Fetch the selected credentials anew.
    Renew,
    /// Forget the selected credentials.
    Drop,
    /// Show the SSO sessions.
    Sessions,
    /// Sign in.
    SignIn,
    /// Sign out.
    SignOut,
    /// Add an SSO session.
    AddSession,
    /// Open the link.
    OpenLink,
    /// Copy the link.
    CopyLink,
    /// Go on with this sign-in flow.
    SwitchFlow(Flow),
    /// Ask for a new code.
    NewCode,
    /// Go to the next field.
    NextField,
    /// Confirm.
    Submit,
    /// Choose this entry.
    Choose(usize),
    /// Show the keys.
    Help,
    /// One step back.
    Back,
    /// Stop the program until it is continued.
    Suspend,
    /// Leave.
    Quit,
}

/// A movement of the selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One up.
    Up,
    /// One down.
    Down,
    /// One screen up.
    PageUp,
    /// One screen down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
}

/// One key, with or without Ctrl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Press {
    code: KeyCode,
    ctrl: bool,
}

const fn key(code: KeyCode) -> Press {
    Press { code, ctrl: false }
}

const fn letter(letter: char) -> Press {
    key(KeyCode::Char(letter))
}

const fn ctrl(letter: char) -> Press {
    Press { code: KeyCode::Char(letter), ctrl: true }
}

impl Press {
    fn is(self, event: KeyEvent) -> bool {
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        self.code == event.code && self.ctrl == ctrl && !event.modifiers.contains(KeyModifiers::ALT)
    }

    /// As footer and help show it.
    pub fn name(self) -> String {
        match self.code {
            KeyCode::Char(' ') => "space".to_owned(),
            KeyCode::Char(letter) if self.ctrl => format!("^{}", letter.to_ascii_uppercase()),
            KeyCode::Char(letter) => letter.to_string(),
            KeyCode::F(number) => format!("F{number}"),
            KeyCode::Enter => "↵".to_owned(),
            KeyCode::Esc => "esc".to_owned(),
            KeyCode::Tab => "tab".to_owned(),
            KeyCode::BackTab => "⇧tab".to_owned(),
            KeyCode::Up => "↑".to_owned(),
            KeyCode::Down => "↓".to_owned(),
            KeyCode::PageUp => "pgup".to_owned(),
            KeyCode::PageDown => "pgdn".to_owned(),
            KeyCode::Home => "home".to_owned(),
            KeyCode::End => "end".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}

/// A key with what it does.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Any of these.
    pub keys: Vec<Press>,
    /// What they ask for.
    pub command: Command,
    /// Its word in the footer; none where only help tells of it.
    pub label: Option<String>,
    /// What help says.
    pub about: String,
}

impl Binding {
    /// The keys, as help shows them.
    pub fn keys_shown(&self) -> String {
        self.keys.iter().map(|press| press.name()).collect::<Vec<_>>().join(" ")
    }
}

/// The command that a key asks for.
pub fn command(model: &Model, event: KeyEvent) -> Option<Command> {
    bindings(model).into_iter().find(|binding| binding.keys.iter().any(|press| press.is(event))).map(|b| b.command)
}

/// Every key that works now, in the order of the footer.
pub fn bindings(model: &Model) -> Vec<Binding> {
    let mut table = Table::default();
    match model.dialogs.last() {
        Some(dialog) => table.dialog(model, dialog),
        None => match &model.screen {
            Screen::Setup(_) => table.setup(model),
            Screen::SignIn(sign_in) => table.sign_in(&sign_in.phase, sign_in.flow),
            Screen::Roles => table.roles(model),
            Screen::Active { .. } => table.active(model),
        },
    }
    table.everywhere(model);
    table.0
}

/// The keys behind a help dialog: what it explains.
pub fn explained(model: &Model) -> Vec<Binding> {
    let mut table = Table::default();
    match &model.screen {
        Screen::Setup(_) => table.setup(model),
        Screen::SignIn(sign_in) => table.sign_in(&sign_in.phase, sign_in.flow),
        Screen::Roles => table.roles(model),
        Screen::Active { .. } => table.active(model),
    }
    table.everywhere(model);
    table.0
}

#[derive(Default)]
struct Table(Vec<Binding>);

impl Table {
    fn add(&mut self, keys: &[Press], command: Command, label: &str, about: &str) {
        let label = (!label.is_empty()).then(|| label.to_owned());
        self.0.push(Binding { keys: keys.to_vec(), command, label, about: about.to_owned() });
    }

    fn roles(&mut self, model: &Model) {
        let Some(session) = model.session() else { return };
        let selected = session.roles.selected();
        let target = selected.and_then(|row| match &row.id {
            RowId::Role(target) => Some(target),
            RowId::Failed(_) => None,
        });
        let kept = target.is_some_and(|target| session.kept(target, model.now).is_some());
        let (signed_in, filtered) = (session.is_signed_in(model.now), !session.roles.query.is_empty());
        match (target, kept) {
            (Some(_), true) => {
                self.add(&[key(KeyCode::Enter)], Command::Use, "copy…", "Choose what to copy for this role")
            }
            (Some(_), false) if signed_in => {
                self.add(&[key(KeyCode::Enter)], Command::Use, "get credentials", "Get credentials for this role");
            }
            (Some(_), false) => {
                self.add(&[key(KeyCode::Enter)], Command::Use, "sign in", "Sign in, then get credentials")
            }
            (None, _) if selected.is_some() => {
                self.add(&[key(KeyCode::Enter)], Command::Use, "try again", "List again")
            }
            (None, _) => {}
        }
        if target.is_some() && !kept {
            self.add(&[ctrl('o')], Command::Copy, "copy…", "Get credentials and choose what to copy");
        }
        if !signed_in {
            let label = if target.is_some() && !kept { "" } else { "sign in" };
            self.add(&[ctrl('l')], Command::SignIn, label, "Sign in to this session");
        }
        if kept {
            self.add(&[ctrl('o')], Command::Copy, "", "Choose what to copy for this role");
            self.add(&[ctrl('x')], Command::Drop, "drop", "Forget the credentials kept for this role");
        }
        self.add(&[key(KeyCode::F(2)), ctrl('a')], Command::Active, "active", "Show all credentials that are kept");
        self.add(&[key(KeyCode::Tab)], Command::Sessions, "sessions", "Switch between SSO sessions, sign out");
        if signed_in {
            self.add(&[ctrl('r'), key(KeyCode::F(5))], Command::Refresh, "refresh", "List accounts and roles anew");
            self.add(&[ctrl('l')], Command::SignIn, "", "Sign in again, for a full day");
        }
        if !filtered {
            self.add(&[letter('?'), key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
        } else {
            self.add(&[key(KeyCode::F(1))], Command::Help, "help", "Show the keys");
        }
        let waiting = target.is_some_and(|target| model.is_fetching(&session.key, target));
        let listing = matches!(session.listing, Listing::Running { .. });
        let (label, about) = match (waiting, filtered) {
            (true, _) => ("cancel", "Stop waiting for these credentials"),
            (_, true) => ("clear", "Clear the filter"),
            _ if listing => ("stop", "Stop listing"),
            _ if !model.notices.is_empty() => ("dismiss", "Dismiss the notice"),
            _ => ("quit", "Leave"),
        };
        self.add(&[key(KeyCode::Esc)], Command::Back, label, about);
        self.movement(false);
    }

    fn active(&mut self, model: &Model) {
        if model.sessions.iter().any(|session| !session.all_kept(model.now).is_empty()) {
            self.add(&[key(KeyCode::Enter), letter('c'), ctrl('o')], Command::Copy, "copy…", "Choose what to copy");
            self.add(&[letter('r'), ctrl('r')], Command::Renew, "renew", "Fetch these credentials anew");
            self.add(&[letter('x'), ctrl('x')], Command::Drop, "drop", "Forget these credentials");
        }
        self.add(&[key(KeyCode::Tab)], Command::Sessions, "sessions", "Switch between SSO sessions, sign out");
        self.add(&[letter('?'), key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
        self.add(
            &[key(KeyCode::Esc), letter('q'), key(KeyCode::F(2)), ctrl('a')],
            Command::Back,
            "roles",
            "Back to the roles",
        );
        self.movement(true);
    }

    fn sign_in(&mut self, phase: &Phase, flow: Flow) {
        match phase {
            Phase::Over(_) => {
                let label = if flow == Flow::Device { "new code" } else { "try again" };
                self.add(&[key(KeyCode::Enter), letter('r')], Command::NewCode, label, "Try again, with a new code");
            }
            Phase::Code { .. } | Phase::Browser { .. } => {
                self.add(
                    &[letter('o')],
                    Command::OpenLink,
                    "open browser",
                    "Open the link in a browser on this machine",
                );
                self.add(&[letter('c')], Command::CopyLink, "copy link", "Copy the link");
            }
            Phase::Asking => {}
        }
        match flow {
            Flow::Device => self.add(
                &[letter('p')],
                Command::SwitchFlow(Flow::Pkce),
                "use this browser (PKCE)",
                "Sign in with the browser on this machine, without a code (PKCE)",
            ),
            Flow::Pkce => self.add(
                &[letter('d')],
                Command::SwitchFlow(Flow::Device),
                "use a code (device)",
                "Sign in with a code, in any browser on any machine",
            ),
        }
        self.add(&[letter('?'), key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
        self.add(&[key(KeyCode::Esc)], Command::Back, "cancel", "Give up this sign-in");
    }

    fn setup(&mut self, model: &Model) {
        self.add(&[key(KeyCode::Enter)], Command::Submit, "continue", "Write the session and sign in");
        self.add(
            &[key(KeyCode::Tab), key(KeyCode::BackTab), key(KeyCode::Down), key(KeyCode::Up)],
            Command::NextField,
            "next field",
            "Go to the other field",
        );
        self.add(&[key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
        let label = if model.sessions.is_empty() { "quit" } else { "back" };
        self.add(&[key(KeyCode::Esc)], Command::Back, label, "One step back");
    }

    fn dialog(&mut self, model: &Model, dialog: &Dialog) {
        match dialog {
            Dialog::Reason(_) => {
                self.add(
                    &[key(KeyCode::Enter)],
                    Command::Submit,
                    "enter with this reason",
                    "Record the reason and go on",
                );
                self.add(&[key(KeyCode::Esc)], Command::Back, "back", "Ask for nothing");
            }
            Dialog::Copy(_) => {
                self.add(&[key(KeyCode::Enter), letter('c')], Command::Submit, "copy", "Copy this form");
                for at in 0..super::handover::Form::ALL.len() {
                    let digit = char::from_digit(u32::try_from(at + 1).unwrap_or(9), 10).unwrap_or('9');
                    self.add(&[letter(digit)], Command::Choose(at), "", "Copy this form");
                }
                self.add(&[key(KeyCode::Esc), letter('q')], Command::Back, "back", "Copy nothing");
                self.movement(true);
            }
            Dialog::Question(question) => {
                let label = match question {
                    Question::Drop(..) => "drop them",
                    Question::SignOut(_) => "sign out",
                    Question::Quit => "quit",
                };
                self.add(&[letter('y'), key(KeyCode::Enter)], Command::Submit, label, "Do it");
                self.add(&[key(KeyCode::Esc), letter('n'), letter('q')], Command::Back, "no, go back", "Do nothing");
            }
            Dialog::Problem(_, super::model::Offer::SignIn(..)) => {
                self.add(&[key(KeyCode::Enter)], Command::Submit, "sign in", "Sign in");
                self.add(&[key(KeyCode::Esc)], Command::Back, "close", "Close this");
            }
            Dialog::Problem(..) => {
                self.add(&[key(KeyCode::Esc), key(KeyCode::Enter)], Command::Back, "close", "Close this");
            }
            Dialog::Sessions(at) => self.sessions(model, *at),
            Dialog::Help(_) => {
                let close = [key(KeyCode::Esc), letter('q'), letter('?'), key(KeyCode::F(1)), key(KeyCode::Enter)];
                self.add(&close, Command::Back, "close", "Close help");
                self.movement(true);
            }
        }
    }

    fn sessions(&mut self, model: &Model, at: usize) {
        self.add(&[key(KeyCode::Enter)], Command::Use, "show", "Show this session");
        if let Some(session) = model.sessions.get(at) {
            self.add(&[letter('s')], Command::SignIn, "sign in", "Sign in to this session");
            if session.is_signed_in(model.now) || !session.all_kept(model.now).is_empty() {
                self.add(&[letter('x')], Command::SignOut, "sign out", "Sign out and forget its credentials");
            }
        }
        self.add(&[letter('a')], Command::AddSession, "add", "Add an SSO session");
        self.add(&[key(KeyCode::Esc), letter('q')], Command::Back, "back", "Close this");
        self.movement(true);
        self.add(&[key(KeyCode::Tab)], Command::Move(Step::Down), "", "The next session");
    }

    /// `letters`: nothing is typed here, so that letters may move as well.
    fn movement(&mut self, letters: bool) {
        let with = |keys: &[Press], extra: char| {
            let mut keys = keys.to_vec();
            keys.extend(letters.then(|| letter(extra)));
            keys
        };
        self.add(&with(&[key(KeyCode::Up), ctrl('p')], 'k'), Command::Move(Step::Up), "", "Up");
        self.add(&with(&[key(KeyCode::Down), ctrl('n')], 'j'), Command::Move(Step::Down), "", "Down");
        self.add(&[key(KeyCode::PageUp), ctrl('b')], Command::Move(Step::PageUp), "", "A screen up");
        self.add(&[key(KeyCode::PageDown), ctrl('f')], Command::Move(Step::PageDown), "", "A screen down");
        self.add(&with(&[key(KeyCode::Home)], 'g'), Command::Move(Step::First), "", "To the first");
        self.add(&with(&[key(KeyCode::End)], 'G'), Command::Move(Step::Last), "", "To the last");
    }

    fn everywhere(&mut self, _model: &Model) {
        self.add(&[ctrl('z')], Command::Suspend, "", "Back to the shell; `fg` returns");
        self.add(&[ctrl('c')], Command::Quit, "", "Leave at once");
    }
}
