//! The rows of the list: one for each role of every SSO session, in the order in which they are shown unfiltered.

use std::collections::{HashMap, HashSet};

use crate::domain::catalog::{Catalog, Entry, Roles};
use crate::domain::ids::AccountId;
use crate::domain::preferences::Preferences;
use crate::domain::search::Candidate;
use crate::domain::sso_session::SessionKey;
use crate::domain::target::Target;
use crate::domain::text::{columns, visible};
use crate::domain::tier::{Gate, Tier};
use crate::domain::time::Now;
use crate::tui::model::session::SessionState;
use crate::tui::model::settings::Settings;

/// How many rows have quick keys. What is used often fills the list of today up to as many; pinned and held roles are in it in
/// any number.
pub(crate) const QUICK_KEYS: usize = 9;
/// The pins that come before what is held, so that their quick keys are the same from day to day.
const FIRST_PINS: usize = 5;

/// What a row represents; the selection follows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum RowId {
    Role(Target),
    /// An account whose roles could not be listed.
    FailedAccount(AccountId),
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The index of its session.
    pub(crate) session: usize,
    pub(crate) id: RowId,
    /// The index of its account in the session's catalog; none where the account is not listed.
    pub(crate) entry: Option<usize>,
    /// Numbers the accounts of all sessions, from 0 on.
    pub(crate) account_number: usize,
    pub(crate) tier: Tier,
    /// What is asked before its credentials are handed out.
    pub(crate) gate: Gate,
}

impl Row {
    pub(crate) fn target(&self) -> Option<&Target> {
        match &self.id {
            RowId::Role(target) => Some(target),
            RowId::FailedAccount(_) => None,
        }
    }

    /// The account's id.
    pub(crate) fn account(&self) -> &AccountId {
        match &self.id {
            RowId::Role(target) => &target.account,
            RowId::FailedAccount(id) => id,
        }
    }
}

/// What the rows are made of.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) sessions: &'a [SessionState],
    pub(crate) settings: &'a Settings,
    pub(crate) preferences: &'a Preferences,
    pub(crate) now: Now,
}

/// How often and how lately the targets of each session were used; unused targets are absent.
#[derive(Debug, Default)]
pub(crate) struct Frecency(Vec<HashMap<Target, f64>>);

impl Frecency {
    pub(crate) fn of(sessions: &[SessionState], now: Now) -> Self {
        let scores = sessions.iter().map(|session| {
            let notes = session.note.iter().flat_map(|note| note.targets.values());
            let scores = notes.map(|note| (note.target.clone(), note.frecency(now.wall)));
            scores.filter(|(_, score)| *score > 0.0).collect()
        });
        Frecency(scores.collect())
    }

    fn of_row(&self, row: &Row) -> f64 {
        let score = self.0.get(row.session).zip(row.target()).and_then(|(scores, target)| scores.get(target));
        score.copied().unwrap_or_default()
    }
}

/// How much is listed, over all sessions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) accounts: usize,
    pub(crate) roles: usize,
    pub(crate) failed_accounts: usize,
    /// Whether a list of accounts broke off.
    pub(crate) cut_short: bool,
}

impl Counts {
    pub(crate) fn of(sessions: &[SessionState]) -> Self {
        let catalogs = || sessions.iter().map(|session| &session.catalog);
        Counts {
            accounts: catalogs().map(|catalog| catalog.entries.len()).sum(),
            roles: catalogs().map(Catalog::role_count).sum(),
            failed_accounts: catalogs().map(Catalog::failed_count).sum(),
            cut_short: catalogs().any(|catalog| catalog.cut_short),
        }
    }
}

/// The widths of the longest texts, in columns.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LongestTexts {
    pub(crate) account_name: usize,
    pub(crate) role: usize,
    pub(crate) profile: usize,
    pub(crate) session: usize,
}

