//! The rate of requests in a long listing: as fast as Identity Center allows, slower once it throttles.

use std::sync::Mutex;
use std::time::Duration;

use super::retry::LONGEST_WAIT;

/// What all callers of one Identity Center instance share, in requests a second.
const FASTEST: f64 = 20.0;
const SLOWEST: f64 = 1.0;
/// Requests that may go at once after a pause.
const BURST: f64 = 10.0;
/// The factor by which throttling cuts the rate, and what each success adds to it.
const CUT: f64 = 0.8;
const GAIN: f64 = 0.1;

/// A token bucket whose rate adapts (additive increase, multiplicative decrease).
#[derive(Debug)]
pub(super) struct RateLimiter(Mutex<State>);

#[derive(Debug)]
struct State {
    rate: f64,
    /// Requests that may go now; below zero, how many are waiting.
    tokens: f64,
    refilled: Duration,
    /// No request goes before this moment.
    paused_until: Duration,
    /// Throttling of requests sent before this moment has cut the rate already.
    cut_at: Duration,
}

impl RateLimiter {
    /// A limiter that starts at `now` with a full bucket.
    pub(super) fn new(now: Duration) -> Self {
        RateLimiter(Mutex::new(State { rate: FASTEST, tokens: BURST, refilled: now, paused_until: now, cut_at: now }))
    }

    /// Takes a token: how long to wait from `now` before the request may go.
    pub(super) fn reserve(&self, now: Duration) -> Duration {
        let mut state = self.state();
        state.refill(now);
        state.tokens -= 1.0;
        let queued = Duration::from_secs_f64((-state.tokens).max(0.0) / state.rate);
        queued.max(state.paused_until.saturating_sub(now))
    }

    /// Notes a request that was served.
    pub(super) fn note_success(&self) {
        let mut state = self.state();
        state.rate = (state.rate + GAIN).min(FASTEST);
    }

    /// Notes that a request sent at `sent` was throttled at `now`, with the wait that AWS asked for.
    pub(super) fn note_throttled(&self, sent: Duration, now: Duration, asked: Option<Duration>) {
        let mut state = self.state();
        state.refill(now);
        if sent >= state.cut_at {
            state.rate = (state.rate * CUT).max(SLOWEST);
            state.tokens = state.tokens.min(0.0);
            state.cut_at = now;
        }
        if let Some(asked) = asked {
            state.paused_until = state.paused_until.max(now + asked.min(LONGEST_WAIT));
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    fn refill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.refilled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.rate).min(BURST);
        self.refilled = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_burst_requests_go_at_the_limit() {
        let limiter = RateLimiter::new(Duration::ZERO);
        let waits: Vec<_> = (0..30).map(|_| limiter.reserve(Duration::ZERO)).collect();
        assert_eq!(waits[9], Duration::ZERO);
        assert_eq!(waits[29], Duration::from_secs(1));
    }

    #[test]
    fn a_volley_of_throttled_requests_cuts_the_rate_once() {
        let limiter = RateLimiter::new(Duration::ZERO);
        for _ in 0..10 {
            limiter.note_throttled(Duration::ZERO, Duration::from_millis(10), None);
        }
        let rate = limiter.state().rate;
        assert!((rate - FASTEST * CUT).abs() < 1e-9, "{rate}");
    }

    #[test]
    fn retry_after_holds_everything_back_but_never_for_ever() {
        let table = [(Duration::from_secs(3), Duration::from_secs(3)), (Duration::MAX, LONGEST_WAIT)];
        for (asked, wait) in table {
            let limiter = RateLimiter::new(Duration::ZERO);
            limiter.note_throttled(Duration::ZERO, Duration::ZERO, Some(asked));
            assert_eq!(limiter.reserve(Duration::ZERO), wait);
        }
    }

    #[test]
    fn successes_win_the_rate_back() {
        let limiter = RateLimiter::new(Duration::ZERO);
        limiter.note_throttled(Duration::ZERO, Duration::ZERO, None);
        (0..100).for_each(|_| limiter.note_success());
        assert!((limiter.state().rate - FASTEST).abs() < 1e-9);
    }
}
