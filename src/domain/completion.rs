//! What a shell may offer while a command line is typed: targets, sessions, profiles and aliases.
//!
//! The names come from outside. A text that is offered consists of letters, digits and a few harmless marks, so that no
//! shell finds anything to run in it; an account whose name has others is offered by its id.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::Timestamp;

use super::catalog::Catalog;
use super::ids::{AccountId, RoleName, SessionName};
use super::index::Index;
use super::policy::{Facts, Policy};
use super::sso_session::SsoSession;
use super::target::AccountRole;
use super::text::{fit, is_unsafe, visible};
use super::tier::Tier;

/// The width of a description, in columns.
const DESCRIPTION: usize = 60;

/// What is known without keyring and network.
pub struct Known {
    /// The SSO sessions, each with what has been listed of it.
    pub sessions: Vec<(SsoSession, Catalog)>,
    /// What was used, and when.
    pub index: Index,
    /// Short names for targets.
    pub aliases: BTreeMap<String, AccountRole>,
    /// The AWS profiles that name account and role.
    pub profiles: Vec<ProfileName>,
    /// The policy, for the tiers.
    pub policy: Policy,
    /// The time.
    pub now: Timestamp,
}

/// An AWS profile, unchecked.
pub struct ProfileName {
    /// Its name.
    pub name: String,
    /// The account and the role it names.
    pub target: String,
}

/// A text that may be offered, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What is inserted.
    pub text: String,
    /// What is shown beside it; empty where there is nothing to say.
    pub description: String,
}

impl Candidate {
    /// `text` with its description, unless a shell could take it for anything but a word.
    fn new(text: impl Into<String>, description: &str) -> Option<Self> {
        let text = text.into();
        is_plain(&text).then(|| Candidate { text, description: fit(&visible(description), DESCRIPTION) })
    }
}

/// Whether `text` is a word whatever a shell does with it, once its blanks are quoted: nothing in it begins an
/// expansion, a comment, another command or a flag.
fn is_plain(text: &str) -> bool {
    let is_harmless =
        |character: char| " ._-+=@,/".contains(character) || (character.is_alphanumeric() && !is_unsafe(character));
    !text.is_empty() && text.trim() == text && !text.starts_with(['-', '=']) && text.chars().all(is_harmless)
}

/// A role of an account.
struct Row<'a> {
    account: &'a AccountId,
    name: &'a str,
    role: &'a RoleName,
    tier: Tier,
    frecency: f64,
}

impl Known {
    /// The SSO sessions.
    pub fn session_names(&self) -> Vec<Candidate> {
        let sessions = self.sessions.iter();
        sessions.filter_map(|(session, _)| Candidate::new(session.name.as_str(), &session.start_url.host())).collect()
    }

    /// The AWS profiles.
    pub fn profile_names(&self) -> Vec<Candidate> {
        self.profiles.iter().filter_map(|profile| Candidate::new(profile.name.as_str(), &profile.target)).collect()
    }

    /// The rotas of the policy.
    pub fn rota_names(&self) -> Vec<Candidate> {
        let rotas = self.policy.rotas().iter();
        rotas.filter_map(|rota| Candidate::new(rota.name.as_str(), &rota.source_words())).collect()
    }

    /// The accounts, by name, or by id where `typed` begins with a digit or the name says not enough.
    pub fn accounts(&self, typed: &str) -> Vec<Candidate> {
        let names = self.unique_names();
        let entries = self.sessions.iter().flat_map(|(_, catalog)| &catalog.entries);
        let offered = entries.filter_map(|entry| {
            let (id, name) = (&entry.account.id, entry.account.name.raw());
            match names.get(name.to_lowercase().as_str()) {
                Some(Some(_)) if !begins_with_digit(typed) && is_plain(name) => Candidate::new(name, id.as_str()),
                _ => Candidate::new(id.as_str(), name),
            }
        });
        sorted(offered)
    }

    /// The names of all roles.
    pub fn roles(&self) -> Vec<Candidate> {
        let entries = self.sessions.iter().flat_map(|(_, catalog)| &catalog.entries);
        let names: BTreeSet<&RoleName> = entries.flat_map(|entry| entry.roles.names()).collect();
        names.into_iter().filter_map(|name| Candidate::new(name.as_str(), "")).collect()
    }

