//! The portal's rate limit.

use super::clock::Millis;

/// A token bucket whose capacity is what it refills in one second.
pub(super) struct TokenBucket {
    per_second: Option<f64>,
    tokens: f64,
    refilled_at: Millis,
}

impl TokenBucket {
    pub(super) fn new(per_second: Option<u32>, now: Millis) -> Self {
        let per_second = per_second.map(f64::from);
        TokenBucket { per_second, tokens: per_second.unwrap_or(0.0), refilled_at: now }
    }

    /// Whether it admits one more request now.
    pub(super) fn admits(&mut self, now: Millis) -> bool {
        let Some(rate) = self.per_second else { return true };
        let passed = now.saturating_sub(self.refilled_at).max(0);
        self.refilled_at = now;
        self.tokens = (self.tokens + passed as f64 / 1000.0 * rate).min(rate);
        let admitted = self.tokens >= 1.0;
        if admitted {
            self.tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_admits_its_rate_and_refills_with_time() {
        let mut bucket = TokenBucket::new(Some(20), 0);
        assert_eq!((0..100).filter(|_| bucket.admits(0)).count(), 20);
        assert_eq!((0..100).filter(|_| bucket.admits(500)).count(), 10);
        assert_eq!((0..100).filter(|_| bucket.admits(60_000)).count(), 20);
        assert_eq!((0..100).filter(|_| bucket.admits(0)).count(), 0);
        assert!(TokenBucket::new(None, 0).admits(0));
    }
}
