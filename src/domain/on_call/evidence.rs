//! What a judgement rests on, and how long it does.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::reading::{Problems, Reading};
use super::rota::{Rota, RotaDigest, SourceKind};
use super::secret_url::AddressMark;
use super::shift::Shifts;
use crate::domain::time::{Now, Stamp};

/// How long what was read of a rota serves without being read again.
pub const LONGEST_CACHED: SignedDuration = SignedDuration::from_mins(15);

/// What was read of a rota, kept without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotaSnapshot {
    definition: RotaDigest,
    fetched: Stamp,
    shifts: Shifts,
    #[serde(default)]
    problems: Problems,
    /// Where it was read, where the keyring keeps the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<AddressMark>,
}

impl RotaSnapshot {
    /// What was read of `rota` at `fetched`, the moment at which it was asked for.
    pub fn new(rota: &Rota, fetched: Stamp, reading: Reading) -> Self {
        let Reading { shifts, problems } = reading;
        RotaSnapshot { definition: rota.digest(), fetched, shifts, problems, address: None }
    }

    /// The same, read at an address that the keyring keeps.
    pub fn read_at(self, address: Option<AddressMark>) -> Self {
        RotaSnapshot { address, ..self }
    }

    /// Where it was read, where the keyring keeps the address.
    pub fn address(&self) -> Option<&AddressMark> {
        self.address.as_ref()
    }

    /// The shifts.
    pub fn shifts(&self) -> &Shifts {
        &self.shifts
    }

    /// What could not be read.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// When it was asked for.
    pub fn fetched(&self) -> Stamp {
        self.fetched
    }

    /// Whether it is of `rota` as it is defined now, and says where it was read if the policy does not.
    pub fn is_of(&self, rota: &Rota) -> bool {
        self.definition == rota.digest() && (rota.kind() != SourceKind::IcalKeyring || self.address.is_some())
    }

    /// How old it is, as far as that can be told: what was read before the machine was started anew may have any age, and
    /// so may what was read later than the wall clock says it is, where no other clock tells.
    pub fn age(&self, now: Now) -> Option<SignedDuration> {
        let is_same_boot = match (self.fetched.at.boot, now.boot) {
            (Some(then), Some(here)) => then.boot_id == here.boot_id && then.millis <= here.millis,
            (None, None) => now.wall >= self.fetched.at.wall,
            _ => false,
        };
        is_same_boot.then(|| self.fetched.aws_time(now).duration_since(self.fetched.aws_time_then()))
    }

    /// Whether it is fresh enough to judge by.
    pub fn serves(&self, rota: &Rota, now: Now) -> bool {
        self.is_of(rota) && self.age(now).is_some_and(|age| age <= LONGEST_CACHED)
    }

    /// What a judgement by it rests on.
    pub fn evidence(&self, rota: &Rota, freshness: Freshness, now: Now, until: Option<Timestamp>) -> Evidence {
        Evidence {
            rota: rota.name.clone(),
            source: rota.kind(),
            fetched_at: self.fetched.aws_time_then(),
            freshness,
            age_s: self.age(now).unwrap_or(SignedDuration::ZERO).as_secs(),
            until,
            url_host: self.address.as_ref().map(|address| address.host.clone()),
            url_sha256: self.address.as_ref().map(|address| address.sha256.clone()),
        }
    }
}

/// Whether something was read for the judgement itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// It was.
    Live,
    /// It was read before.
    Cached,
}

