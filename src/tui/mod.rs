//! The terminal UI, in the Elm architecture: messages update the model, the view draws it, effects are values.
//!
//! | module | what it is |
//! |---|---|
//! | `event_loop` | waits for input, signals and messages; updates, carries out effects, draws |
//! | `input`, `signals`, `message` | what comes in: terminal events become messages |
//! | `model` | everything that is shown; no secret, no clock |
//! | `update`, `actions` | how a message changes the model, and what several screens have in common there |
//! | `screens`, `dialogs` | a folder for each: `model`, `keys`, `update`, `view` |
//! | `keymap`, `keys`, `movement` | the bindings that apply now; key presses, footer and help use them |
//! | `view`, `role_details`, `snippets` | what several screens show: header, footer, status line, a role's details |
//! | `layout`, `widgets`, `theme`, `remaining`, `redraw` | what it looks like, and when it is drawn |
//! | `effect`, `task`, `executor` | what `update` asks for, and how tasks are run |
//! | `policy` | what is derived from the policy: tiers, and whether a reason is required and valid |
//! | `options`, `startup` | what the UI is started with, and the first model |
//! | `terminal`, `job_control`, `osc52` | the terminal itself |

mod actions;
mod dialogs;
mod effect;
mod event_loop;
mod executor;
mod input;
#[cfg(unix)]
mod job_control;
mod keymap;
mod keys;
mod layout;
mod message;
mod model;
mod movement;
mod options;
mod osc52;
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
#[cfg(test)]
mod tests;
mod theme;
mod update;
mod view;
mod widgets;

pub use self::event_loop::{Exit, run};
pub use self::options::{Demo, DisplayOptions, Options, PolicyReader};
pub use self::theme::ColorDepth;
