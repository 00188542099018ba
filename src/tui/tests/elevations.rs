//! Elevations as the audit log tells of them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::test_app::{ACCOUNTS, session, start, target};
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::ElevationList;
use crate::domain::source::Source;
use crate::domain::store_choice::StoreName;
use crate::domain::time::Lifespan;

/// A list that grows one elevation at a time.
#[derive(Default)]
pub(super) struct ElevationsFixture {
    open: Map<String, Value>,
    past: Vec<Value>,
}

impl ElevationsFixture {
    pub(super) fn list(&self) -> ElevationList {
        serde_json::from_value(json!({ "open": self.open, "past": self.past })).unwrap()
    }

    /// One that is active, of the first session.
    pub(super) fn add_open(&mut self, what: &str, life: Lifespan, aws_ends_at: Timestamp) {
        let (id, target) = (self.next_id(), target(what));
        let source = Source::portal_role(session("acme-prod"), target);
        let open = json!({
            "subject": subject(&id, what),
            "source": source.key(),
            "asked": life.obtained(),
            "duration": life.total(),
            "pid": 4242,
            "active": {
                "life": life,
                "credentials": { "access_key_id": "ASIAEXAMPLEKEY", "aws_ends_at": aws_ends_at.as_millisecond() },
                "fetches": 1,
                "warned_at": null,
            },
            "session": source.session().key(),
            "store": StoreName::SecretService,
        });
        self.open.insert(id, open);
    }

    /// All that are active were warned of with so many minutes left.
    pub(super) fn set_warned_at(&mut self, minutes: u32) {
        for open in self.open.values_mut() {
            open["active"]["warned_at"] = json!(minutes);
        }
    }

    /// A drill that is active.
    pub(super) fn add_drill(&mut self, what: &str, life: Lifespan) {
        let id = self.next_id();
        self.add_open(what, life, life.ends_at());
        self.open[&id]["subject"]["drill"] = json!(true);
        self.open[&id]["active"]["credentials"] = Value::Null;
    }

    /// The one that was added first is over, as `how` says.
    pub(super) fn end_first(&mut self, how: &str) {
        let first = self.open.keys().next().unwrap().clone();
        let open = self.open.remove(&first).unwrap();
        let life: Lifespan = serde_json::from_value(open["active"]["life"].clone()).unwrap();
        self.past.push(json!({
            "subject": open["subject"],
            "lasted": [life.obtained().aws_time_then(), life.ends_at()],
            "credentials": open["active"]["credentials"],
            "fetches": 1,
            "outcome": { "ended": how },
        }));
    }

    /// One whose time is over.
    pub(super) fn add_past(&mut self, what: &str, life: Lifespan) {
        let id = self.next_id();
        let past = json!({
            "subject": subject(&id, what),
            "lasted": [life.obtained().aws_time_then(), life.ends_at()],
            "credentials": { "access_key_id": "ASIAEXAMPLEKEY", "aws_ends_at": life.ends_at().as_millisecond() },
            "fetches": 2,
            "outcome": { "ended": "expired" },
        });
        self.past.push(past);
    }

    fn next_id(&self) -> String {
        let number = self.open.len() + self.past.len();
        ElevationId::new(start(), u128::try_from(number).unwrap()).to_string()
    }
}

fn subject(id: &str, what: &str) -> Value {
    let target = target(what);
    let name = ACCOUNTS.iter().find(|(id, _)| *id == target.account.as_str()).map(|(_, name)| *name);
    json!({
        "elevation": id,
        "session": "acme-prod",
        "portal": "acme-prod.awsapps.com",
        "user": "alice@acme.example",
        "account": target.account,
        "account_name": name,
        "role": target.role,
        "tier": "admin",
        "gate": "break_glass",
        "rules": ["built-in *Admin*"],
        "policy_digest": "00",
        "mode": "direct",
        "reason": "restore the ledger after INC-4711",
        "ticket": "INC-4711",
        "requested_at": start().as_millisecond(),
    })
}
