//! What is known of an elevation before it begins, in the words that the plan and the form share.

use jiff::tz::TimeZone;
use jiff::{RoundMode, SignedDuration, SignedDurationRound, Timestamp, Unit};

use super::aws_life::AwsLife;
use super::id::ElevationId;
use crate::domain::on_call::Admission;
use crate::domain::policy::{Cap, Mode, OnEnd, Terms, Verdict};
use crate::domain::text::visible;
use crate::domain::tier::Gate;
use crate::domain::time::{clock_time, later};

/// Something to know, with what it is about.
pub type Fact = (&'static str, String);

/// What the policy warns of, and what may go unnoticed, is about this.
pub const WARNING: &str = "WARNING";

/// What is known of an elevation of one target before it begins.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// Whether the gate is open to whoever is on duty.
    pub admission: Admission,
    /// What is left of each of the policy's caps; none while that is being read.
    pub caps: Option<Vec<CapLeft>>,
    /// Until when the elevation lasts that a new one takes the place of.
    pub runs_until: Option<Timestamp>,
    /// How long the credentials lived that AWS gave for the elevation of the same target before.
    pub aws_life: Option<SignedDuration>,
    /// The wall clock.
    pub now: Timestamp,
    /// Where it is read.
    pub zone: TimeZone,
}

/// How much of a cap is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapLeft {
    /// How much.
    pub left: SignedDuration,
    /// Where that is too little for an elevation: when it is enough again.
    pub free_at: Option<Timestamp>,
}

/// The elevation that the words are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// A new one.
    New,
    /// One that carries on the one that runs.
    Extension,
    /// A drill.
    Drill,
}

impl Beginning {
    /// What a draft begins.
    pub fn of(is_drill: bool, extends: Option<ElevationId>) -> Self {
        match (is_drill, extends) {
            (true, _) => Beginning::Drill,
            (false, Some(_)) => Beginning::Extension,
            (false, None) => Beginning::New,
        }
    }
}

/// The shortest life that AWS gives to an assumed role's credentials.
const SHORTEST_ASSUMED: SignedDuration = SignedDuration::from_mins(15);

impl Outlook {
    /// What is known while the list of elevations is being read.
    pub fn while_reading(admission: Admission, now: Timestamp, zone: TimeZone) -> Self {
        Outlook { admission, caps: None, runs_until: None, aws_life: None, now, zone }
    }

    /// What decides, what the policy warns of, and whether the person is on duty.
    pub fn rule_facts(&self, verdict: &Verdict) -> Vec<Fact> {
        let terms = verdict.terms();
        let mut facts = vec![("rule", format!("{} · {} · {}", verdict.rule(), terms.tier, gate_words(terms.gate)))];
        facts.extend(terms.warnings.iter().map(|warning| (WARNING, visible(warning))));
        facts.extend(self.on_call_words().map(|words| ("on call", words)));
        facts
    }

    /// When an elevation of this length ends, here and at AWS.
    pub fn end_facts(&self, verdict: &Verdict, length: SignedDuration, beginning: Beginning) -> Vec<Fact> {
        let ends_at = later(self.now, length);
        let until = self.time(ends_at);
        if beginning == Beginning::Drill {
            return vec![("lasts", format!("{length:#}, until {until}; a drill: AWS is not asked"))];
        }
        let Some(runs_until) = self.runs_until else {
            let lasts = format!("{}, until {until}; then our copy is deleted", rounded_down(length));
            return vec![("lasts", lasts), ("AWS", self.aws_words(verdict.terms(), length))];
        };
        let (before, longer) = (self.time(runs_until), ends_at.duration_since(runs_until));
        let mut facts = Vec::new();
        if longer.is_negative() {
            facts.push((WARNING, format!("▲ this ends SOONER: {until} instead of {before}")));
        }
        let change = if longer.is_negative() { "−" } else { "+" };
        let by = rounded_down(longer.abs());
        facts.push(("lasts", format!("now until {before}, then until {until} ({change}{by})")));
        if beginning == Beginning::New {
            facts.push(("replaces", "the elevation of this role that is active now".to_owned()));
        }
        facts.push(("AWS", self.aws_words(verdict.terms(), length)));
        facts
    }

