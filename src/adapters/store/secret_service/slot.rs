//! A place for one value that threads use in turn.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The place. What lies in it is taken out for a turn, so that a turn that goes wrong leaves nothing half done.
pub struct Slot<T> {
    state: Mutex<State<T>>,
    free: Condvar,
}

struct State<T> {
    in_use: bool,
    kept: Option<T>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot { state: Mutex::new(State { in_use: false, kept: None }), free: Condvar::new() }
    }
}

impl<T> Slot<T> {
    /// Waits for a turn of this thread, but no longer than `within`.
    pub fn take_turn(&self, within: Duration) -> Option<Turn<'_, T>> {
        // Each change of the state is a single assignment, so a panic elsewhere cannot have left it half done.
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.free.wait_timeout_while(state, within, |state| state.in_use);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.in_use {
            return None;
        }
        state.in_use = true;
        Some(Turn { slot: self })
    }
}

/// One thread's turn, until it is dropped.
pub struct Turn<'a, T> {
    slot: &'a Slot<T>,
}

impl<T> Turn<'_, T> {
    /// What an earlier turn kept.
    pub fn take(&mut self) -> Option<T> {
        self.slot.state.lock().unwrap_or_else(PoisonError::into_inner).kept.take()
    }

    /// Keeps `value` for the next turn.
    pub fn keep(&mut self, value: T) {
        self.slot.state.lock().unwrap_or_else(PoisonError::into_inner).kept = Some(value);
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.slot.state.lock().unwrap_or_else(PoisonError::into_inner).in_use = false;
        self.slot.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn one_at_a_time_and_what_is_kept_is_found_by_the_next() {
        let slot = Slot::<usize>::default();
        std::thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    let mut turn = slot.take_turn(LONG).unwrap();
                    let so_far = turn.take().unwrap_or_default();
                    std::thread::yield_now();
                    turn.keep(so_far + 1);
                });
            }
        });
        assert_eq!(slot.take_turn(LONG).unwrap().take(), Some(50));
    }

    #[test]
    fn a_turn_that_does_not_end_is_not_waited_for_any_longer_than_said() {
        let slot = Slot::<()>::default();
        let turn = slot.take_turn(LONG).unwrap();
        assert!(slot.take_turn(Duration::from_millis(1)).is_none());
        drop(turn);
        assert!(slot.take_turn(Duration::ZERO).is_some());
    }
}
