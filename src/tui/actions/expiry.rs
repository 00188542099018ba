//! Announcing what ends soon, and the elevations that have ended.

use jiff::SignedDuration;

use crate::domain::audit::Warned;
use crate::domain::elevation::{ElevationId, EndReason};
use crate::domain::elevation_list::Outcome;
use crate::domain::time::{Lifespan, left_words};
use crate::tui::effect::{Effect, Effects};
use crate::tui::model::Model;
use crate::tui::model::elevations::ActiveElevation;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::session::SessionState;
use crate::tui::model::watched::WatchedElevation;
use crate::tui::notify::Ending;
use crate::tui::task::Task;

/// Announces what ends within minutes and was not announced yet, on the screen and to whoever looks elsewhere.
pub(crate) fn announce(model: &mut Model) -> Effects {
    let now = model.now;
    // An elevation has warnings of its own.
    let is_elevated = |ending: &Ending| match ending {
        Ending::Credentials(key, target) => model.elevation_of(key, target).is_some(),
        Ending::SignIn(_) => false,
    };
    let living = model.sessions.iter().flat_map(living);
    let living: Vec<_> = living.filter(|(ending, _)| !is_elevated(ending)).collect();
    let due = model.announced.due(living.iter().cloned(), now);
    let texts = living.iter().filter(|(ending, _)| due.contains(ending)).map(|(ending, lifespan)| {
        let left = left_words(lifespan.left(now));
        match ending {
            Ending::SignIn(key) => format!("The sign-in to {} ends in {left}", model.session_name(key)),
            Ending::Credentials(key, target) => format!("{} ends in {left}", model.role_name(key, target)),
        }
    });
    let mut texts: Vec<String> = texts.collect();
    texts.extend(watch(model));
    let mut recorded = Effects::none();
    for warned in new_warnings(model) {
        show_notice_of(model, &warned);
        let id = warned.subject.elevation;
        model.warned.insert(id, warned.minutes_left);
        let active = model.active_elevation(id).map(|elevation| elevation.active);
        if active.is_some_and(|active| active.is_warning_due(warned.minutes_left)) {
            texts.push(warning_words(model, &warned));
            let record = model.spawn(PendingTask::RecordWarning, Task::RecordWarning(Box::new(warned))).1;
            recorded = recorded.and(record);
        }
    }
    let text = texts.join(" · ");
    if text.is_empty() {
        return recorded;
    }
    model.show_warning(&text);
    recorded.and(Effect::Notify(text))
}

/// Looks at what is active now. Of what was and is so no more, the warning goes; where its time was over, a notice says so,
/// and the sentence is returned.
fn watch(model: &mut Model) -> Vec<String> {
    let active = model.active_elevations();
    let seen: Vec<(ElevationId, WatchedElevation)> = active
        .into_iter()
        .filter(|elevation| !model.watched.contains_key(&elevation.subject.elevation))
        .map(|elevation| (elevation.subject.elevation, watched(elevation)))
        .collect();
    model.watched.extend(seen);
    let gone: Vec<ElevationId> =
        model.watched.keys().copied().filter(|id| model.active_elevation(*id).is_none()).collect();
    gone.into_iter().filter_map(|id| forget(model, id)).collect()
}

fn watched(elevation: ActiveElevation<'_>) -> WatchedElevation {
    let ActiveElevation { subject, active } = elevation;
    let ends_at = active.life.ends_at_local();
    WatchedElevation {
        described: subject.described(),
        is_drill: subject.drill,
        accepted_until: active.aws_ends_at_local().filter(|aws_ends_at| *aws_ends_at > ends_at),
        warning: None,
    }
}

/// Takes an elevation off those that are watched; returns what there is to say where its time was over.
fn forget(model: &mut Model, id: ElevationId) -> Option<String> {
    let watched = model.watched.remove(&id)?;
    if let Some(warning) = &watched.warning {
        model.notices.retain(|notice| notice != warning);
    }
    if !is_expired(model, id) {
        return None;
    }
    let WatchedElevation { described, is_drill, accepted_until, .. } = watched;
    if is_drill {
        return Some(format!("The drill of {described} has ended"));
    }
    let until =
        accepted_until.map(|until| format!("; AWS accepts copies of its keys until {}", model.clock_time(until)));
    model.add_urgent_notice(format!("{described} has ended{}", until.unwrap_or_default()), None);
    Some(format!("{described} has ended"))
}