/// All rows: first those of today, of which it returns the number, then the others by account name.
pub(crate) fn build(sources: Sources<'_>, frecency: &Frecency) -> (Vec<Row>, usize) {
    let mut rows = by_account_name(sources);
    push_unlisted(&mut rows, sources);
    number_accounts(&mut rows);
    let today = today(&rows, sources, frecency);
    let mut chosen = vec![false; rows.len()];
    for at in &today {
        if let Some(chosen) = chosen.get_mut(*at) {
            *chosen = true;
        }
    }
    let first: Vec<Row> = today.iter().filter_map(|at| rows.get(*at).cloned()).collect();
    let others = rows.into_iter().zip(chosen).filter(|(_, chosen)| !chosen).map(|(row, _)| row);
    (first.into_iter().chain(others).collect(), today.len())
}

fn by_account_name(sources: Sources<'_>) -> Vec<Row> {
    let mut order: Vec<(String, usize, usize)> = Vec::new();
    for (session, state) in sources.sessions.iter().enumerate() {
        let names = state.catalog.entries.iter().map(|entry| entry.account.name.raw().to_lowercase());
        order.extend(names.enumerate().map(|(entry, name)| (name, session, entry)));
    }
    order.sort();
    let mut rows = Vec::new();
    for (_, session, at) in order {
        if let Some(entry) = sources.sessions.get(session).and_then(|state| state.catalog.entries.get(at)) {
            push_account(&mut rows, sources, session, at, entry);
        }
    }
    rows
}

fn push_account(rows: &mut Vec<Row>, sources: Sources<'_>, session: usize, at: usize, entry: &Entry) {
    let roles = entry.roles.names();
    if roles.is_empty() && matches!(entry.roles, Roles::Failed { .. }) {
        rows.push(Row {
            session,
            id: RowId::FailedAccount(entry.account.id.clone()),
            entry: Some(at),
            account_number: 0,
            tier: Tier::ReadOnly,
            gate: Gate::None,
        });
    }
    let first = rows.len();
    rows.extend(roles.iter().map(|role| {
        let verdict = sources.settings.policy.verdict(&entry.account, role, sources.now);
        Row {
            session,
            id: RowId::Role(Target { account: entry.account.id.clone(), role: role.clone() }),
            entry: Some(at),
            account_number: 0,
            tier: verdict.tier(),
            gate: verdict.gate(),
        }
    }));
    // The least powerful of equal matches comes first, so that a hasty Enter takes that one.
    if let Some(added) = rows.get_mut(first..) {
        added.sort_by_key(|row| row.tier);
    }
}

/// Roles whose credentials are kept though no catalog lists them.
fn push_unlisted(rows: &mut Vec<Row>, sources: Sources<'_>) {
    for (at, session) in sources.sessions.iter().enumerate() {
        let kept: Vec<&Target> = session.all_kept(sources.now).into_iter().map(|(target, _)| target).collect();
        if kept.is_empty() {
            continue;
        }
        let listed: HashSet<&Target> = rows.iter().filter(|row| row.session == at).filter_map(Row::target).collect();
        let unlisted = kept.into_iter().filter(|target| !listed.contains(target)).map(|target| {
            let verdict = sources.settings.policy.verdict_on_target(&session.catalog, target, sources.now);
            Row {
                session: at,
                id: RowId::Role(target.clone()),
                entry: session.catalog.entries.iter().position(|entry| entry.account.id == target.account),
                account_number: 0,
                tier: verdict.tier(),
                gate: verdict.gate(),
            }
        });
        let unlisted: Vec<Row> = unlisted.collect();
        rows.extend(unlisted);
    }
}

fn number_accounts(rows: &mut [Row]) {
    let mut known: HashMap<(usize, &AccountId), usize> = HashMap::new();
    let mut numbers = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        let next = known.len();
        numbers.push(*known.entry((row.session, row.account())).or_insert(next));
    }
    for (row, number) in rows.iter_mut().zip(numbers) {
        row.account_number = number;
    }
}

