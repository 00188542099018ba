//! Standby sign-ins: sign-ins made beforehand at replicas of an Identity Center, which serve while its own region does
//! not answer. Here is which replicas there are, which of their sign-ins may serve, and when one is asked.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::aws_error::AwsErrorKind;
use super::ids::{Region, SessionName};
use super::index::{SessionNote, SignInNote};
use super::replica::Replica;
use super::sso_session::SsoSession;
use super::time::Now;

/// How long a region that did not answer is left aside, before it is asked first again.
const LEFT_ASIDE: SignedDuration = SignedDuration::from_mins(1);

/// The replicas of each SSO session, as the settings name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replicas(BTreeMap<SessionName, Vec<Replica>>);

impl FromIterator<(SessionName, Vec<Replica>)> for Replicas {
    fn from_iter<I: IntoIterator<Item = (SessionName, Vec<Replica>)>>(sessions: I) -> Self {
        Replicas(sessions.into_iter().collect())
    }
}

impl Replicas {
    /// `session` at each of its replicas, in the order of the settings. Its own region is no replica.
    pub fn standbys_of(&self, session: &SsoSession) -> Vec<SsoSession> {
        let replicas = self.0.get(&session.name).map(Vec::as_slice).unwrap_or_default();
        let others = replicas.iter().filter(|replica| replica.region != session.region);
        others.map(|replica| session.in_region(replica)).collect()
    }
}

/// Whether such a failure means that the region does not answer. A refusal of any kind is an answer.
pub fn means_out(kind: AwsErrorKind) -> bool {
    matches!(kind, AwsErrorKind::Unreachable | AwsErrorKind::ServerTrouble)
}

/// The standby sign-in that `standby` notes, where it may serve in the place of the session that `primary` notes. One that
/// is older than the session's own sign-in may be another person's, and serves no more.
pub fn usable<'a>(primary: Option<&SessionNote>, standby: Option<&'a SessionNote>, now: Now) -> Option<&'a SignInNote> {
    let sign_in = standby?.signed_in.as_ref().filter(|sign_in| !sign_in.lifespan().left(now).is_zero())?;
    let begun = |sign_in: &SignInNote| sign_in.session.obtained().aws_time_then();
    let own = primary.and_then(|primary| primary.signed_in.as_ref());
    own.is_none_or(|own| begun(sign_in) >= begun(own)).then_some(sign_in)
}

/// Whether the region of the session that `primary` notes is left aside for now, because it did not answer. Where nobody
/// is signed in to it, nothing can find out that it answers again but a sign-in.
pub fn is_left_aside(primary: Option<&SessionNote>, now: Now) -> bool {
    let Some(primary) = primary else { return false };
    let Some(since) = primary.out_since else { return false };
    let signed_in = primary.signed_in.as_ref().is_some_and(|own| !own.lifespan().left(now).is_zero());
    !signed_in || is_recent(since, now.wall)
}

/// A moment in the future is none that was noted by this clock.
fn is_recent(since: Timestamp, now: Timestamp) -> bool {
    let passed = now.duration_since(since);
    !passed.is_negative() && passed < LEFT_ASIDE
}

/// How much of the time that is `left` a region gets to answer while another one could be asked after it; `patience` is
/// the most that it gets in any case.
pub fn share(left: Option<Duration>, patience: Duration) -> Duration {
    left.map_or(patience, |left| (left / 2).min(patience))
}

/// Credentials came through another region than the session's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diversion {
    /// The session's own region.
    pub from: Region,
    /// The region of the standby sign-in.
    pub to: Region,
}

impl fmt::Display for Diversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not answer; served through the standby sign-in in {}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests;
