//! Announcing what ends soon.

use jiff::SignedDuration;

use crate::domain::audit::Warned;
use crate::domain::time::{Lifespan, left_words};
use crate::tui::effect::{Effect, Effects};
use crate::tui::model::Model;
use crate::tui::model::pending_task::PendingTask;
use crate::tui::model::session::SessionState;
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
    let mut recorded = Effects::none();
    for warned in due_warnings(model) {
        texts.push(warning_words(model, &warned));
        model.warned.insert(warned.subject.elevation, warned.minutes_left);
        let record = model.spawn(PendingTask::RecordWarning, Task::RecordWarning(Box::new(warned))).1;
        recorded = recorded.and(record);
    }
    let text = texts.join(" · ");
    if text.is_empty() {
        return Effects::none();
    }
    model.show_toast(&text);
    recorded.and(Effect::Notify(text))
}

/// The warnings that are due and that nobody has given yet, each elevation's most urgent one.
fn due_warnings(model: &Model) -> Vec<Warned> {
    let active = model.active_elevations().into_iter();
    let due = active.filter_map(|elevation| {
        let given = model.warned.get(&elevation.subject.elevation);
        let minutes_left = elevation.active.warning_at(model.now)?;
        let is_new = given.is_none_or(|given| *given > minutes_left);
        let is_due = is_new && elevation.active.is_warning_due(minutes_left);
        is_due.then(|| Warned { subject: elevation.subject.clone(), minutes_left })
    });
    due.collect()
}

fn warning_words(model: &Model, warned: &Warned) -> String {
    let elevation = model.active_elevation(warned.subject.elevation);
    let left = elevation.map_or(SignedDuration::ZERO, |elevation| elevation.active.life.left(model.now));
    format!("{} ends in {}", warned.subject.described(), left_words(left))
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

    #[test]
    fn what_somebody_else_has_warned_of_is_not_warned_of_again() {
        let app = TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 210);
        let app = app.warned_with_left(10).advance(20 * 60);
        assert!(!app.effects.iter().any(|effect| matches!(effect, Effect::Spawn(_, Task::RecordWarning(_)))));
        let app = app.advance(6 * 60);
        assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Spawn(_, Task::RecordWarning(_)))));
    }
}
