//! What each tier asks where no rule says otherwise.

use std::sync::Arc;

use jiff::SignedDuration;

use super::invalid::InvalidPolicy;
use super::origin::{Origin, SourcedTerms};
use super::rule::Clauses;
use super::terms::{ADMIN_LONGEST, Mode, OnEnd, SHORTEST_REASON, Terms, TicketNeed};
use crate::domain::tier::{Gate, Tier};

/// The terms of the three tiers. Admin always asks for break-glass, and no tier asks for less than the one below it.
#[derive(Debug, Clone)]
pub struct TierDefaults {
    terms: [Arc<Terms>; 3],
    /// What they are where a policy says nothing.
    built_in: [Arc<Terms>; 3],
    /// What a policy says.
    said: [Clauses; 3],
}

impl TierDefaults {
    /// The terms where a policy says nothing: ReadOnly is free, Developer is for those on duty where there are `rotas` and
    /// free where there are none, Admin is break-glass. Of several rotas it has to say itself which one it means.
    pub fn built_in(rotas: &[&str]) -> Self {
        let developer = if rotas.is_empty() { Gate::None } else { Gate::OnCall };
        let only: Vec<String> = rotas.iter().filter(|_| rotas.len() == 1).map(|rota| (*rota).to_owned()).collect();
        let terms = |tier, gate: Gate| {
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
                rotas: if gate == Gate::OnCall { only.clone() } else { Vec::new() },
                warnings: Vec::new(),
                alerts: Vec::new(),
                notify: Vec::new(),
                approvers: None,
                unattended: false,
                on_end: OnEnd::Warn,
            })
        };
        let built_in = [
            terms(Tier::ReadOnly, Gate::None),
            terms(Tier::Developer, developer),
            terms(Tier::Admin, Gate::BreakGlass),
        ];
        TierDefaults { terms: built_in.clone(), built_in, said: Default::default() }
    }

    /// The same with what a policy says about `tier`.
    pub fn with(mut self, tier: Tier, clauses: &Clauses) -> Self {
        let place = place(tier);
        self.terms[place] = Arc::new(clauses.terms(tier, &self.built_in[place]));
        self.said[place] = clauses.clone();
        self
    }

    /// These, where no tier's gate is wider open than the one of the tier below it.
    pub fn checked(self) -> Result<Self, InvalidPolicy> {
        let [readonly, developer, _] = &self.terms;
        if developer.gate < readonly.gate {
            return Err(InvalidPolicy::new("tiers.developer.gate", developer.gate.word(), "at least that of readonly"));
        }
        Ok(self)
    }

    /// The terms of `tier`.
    pub fn of(&self, tier: Tier) -> &Arc<Terms> {
        &self.terms[place(tier)]
    }

    /// The same, each with where it comes from.
    pub fn sourced(&self, tier: Tier) -> SourcedTerms {
        let place = place(tier);
        SourcedTerms::built_in(&self.built_in[place]).under(&self.said[place], Origin::Tier, &self.terms[place])
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
