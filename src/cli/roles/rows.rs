//! The rows: one for each role of each account, and the search in them.

use jiff::Timestamp;
use serde::Serialize;

use super::listing::{Listed, Listing};
use crate::cli::context::Context;
use crate::domain::catalog::Entry;
use crate::domain::ids::{RoleName, SessionName};
use crate::domain::index::SessionNote;
use crate::domain::policy::{Facts, Policy};
use crate::domain::role_names::{Aliases, ProfileNames};
use crate::domain::search::{Candidate, Marks, Search};
use crate::domain::target::Target;
use crate::domain::tier::Tier;

/// One role of one account, safe to show.
#[derive(Serialize)]
pub struct Role {
    pub account_id: String,
    pub account_name: String,
    pub email: String,
    pub role: String,
    pub tier: Tier,
    /// The SSO session, where several are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// A role that was found, and what of it matched.
pub struct Row<'a> {
    pub role: &'a Role,
    pub marks: Marks,
    /// The alias or else the profile that matched, with its marks.
    pub name: Option<(&'a str, Vec<usize>)>,
}

/// All roles that are listed.
pub struct Rows {
    roles: Vec<Role>,
    names: Vec<NamesOfRole>,
    search: Search,
}

/// What else people call a role.
#[derive(Default)]
struct NamesOfRole {
    aliases: Vec<String>,
    profiles: Vec<String>,
}

impl Rows {
    /// The rows of what is listed, by account name, the least powerful role of an account first: as the screen lists them.
    pub fn of(listing: &Listing<'_>, context: &Context) -> Self {
        let mut rows = Rows { roles: Vec::new(), names: Vec::new(), search: Search::default() };
        let (names, index) = (Names::of(context), context.ports.state.index());
        let now = context.ports.clock.now().wall;
        let mut listed = Vec::new();
        for (order, Listed { session, catalog }) in listing.listed.iter().enumerate() {
            let note = index.session(&session.key());
            for entry in &catalog.entries {
                for name in entry.roles.names() {
                    let target = Target { account: entry.account.id.clone(), role: name.clone() };
                    let session_column = listing.has_several().then(|| session.name.to_string());
                    let role = role(entry, name, session_column, &context.policy, now);
                    let names = names.of_role(&session.name, &target, entry);
                    let candidate = Candidate {
                        account_name: role.account_name.clone(),
                        account_id: role.account_id.clone(),
                        role: role.role.clone(),
                        aliases: names.aliases.clone(),
                        profiles: names.profiles.clone(),
                        org: session.name.to_string(),
                        tags: context.policy.shown_tags(&entry.account.id),
                        tier: role.tier,
                        weight: frecency(note, &target, now),
                    };
                    let key = (entry.account.name.raw().to_lowercase(), order, target.account, role.tier);
                    listed.push((key, candidate, role, names));
                }
            }
        }
        listed.sort_by(|left, right| left.0.cmp(&right.0));
        let mut candidates = Vec::new();
        for (_, candidate, role, names) in listed {
            candidates.push(candidate);
            rows.roles.push(role);
            rows.names.push(names);
        }
        rows.search.set_rows(candidates);
        rows
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.roles.len()
    }

    /// What `query` finds, best first.
    pub fn search(&mut self, query: &str) -> Vec<Row<'_>> {
        let found = self.search.matches(query).into_iter().map(|row| (row, self.search.marks(row, query)));
        let found: Vec<_> = found.collect();
        let row = |(row, marks): (u32, Marks)| {
            let (role, names) = (self.roles.get(row as usize)?, self.names.get(row as usize)?);
            let alias =
                marks.alias.clone().and_then(|(which, marks)| Some((names.aliases.get(which)?.as_str(), marks)));
            let profile = || {
                let (which, marks) = marks.profile.clone()?;
                Some((names.profiles.get(which)?.as_str(), marks))
            };
            Some(Row { role, name: alias.or_else(profile), marks })
        };
        found.into_iter().filter_map(row).collect()
    }
}

fn role(entry: &Entry, name: &RoleName, session: Option<String>, policy: &Policy, at: Timestamp) -> Role {
    let account = &entry.account;
    let account_name = Some(account.name.raw());
    let verdict = policy.judge(Facts { account: &account.id, account_name, role: name, at });
    Role {
        account_id: account.id.to_string(),
        account_name: account.name.visible(),
        email: account.email.visible(),
        role: name.to_string(),
        tier: verdict.tier(),
        session,
    }
}

fn frecency(note: Option<&SessionNote>, target: &Target, now: Timestamp) -> f64 {
    let used = note.and_then(|note| note.targets.get(&target.to_string()));
    used.map_or(0.0, |used| used.frecency(now))
}

/// The aliases and profiles of all roles.
struct Names {
    aliases: Aliases,
    profiles: ProfileNames,
}

impl Names {
    fn of(context: &Context) -> Self {
        let (aliases, profiles) = context.other_names();
        Names { aliases, profiles }
    }

    fn of_role(&self, session: &SessionName, target: &Target, entry: &Entry) -> NamesOfRole {
        NamesOfRole {
            aliases: self.aliases.of(target, entry.account.name.raw()),
            profiles: self.profiles.of(session, target),
        }
    }
}
