//! Snippets: lines with which other tools use a target. They hold no secret.

use crate::domain::handout::credential_process_line;
use crate::domain::ids::{Region, SessionName};
use crate::domain::target::Target;
use crate::tui::model::Model;
use crate::tui::model::session::SessionState;

#[derive(Debug, Clone)]
pub(crate) struct Snippets<'a> {
    /// The path of this program.
    pub(crate) program: &'a str,
    /// Present where the target alone is ambiguous.
    pub(crate) session: Option<&'a SessionName>,
    pub(crate) target: &'a Target,
    /// Whether a command for it has to give a reason.
    pub(crate) needs_reason: bool,
    /// Present where the person chose a region for it.
    pub(crate) region: Option<&'a Region>,
}

impl<'a> Snippets<'a> {
    /// The lines with which other tools use `target`.
    pub(crate) fn of(model: &'a Model, session: &'a SessionState, target: &'a Target) -> Self {
        let name = (model.sessions.len() > 1).then_some(&session.config.name);
        let verdict = model.settings.policy.verdict_on_target(&session.catalog, target, model.now);
        let needs_reason = verdict.asks_for_elevation() && session.kept(target, model.now).is_none();
        let region = model.preferences.region_of(&session.key, target);
        Snippets { program: &model.settings.program, session: name, target, needs_reason, region }
    }

    /// A line for a profile in the AWS config file.
    pub(crate) fn credential_process(&self) -> String {
        let line = credential_process_line(self.program, self.target);
        match self.session {
            Some(session) => format!("{line} --session {}", quoted(session)),
            None => line,
        }
    }

    /// A command that runs another one with the credentials.
    pub(crate) fn exec(&self) -> String {
        format!("daypass exec {} --", self.arguments())
    }

    /// A command that exports the credentials to the current shell.
    pub(crate) fn eval(&self) -> String {
        format!("eval \"$(daypass credentials {} --format env)\"", self.arguments())
    }

    fn arguments(&self) -> String {
        let session = self.session.map(|session| format!("--session {} ", quoted(session))).unwrap_or_default();
        let region = self.region.map(|region| format!("--region {region} ")).unwrap_or_default();
        let reason = if self.needs_reason { " --reason \"…\"" } else { "" };
        format!("{session}{region}{}{reason}", self.target)
    }
}

/// In double quotes where needed, which POSIX shells, `cmd` and the SDKs understand; session names contain no quotes.
fn quoted(name: &SessionName) -> String {
    if name.as_str().contains(' ') { format!("\"{name}\"") } else { name.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_and_session_are_quoted_as_shells_and_sdks_parse_them() {
        let target = "123456789012/Dev".parse().unwrap();
        let session = SessionName::parse("acme prod").unwrap();
        let program = "/opt/my tools/daypass";
        let snippets =
            Snippets { program, session: Some(&session), target: &target, needs_reason: false, region: None };
        assert_eq!(
            snippets.credential_process(),
            "credential_process = \"/opt/my tools/daypass\" credentials 123456789012/Dev --session \"acme prod\""
        );
        assert_eq!(snippets.exec(), "daypass exec --session \"acme prod\" 123456789012/Dev --");
        let snippets =
            Snippets { program: "daypass", session: None, target: &target, needs_reason: false, region: None };
        assert_eq!(snippets.exec(), "daypass exec 123456789012/Dev --");
        assert_eq!(snippets.eval(), "eval \"$(daypass credentials 123456789012/Dev --format env)\"");
        let snippets = Snippets { needs_reason: true, ..snippets };
        assert_eq!(snippets.exec(), "daypass exec 123456789012/Dev --reason \"…\" --");
        assert_eq!(snippets.credential_process(), "credential_process = daypass credentials 123456789012/Dev");
        let region = Region::parse("eu-central-1").unwrap();
        let snippets = Snippets { needs_reason: false, region: Some(&region), ..snippets };
        assert_eq!(snippets.exec(), "daypass exec --region eu-central-1 123456789012/Dev --");
    }
}
