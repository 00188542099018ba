//! What a rule asks before credentials are handed out, and how two answers become the stricter one.

use jiff::SignedDuration;

use super::cap::Cap;
use super::pattern::Pattern;
use crate::domain::tier::{Gate, Tier};

/// The longest that an elevation into Admin ever lasts.
pub(super) const ADMIN_LONGEST: SignedDuration = SignedDuration::from_hours(1);
/// The fewest characters that a reason ever has.
pub(super) const SHORTEST_REASON: usize = 10;

/// All that is asked for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The class of the role.
    pub tier: Tier,
    /// What is asked before its credentials are handed out.
    pub gate: Gate,
    /// How an elevation gets its credentials.
    pub mode: Mode,
    /// How long an elevation lasts where nobody says.
    pub default_duration: SignedDuration,
    /// How long it lasts at most.
    pub max_duration: SignedDuration,
    /// How long elevations of this target may last together; all of these hold.
    pub caps: Vec<Cap>,
    /// The fewest characters of a reason.
    pub min_reason: usize,
    /// What a reason may not be like.
    pub denied_reasons: Vec<Pattern>,
    /// Whether a ticket is asked for.
    pub ticket: TicketNeed,
    /// What a ticket is like; all of these hold.
    pub ticket_patterns: Vec<Pattern>,
    /// The rotas of which the person must be on duty on each, where the gate asks for that.
    pub rotas: Vec<String>,
    /// What is shown before.
    pub warnings: Vec<String>,
    /// Where alerts go.
    pub alerts: Vec<String>,
    /// Who is told.
    pub notify: Vec<String>,
    /// Who may approve; none where nobody has to.
    pub approvers: Option<Vec<String>>,
    /// Whether a process without a terminal may begin an elevation.
    pub unattended: bool,
    /// What becomes of the programs that were started with an elevation's credentials when it ends.
    pub on_end: OnEnd,
}

/// How an elevation gets its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// From the permission set itself: AWS decides how long they live.
    Direct,
    /// The permission set's credentials assume this role, for as long as the elevation lasts. `{account}` in its ARN stands
    /// for the target's account.
    Chained(String),
}

/// Whether a ticket is asked for; a later one asks for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketNeed {
    /// It may be given.
    Optional,
    /// It is given, or the person says that there is none, which is recorded.
    OrNone,
    /// It is given.
    Required,
}

/// What becomes of started programs when an elevation ends; a later one does more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnEnd {
    /// They go on with what they have; the prompts of shells say that it has ended.
    Warn,
    /// Those that `exec`, `shell` and the screen started are ended.
    Terminate,
}

impl Mode {
    /// The word in policy files.
    pub const fn word(&self) -> &'static str {
        match self {
            Mode::Direct => "direct",
            Mode::Chained(_) => "chained",
        }
    }
}

impl TicketNeed {
    /// The word in policy files.
    pub const fn word(self) -> &'static str {
        match self {
            TicketNeed::Optional => "optional",
            TicketNeed::OrNone => "or_none",
            TicketNeed::Required => "required",
        }
    }
}

impl OnEnd {
    /// The word in policy files.
    pub const fn word(self) -> &'static str {
        match self {
            OnEnd::Warn => "warn",
            OnEnd::Terminate => "terminate",
        }
    }
}

impl Terms {
    /// What counts where it is not known which of the two does: field by field the stricter one.
    pub(super) fn stricter(self, other: Terms) -> Terms {
        Terms {
            tier: self.tier.max(other.tier),
            gate: self.gate.max(other.gate),
            mode: match self.mode {
                Mode::Direct => other.mode,
                chained @ Mode::Chained(_) => chained,
            },
            default_duration: self.default_duration.min(other.default_duration),
            max_duration: self.max_duration.min(other.max_duration),
            caps: union(self.caps, other.caps),
            min_reason: self.min_reason.max(other.min_reason),
            denied_reasons: union(self.denied_reasons, other.denied_reasons),
            ticket: self.ticket.max(other.ticket),
            ticket_patterns: union(self.ticket_patterns, other.ticket_patterns),
            rotas: union(self.rotas, other.rotas),
            warnings: union(self.warnings, other.warnings),
            alerts: union(self.alerts, other.alerts),
            notify: union(self.notify, other.notify),
            approvers: match (self.approvers, other.approvers) {
                (Some(ours), Some(theirs)) => Some(ours.into_iter().filter(|name| theirs.contains(name)).collect()),
                (ours, theirs) => ours.or(theirs),
            },
            unattended: self.unattended && other.unattended,
            on_end: self.on_end.max(other.on_end),
        }
    }

    /// The same with what counts whatever a policy says: Admin is break-glass, short and reasoned, and nothing lasts longer
    /// than it may.
    pub(super) fn within_floors(mut self) -> Terms {
        self.min_reason = self.min_reason.max(SHORTEST_REASON);
        if self.tier == Tier::Admin {
            self.gate = Gate::BreakGlass;
            self.max_duration = self.max_duration.min(ADMIN_LONGEST);
        }
        self.default_duration = self.default_duration.min(self.max_duration);
        self
    }

    /// Whether these ask for at least as much as `other` in every field.
    #[cfg(test)]
    pub(super) fn is_at_least_as_strict_as(&self, other: &Terms) -> bool {
        fn has_all<T: PartialEq>(ours: &[T], theirs: &[T]) -> bool {
            theirs.iter().all(|item| ours.contains(item))
        }
        self.tier >= other.tier
            && self.gate >= other.gate
            && (self.mode != Mode::Direct || other.mode == Mode::Direct)
            && self.default_duration <= other.default_duration
            && self.max_duration <= other.max_duration
            && has_all(&self.caps, &other.caps)
            && self.min_reason >= other.min_reason
            && has_all(&self.denied_reasons, &other.denied_reasons)
            && self.ticket >= other.ticket
            && has_all(&self.ticket_patterns, &other.ticket_patterns)
            && has_all(&self.rotas, &other.rotas)
            && has_all(&self.warnings, &other.warnings)
            && has_all(&self.alerts, &other.alerts)
            && has_all(&self.notify, &other.notify)
            && match (&self.approvers, &other.approvers) {
                (Some(ours), Some(theirs)) => has_all(theirs, ours),
                (_, None) => true,
                (None, Some(_)) => false,
            }
            && (!self.unattended || other.unattended)
            && self.on_end >= other.on_end
    }
}

fn union<T: PartialEq>(mut ours: Vec<T>, theirs: Vec<T>) -> Vec<T> {
    for item in theirs {
        if !ours.contains(&item) {
            ours.push(item);
        }
    }
    ours
}