/// Whether it was its time that ended an elevation, in the log or still to be recorded.
fn is_expired(model: &Model, id: ElevationId) -> bool {
    let Some(list) = &model.elevations else { return false };
    let is_open = list.get(id).is_some();
    let how = list.past().iter().rev().find(|past| past.subject.elevation == id).map(|past| &past.outcome);
    is_open || how == Some(&Outcome::Ended(EndReason::Expired))
}

/// Says with a notice, in place of an earlier one, that an elevation ends soon. A drill ends without it.
fn show_notice_of(model: &mut Model, warned: &Warned) {
    let id = warned.subject.elevation;
    let Some(active) = model.active_elevation(id).map(|elevation| elevation.active) else { return };
    let Some(watched) = model.watched.get(&id).filter(|watched| !watched.is_drill).cloned() else { return };
    let until = model.clock_time(active.life.ends_at_local());
    let accepted = watched.accepted_until.map(|until| format!("; AWS accepts it until {}", model.clock_time(until)));
    let minutes = warned.minutes_left;
    let notice =
        format!("{} ends within {minutes} minutes, at {until}{}", watched.described, accepted.unwrap_or_default());
    model.add_urgent_notice(notice.clone(), watched.warning.as_deref());
    model.watched.insert(id, WatchedElevation { warning: Some(notice), ..watched });
}

/// The warnings that are due and were not given here, each elevation's most urgent one.
fn new_warnings(model: &Model) -> Vec<Warned> {
    let active = model.active_elevations().into_iter();
    let new = active.filter_map(|elevation| {
        let given = model.warned.get(&elevation.subject.elevation);
        let minutes_left = elevation.active.warning_at(model.now)?;
        let is_new = given.is_none_or(|given| *given > minutes_left);
        is_new.then(|| Warned { subject: elevation.subject.clone(), minutes_left })
    });
    new.collect()
}

fn warning_words(model: &Model, warned: &Warned) -> String {
    let elevation = model.active_elevation(warned.subject.elevation);
    let left = elevation.map_or(SignedDuration::ZERO, |elevation| elevation.active.life.left(model.now));
    let drill = if warned.subject.drill { "The drill of " } else { "" };
    format!("{drill}{} ends in {}", warned.subject.described(), left_words(left))
}

/// The sign-in and the credentials of a session, with what is left of each.
fn living(session: &SessionState) -> Vec<(Ending, Lifespan)> {
    let Some(note) = &session.note else { return Vec::new() };
    let sign_in = note.signed_in.iter().map(|note| (Ending::SignIn(session.key.clone()), note.lifespan()));
    let kept = note.targets.values().filter_map(|note| {
        let ending = Ending::Credentials(session.key.clone(), note.target.clone());
        Some((ending, note.kept.as_ref()?.ours))
    });
    sign_in.chain(kept).collect()
}

#[cfg(test)]
mod tests {
    use crate::tui::effect::Effect;
    use crate::tui::task::Task;
    use crate::tui::tests::test_app::*;

    #[test]
    fn credentials_and_a_sign_in_are_announced_once_five_minutes_before_they_end() {
        let mut app = TestApp::signed_in().with_credentials("100000023757/Developer", 13, 60, 60, None);
        app.set_signed_in("acme-prod", lifespan(420, 480));
        let notices = |app: &TestApp| {
            let notices = app.effects.iter().filter_map(|effect| match effect {
                Effect::Notify(text) => Some(text.clone()),
                _ => None,
            });
            notices.collect::<Vec<_>>()
        };
        let app = app.advance(42 * 60 - 1);
        assert_eq!(notices(&app), [""; 0]);
        let mut app = app.advance(1).advance(1);
        assert_eq!(notices(&app), ["prod-payments-0003 / Developer ends in 5m 00s"]);
        assert!(app.screen().contains("prod-payments-0003 / Developer ends in 5m 00s"));
        let app = app.advance(13 * 60).advance(10 * 60);
        assert_eq!(notices(&app)[1..], ["The sign-in to acme-prod ends in 4m 59s"]);
    }

