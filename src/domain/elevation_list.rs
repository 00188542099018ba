//! Which elevations the audit log tells of: those that have no end there yet, and those that have.

mod outlook;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::audit::{Access, AnyEvent, Event, GivenCredentials, Intent, Line, Subject};
use super::elevation::{ElevationId, EndReason};
use super::policy::Cap;
use super::source::SourceKey;
use super::sso_session::SessionKey;
use super::store_choice::StoreName;
use super::time::{Lifespan, Now, Stamp, later};

/// The elevations of one log, read line by line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ElevationList {
    open: BTreeMap<ElevationId, OpenElevation>,
    past: Vec<PastElevation>,
}

/// An elevation that has no end in the log yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenElevation {
    /// What its records repeat.
    pub subject: Subject,
    /// The key that its lock and its credentials are filed under.
    pub source: SourceKey,
    /// When the intent was recorded.
    pub asked: Stamp,
    /// How long it is to last.
    pub duration: SignedDuration,
    /// The process that asked.
    pub pid: u32,
    /// What AWS has granted; none while that is not recorded.
    pub active: Option<Active>,
    session: SessionKey,
    store: StoreName,
}

/// The part of an elevation that is there once AWS has granted it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Active {
    /// From when to when it lasts on our side.
    pub life: Lifespan,
    /// What AWS gave last; nothing in a drill.
    pub credentials: Option<GivenCredentials>,
    /// How often AWS gave credentials under it.
    pub fetches: u32,
    /// With how many minutes left the person was last warned.
    pub warned_at: Option<u32>,
}

/// An elevation that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastElevation {
    /// What its records repeat.
    pub subject: Subject,
    /// From when to when it lasted (AWS's clock); none where it was never granted.
    pub lasted: Option<(Timestamp, Timestamp)>,
    /// What AWS gave last.
    pub credentials: Option<GivenCredentials>,
    /// How often AWS gave any.
    pub fetches: u32,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an elevation came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was never granted.
    Failed(String),
    /// It was, or it is not known whether it was.
    Ended(EndReason),
}

impl Outcome {
    /// As people read it.
    pub fn words(&self) -> String {
        match self {
            Outcome::Failed(why) => format!("failed: {why}"),
            Outcome::Ended(how) => how.word().replace('_', " "),
        }
    }
}

impl PastElevation {
    /// Until when AWS accepts what it gave, where that is later than `now`.
    pub fn accepted_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.credentials.as_ref().map(|credentials| credentials.aws_ends_at).filter(|ends_at| *ends_at > now)
    }
}

impl OpenElevation {
    /// Whether its credentials are kept in `store`.
    pub fn is_in(&self, store: StoreName) -> bool {
        self.store == store
    }

    /// The store that its credentials are kept in.
    pub fn store(&self) -> StoreName {
        self.store
    }

    /// The session that it was reached through.
    pub fn session(&self) -> &SessionKey {
        &self.session
    }

    fn of(intent: Intent, asked: Stamp) -> Self {
        OpenElevation {
            subject: intent.subject,
            source: intent.source,
            asked,
            duration: SignedDuration::from_secs(intent.duration_s),
            pid: intent.pid,
            active: None,
            session: intent.session_key,
            store: intent.store,
        }
    }

    /// The elevation after its end, with what of it counts for caps.
    fn into_past(self, ended_at: Option<Timestamp>, outcome: Outcome) -> PastElevation {
        let lasted = self.active.as_ref().map(|active| {
            let from = active.life.obtained().aws_time_then();
            (from, ended_at.unwrap_or(active.life.ends_at()).clamp(from, active.life.ends_at()))
        });
        let fetches = self.active.as_ref().map_or(0, |active| active.fetches);
        let credentials = self.active.and_then(|active| active.credentials);
        PastElevation { subject: self.subject, lasted, credentials, fetches, outcome }
    }
}

/// With how many minutes left people are warned, the most urgent first.
const WARNED_AT: [u32; 2] = [2, 10];