    /// How much of each cap is left, who is told, and what becomes of programs.
    pub fn told_facts(&self, verdict: &Verdict) -> Vec<Fact> {
        let terms = verdict.terms();
        let mut facts: Vec<Fact> = match &self.caps {
            Some(caps) => terms.caps.iter().zip(caps).map(|(cap, left)| ("cap", self.cap_words(cap, *left))).collect(),
            None => terms.caps.iter().map(|cap| ("cap", format!("{cap}; what is left is being read"))).collect(),
        };
        for (about, names) in [("alerts", &terms.alerts), ("notified", &terms.notify)] {
            if !names.is_empty() {
                facts.push((about, format!("{} (recorded only: nothing is sent yet)", list(names))));
            }
        }
        if terms.on_end == OnEnd::Terminate {
            facts.push(("at end", "programs and shells that daypass started with it are ended".to_owned()));
        }
        facts
    }

    fn on_call_words(&self) -> Option<String> {
        match &self.admission {
            Admission::NotAsked => None,
            Admission::OnDuty(proof) => {
                let until = proof.evidence.iter().filter_map(|evidence| evidence.until).min();
                let until = until.map(|until| format!(" until {}", self.time(until))).unwrap_or_default();
                Some(format!("you are on duty{until}; no elevation is needed"))
            }
            Admission::UserUnknown => Some("AWS has yet to say who you are".to_owned()),
            Admission::Refused(why) => Some(why.to_string()),
        }
    }

    fn cap_words(&self, cap: &Cap, CapLeft { left, free_at }: CapLeft) -> String {
        let free = free_at.map(|at| format!("; free again from {}", self.time(at))).unwrap_or_default();
        format!("{} of {cap} left on this device{free}", rounded_down(left))
    }

    /// Until when AWS takes the credentials, whatever becomes of our copy.
    fn aws_words(&self, terms: &Terms, length: SignedDuration) -> String {
        let Mode::Direct = terms.mode else {
            return if length < SHORTEST_ASSUMED {
                format!("accepts copies for {SHORTEST_ASSUMED:#}, the shortest that it grants")
            } else {
                "accepts copies until the same end".to_owned()
            };
        };
        let Some(life) = self.aws_life else {
            return "may accept copies up to the permission set's session length".to_owned();
        };
        let words = format!("accepts copies for up to {} (as last time)", in_minutes(life));
        let most = terms.max_duration;
        match AwsLife::of(life, most) {
            AwsLife::AsThePolicyAllows => words,
            AwsLife::LongerThanNeeded => format!(
                "{words}; that is longer than the policy allows ({most:#}): a session duration of PT1H in the \
                 permission set mends it"
            ),
            AwsLife::Shortest => {
                format!(
                    "{words}; that is longer than the policy allows ({most:#}), and the shortest that AWS grants here"
                )
            }
        }
    }

    fn time(&self, at: Timestamp) -> String {
        clock_time(at, self.now, &self.zone)
    }
}

/// A length as people read it: whole minutes, or seconds below one; never more than there is.
pub fn rounded_down(length: SignedDuration) -> String {
    let unit = if length < SignedDuration::from_mins(1) { Unit::Second } else { Unit::Minute };
    let round = SignedDurationRound::new().smallest(unit).mode(RoundMode::Trunc);
    format!("{:#}", length.round(round).unwrap_or(length))
}

/// A length that clocks were read for.
fn in_minutes(length: SignedDuration) -> String {
    format!("{:#}", length.round(Unit::Minute).unwrap_or(length))
}

fn gate_words(gate: Gate) -> &'static str {
    match gate {
        Gate::None => "no gate",
        Gate::OnCall => "for those on call",
        Gate::BreakGlass => "break-glass",
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| visible(name)).collect::<Vec<_>>().join(", ")
}
