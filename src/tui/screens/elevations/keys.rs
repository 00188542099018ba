//! The keys of the screen of elevations. Letters are typed into the search, so that commands are on Ctrl and function keys.

use crossterm::event::KeyCode;

use super::model::{ElevationsScreen, Row};
use crate::domain::elevation::ElevationId;
use crate::tui::keys::{Bindings, ctrl, key};
use crate::tui::movement::Movement;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Copy the summary of the selected elevation as plain text.
    CopyText,
    /// The same as Markdown.
    CopyMarkdown,
    /// Copy what is live until when, of all elevations.
    CopyLive,
    /// Carry the selected elevation on with another one.
    Extend(ElevationId),
    /// End the selected elevation, once that is confirmed.
    End(ElevationId),
    /// Show the whole summary.
    Read,
    /// Read the log anew.
    Refresh,
    Help,
    Back,
    Move(Movement),
}

pub(crate) fn bindings(screen: &ElevationsScreen) -> Bindings<Command> {
    let mut bindings = Bindings::default();
    let row = screen.selected();
    if row.is_some() {
        bindings.add(&[ctrl('y')], Command::CopyText, "copy", "Copy the summary as text");
        bindings.add(&[ctrl('o')], Command::CopyMarkdown, "Markdown", "Copy the summary as Markdown");
    }
    if screen.all.is_some() {
        bindings.add(&[ctrl('t')], Command::CopyLive, "all live", "Copy what is live until when");
    }
    if let Some(id) = row.and_then(Row::extendable_id) {
        bindings.add(&[ctrl('e')], Command::Extend(id), "extend", "Extend the elevation");
    }
    if let Some(id) = row.and_then(Row::open_id) {
        bindings.add(&[ctrl('x')], Command::End(id), "end", "End the elevation");
    }
    if row.is_some() && !screen.is_reading() {
        bindings.add(&[key(KeyCode::Enter)], Command::Read, "whole", "Show the whole summary");
    }
    bindings.add(&[ctrl('r')], Command::Refresh, "refresh", "Read the log anew");
    bindings.pin(&[key(KeyCode::F(1))], Command::Help, "help", "Show these keys");
    let label = if screen.query.is_empty() || screen.is_reading() { "back" } else { "clear" };
    bindings.pin(
        &[key(KeyCode::Esc), key(KeyCode::F(6))],
        Command::Back,
        label,
        "Back to the list, clear the search, or back to the roles",
    );
    bindings.movement(false, Command::Move);
    bindings
}
