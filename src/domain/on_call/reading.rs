//! What comes of reading a rota.

use serde::{Deserialize, Serialize};

use super::shift::Shifts;
use crate::domain::text::Untrusted;

/// The largest rota that is read, in bytes: a year of hourly shifts takes half of it.
pub const LARGEST_ROTA: usize = 4 << 20;

/// The shifts that were read, and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The shifts.
    pub shifts: Shifts,
    /// What could not be read, and so does not count.
    pub problems: Problems,
}

/// What could not be read of a rota: how much, and the first few.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problems {
    count: usize,
    first: Vec<Untrusted>,
}

impl Problems {
    const SHOWN: usize = 3;
    const LONGEST: usize = 200;

    /// Adds one.
    pub(super) fn add(&mut self, problem: &str) {
        self.count += 1;
        if self.first.len() < Self::SHOWN {
            self.first.push(Untrusted::new(problem.chars().take(Self::LONGEST).collect::<String>()));
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The first of them.
    pub fn first(&self) -> &[Untrusted] {
        &self.first
    }
}

/// Why something is no rota at all. What it says instead is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is too large.
    #[error("it is larger than {} MiB", LARGEST_ROTA >> 20)]
    TooLarge,
    /// It is no calendar, or one that was cut off.
    #[error("it is no calendar: {0}")]
    NotACalendar(&'static str),
    /// It is neither a calendar nor JSON of the form that is asked for.
    #[error("it is neither a calendar nor JSON such as {{\"shifts\":[{{\"who\":…,\"from\":…,\"until\":…}}]}}")]
    NeitherCalendarNorJson,
}
