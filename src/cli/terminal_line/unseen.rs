//! A terminal that shows nothing of what is typed, and shows it again however the program ends.

#[cfg(not(unix))]
pub(super) use self::elsewhere::Unseen;
#[cfg(unix)]
pub(super) use self::unix::Unseen;

#[cfg(unix)]
mod unix {
    use std::sync::{Mutex, MutexGuard, PoisonError};
    use std::{io, mem};

    use rustix::process::getpgrp;
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr};
    use zeroize::Zeroizing;

    /// What Ctrl-C is where it is a key like any other.
    const CTRL_C: char = '\u{3}';

    /// What becomes of what is typed.
    enum Typed {
        Shown,
        /// Not shown; the terminal had these settings before.
        Unseen(Termios),
        /// Shown, and a signal is about to end this process.
        ShownToTheEnd,
    }

    /// Held while the terminal is changed, so that a signal finds it before or after.
    static TYPED: Mutex<Typed> = Mutex::new(Typed::Shown);

    fn typed() -> MutexGuard<'static, Typed> {
        TYPED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show_again(from_now: Typed) {
        let mut typed = typed();
        if matches!(*typed, Typed::ShownToTheEnd) {
            return;
        }
        let Typed::Unseen(before) = mem::replace(&mut *typed, from_now) else { return };
        // A shell that has taken the terminal back has its own settings.
        if tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp()) {
            let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &before);
        }
    }

    fn show_to_the_end() {
        show_again(Typed::ShownToTheEnd);
    }

    /// Dropped, the terminal shows again what is typed.
    pub(in super::super) struct Unseen;

    impl Unseen {
        /// What is typed is not shown from now on. `before_a_signal_ends` has what it is given done before a signal ends this
        /// process.
        pub(in super::super) fn begin(before_a_signal_ends: fn(fn())) -> io::Result<Self> {
            before_a_signal_ends(show_to_the_end);
            let mut typed = typed();
            if matches!(*typed, Typed::ShownToTheEnd) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let before = tcgetattr(io::stdin())?;
            let mut unseen = before.clone();
            // Ctrl-C ends the line, and not the program, so that the person is told that nothing was kept.
            unseen.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
            unseen.special_codes[SpecialCodeIndex::VEOL] = CTRL_C as u8;
            tcsetattr(io::stdin(), OptionalActions::Flush, &unseen)?;
            *typed = Typed::Unseen(before);
            Ok(Unseen)
        }

        /// Reads a line; `None` at the end of the input, and where Ctrl-C was pressed.
        pub(in super::super) fn read(&self) -> io::Result<Option<Zeroizing<String>>> {
            let mut buffer = Zeroizing::new([0; 4096]);
            let count = rustix::io::retry_on_intr(|| rustix::io::read(io::stdin(), buffer.as_mut_slice()))?;
            let text = std::str::from_utf8(&buffer[..count]).map_err(|_| io::ErrorKind::InvalidData)?;
            Ok((count > 0 && !text.ends_with(CTRL_C)).then(|| Zeroizing::new(text.to_owned())))
        }
    }

    impl Drop for Unseen {
        fn drop(&mut self) {
            show_again(Typed::Shown);
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::io;

    use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, read};
    use zeroize::Zeroizing;

    /// Dropped, the terminal shows again what is typed.
    pub(in super::super) struct Unseen;

    impl Unseen {
        /// What is typed is not shown from now on. Ctrl-C is a key here, and there are no other signals.
        pub(in super::super) fn begin(_: fn(fn())) -> io::Result<Self> {
            crossterm::terminal::enable_raw_mode()?;
            Ok(Unseen)
        }

        /// Reads a line; `None` where Ctrl-C was pressed.
        pub(in super::super) fn read(&self) -> io::Result<Option<Zeroizing<String>>> {
            // Large enough from the start: growing would leave copies behind.
            let mut line = Zeroizing::new(String::with_capacity(4 * 4096));
            loop {
                let Event::Key(key) = read()? else { continue };
                match key.code {
                    _ if key.kind == KeyEventKind::Release => {}
                    KeyCode::Enter => return Ok(Some(line)),
                    KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(None),
                    KeyCode::Backspace => {
                        line.pop();
                    }
                    KeyCode::Char(character) if line.len() < 4096 => line.push(character),
                    _ => {}
                }
            }
        }
    }

    impl Drop for Unseen {
        fn drop(&mut self) {
            let _ = crossterm::terminal::disable_raw_mode();
        }
    }
}
