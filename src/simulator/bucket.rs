//! The portal's rate limit.

use super::clock::Millis;

/// A token bucket: as many requests at once as it refills in a second.
pub(super) struct Bucket {
    per_second: Option<f64>,
    left: f64,
    filled: Millis,
}

impl Bucket {
    pub(super) fn new(per_second: Option<u32>, now: Millis) -> Self {
        let per_second = per_second.map(f64::from);
        Bucket { per_second, left: per_second.unwrap_or(0.0), filled: now }
    }

    /// Whether one more request may pass now.
    pub(super) fn admits(&mut self, now: Millis) -> bool {
        let Some(rate) = self.per_second else { return true };
        let passed = now.saturating_sub(self.filled).max(0);
        self.filled = now;
        self.left = (self.left + passed as f64 / 1000.0 * rate).min(rate);
        let admitted = self.left >= 1.0;
        if admitted {
            self.left -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_admits_its_rate_and_refills_with_time() {
        let mut bucket = Bucket::new(Some(20), 0);
        assert_eq!((0..100).filter(|_| bucket.admits(0)).count(), 20);
        assert_eq!((0..100).filter(|_| bucket.admits(500)).count(), 10);
        assert_eq!((0..100).filter(|_| bucket.admits(60_000)).count(), 20);
        assert_eq!((0..100).filter(|_| bucket.admits(0)).count(), 0);
        assert!(Bucket::new(None, 0).admits(0));
    }
}
