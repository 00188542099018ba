//! What a policy may say and surely does not mean.

use super::Policy;
use super::glob::{AccountGlob, Glob};
use super::matcher::Matcher;
use super::rule::Rule;
use crate::domain::text::visible;
use crate::domain::tier::Tier;

/// How many digits the id of an account has.
const DIGITS_OF_ID: usize = 12;

impl Policy {
    /// What is valid here and most likely a slip, in words.
    pub fn slips(&self) -> Vec<String> {
        let mut slips: Vec<String> = Vec::new();
        let mut catches_all: Option<&Rule> = None;
        for rule in self.rules() {
            slips.extend(lowered(rule));
            slips.extend(accounts_that_are_none(rule));
            if let Some(earlier) = catches_all {
                slips.push(format!(
                    "rule {} is never asked: rule {} before it matches every target",
                    rule.id, earlier.id
                ));
            }
            catches_all = catches_all.or_else(|| Some(rule).filter(|rule| is_for_everything(&rule.matcher)));
        }
        let tagged: Vec<String> =
            self.rules().filter(|rule| !rule.matcher.tags.is_empty()).map(|rule| rule.id.to_string()).collect();
        if !tagged.is_empty() {
            slips.push(format!(
                "rules by `tag` ({}) may match every account of which the settings tell no tags, and so make it stricter there",
                tagged.join(", ")
            ));
        }
        if self.names_somebody_to_tell() {
            slips.push("`alerts` and `notify` are recorded only: nothing is sent yet".to_owned());
        }
        slips
    }

    fn names_somebody_to_tell(&self) -> bool {
        let tiers = Tier::ALL.into_iter().map(|tier| self.defaults().of(tier));
        let said = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|names| !names.is_empty());
        tiers.into_iter().any(|terms| !terms.alerts.is_empty() || !terms.notify.is_empty())
            || self.rules().any(|rule| said(&rule.clauses.alerts) || said(&rule.clauses.notify))
    }
}

/// A tier for whatever role there is takes roles of a higher one with it.
fn lowered(rule: &Rule) -> Option<String> {
    let (tier, higher) = match rule.tier? {
        Tier::ReadOnly => (Tier::ReadOnly, "Admin or Developer"),
        Tier::Developer => (Tier::Developer, "Admin"),
        Tier::Admin => return None,
    };
    fits_all(&rule.matcher.roles, is_everything).then(|| {
        format!("rule {} makes roles named like {higher} {}; `role` says which ones are meant", rule.id, tier.title())
    })
}

/// Patterns over ids that no id fits.
fn accounts_that_are_none(rule: &Rule) -> impl Iterator<Item = String> {
    rule.matcher.accounts.iter().filter_map(|account| {
        let text = account.to_string();
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && text.len() != DIGITS_OF_ID).then(|| {
            let shown = visible(&text);
            format!(
                "rule {}: account `{shown}` has {} digits, and an id has {DIGITS_OF_ID}: no account fits",
                rule.id,
                text.len()
            )
        })
    })
}

fn is_for_everything(matcher: &Matcher) -> bool {
    let is_every_account = |account: &AccountGlob| matches!(account, AccountGlob::Id(glob) if is_everything(glob));
    matcher.tags.is_empty() && fits_all(&matcher.roles, is_everything) && fits_all(&matcher.accounts, is_every_account)
}

/// Whether a list lets everything through; an empty one does.
fn fits_all<T>(list: &[T], is_everything: impl Fn(&T) -> bool) -> bool {
    list.is_empty() || list.iter().any(is_everything)
}

fn is_everything(glob: &Glob) -> bool {
    glob.to_string().bytes().all(|byte| byte == b'*')
}
