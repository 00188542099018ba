//! Why a sign-in failed, as the screen shows it.

use crate::domain::aws_error::AwsErrorKind;
use crate::error::{Error, Kind};
use crate::report::{Report, correct_portal};
use crate::tui::model::session::SessionState;

#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) heading: &'static str,
    pub(crate) message: String,
    /// What to do next, where the keys of the screen do not do it.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    /// Why a sign-in to `session` failed; `report` is what is said about `error`.
    pub(crate) fn of(error: &Error, report: &Report, session: Option<&SessionState>) -> Self {
        let (heading, keys_suffice) = match error {
            Error::SignInExpired { .. } | Error::BrowserTimeout { .. } => ("Not confirmed in time", true),
            Error::SignInDeclined { .. } => ("The sign-in was declined", true),
            Error::Aws(answer) if answer.kind == AwsErrorKind::CodeExpired => ("Not confirmed in time", true),
            Error::Aws(answer) if answer.kind == AwsErrorKind::AccessDenied => ("The sign-in was declined", true),
            // Whatever became of it, the person has signed in.
            Error::Keyring { .. } => (Kind::Keyring.heading(), false),
            _ => (report.heading(), false),
        };
        let mut hints = if keys_suffice { Vec::new() } else { report.hints() };
        let untried = session.filter(|session| session.is_untried() && error.may_mean_wrong_portal());
        hints.extend(untried.map(|session| correct_portal(&session.config)));
        Failure { heading, message: report.message().to_owned(), hints }
    }
}