/// The indices of today's rows: the first pinned ones in their own order, what is held, the other pinned ones, and what is used
/// most.
fn today(rows: &[Row], sources: Sources<'_>, frecency: &Frecency) -> Vec<usize> {
    let pins = sources.preferences.pins.iter().enumerate();
    let pins: HashMap<(&SessionKey, &Target), usize> =
        pins.map(|(at, pin)| ((&pin.session, &pin.target), at)).collect();
    let pin_of = |row: &Row| {
        let session = sources.sessions.get(row.session)?;
        pins.get(&(&session.key, row.target()?)).copied()
    };
    let held: Vec<HashSet<&Target>> = sources.sessions.iter().map(|session| session.of_today(sources.now)).collect();
    let is_held =
        |row: &Row| held.get(row.session).zip(row.target()).is_some_and(|(held, target)| held.contains(target));
    let mut pinned: Vec<(usize, usize)> = Vec::new();
    let mut others: Vec<(bool, f64, usize)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match pin_of(row) {
            Some(pin) => pinned.push((pin, at)),
            None => {
                let (held, score) = (is_held(row), frecency.of_row(row));
                if held || score > 0.0 {
                    others.push((held, score, at));
                }
            }
        }
    }
    pinned.sort_unstable();
    others.sort_by(|left, right| right.1.total_cmp(&left.1));
    let (held, used): (Vec<_>, Vec<_>) = others.into_iter().partition(|(held, ..)| *held);
    let mut today: Vec<usize> = pinned.into_iter().map(|(_, at)| at).collect();
    let after_first_pins = today.len().min(FIRST_PINS);
    today.splice(after_first_pins..after_first_pins, held.into_iter().map(|(_, _, at)| at));
    let room = QUICK_KEYS.saturating_sub(today.len());
    today.extend(used.into_iter().take(room).map(|(_, _, at)| at));
    today
}

pub(crate) fn longest_texts(rows: &[Row], sources: Sources<'_>) -> LongestTexts {
    let mut longest = LongestTexts::default();
    let mut last_account = None;
    for row in rows {
        if last_account != Some((row.session, row.entry)) {
            last_account = Some((row.session, row.entry));
            longest.account_name = longest.account_name.max(columns(&account_name(row, sources.sessions)));
        }
        if let Some(target) = row.target() {
            longest.role = longest.role.max(target.role.as_str().len());
        }
    }
    let profiles = sources.sessions.iter().flat_map(|session| sources.settings.profiles.names_in(&session.key));
    longest.profile = profiles.map(columns).max().unwrap_or_default();
    let names = sources.sessions.iter().map(|session| columns(session.config.name.as_str()));
    longest.session = names.max().unwrap_or_default();
    longest
}

/// The account's name as it is shown; its id where the name is unknown.
pub(crate) fn account_name(row: &Row, sessions: &[SessionState]) -> String {
    match entry_of(row, sessions).map(|entry| entry.account.name.visible()) {
        Some(name) if !name.trim().is_empty() => name,
        _ => row.account().to_string(),
    }
}

pub(super) fn entry_of<'a>(row: &Row, sessions: &'a [SessionState]) -> Option<&'a Entry> {
    sessions.get(row.session)?.catalog.entries.get(row.entry?)
}

/// Why the account of a row could not be listed, safe to show.
pub(super) fn why_failed(row: &Row, sessions: &[SessionState]) -> String {
    match entry_of(row, sessions).map(|entry| &entry.roles) {
        Some(Roles::Failed { why, .. }) => visible(why),
        _ => String::new(),
    }
}

/// What the search finds a row by.
pub(crate) fn candidate(row: &Row, sources: Sources<'_>, frecency: &Frecency) -> Candidate {
    let session = sources.sessions.get(row.session);
    let of_target = session.zip(row.target());
    let profiles = of_target.map(|(session, target)| sources.settings.profiles.names(&session.key, target));
    let name = entry_of(row, sources.sessions).map_or("", |entry| entry.account.name.raw());
    let aliases = row.target().map(|target| sources.settings.aliases.of(target, name));
    Candidate {
        account_name: account_name(row, sources.sessions),
        account_id: row.account().to_string(),
        role: row.target().map(|target| target.role.to_string()).unwrap_or_default(),
        aliases: aliases.unwrap_or_default(),
        profiles: profiles.unwrap_or_default(),
        org: session.map(|session| session.config.name.to_string()).unwrap_or_default(),
        tags: sources.settings.policy.shown_tags(row.account()),
        tier: row.tier,
        weight: frecency.of_row(row),
    }
}
