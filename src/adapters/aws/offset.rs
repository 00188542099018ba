//! How far AWS's clock is from ours, read off the Date header of every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::{DateTime, Format};
use jiff::{SignedDuration, Timestamp};

use crate::domain::time::later;
use crate::ports::Clock;

/// A Date header has whole seconds and some time on the way: less than this is agreement.
const AGREEMENT: i64 = 2_000;
/// No offset between two times that can be told.
const UNKNOWN: i64 = i64::MIN;

/// The last offset seen, in milliseconds, shared by all clients.
#[derive(Clone)]
pub(super) struct ClockOffset {
    /// [`UNKNOWN`] until an answer has been seen.
    millis: Arc<AtomicI64>,
    clock: Arc<dyn Clock>,
}

impl ClockOffset {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        ClockOffset { millis: Arc::new(AtomicI64::new(UNKNOWN)), clock }
    }

    /// AWS's clock minus ours: zero while they agree, `None` before any answer.
    pub(super) fn get(&self) -> Option<SignedDuration> {
        let millis = self.millis.load(Ordering::Relaxed);
        (millis != UNKNOWN).then(|| SignedDuration::from_millis(millis))
    }

    /// AWS's time, as far as it is known, for signing; never one before 1970, which not every system can represent.
    pub(super) fn aws_time(&self) -> Timestamp {
        let aws_time = later(self.clock.now().wall, self.get().unwrap_or_default());
        aws_time.max(Timestamp::UNIX_EPOCH)
    }

    fn note(&self, aws: Timestamp) {
        let offset = aws.as_millisecond().saturating_sub(self.clock.now().wall.as_millisecond());
        let agreed = offset.unsigned_abs() < AGREEMENT.unsigned_abs();
        self.millis.store(if agreed { 0 } else { offset }, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for ClockOffset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClockOffset({:?})", self.get())
    }
}

#[dyn_dispatch_hint]
impl Intercept for ClockOffset {
    fn name(&self) -> &'static str {
        "ClockOffset"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(time) = date_of(context.response().headers()) {
            self.note(time);
            // An error's Date may be that of something in between, which is no clock to end everything by.
            if context.response().status().is_success() {
                self.clock.saw_aws_time(time);
            }
        }
        Ok(())
    }
}

/// The time that an answer says it was given at.
pub(super) fn date_of(headers: &Headers) -> Option<Timestamp> {
    let date = DateTime::from_str(headers.get("date")?, Format::HttpDate).ok()?;
    Timestamp::from_millisecond(date.to_millis().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::clock::SystemClock;

    #[test]
    fn no_answer_is_not_the_answer_that_the_clocks_agree() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::new(folder.path()));
        let offset = ClockOffset::new(clock.clone());
        assert_eq!(offset.get(), None);
        offset.note(clock.now().wall);
        assert_eq!(offset.get(), Some(SignedDuration::ZERO));
        offset.note(later(clock.now().wall, SignedDuration::from_hours(1)));
        assert!(offset.get().is_some_and(|offset| offset > SignedDuration::from_mins(59)));
    }

    #[test]
    fn the_time_for_signing_is_awss_within_what_a_system_can_represent() {
        let folder = tempfile::tempdir().unwrap();
        let offset = ClockOffset::new(Arc::new(SystemClock::new(folder.path())));
        let table = [
            ("2030-01-02T03:04:05Z", "2030-01-02T03:04:05Z"),
            ("1076-05-13T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("9999-12-30T22:00:00Z", "9999-12-30T22:00:00Z"),
        ];
        for (told, signed) in table {
            offset.note(told.parse().unwrap());
            let off_by = offset.aws_time().duration_since(signed.parse().unwrap());
            assert!(off_by.abs() < SignedDuration::from_mins(1), "{told}: {off_by}");
        }
    }
}