impl Active {
    /// The most urgent warning that fits `now`, by the minutes that it is about. One that lasts no longer than that in all is
    /// not warned of.
    pub fn warning_at(&self, now: Now) -> Option<u32> {
        let is_near = |minutes: &u32| {
            let threshold = SignedDuration::from_mins(i64::from(*minutes));
            self.life.left(now) <= threshold && self.life.total() > threshold
        };
        WARNED_AT.into_iter().find(is_near).filter(|_| !self.life.is_over(now))
    }

    /// The end of what AWS gave last, by this machine's wall clock; none in a drill.
    pub fn aws_ends_at_local(&self) -> Option<Timestamp> {
        let credentials = self.credentials.as_ref()?;
        Some(self.life.obtained().to_local(credentials.aws_ends_at))
    }

    /// How long AWS still accepts what it gave last; none in a drill.
    pub fn aws_left(&self, now: Now) -> Option<SignedDuration> {
        let credentials = self.credentials.as_ref()?;
        Some(self.life.obtained().left_until(credentials.aws_ends_at, now))
    }

    /// Whether nobody was warned with so many minutes left, or fewer.
    pub fn is_warning_due(&self, minutes_left: u32) -> bool {
        self.warned_at.is_none_or(|warned_at| warned_at > minutes_left)
    }
}

impl ElevationList {
    /// Takes the log's next line.
    pub fn take(&mut self, line: &Line<AnyEvent>) {
        let at = line.envelope.at();
        match line.event.read() {
            Some(Event::Intent(intent)) => {
                self.open.insert(intent.subject.elevation, OpenElevation::of(*intent, at));
            }
            Some(Event::Granted(granted)) => {
                let Some(open) = self.open.get_mut(&granted.subject.elevation) else { return };
                let Some(life) = Lifespan::new(at, granted.ends_at) else { return };
                let fetches = u32::from(granted.credentials.is_some());
                open.active = Some(Active { life, credentials: granted.credentials, fetches, warned_at: None });
                // It says besides who AWS says the person is.
                open.subject = granted.subject;
            }
            Some(Event::Warned(warned)) => {
                let open = self.open.get_mut(&warned.subject.elevation);
                if let Some(active) = open.and_then(|open| open.active.as_mut()) {
                    active.warned_at = Some(warned.minutes_left);
                }
            }
            Some(Event::Failed(failed)) => {
                self.close(failed.subject.elevation, None, Outcome::Failed(failed.why));
            }
            Some(Event::Ended(ended)) => {
                self.close(ended.subject.elevation, ended.ended_at, Outcome::Ended(ended.how));
            }
            Some(Event::Issued(issued)) => {
                let open = issued.elevation.and_then(|id| self.open.get_mut(&id));
                if let Some(active) = open.and_then(|open| open.active.as_mut()) {
                    active.fetches = active.fetches.saturating_add(1);
                    active.credentials = Some(issued.credentials);
                }
            }
            Some(Event::Refused(_)) | None => {}
        }
    }

    /// Whether `line` tells of an elevation's beginning and cannot be read, as one that another version wrote. The list lacks
    /// then what may count for caps, and nothing may be decided by it. What tells of an end, and cannot be read, leaves open
    /// what it is about.
    pub fn lacks(line: &Line<AnyEvent>) -> bool {
        matches!(line.event.kind.as_str(), "elevation.intent" | "elevation.granted")
            && line.event.read::<Event>().is_none()
    }

    fn close(&mut self, id: ElevationId, ended_at: Option<Timestamp>, outcome: Outcome) {
        if let Some(open) = self.open.remove(&id) {
            self.past.push(open.into_past(ended_at, outcome));
        }
    }

    /// Forgets what ended before `limit`.
    pub fn forget_before(&mut self, limit: Timestamp) {
        self.past.retain(|past| past.lasted.is_some_and(|(_, until)| until >= limit));
    }