/// What a judgement rests on, for records: as JSON it has whole numbers and texts alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The rota.
    pub rota: String,
    /// The kind of its source.
    pub source: SourceKind,
    /// When it was read, in milliseconds as JSON.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub fetched_at: Timestamp,
    /// Whether for this judgement.
    pub freshness: Freshness,
    /// How long before, in seconds.
    pub age_s: i64,
    /// Until when the person is on duty, in milliseconds as JSON.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "jiff::fmt::serde::timestamp::millisecond::optional"
    )]
    pub until: Option<Timestamp>,
    /// The server that it was read from, where the keyring keeps the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_host: Option<String>,
    /// The SHA-256 of that address, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_sha256: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::on_call::{RotaSource, SecretUrl};
    use crate::domain::time::BootReading;

    fn now(wall: i64, boot: Option<(u64, u64)>) -> Now {
        Now {
            wall: Timestamp::from_second(wall).unwrap(),
            boot: boot.map(|(boot_id, seconds)| BootReading { boot_id, millis: seconds * 1000 }),
            latest_aws_time: None,
        }
    }

    fn rota(path: &str) -> Rota {
        Rota { name: "payments".to_owned(), source: RotaSource::File(path.into()) }
    }

    fn snapshot(at: Now) -> RotaSnapshot {
        RotaSnapshot::new(&rota("/a"), Stamp { at, aws_offset: None }, Reading::default())
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nothing_younger() {
        let table = [
            // (boot then, wall now, boot now, age)
            (Some((1, 100)), 10_060, Some((1, 160)), Some(60)),
            (Some((1, 100)), 10_900, Some((1, 1_000)), Some(900)),
            (Some((1, 100)), 5_000, Some((1, 1_001)), Some(901)), // the wall clock was set back
            (Some((1, 100)), 11_000, Some((1, 160)), Some(1_000)), // or the boot clock stood still
            (Some((1, 100)), 10_060, Some((2, 10)), None),        // started anew
            (Some((1, 100)), 10_060, None, None),
            (Some((1, 100)), 10_060, Some((1, 99)), None), // no such moment in this boot
            (None, 10_060, None, Some(60)),
            (None, 9_999, None, None), // set back, and nothing else tells
        ];
        for (boot, wall, boot_now, age) in table {
            let aged = snapshot(now(10_000, boot)).age(now(wall, boot_now));
            assert_eq!(aged.map(|age| age.as_secs()), age, "{boot:?} {wall} {boot_now:?}");
        }
    }

    #[test]
    fn it_serves_for_fifteen_minutes_and_for_no_other_definition() {
        let kept = snapshot(now(10_000, Some((1, 100))));
        let after = |seconds: u64| now(10_000 + i64::try_from(seconds).unwrap(), Some((1, 100 + seconds)));
        for (seconds, serves) in [(0, true), (900, true), (901, false)] {
            assert_eq!(kept.serves(&rota("/a"), after(seconds)), serves, "{seconds}");
        }
        assert!(!kept.serves(&rota("/b"), after(0)));
    }

    #[test]
    fn records_have_whole_numbers_and_texts_alone() {
        let at = now(10_000, Some((1, 100)));
        let until = Some(Timestamp::from_second(20_000).unwrap());
        let evidence = snapshot(at).evidence(&rota("/a"), Freshness::Cached, now(10_030, Some((1, 130))), until);
        let expected = serde_json::json!({
            "rota": "payments", "source": "ical_file", "fetched_at": 10_000_000, "freshness": "cached", "age_s": 30,
            "until": 20_000_000
        });
        assert_eq!(serde_json::to_value(&evidence).unwrap(), expected);
        let off = Evidence { until: None, ..evidence };
        assert!(serde_json::to_value(off).unwrap().get("until").is_none());
    }

    #[test]
    fn of_an_address_in_the_keyring_records_have_server_and_digest() {
        let at = now(10_000, Some((1, 100)));
        let address = SecretUrl::parse("https://calendar.example/CANARY").unwrap().mark();
        let evidence = snapshot(at).read_at(Some(address.clone())).evidence(&rota("/a"), Freshness::Live, at, None);
        let value = serde_json::to_value(evidence).unwrap();
        assert_eq!((&value["url_host"], &value["url_sha256"]), (&address.host.into(), &address.sha256.into()));
        assert!(!value.to_string().contains("CANARY"));
    }

    #[test]
    fn what_does_not_say_at_which_address_of_the_keyring_it_was_read_serves_no_more() {
        let at = now(10_000, Some((1, 100)));
        let rota = Rota { source: RotaSource::KeyringUrl { host: None }, ..rota("/a") };
        let stamp = Stamp { at, aws_offset: None };
        let kept = RotaSnapshot::new(&rota, stamp, Reading::default());
        assert!(!kept.serves(&rota, at));
        let address = SecretUrl::parse("https://calendar.example/x").unwrap().mark();
        assert!(kept.read_at(Some(address)).serves(&rota, at));
    }
}
