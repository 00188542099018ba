//! Who is on duty: by what was read a moment ago, or by asking the rota's source within the time that there is.
//!
//! However many processes ask at once, one of them asks the source: the others wait for the rota's lock and look again at
//! what is kept. What fails makes nobody be on duty.

use std::error::Error as _;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;

use super::locks::lock_rota;
use crate::domain::on_call::{
    CalendarHost, Duty, Freshness, OnDuty, PersonNames, Problems, Reading, Rota, RotaDuty, RotaSnapshot, RotaSource,
    SecretUrl, Shifts, Standing, Unknown, Window, read,
};
use crate::domain::policy::Policy;
use crate::domain::text::Untrusted;
use crate::error::{Error, Result, RotaFault};
use crate::ports::Ports;

/// What is known of a rota.
#[derive(Debug, Clone)]
pub struct KnownRota {
    /// What was read of it.
    pub snapshot: RotaSnapshot,
    /// Whether just now.
    pub freshness: Freshness,
}

impl KnownRota {
    /// Whether whoever is called `who` is on duty now, and what that rests on.
    pub fn judge(&self, ports: &Ports, rota: &Rota, who: &PersonNames) -> RotaDuty {
        let duty = Duty::judge(self.snapshot.shifts(), who, self.time(ports));
        let until = match duty {
            Duty::On { until } => Some(until),
            Duty::Off { .. } | Duty::Unknown(_) => None,
        };
        let evidence = self.snapshot.evidence(rota, self.freshness, ports.clock.now(), until);
        RotaDuty { rota: rota.name.clone(), duty, evidence: Some(evidence) }
    }

    /// Who is on duty now.
    pub fn on_duty(&self, ports: &Ports) -> Vec<OnDuty> {
        OnDuty::at(self.snapshot.shifts(), self.time(ports))
    }

    /// The time, as late as any clock says it is: one that is set back keeps nobody on duty.
    pub fn time(&self, ports: &Ports) -> Timestamp {
        let stamp = ports.stamp();
        self.snapshot.fetched().aws_time(stamp.at).max(stamp.aws_time(stamp.at))
    }
}

/// Whether `user`, as AWS asserts it, is on duty on each of `rotas` of `policy`. What was read at most
/// [`LONGEST_CACHED`](crate::domain::on_call::LONGEST_CACHED) ago serves; otherwise a rota's source is asked, for as long as
/// `within`. Whatever fails makes the answer unknown.
pub async fn duty(ports: &Ports, policy: &Policy, rotas: &[String], user: Option<&str>, within: Duration) -> Standing {
    let each = rotas.iter().map(|name| async move {
        let unknown = |why| RotaDuty { rota: name.clone(), duty: Duty::Unknown(why), evidence: None };
        let Some(rota) = policy.rota(name) else { return unknown(Unknown::NoSuchRota) };
        let Some(user) = user else { return unknown(Unknown::User) };
        match know(ports, rota, within).await {
            Ok(known) => known.judge(ports, rota, &policy.names_of(user)),
            Err(error) => unknown(Unknown::NotRead(why(&error))),
        }
    });
    Standing::of(join_all(each).await)
}

/// The same by what is kept alone, without network, keyring and locks; none where that is too old for one of `rotas`.
pub fn duty_cached(ports: &Ports, policy: &Policy, rotas: &[String], user: &str) -> Option<Standing> {
    let each = rotas.iter().map(|name| {
        let rota = policy.rota(name)?;
        Some(kept(ports, rota)?.judge(ports, rota, &policy.names_of(user)))
    });
    each.collect::<Option<Vec<_>>>().map(Standing::of)
}

/// What is known of `rota`: what was read a moment ago, or what its source says within the time given.
///
/// # Errors
/// Its source cannot be read in time.
pub async fn know(ports: &Ports, rota: &Rota, within: Duration) -> Result<KnownRota> {
    match kept(ports, rota) {
        Some(known) => Ok(known),
        None => ask_in_time(ports, rota, within, kept).await,
    }
}

/// What the source of `rota` says now.
///
/// # Errors
/// As [`know`].
pub async fn ask(ports: &Ports, rota: &Rota, within: Duration) -> Result<KnownRota> {
    if let RotaSource::Shifts(_) = rota.source {
        return know(ports, rota, within).await;
    }
    ask_in_time(ports, rota, within, |_, _| None).await
}

/// What was last read of `rota` as it is defined now, however old that is.
pub fn last_known(ports: &Ports, rota: &Rota) -> Option<KnownRota> {
    let snapshot = ports.state.rota_snapshot(&rota.name).filter(|snapshot| snapshot.is_of(rota))?;
    Some(KnownRota { snapshot, freshness: Freshness::Cached })
}

