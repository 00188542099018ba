//! What other stores than the one at hand hold of the same session.

use crate::domain::source::Source;
use crate::domain::sso_session::SsoSession;
use crate::domain::store_choice::StoreName;
use crate::ports::Ports;

/// Another store in which somebody is signed in to `session`, as the index has it. Blocking.
pub fn signed_in_elsewhere(ports: &Ports, session: &SsoSession) -> Option<StoreName> {
    let index = ports.state.index();
    index.session(&session.key())?.stores.other_than(ports.store.name(), ports.clock.now())
}

/// Another store that has credentials of `source` which it would hand out, as the index has it. Blocking.
pub fn kept_elsewhere(ports: &Ports, source: &Source) -> Option<StoreName> {
    let index = ports.state.index();
    let note = index.session(&source.session().key())?.targets.get(&source.target().to_string())?;
    note.stores.other_than(ports.store.name(), ports.clock.now())
}
