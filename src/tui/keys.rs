//! Key bindings: which keys give which command, and what footer and help say about them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::movement::Movement;

/// One key, with or without Ctrl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyPress {
    code: KeyCode,
    ctrl: bool,
}

pub(crate) const fn key(code: KeyCode) -> KeyPress {
    KeyPress { code, ctrl: false }
}

pub(crate) const fn letter(letter: char) -> KeyPress {
    key(KeyCode::Char(letter))
}

pub(crate) const fn ctrl(letter: char) -> KeyPress {
    KeyPress { code: KeyCode::Char(letter), ctrl: true }
}

impl KeyPress {
    fn matches(self, event: KeyEvent) -> bool {
        let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
        self.code == event.code && self.ctrl == ctrl && !event.modifiers.contains(KeyModifiers::ALT)
    }

    /// As footer and help show it.
    pub(crate) fn name(self) -> String {
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

/// Keys with the command they give.
#[derive(Debug, Clone)]
pub(crate) struct Binding<C> {
    /// The first one is shown in the footer.
    pub(crate) keys: Vec<KeyPress>,
    pub(crate) command: C,
    /// Its label in the footer; `None` where only help shows it.
    pub(crate) label: Option<&'static str>,
    /// Its line in help.
    pub(crate) about: &'static str,
    /// Shown in the footer however narrow the screen is.
    pub(crate) pinned: bool,
}

impl<C> Binding<C> {
    /// Whether it moves a selection: its first key is one of those that do everywhere.
    pub(crate) fn moves(&self) -> bool {
        use KeyCode::{Down, End, Home, Left, PageDown, PageUp, Right, Up};
        self.keys
            .first()
            .is_some_and(|key| matches!(key.code, Up | Down | Left | Right | PageUp | PageDown | Home | End))
    }

    /// The keys, as help shows them.
    pub(crate) fn key_names(&self) -> String {
        key_names(&self.keys)
    }
}

/// Keys, as help shows them.
pub(crate) fn key_names(keys: &[KeyPress]) -> String {
    keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(" ")
}

/// The bindings of a screen or dialog, in the order of the footer.
#[derive(Debug, Clone)]
pub(crate) struct Bindings<C>(Vec<Binding<C>>);

impl<C> Default for Bindings<C> {
    fn default() -> Self {
        Bindings(Vec::new())
    }
}

impl<C> Bindings<C> {
    /// Binds keys to a command that footer and help show.
    pub(crate) fn add(&mut self, keys: &[KeyPress], command: C, label: &'static str, about: &'static str) {
        self.push(keys, command, Some(label), about, false);
    }

    /// Like [`Self::add`], for going back and for help: the footer always shows them.
    pub(crate) fn pin(&mut self, keys: &[KeyPress], command: C, label: &'static str, about: &'static str) {
        self.push(keys, command, Some(label), about, true);
    }

    /// Like [`Self::add`], before what the footer always shows.
    pub(crate) fn add_before_pinned(
        &mut self,
        keys: &[KeyPress],
        command: C,
        label: &'static str,
        about: &'static str,
    ) {
        let at = self.0.iter().position(|binding| binding.pinned).unwrap_or(self.0.len());
        let binding = Binding { keys: keys.to_vec(), command, label: Some(label), about, pinned: false };
        self.0.insert(at, binding);
    }

    /// Binds keys to a command that only help shows.
    pub(crate) fn add_to_help(&mut self, keys: &[KeyPress], command: C, about: &'static str) {
        self.push(keys, command, None, about, false);
    }

    fn push(&mut self, keys: &[KeyPress], command: C, label: Option<&'static str>, about: &'static str, pinned: bool) {
        self.0.push(Binding { keys: keys.to_vec(), command, label, about, pinned });
    }

    /// Binds the keys that move a selection; letters too, where no text is typed.
    pub(crate) fn movement(&mut self, letters: bool, command: fn(Movement) -> C) {
        let with_letter = |keys: &[KeyPress], extra: char| {
            let mut keys = keys.to_vec();
            keys.extend(letters.then(|| letter(extra)));
            keys
        };
        let up = with_letter(&[key(KeyCode::Up), ctrl('p')], 'k');
        let down = with_letter(&[key(KeyCode::Down), ctrl('n')], 'j');
        let (first, last) = (with_letter(&[key(KeyCode::Home)], 'g'), with_letter(&[key(KeyCode::End)], 'G'));
        self.add_to_help(&up, command(Movement::Up), "Up");
        self.add_to_help(&down, command(Movement::Down), "Down");
        self.add_to_help(&[key(KeyCode::PageUp), ctrl('b')], command(Movement::PageUp), "A screen up");
        self.add_to_help(&[key(KeyCode::PageDown), ctrl('f')], command(Movement::PageDown), "A screen down");
        self.add_to_help(&first, command(Movement::First), "To the first");
        self.add_to_help(&last, command(Movement::Last), "To the last");
    }

    /// The same bindings with other commands.
    pub(crate) fn map<D>(self, convert: impl Fn(C) -> D) -> Bindings<D> {
        let bindings = self.0.into_iter().map(|Binding { keys, command, label, about, pinned }| Binding {
            keys,
            command: convert(command),
            label,
            about,
            pinned,
        });
        Bindings(bindings.collect())
    }

    /// The command of the first binding that `event` matches.
    pub(crate) fn command(self, event: KeyEvent) -> Option<C> {
        let binding = self.0.into_iter().find(|binding| binding.keys.iter().any(|key| key.matches(event)));
        binding.map(|binding| binding.command)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Binding<C>> {
        self.0.iter()
    }

    /// What help says: all keys that do the same thing on one line, and what that is.
    pub(crate) fn help_lines(&self) -> Vec<(String, &'static str)> {
        let mut lines: Vec<(String, &'static str)> = Vec::new();
        for binding in &self.0 {
            match lines.last_mut() {
                Some((keys, about)) if *about == binding.about => *keys = format!("{keys} {}", binding.key_names()),
                _ => lines.push((binding.key_names(), binding.about)),
            }
        }
        lines
    }
}
