//! Whether the person is on duty, where the gate of a target asks for it.

use std::time::Duration;

use super::on_call::{duty, duty_cached};
use crate::domain::on_call::Admission;
use crate::domain::policy::{Policy, Verdict};
use crate::domain::source::Source;
use crate::domain::text::Untrusted;
use crate::domain::tier::Gate;
use crate::ports::Ports;

/// By what is kept alone: no network, no keyring, no lock. Where no gate asks for it, nothing is read. Blocking.
pub fn admission_cached(ports: &Ports, policy: &Policy, verdict: &Verdict, source: &Source) -> Admission {
    if verdict.gate() != Gate::OnCall {
        return Admission::NotAsked;
    }
    let Some(user) = user_of(ports, source) else { return Admission::UserUnknown };
    let standing = duty_cached(ports, policy, &verdict.terms().rotas, user.raw());
    standing.map_or(Admission::NotAsked, Admission::from)
}

/// By what is kept, or by asking the rotas' sources within the time given.
pub async fn admission(
    ports: &Ports,
    policy: &Policy,
    verdict: &Verdict,
    user: Option<&Untrusted>,
    within: Duration,
) -> Admission {
    if verdict.gate() != Gate::OnCall {
        return Admission::NotAsked;
    }
    let user = user.map(Untrusted::raw);
    duty(ports, policy, &verdict.terms().rotas, user, within).await.into()
}

/// Who has signed in to the session of `source`, where AWS has said so. Blocking.
pub fn user_of(ports: &Ports, source: &Source) -> Option<Untrusted> {
    ports.state.index().session(&source.session().key()).and_then(|note| note.user.clone())
}
