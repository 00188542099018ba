//! Sign-ins to the same session in other stores than the one at hand.

use crate::domain::sso_session::SsoSession;
use crate::domain::store_choice::StoreName;
use crate::ports::Ports;

/// Another store in which somebody is signed in to `session`, as the index has it. Blocking.
pub fn signed_in_elsewhere(ports: &Ports, session: &SsoSession) -> Option<StoreName> {
    let index = ports.state.index();
    index.session(&session.key())?.store_other_than(ports.store.name(), ports.clock.now())
}