/// How long another process that reads the rota is waited for where its address is changed.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(15);

/// Keeps `url` in the keyring as the address of the calendar of `rota`, and forgets what was read at another one. Blocking.
///
/// # Errors
/// The address leads to another server than the policy says, the rota is being read for too long, or keyring or state folder
/// cannot be written.
pub fn set_address(ports: &Ports, rota: &Rota, url: SecretUrl) -> Result<()> {
    let host = match &rota.source {
        RotaSource::KeyringUrl { host } => host.as_ref(),
        _ => None,
    };
    let url = checked_host(host, url)?;
    // Whoever reads the rota now has another address, and would keep what is there.
    let _lock = lock_rota(ports, &rota.name, ADDRESS_TIMEOUT)?;
    ports.store.save_rota_url(&rota.name, &url)?;
    ports.state.drop_rota_snapshot(&rota.name)
}

/// Deletes the address of the calendar of `rota`, and what was read there. Blocking.
///
/// # Errors
/// As [`set_address`].
pub fn forget_address(ports: &Ports, rota: &str) -> Result<()> {
    let _lock = lock_rota(ports, rota, ADDRESS_TIMEOUT)?;
    ports.store.delete_rota_url(rota)?;
    ports.state.drop_rota_snapshot(rota)
}

/// `url`, where it leads to the server that the policy names.
fn checked_host(host: Option<&CalendarHost>, url: SecretUrl) -> Result<SecretUrl> {
    match host {
        Some(host) if !url.is_at(host) => Err(Error::Rota(RotaFault::OtherHost(host.clone()))),
        _ => Ok(url),
    }
}

/// `error` and its causes on one line.
pub fn why(error: &Error) -> Untrusted {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    Untrusted::new(text)
}

/// What is kept of `rota` and fresh enough, or stands in the policy.
fn kept(ports: &Ports, rota: &Rota) -> Option<KnownRota> {
    if let RotaSource::Shifts(shifts) = &rota.source {
        let fetched = ports.stamp();
        let window = Window::around(fetched.aws_time(fetched.at));
        let reading = Reading { shifts: Shifts::within(window, shifts.iter().cloned()), problems: Problems::default() };
        return Some(KnownRota { snapshot: RotaSnapshot::new(rota, fetched, reading), freshness: Freshness::Live });
    }
    let snapshot = ports.state.rota_snapshot(&rota.name)?;
    let serves = snapshot.serves(rota, ports.clock.now());
    serves.then_some(KnownRota { snapshot, freshness: Freshness::Cached })
}

type Kept = fn(&Ports, &Rota) -> Option<KnownRota>;

async fn ask_in_time(ports: &Ports, rota: &Rota, within: Duration, kept: Kept) -> Result<KnownRota> {
    // The keyring has a deadline of its own, which may be later.
    let asked = tokio::time::timeout(within, ask_alone(ports, rota, within, kept)).await;
    asked.unwrap_or(Err(Error::Rota(RotaFault::NoAnswer(within))))
}

/// Asks the source under the rota's lock, unless somebody else did while that was waited for.
async fn ask_alone(ports: &Ports, rota: &Rota, within: Duration, kept: Kept) -> Result<KnownRota> {
    let started = ports.clock.elapsed();
    let name = rota.name.clone();
    let _lock = ports.blocking(move |ports| lock_rota(ports, &name, within)).await?;
    if let Some(known) = kept(ports, rota) {
        return Ok(known);
    }
    let url = match &rota.source {
        RotaSource::KeyringUrl { host } => {
            let name = rota.name.clone();
            let url = ports.blocking(move |ports| ports.store.load_rota_url(&name)).await?;
            url.map(|url| checked_host(host.as_ref(), url)).transpose()?
        }
        _ => None,
    };
    let address = url.as_ref().map(SecretUrl::mark);
    let left = within.saturating_sub(ports.clock.elapsed().saturating_sub(started));
    // From before it was asked for: whatever it says was so then at the latest.
    let fetched = ports.stamp();
    let bytes = ports.on_call.fetch(rota, url.as_ref(), left).await?;
    let rota = rota.clone();
    let read_and_keep = move |ports: &Ports| {
        let window = Window::around(fetched.aws_time(fetched.at));
        let reading = read(&bytes, window).map_err(|why| Error::Rota(RotaFault::Unreadable(why)))?;
        let snapshot = RotaSnapshot::new(&rota, fetched, reading).read_at(address);
        if let Err(error) = ports.state.keep_rota_snapshot(&rota.name, &snapshot) {
            tracing::warn!(%error, "what was read of a rota is not kept");
        }
        Ok(KnownRota { snapshot, freshness: Freshness::Live })
    };
    ports.blocking(read_and_keep).await
}
