//! What is done once it is confirmed.

use crate::domain::elevation::ElevationId;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Confirmation {
    DropCredentials(SessionKey, Target),
    EndElevation(ElevationId),
    SignOut(SessionKey),
    Quit,
}