    /// Everything that may stand for a target in `session`, or in any: what was used lately first, then the aliases,
    /// the other roles by name, and the profiles. Accounts stand by id where `typed` begins with a digit.
    pub fn targets(&self, session: Option<&SessionName>, typed: &str) -> Vec<Candidate> {
        let names = self.unique_names();
        let mut rows = self.rows(session);
        rows.sort_by(|left, right| right.frecency.total_cmp(&left.frecency).then_with(|| by_name(left, right)));
        let unused = rows.partition_point(|row| row.frecency > 0.0);
        let (used, others) = rows.split_at(unused);
        let of_row = |row: &Row<'_>| row_candidates(row, &names, typed);
        let aliases = self.aliases.iter().filter(|(name, _)| self.profiles.iter().all(|known| known.name != **name));
        let profiles = self.profiles.iter().filter(|profile| !self.aliases.contains_key(&profile.name));
        let candidates = used
            .iter()
            .flat_map(of_row)
            .chain(aliases.filter_map(|(name, target)| Candidate::new(name.as_str(), &alias_of(target))))
            .chain(others.iter().flat_map(of_row))
            .chain(
                profiles
                    .filter_map(|known| Candidate::new(known.name.as_str(), &format!("profile · {}", known.target))),
            );
        without_repetition(candidates)
    }

    fn rows(&self, wanted: Option<&SessionName>) -> Vec<Row<'_>> {
        let sessions = self.sessions.iter().filter(|(session, _)| wanted.is_none_or(|name| session.name == *name));
        let mut rows = Vec::new();
        for (session, catalog) in sessions {
            let used: HashMap<_, _> = self
                .index
                .session(&session.key())
                .into_iter()
                .flat_map(|note| note.targets.values())
                .map(|note| ((&note.target.account, &note.target.role), note.frecency(self.now)))
                .collect();
            for entry in &catalog.entries {
                let (account, name) = (&entry.account.id, entry.account.name.raw());
                rows.extend(entry.roles.names().iter().map(|role| {
                    let facts = Facts { account, account_name: Some(name), role, at: self.now };
                    let tier = self.policy.judge(facts).tier();
                    let frecency = used.get(&(account, role)).copied().unwrap_or(0.0);
                    Row { account, name, role, tier, frecency }
                }));
            }
        }
        rows
    }

    /// Each account name in lower case, as target names are compared, with the account it means; `None` where several
    /// accounts have it.
    fn unique_names(&self) -> HashMap<String, Option<&AccountId>> {
        let mut names: HashMap<String, Option<&AccountId>> = HashMap::new();
        for entry in self.sessions.iter().flat_map(|(_, catalog)| &catalog.entries) {
            let id = &entry.account.id;
            names
                .entry(entry.account.name.raw().to_lowercase())
                .and_modify(|known| *known = known.filter(|known| *known == id))
                .or_insert(Some(id));
        }
        names
    }
}

fn by_name(left: &Row<'_>, right: &Row<'_>) -> std::cmp::Ordering {
    (left.name, left.account, left.role).cmp(&(right.name, right.account, right.role))
}

/// The ways to write the target of `row` that fit what is typed: by name where that means this account and no other,
/// and otherwise by id.
fn row_candidates(row: &Row<'_>, names: &HashMap<String, Option<&AccountId>>, typed: &str) -> Vec<Candidate> {
    let is_id = AccountId::parse(row.name).is_ok();
    let by_name = match names.get(&row.name.to_lowercase()) {
        Some(Some(_)) if !is_id => {
            Candidate::new(format!("{}/{}", row.name, row.role), &format!("{} · {}", row.tier, row.account))
        }
        _ => None,
    };
    let by_id = || Candidate::new(format!("{}/{}", row.account, row.role), &format!("{} · {}", row.tier, row.name));
    match by_name {
        Some(name) if !begins_with_digit(typed) => vec![name],
        Some(name) if begins_with_digit(row.name) => by_id().into_iter().chain([name]).collect(),
        _ => by_id().into_iter().collect(),
    }
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_digit())
}

fn alias_of(target: &AccountRole) -> String {
    match target {
        AccountRole::Id(target) => format!("alias · {target}"),
        AccountRole::Name { account, role } => format!("alias · {account}/{role}"),
    }
}

fn sorted(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut candidates = without_repetition(candidates);
    candidates.sort_by(|left, right| left.text.cmp(&right.text));
    candidates
}

fn without_repetition(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut seen = HashSet::new();
    candidates.filter(|candidate| seen.insert(candidate.text.clone())).collect()
}
