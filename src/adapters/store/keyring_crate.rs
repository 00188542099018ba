//! The `keyring` crate's own store of the platform (Keychain, Credential Manager, the Secret Service with an
//! encrypted session), run on a helper thread so that it keeps our deadline.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring::Entry;
use zeroize::Zeroizing;

use super::raw::{Keyring, Limits, SERVICE, StoreError, StoreResult};
use super::translation::{present, understood};

/// The platform's store as the `keyring` crate has it.
pub struct KeyringCrate {
    limits: Limits,
    deadline: Duration,
}

impl KeyringCrate {
    /// The platform's store, which can hold what `limits` say; no operation takes longer than `deadline`.
    pub fn new(limits: Limits, deadline: Duration) -> Self {
        KeyringCrate { limits, deadline }
    }

    fn on_entry<T: Send + 'static>(
        &self,
        item: &str,
        work: impl FnOnce(Entry) -> keyring::Result<T> + Send + 'static,
    ) -> StoreResult<Option<T>> {
        let item = item.to_owned();
        within(self.deadline, move || Entry::new(SERVICE, &item).and_then(work))
    }
}

/// Runs `work` on a thread of its own. One that overstays is left behind: what it brings later is wiped unseen.
fn within<T: Send + 'static>(
    deadline: Duration,
    work: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> StoreResult<Option<T>> {
    let (answer, answered) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || {
            // Nobody listens any more after the deadline; then there is nobody to tell.
            let _ = answer.send(work());
        })
        .map_err(|error| StoreError::Failed(error.to_string()))?;
    match answered.recv_timeout(deadline) {
        Ok(result) => present(result),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(StoreError::Silent(deadline)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(StoreError::Failed("its client panicked".to_owned())),
    }
}

impl Keyring for KeyringCrate {
    fn load(&self, item: &str) -> StoreResult<Option<Zeroizing<Vec<u8>>>> {
        self.on_entry(item, |entry| entry.get_secret().map(Zeroizing::new))
    }

    fn save(&self, item: &str, secret: &[u8]) -> StoreResult<()> {
        if let Some(limit) = self.limits.max_item_bytes.filter(|limit| secret.len() > *limit) {
            return Err(StoreError::TooLong { limit });
        }
        let secret = Zeroizing::new(secret.to_vec());
        let saved = self.on_entry(item, move |entry| entry.set_secret(&secret))?;
        saved.ok_or_else(|| understood(keyring::Error::NoEntry))
    }

    fn delete(&self, item: &str) -> StoreResult<()> {
        self.on_entry(item, |entry| entry.delete_credential()).map(|_| ())
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_store_that_hangs_is_left_behind_at_the_deadline() {
        let (release, hang) = mpsc::channel::<()>();
        let outcome = within(Duration::from_millis(20), move || Ok(hang.recv().is_ok()));
        assert!(matches!(outcome, Err(StoreError::Silent(_))));
        drop(release);
    }

    #[test]
    fn outcomes_come_back_as_they_are() {
        assert_eq!(within(LONG, || Ok(7)).unwrap(), Some(7));
        assert_eq!(within::<()>(LONG, || Err(keyring::Error::NoEntry)).unwrap(), None);
        assert!(matches!(within::<()>(LONG, || panic!("a bug in the platform's store")), Err(StoreError::Failed(_))));
    }
}
