//! What the earlier elevations tell of one that is about to begin.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::ElevationList;
use crate::domain::audit::{GivenCredentials, Mode, Subject};
use crate::domain::elevation::{CapLeft, Outlook, SHORTEST};
use crate::domain::on_call::Admission;
use crate::domain::policy::{Cap, Verdict};
use crate::domain::source::Source;
use crate::domain::time::{Now, Stamp};

impl ElevationList {
    /// What is known of an elevation of `source` that would begin at `now`. `stamp` tells how far AWS's clock is from ours.
    pub fn outlook(
        &self,
        verdict: &Verdict,
        source: &Source,
        admission: Admission,
        (stamp, now): (Stamp, Now),
        zone: TimeZone,
    ) -> Outlook {
        let aws_now = stamp.aws_time(now);
        let caps = verdict.terms().caps.iter().map(|cap| {
            let CapLeft { left, free_at } = self.cap_left(cap, aws_now, source);
            CapLeft { left, free_at: free_at.map(|at| stamp.to_local(at)) }
        });
        Outlook {
            admission,
            caps: Some(caps.collect()),
            runs_until: self.runs_until(source, now),
            aws_life: self.aws_life(source),
            now: now.wall,
            zone,
        }
    }

    /// What is left of `cap` at `now` for a new elevation of `source`.
    pub fn cap_left(&self, cap: &Cap, now: Timestamp, source: &Source) -> CapLeft {
        let counted = self.counted(cap, now, &source.key());
        let left = counted.left_of(cap, now);
        let is_free = |at| counted.left_of(cap, at) >= SHORTEST;
        let free_at = (left < SHORTEST).then(|| first_second(now, cap.window, is_free));
        CapLeft { left, free_at }
    }

    /// Until when the elevation of `source` lasts that is active, on this machine's wall clock.
    fn runs_until(&self, source: &Source, now: Now) -> Option<Timestamp> {
        let key = source.key();
        let lives = self.open().filter(|open| open.source == key && !open.subject.drill);
        let lives = lives.filter_map(|open| Some(open.active.as_ref()?.life)).filter(|life| !life.is_over(now));
        lives.map(|life| life.ends_at_local()).max()
    }

    /// How long the credentials lived that AWS gave for the latest elevation of `source` under which it gave any just once:
    /// what it gives later counts from then.
    fn aws_life(&self, source: &Source) -> Option<SignedDuration> {
        let given = |subject: &Subject, fetches: u32, from: Timestamp, given: Option<&GivenCredentials>| {
            let is_of_source = subject.is_of(&source.session().name, source.target());
            let counts = is_of_source && subject.mode == Mode::Direct && fetches == 1;
            let life = given?.aws_ends_at.duration_since(from);
            (counts && life.is_positive()).then_some((from, life))
        };
        let open = self.open().filter_map(|open| {
            let active = open.active.as_ref()?;
            let from = active.life.obtained().aws_time_then();
            given(&open.subject, active.fetches, from, active.credentials.as_ref())
        });
        let past = self.past().iter().filter_map(|past| {
            let (from, _) = past.lasted?;
            given(&past.subject, past.fetches, from, past.credentials.as_ref())
        });
        open.chain(past).max_by_key(|(from, _)| *from).map(|(_, life)| life)
    }
}

/// The first whole second after `now`, and at most `within` later, at which `holds`; once it holds, it goes on to.
fn first_second(now: Timestamp, within: SignedDuration, holds: impl Fn(Timestamp) -> bool) -> Timestamp {
    let after = |seconds| crate::domain::time::later(now, SignedDuration::from_secs(seconds));
    let (mut too_early, mut late_enough) = (0, within.as_secs());
    while too_early + 1 < late_enough {
        let between = too_early + (late_enough - too_early) / 2;
        if holds(after(between)) { late_enough = between } else { too_early = between }
    }
    after(late_enough)
}

#[cfg(test)]
mod tests;
