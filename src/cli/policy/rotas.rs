//! Who is on duty on the rotas of a target, at the moment that is asked about.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::context::Context;
use crate::domain::on_call::{OnDuty, PersonNames, Window};
use crate::domain::text::visible;
use crate::domain::time::in_whole_seconds;
use crate::flows::on_call::{know, why};
use crate::runtime;

/// How long a rota's source is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is asked of the rotas.
#[derive(Serialize)]
pub(super) struct OnCallReport {
    rotas: Vec<RotaReport>,
}

/// One of them.
#[derive(Serialize)]
struct RotaReport {
    rota: String,
    /// Those who are on duty, each with until when; none where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_duty: Option<Vec<OnDutyReport>>,
    /// Whether one of them is the person who has signed in, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    you: Option<bool>,
    /// How old what was read is, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_s: Option<i64>,
    /// Why it is not known who is on duty.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
}

#[derive(Serialize)]
struct OnDutyReport {
    who: String,
    until: String,
}

impl OnCallReport {
    /// Who is on duty on these rotas at `at`.
    pub(super) fn of(rotas: &[String], at: Timestamp, context: &Context) -> Self {
        let names = person(context);
        OnCallReport { rotas: rotas.iter().map(|rota| RotaReport::of(rota, at, names.as_ref(), context)).collect() }
    }

    /// The same for a person to read.
    pub(super) fn words(&self) -> String {
        self.rotas.iter().map(|rota| format!("on call: {}\n", rota.words())).collect()
    }
}

impl RotaReport {
    fn of(name: &str, at: Timestamp, person: Option<&PersonNames>, context: &Context) -> Self {
        let unknown = |why: String| RotaReport {
            rota: name.to_owned(),
            on_duty: None,
            you: None,
            age_s: None,
            unknown: Some(why),
        };
        let Some(rota) = context.policy.rota(name) else { return unknown("the policy has no such rota".to_owned()) };
        let ports = &context.ports;
        let now = ports.clock.now();
        let window = Window::around(now.wall);
        if !window.touches(at, at) {
            return unknown("rotas are read from a day back to five weeks on".to_owned());
        }
        let known = match runtime::run(&ports.tasks, know(ports, rota, PATIENCE)) {
            Ok(known) => known,
            Err(error) => return unknown(why(&error).visible()),
        };
        let shifts = known.snapshot.shifts();
        let on_duty = OnDuty::at(shifts, at).into_iter();
        RotaReport {
            rota: name.to_owned(),
            on_duty: Some(
                on_duty
                    .map(|one| OnDutyReport { who: one.who.visible(), until: in_whole_seconds(one.until) })
                    .collect(),
            ),
            you: person.map(|names| shifts.on_duty_until(names, at).is_some()),
            age_s: known.snapshot.age(now).map(|age| age.as_secs()),
            unknown: None,
        }
    }

    fn words(&self) -> String {
        let who = match (&self.on_duty, &self.unknown) {
            (Some(on_duty), _) if on_duty.is_empty() => "nobody".to_owned(),
            (Some(on_duty), _) => {
                let each = on_duty.iter().map(|one| format!("{} until {}", one.who, one.until));
                each.collect::<Vec<_>>().join(" and ")
            }
            (None, why) => format!("not known: {}", why.as_deref().unwrap_or_default()),
        };
        let you = match self.you {
            Some(true) => "; the gate opens for you",
            Some(false) => "; an elevation is your way in",
            None => "",
        };
        format!("the person must be on duty on {}, which has {who}{you}", visible(&self.rota))
    }
}

/// What the person who has signed in is called on rotas, where AWS has said who that is and there is one alone.
fn person(context: &Context) -> Option<PersonNames> {
    let index = context.ports.state.index();
    let mut users = context.sessions.iter().filter_map(|session| index.session(&session.key())?.user.clone());
    let user = users.next()?;
    users.next().is_none().then(|| context.policy.names_of(user.raw()))
}
