//! What each tier asks where no rule says otherwise.

use std::sync::Arc;

use jiff::SignedDuration;

use super::InvalidPolicy;
use super::rule::Clauses;
use super::terms::{ADMIN_LONGEST, Mode, SHORTEST_REASON, Terms, TicketNeed};
use crate::domain::tier::{Gate, Tier};

/// The terms of the three tiers. Admin always asks for break-glass, and no tier asks for less than the one below it.
#[derive(Debug, Clone)]
pub struct TierDefaults([Arc<Terms>; 3]);

impl TierDefaults {
    /// The terms where a policy says nothing: ReadOnly is free, Developer is for those on duty where there is a rota and
    /// free where there is none, Admin is break-glass.
    pub fn built_in(has_rota: bool) -> Self {
        let developer = if has_rota { Gate::OnCall } else { Gate::None };
        let terms = |tier, gate| {
            Arc::new(Terms {
                tier,
                gate,
                mode: Mode::Direct,
                default_duration: SignedDuration::from_mins(30),
                max_duration: ADMIN_LONGEST,
                caps: Vec::new(),
                min_reason: SHORTEST_REASON,
                denied_reasons: Vec::new(),
                ticket: TicketNeed::Optional,
                ticket_patterns: Vec::new(),
                rotas: Vec::new(),
                warnings: Vec::new(),
                alerts: Vec::new(),
                notify: Vec::new(),
                approvers: None,
                unattended: false,
            })
        };
        TierDefaults([
            terms(Tier::ReadOnly, Gate::None),
            terms(Tier::Developer, developer),
            terms(Tier::Admin, Gate::BreakGlass),
        ])
    }

    /// The same with what a policy says about `tier`.
    pub fn with(mut self, tier: Tier, clauses: &Clauses) -> Self {
        let terms = clauses.terms(tier, &self.0[place(tier)]);
        self.0[place(tier)] = Arc::new(terms);
        self
    }

    /// These, where no tier's gate is wider open than the one of the tier below it.
    pub fn checked(self) -> Result<Self, InvalidPolicy> {
        let [readonly, developer, _] = &self.0;
        if developer.gate < readonly.gate {
            return Err(InvalidPolicy::new("tiers.developer.gate", developer.gate.word(), "at least that of readonly"));
        }
        Ok(self)
    }

    /// The terms of `tier`.
    pub fn of(&self, tier: Tier) -> &Arc<Terms> {
        &self.0[place(tier)]
    }
}

/// Where a tier stands among the three.
pub(super) const fn place(tier: Tier) -> usize {
    match tier {
        Tier::ReadOnly => 0,
        Tier::Developer => 1,
        Tier::Admin => 2,
    }
}