    #[test]
    fn an_elevation_is_warned_of_with_ten_and_two_minutes_left_once_each_and_recorded() {
        let app = TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 210);
        let warned = |app: &TestApp| -> Vec<u32> {
            let recorded = app.effects.iter().filter_map(|effect| match effect {
                Effect::Spawn(_, Task::RecordWarning(warned)) => Some(warned.minutes_left),
                _ => None,
            });
            recorded.collect()
        };
        let app = app.advance(17 * 60 - 1);
        assert_eq!(warned(&app), [0; 0]);
        let mut app = app.advance(1).advance(1);
        assert_eq!(warned(&app), [10]);
        assert!(app.screen().contains("AWSAdministratorAccess ends in 10m 00s"), "{}", app.screen());
        let app = app.advance(5 * 60);
        assert_eq!(warned(&app), [10], "its credentials are announced no second time");
        assert_eq!(app.effects.iter().filter(|effect| matches!(effect, Effect::Notify(_))).count(), 1);
        let app = app.advance(3 * 60).advance(1);
        assert_eq!(warned(&app), [10, 2]);
        assert_eq!(warned(&app.advance(200)), [10, 2]);
    }

    /// The first line of the banner of the roles screen.
    fn banner(app: &mut TestApp) -> String {
        let screen = app.screen();
        screen.lines().find_map(|line| line.strip_prefix(" ▲ ")).unwrap_or_default().to_owned()
    }

    #[test]
    fn an_end_that_is_near_has_a_notice_until_it_is_dismissed_or_the_next_one_comes() {
        let app =
            || TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 210).size(120, 40);
        let words = |minutes: u32| {
            format!(
                "prod-payments-0003 / AWSAdministratorAccess ends within {minutes} minutes, at 09:27; AWS accepts it until \
                 12:27"
            )
        };
        let mut app = app().advance(17 * 60).advance(60);
        assert!(banner(&mut app).starts_with(&words(10)), "{}", app.screen());
        let mut app = app.advance(7 * 60);
        assert!(banner(&mut app).starts_with(&words(2)), "{}", app.screen());
        assert_eq!(app.model.notices.len(), 1, "it takes the place of the earlier one");
        let mut app = app.keys("<Esc>").advance(10);
        assert_eq!(banner(&mut app), "");
    }

    #[test]
    fn the_end_of_its_time_is_told_once_with_what_aws_still_accepts_whoever_records_it_first() {
        let app =
            || TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 210).size(120, 40);
        let expected =
            "prod-payments-0003 / AWSAdministratorAccess has ended; AWS accepts copies of its keys until 12:27";
        let ticked = app().advance(27 * 60).first_elevation_ended("expired").advance(1);
        for mut app in [ticked, app().advance(26 * 60).first_elevation_ended("expired").advance(61)] {
            assert!(banner(&mut app).starts_with(expected), "{}", app.screen());
            assert_eq!(app.model.notices.len(), 1);
            let notified = |effect: &&Effect| matches!(effect, Effect::Notify(text) if text.contains("has ended"));
            assert_eq!(app.effects.iter().filter(notified).count(), 1);
            let details = app.keys("pay admin").screen();
            assert!(details.contains("AWS until   12:27  copies of the keys"), "{details}");
        }
    }

    #[test]
    fn what_was_ended_or_replaced_leaves_no_warning_behind() {
        for how in ["ended_early", "replaced"] {
            let app = TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 210);
            let app = app.advance(20 * 60);
            assert_eq!(app.model.notices.len(), 1);
            assert_eq!(app.first_elevation_ended(how).model.notices, [""; 0]);
        }
    }

    #[test]
    fn a_drill_ends_without_a_notice() {
        let app = TestApp::signed_in().with_drill("100000023757/AWSAdministratorAccess", 3, 30).advance(20 * 60);
        let mut app = app.advance(7 * 60);
        assert_eq!(app.model.notices, [""; 0]);
        assert!(app.screen().contains("▲ The drill of prod-payments-0003"), "{}", app.screen());
    }

    #[test]
    fn what_somebody_else_has_warned_of_is_not_warned_of_again() {
        let app = TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 210);
        let app = app.warned_with_left(10).advance(20 * 60);
        assert!(!app.effects.iter().any(|effect| matches!(effect, Effect::Spawn(_, Task::RecordWarning(_)))));
        let app = app.advance(6 * 60);
        assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Spawn(_, Task::RecordWarning(_)))));
    }
}
