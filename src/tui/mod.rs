//! The terminal UI, in the Elm architecture: messages update the model, the view draws it, effects are values.
//!
//! | module | what it is |
//! |---|---|
//! | `event_loop` | waits for input, signals and messages; updates, carries out effects, draws |
//! | `terminal_events`, `input`, `signals`, `message` | what comes in: terminal events become messages |
//! | `model` | everything that is shown; no secret, no clock |
//! | `update` | how a message changes the model |
//! | `actions` | what several screens do to the model; `actions::role` is the table of what can be done with a role, from which keys, footer, sheet, details and help come |
//! | `screens` | setup, sign-in, roles, active credentials and elevations; a folder for each with `model`, `keys`, `update`, `view` |
//! | `dialogs` | action sheet, details, elevation, region, palette, sessions, help, error, question, text to select; a folder for each alike |
//! | `keymap`, `keys`, `movement` | the bindings that apply now; key presses, footer and help use them |
//! | `view`, `role_details`, `snippets` | what several screens show: header, footer, status line, a role's details |
//! | `layout`, `widgets`, `theme`, `remaining`, `redraw` | what it looks like, and when it is drawn |
//! | `effect`, `task`, `executor` | what `update` asks for, and how tasks are run |
//! | `policy` | what is derived from the policy: tiers, and whether a reason is required and valid |
//! | `options`, `startup` | what the UI is started with, and the first model |
//! | `typed_phrase` | what a person types to confirm an elevation, here and under the prompt |
//! | `inline`, `picker`, `confirmation` | lines under the prompt, where a command asks: for a target, or to have an elevation confirmed |
//! | `terminal`, `terminal_events`, `job_control`, `foreground` | the terminal itself: entered, drawn on, read and restored, and whose it is |
//! | `verbatim`, `notify` | text to select or click on the terminal, notices through it |
//! | `child` | a shell or program with a role's credentials that has the terminal until it ends |

mod actions;
mod child;
mod confirmation;
mod dialogs;
mod effect;
mod event_loop;
mod executor;
#[cfg(unix)]
mod foreground;
mod inline;
mod input;
#[cfg(unix)]
mod job_control;
mod keymap;
mod keys;
mod layout;
mod message;
mod model;
mod movement;
mod notify;
mod options;
mod picker;
mod policy;
mod redraw;
mod remaining;
mod role_details;
mod screens;
mod signals;
mod snippets;
mod startup;
mod task;
mod terminal;
mod terminal_events;
#[cfg(test)]
mod tests;
mod theme;
mod typed_phrase;
mod update;
mod verbatim;
mod view;
mod widgets;

pub use self::child::{ChildEnd, run_child};
pub use self::confirmation::{ConfirmationOptions, confirm};
pub use self::event_loop::{Exit, Left, run};
pub use self::inline::restore as restore_inline;
pub use self::notify::NotifyBy;
pub use self::options::{Demo, DisplayOptions, Options, PolicyReader, SettingRow};
pub use self::picker::{PickerOptions, pick};
pub use self::theme::{Background, ColorDepth};
