//! Announcing what ends soon.

use crate::domain::time::{Lifespan, left_words};
use crate::tui::effect::{Effect, Effects};
use crate::tui::model::Model;
use crate::tui::model::session::SessionState;
use crate::tui::notify::Ending;

/// Announces what ends within minutes and was not announced yet, on the screen and to whoever looks elsewhere.
pub(crate) fn announce(model: &mut Model) -> Effects {
    let now = model.now;
    let living: Vec<_> = model.sessions.iter().flat_map(living).collect();
    let due = model.announced.due(living.iter().cloned(), now);
    let texts = living.iter().filter(|(ending, _)| due.contains(ending)).map(|(ending, lifespan)| {
        let left = left_words(lifespan.left(now));
        match ending {
            Ending::SignIn(key) => format!("The sign-in to {} ends in {left}", model.session_name(key)),
            Ending::Credentials(key, target) => format!("{} ends in {left}", model.role_name(key, target)),
        }
    });
    let text = texts.collect::<Vec<_>>().join(" · ");
    if text.is_empty() {
        return Effects::none();
    }
    model.show_toast(&text);
    Effect::Notify(text).into()
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
}