    /// Those without an end, in the order in which they were asked for.
    pub fn open(&self) -> impl Iterator<Item = &OpenElevation> {
        self.open.values()
    }

    /// Those that are over, in the order in which they ended.
    pub fn past(&self) -> &[PastElevation] {
        &self.past
    }

    /// The elevation of this id, while it has no end.
    pub fn get(&self, id: ElevationId) -> Option<&OpenElevation> {
        self.open.get(&id)
    }

    /// The keys that AWS gave for the target of `elevation`, under this one and those before, and still accepts at `now`:
    /// whoever got one of an earlier elevation goes on with that.
    pub fn keys_that_aws_accepts(&self, elevation: &OpenElevation, now: Timestamp) -> Vec<GivenCredentials> {
        let target = elevation.subject.target();
        let earlier = self.past.iter().filter(|past| past.subject.target() == target);
        let earlier = earlier.filter_map(|past| past.credentials.clone());
        let own = elevation.active.as_ref().and_then(|active| active.credentials.clone());
        earlier.chain(own).filter(|key| key.aws_ends_at > now).collect()
    }

    /// Those of a source without an end.
    pub fn of_source(&self, source: &SourceKey) -> Vec<OpenElevation> {
        self.open().filter(|elevation| elevation.source == *source).cloned().collect()
    }

    /// Those of a session's sources without an end.
    pub fn of_session(&self, session: &SessionKey) -> Vec<OpenElevation> {
        self.open().filter(|elevation| elevation.session == *session).cloned().collect()
    }

    /// The sources of those without an end that `concerns` picks, each once.
    pub fn sources_of(&self, concerns: impl Fn(&OpenElevation) -> bool) -> Vec<SourceKey> {
        let concerned = self.open().filter(|elevation| concerns(elevation));
        let mut sources: Vec<SourceKey> = concerned.map(|elevation| elevation.source.clone()).collect();
        sources.sort();
        sources.dedup();
        sources
    }

    /// What is left of `cap` at `now`, by AWS's clock, for a new elevation of `source`. One that runs counts with all that it
    /// may still last, and so does one that AWS has not answered yet; those of `source` do not, which the new one replaces.
    pub fn left_of(&self, cap: &Cap, now: Timestamp, source: &SourceKey) -> SignedDuration {
        self.counted(cap, now, source).left_of(cap, now)
    }

    /// From when to when the elevations lasted, or may last, that `cap` counts.
    fn counted(&self, cap: &Cap, now: Timestamp, source: &SourceKey) -> Counted {
        let counts = |access: &Access| access.counts_for(&cap.owner);
        let running = self.open().filter(|open| counts(&open.subject.access)).filter_map(|open| {
            let is_replaced = open.source == *source;
            let (from, ends_at) = match &open.active {
                Some(active) => (active.life.obtained().aws_time_then(), active.life.ends_at()),
                None if is_replaced => return None,
                None => (now, later(now, open.duration)),
            };
            let ends_at = if is_replaced { ends_at.min(now) } else { ends_at };
            Some((from, ends_at, open.subject.drill))
        });
        let past = self.past.iter().filter(|past| counts(&past.subject.access)).filter_map(|past| {
            let (from, until) = past.lasted?;
            Some((from, until, past.subject.drill))
        });
        let all = running.chain(past).filter(|(_, _, is_drill)| !is_drill);
        Counted(all.map(|(from, until, _)| (from, until)).collect())
    }
}

/// From when to when several elevations last.
struct Counted(Vec<(Timestamp, Timestamp)>);

impl Counted {
    /// What is left of `cap` at `now`.
    fn left_of(&self, cap: &Cap, now: Timestamp) -> SignedDuration {
        let since = later(now, -cap.window);
        let lengths = self.0.iter().map(|(from, until)| until.duration_since(*from.max(&since)));
        let zero = SignedDuration::ZERO;
        cap.left_after(lengths.fold(zero, |sum, length| sum.saturating_add(length.max(zero))))
    }
}
