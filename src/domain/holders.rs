//! Which stores hold something, for as long as it serves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::store_choice::StoreName;
use super::time::{Lifespan, Now};

/// The stores that hold a sign-in or credentials, each with how long it hands them out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Holders(BTreeMap<StoreName, Lifespan>);

impl Holders {
    /// Notes that `store` holds what lives this long. What a process has in its memory goes with it and is not noted.
    pub fn note(&mut self, store: StoreName, life: Lifespan) {
        if store != StoreName::Memory {
            self.0.insert(store, life);
        }
    }

    /// Notes that `store` holds nothing any more.
    pub fn forget(&mut self, store: StoreName) {
        self.0.remove(&store);
    }

    /// Whether no store was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Another store than this one that has something to hand out at `now`.
    pub fn other_than(&self, store: StoreName, now: Now) -> Option<StoreName> {
        let has_lost = |other: StoreName, life: &Lifespan| other.forgets_at_reboot() && life.is_of_another_boot(now);
        let serves = |other: StoreName, life: &Lifespan| !life.is_over(now) && !has_lost(other, life);
        let mut others = self.0.iter().filter(|(other, life)| **other != store && serves(**other, life));
        others.next().map(|(other, _)| *other)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::domain::time::{BootReading, Stamp};

    const HERE: StoreName = StoreName::SecretService;

    fn now(minute: i64, boot_id: u64) -> Now {
        let wall = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        Now { wall, boot: Some(BootReading { boot_id, millis: 0 }), latest_aws_time: None }
    }

    #[test]
    fn another_store_counts_while_it_has_something_to_hand_out() {
        let obtained = Stamp { at: now(0, 1), aws_offset: None };
        let hour = Lifespan::new(obtained, now(60, 1).wall).unwrap();
        let mut holders = Holders::default();
        holders.note(StoreName::Memory, hour);
        assert!(holders.is_empty());
        for (other, after_reboot) in [(StoreName::Keyutils, None), (StoreName::Keychain, Some(StoreName::Keychain))] {
            holders.note(HERE, hour);
            holders.note(other, hour);
            assert_eq!(holders.other_than(HERE, now(1, 1)), Some(other));
            assert_eq!(holders.other_than(other, now(1, 1)), Some(HERE));
            assert_eq!(holders.other_than(HERE, now(61, 1)), None);
            assert_eq!(holders.other_than(HERE, now(1, 2)), after_reboot);
            holders.forget(other);
            assert_eq!(holders.other_than(HERE, now(1, 1)), None);
        }
    }
}
