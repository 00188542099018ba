//! What the keyring holds for a source, and whether it may be handed out.

use crate::domain::credentials::CachedCredentials;
use crate::domain::elevation::GrantedElevation;
use crate::domain::freshness::is_fresh;
use crate::domain::on_call::Admission;
use crate::domain::policy::Verdict;
use crate::domain::source::Source;
use crate::domain::tier::Gate;
use crate::domain::time::Now;
use crate::error::Result;
use crate::ports::Ports;

/// What the keyring holds for a source, as it was read once.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    credentials: Option<CachedCredentials>,
    elevation: Option<GrantedElevation>,
}

impl Kept {
    /// Reads what is kept for `source`, and its elevation where `verdict` asks for one. Blocking.
    ///
    /// # Errors
    /// `Keyring`.
    pub fn load(ports: &Ports, source: &Source, verdict: &Verdict) -> Result<Self> {
        let credentials = ports.store.load_credentials(source)?;
        let elevation = match verdict.is_gated() {
            true => load_elevation(ports, source)?,
            false => None,
        };
        Ok(Kept { credentials, elevation })
    }

    /// The same with the elevation in any case. Blocking.
    ///
    /// # Errors
    /// `Keyring`.
    pub fn load_with_elevation(ports: &Ports, source: &Source) -> Result<Self> {
        let credentials = ports.store.load_credentials(source)?;
        Ok(Kept { credentials, elevation: load_elevation(ports, source)? })
    }

    /// The elevation that was granted last, while its end is not recorded; none where it was not read.
    pub fn elevation(&self) -> Option<&GrantedElevation> {
        self.elevation.as_ref()
    }

    /// Remembers how late it surely is, before credentials of an elevation are handed out: whatever becomes of the clock,
    /// after the next boot too, the elevation does not get that time again. Blocking.
    pub fn remember_time(&self, ports: &Ports) {
        if let Some(elevation) = &self.elevation {
            let proven = elevation.life().obtained().proven_aws_time(ports.clock.now());
            ports.clock.saw_aws_time(proven);
            ports.clock.keep_aws_time();
        }
    }

    /// The credentials that may be handed out as they are: fresh, and through the gate that the policy has now. `admission` is
    /// what is known of the person's duty.
    pub fn fresh(&self, verdict: &Verdict, admission: &Admission, now: Now) -> Option<CachedCredentials> {
        // After the shift nothing is renewed, so that what is kept serves to its end.
        let is_last = |cached: &CachedCredentials| cached.elevation().is_none() && admission.is_after_shift();
        self.valid(verdict, admission, now).filter(|cached| is_last(cached) || is_fresh(cached, now))
    }

    /// The credentials that have not ended, though it may be time to renew them.
    pub fn valid(&self, verdict: &Verdict, admission: &Admission, now: Now) -> Option<CachedCredentials> {
        let cached = self.credentials.clone()?;
        let cached = match (verdict.gate(), cached.elevation()) {
            (Gate::None, _) => cached,
            (Gate::OnCall, None) => cached.ending_by(admission.handed_out_until()?)?,
            (Gate::OnCall | Gate::BreakGlass, _) => cached.ending_by(self.life_of_elevation(verdict)?)?,
        };
        (!cached.life().is_over(now)).then_some(cached)
    }

    /// The end of the elevation that the credentials were fetched under, as `verdict` limits it now.
    fn life_of_elevation(&self, verdict: &Verdict) -> Option<jiff::Timestamp> {
        let elevation = self.elevation.as_ref()?;
        let is_theirs = self.credentials.as_ref()?.elevation() == Some(elevation.id());
        Some(elevation.life_under(verdict).filter(|_| is_theirs)?.ends_at())
    }
}

/// The elevation that is kept for `source`. One whose end is recorded has ended, however it came back into the keyring.
fn load_elevation(ports: &Ports, source: &Source) -> Result<Option<GrantedElevation>> {
    let Some(kept) = ports.store.load_elevation(&source.key())? else { return Ok(None) };
    let is_open = ports.audit.elevations()?.get(kept.id()).is_some();
    Ok(Some(kept).filter(|_| is_open))
}
