//! Retrying: exponential backoff with jitter, `Retry-After` honoured, bounded in tries and in time.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::aws_error::{AwsError, AwsErrorKind};
use crate::ports::Ports;

/// The first backoff; each further one doubles, up to the longest.
const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const LONGEST_BACKOFF: Duration = Duration::from_secs(8);
/// The longest `Retry-After` that is waited out. What asks for more has failed: a person is told how long it is.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long to keep trying.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Tries for server trouble and missing connections, the first included.
    pub tries: u32,
    /// Tries while throttled, the first included.
    pub throttled_tries: u32,
    /// The deadline, by [`crate::ports::Clock::elapsed`].
    pub until: Option<Duration>,
}

impl RetryPolicy {
    /// For a person who watches.
    pub const INTERACTIVE: RetryPolicy = RetryPolicy { tries: 3, throttled_tries: 8, until: None };

    /// For a program that waits: the same, with a deadline `limit` from now.
    pub fn within(limit: Duration, ports: &Ports) -> Self {
        RetryPolicy { until: Some(ports.clock.elapsed() + limit), ..RetryPolicy::INTERACTIVE }
    }

    /// What is left until the deadline for one further wait, such as for a lock; at most `most`.
    pub fn left(&self, ports: &Ports, most: Duration) -> Duration {
        self.until.map_or(most, |until| until.saturating_sub(ports.clock.elapsed()).min(most))
    }

    /// How long to wait before the next try, where there is to be one after `tried` tries.
    pub fn wait_after(&self, tried: u32, kind: AwsErrorKind, ports: &Ports) -> Option<Duration> {
        let (most, asked) = match kind {
            AwsErrorKind::Throttled(asked) => (self.throttled_tries, asked),
            passing if passing.is_passing() => (self.tries, None),
            _ => return None,
        };
        if tried >= most {
            return None;
        }
        let asked = asked.unwrap_or_default();
        if asked > LONGEST_WAIT {
            return None;
        }
        let wait = asked.max(jittered(backoff(tried), ports));
        let in_time = self.until.is_none_or(|until| ports.clock.elapsed() + wait < until);
        in_time.then_some(wait)
    }
}

fn backoff(tried: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1))).min(LONGEST_BACKOFF)
}

/// Between a half and the whole of `wait`. Without randomness there is no jitter, which is no reason to fail.
fn jittered(wait: Duration, ports: &Ports) -> Duration {
    let random = ports.random().unwrap_or(u64::MAX);
    #[expect(clippy::cast_precision_loss, reason = "a jitter needs no more than a float's precision")]
    let share = random as f64 / u64::MAX as f64;
    wait.mul_f64(0.5 + share / 2.0)
}

/// Runs `call`, which AWS knows as `operation`, until it succeeds, fails for good, or the policy allows no further try;
/// gives the last error.
pub async fn with_retries<T, F>(
    ports: &Ports,
    retry: RetryPolicy,
    operation: &'static str,
    call: impl FnMut() -> F,
) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    with_retries_until_cancelled(ports, retry, operation, &CancellationToken::new(), call).await
}

/// The same until `cancelled`: a try that has begun is waited for, another one is not begun.
pub async fn with_retries_until_cancelled<T, F>(
    ports: &Ports,
    retry: RetryPolicy,
    operation: &'static str,
    cancelled: &CancellationToken,
    mut call: impl FnMut() -> F,
) -> Result<T, AwsError>
where
    F: Future<Output = Result<T, AwsError>>,
{
    let mut tried = 0;
    // What AWS said last says more than that the deadline came during a later call.
    let mut last = AwsError { operation, kind: AwsErrorKind::Unreachable, detail: "no answer in time".into() };
    loop {
        let error = match before_deadline(ports, retry, call()).await {
            Some(Ok(value)) => return Ok(value),
            Some(Err(error)) => error,
            None => return Err(last),
        };
        tried += 1;
        let Some(wait) = retry.wait_after(tried, error.kind, ports) else {
            return Err(error);
        };
        tracing::debug!(operation, kind = %error.kind, tried, ?wait, "trying again");
        tokio::select! {
            () = ports.clock.sleep(wait) => last = error,
            () = cancelled.cancelled() => return Err(error),
        }
    }
}

/// The call's answer, unless the deadline comes first.
async fn before_deadline<T>(ports: &Ports, retry: RetryPolicy, call: impl Future<Output = T>) -> Option<T> {
    let Some(until) = retry.until else {
        return Some(call.await);
    };
    let left = until.saturating_sub(ports.clock.elapsed());
    tokio::select! {
        answer = call => Some(answer),
        () = ports.clock.sleep(left) => None,
    }
}
