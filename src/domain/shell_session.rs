//! What the person's own shell gets when it is opened with role credentials.

use zeroize::Zeroizing;

use super::credentials::CachedCredentials;
use super::elevation::ElevationId;
use super::handout::{Variables, program_variables};
use super::ids::Region;
use super::text::visible;
use super::tier::Tier;

/// A shell that is opened with role credentials.
#[derive(Debug, Clone, Copy)]
pub struct ShellSession<'a> {
    /// The credentials, with what they are for and how long they last.
    pub credentials: &'a CachedCredentials,
    /// The account's name as it was listed, in no way checked; empty where it was not.
    pub account_name: &'a str,
    /// The tier of the role.
    pub tier: Tier,
    /// The region to work in.
    pub region: &'a Region,
    /// Whether no command beside the screen knows of the elevation that the credentials are under, as in the demo.
    pub by_screen_alone: bool,
}

/// The longest account name in a prompt, in characters.
const LONGEST_NAME: usize = 48;

impl ShellSession<'_> {
    /// Account and role for a prompt. The characters are those that no shell expands in a prompt and that move no
    /// terminal's cursor; an account whose name has none of them is written by its id.
    pub fn prompt_label(&self) -> String {
        let target = self.credentials.target();
        let is_plain = |character: &char| character.is_ascii_alphanumeric() || " ._-@/".contains(*character);
        let plain: String = self.account_name.chars().filter(is_plain).take(LONGEST_NAME).collect();
        let name = if plain.chars().any(char::is_alphanumeric) { plain.trim() } else { target.account.as_str() };
        let role: String = target.role.as_str().chars().filter(is_plain).collect();
        format!("{name}/{role}")
    }

    /// The shell's environment: that of every program with these credentials, and what the shell is for.
    pub fn variables(&self) -> Variables {
        let plain = |text: &str| Zeroizing::new(text.to_owned());
        let target = self.credentials.target();
        let mut variables = program_variables(self.credentials, self.region);
        variables.extend([
            ("DAYPASS_SHELL", plain("1")),
            ("DAYPASS_ACCOUNT", plain(target.account.as_str())),
            ("DAYPASS_ACCOUNT_NAME", plain(&visible(self.account_name))),
            ("DAYPASS_ROLE", plain(target.role.as_str())),
            ("DAYPASS_TIER", plain(self.tier.word())),
            ("DAYPASS_EXPIRES", plain(&self.credentials.life().ends_at_local().as_second().to_string())),
            ("DAYPASS_PROMPT", plain(&self.prompt_label())),
        ]);
        if let Some(id) = self.credentials.elevation() {
            variables.extend([
                ("DAYPASS_ELEVATION", plain(&id.to_string())),
                ("DAYPASS_EXTEND", plain(&self.extension_words(id))),
            ]);
        }
        variables
    }

    /// How the elevation is carried on, in the words of the prompt's warnings.
    fn extension_words(&self, id: ElevationId) -> String {
        if self.by_screen_alone { "exit, then ^E".to_owned() } else { format!("daypass extend {id}") }
    }

    /// What the person can do about the elevation that the credentials are under, for the line above the first prompt.
    pub fn elevation_hint(&self) -> Option<String> {
        let id = self.credentials.elevation()?;
        let extend = self.extension_words(id);
        let end = if self.by_screen_alone { "^X".to_owned() } else { format!("daypass end {id}") };
        Some(format!("ELEVATED, and recorded: {extend} carries it on, {end} ends it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::handout::STALE_VARIABLES;
    use crate::domain::handout::tests::cached;

    fn with_session<T>(account_name: &str, role: &str, look: impl FnOnce(&ShellSession<'_>) -> T) -> T {
        let credentials = cached(&format!("100000023757/{role}"), "s3cret");
        let region = Region::parse("eu-central-1").unwrap();
        look(&ShellSession {
            credentials: &credentials,
            account_name,
            tier: Tier::Admin,
            region: &region,
            by_screen_alone: false,
        })
    }

    #[test]
    fn a_label_has_no_character_that_a_prompt_expands_or_a_terminal_obeys() {
        let label = |name: &str, role: &str| with_session(name, role, |session| session.prompt_label());
        assert_eq!(label("prod-payments 0003", "Admin"), "prod-payments 0003/Admin");
        assert_eq!(label("$(touch /tmp/x)`id`%F{red}\\u!\u{1b}[2J\u{202e}", "a+b=c,d"), "touch /tmp/xidFredu2J/abcd");
        assert_eq!(label("", "Admin"), "100000023757/Admin");
        assert_eq!(label("$(-) é", "Admin"), "100000023757/Admin");
        assert_eq!(label(&"a".repeat(4_000), "R").len(), LONGEST_NAME + 2);
    }

    #[test]
    fn a_shell_knows_what_it_is_for_and_all_of_it_is_unset_where_other_credentials_are_handed_out() {
        with_session("Zürich\u{7}", "Admin", |session| {
            let variables = session.variables();
            let value = |name: &str| variables.iter().find(|(known, _)| *known == name).unwrap().1.as_str().to_owned();
            assert_eq!(value("AWS_REGION"), "eu-central-1");
            assert_eq!(value("AWS_SECRET_ACCESS_KEY"), "s3cret");
            assert_eq!((value("DAYPASS_ACCOUNT"), value("DAYPASS_ROLE")), ("100000023757".into(), "Admin".into()));
            assert_eq!(value("DAYPASS_ACCOUNT_NAME"), "Zürich\\u{7}");
            assert_eq!((value("DAYPASS_TIER"), value("DAYPASS_SHELL")), ("admin".into(), "1".into()));
            assert_eq!(value("DAYPASS_EXPIRES"), session.credentials.life().ends_at_local().as_second().to_string());
            let ours = variables.iter().filter(|(name, _)| name.starts_with("DAYPASS_"));
            assert!(ours.clone().count() == 7 && ours.clone().all(|(name, _)| STALE_VARIABLES.contains(name)));
        });
    }
}
