//! Whole-program tests.

#[cfg(unix)]
mod terminal;
