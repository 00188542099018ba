//! `[[rota]]` and `[people]`, and which rota a gate means.

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::Timestamp;

use super::values::{checked, maybe_each, only};
use crate::domain::on_call::{CalendarHost, People, PersonNames, Rota, RotaSource, Shift, UnfitUrl, rota_name};
use crate::domain::policy::TierDefaults;
use crate::domain::secret_shapes::secret_in;
use crate::domain::text::visible;
use crate::domain::tier::{Gate, Tier};
use crate::error::Result;
use crate::settings::toml_file::Table;

const ROTA_KEYS: [&str; 5] = ["command", "host", "ical", "name", "shifts"];
const SHIFT_KEYS: [&str; 3] = ["from", "until", "who"];
/// The most shifts of a rota, and people of a policy.
const MOST: usize = 10_000;
/// The most rotas of a policy.
const MOST_ROTAS: usize = 100;

/// The rotas of a policy.
pub(super) struct Rotas {
    /// In the order of the file.
    pub(super) list: Vec<Rota>,
}

impl Rotas {
    /// Reads `[[rota]]`.
    pub(super) fn read(root: &Table<'_>) -> Result<Self> {
        let tables = root.tables("rota")?;
        if let Some(first_too_many) = tables.get(MOST_ROTAS) {
            return Err(first_too_many.wrong(format!("there are more than {MOST_ROTAS} rotas")));
        }
        let list = tables.iter().map(rota).collect::<Result<Vec<_>>>()?;
        let mut seen = HashSet::new();
        for (table, rota) in tables.iter().zip(&list) {
            // Names of files and items in the keyring may not tell capitals from small letters.
            if !seen.insert(rota.name.to_ascii_lowercase()) {
                return Err(table.wrong_key("name", format!("there are two rotas `{}`", rota.name)));
            }
        }
        Ok(Rotas { list })
    }

    /// The defaults of the tiers before the policy says anything about them.
    pub(super) fn built_in_defaults(&self) -> TierDefaults {
        TierDefaults::built_in(&self.list.iter().map(|rota| rota.name.as_str()).collect::<Vec<_>>())
    }

    /// The rota that the clauses in `table` are about; the only one there is where they ask for duty and name none.
    pub(super) fn meant(&self, table: &Table<'_>, gate: Option<Gate>) -> Result<Option<String>> {
        if let Some(named) = table.text("rota")? {
            let known = |text: &str| match self.list.iter().find(|rota| rota.name == text) {
                Some(rota) => Ok(rota.name.clone()),
                None => Err(format!("there is no rota `{}`; {}", visible(&shortened(text)), self.words())),
            };
            return checked(Some(named), known);
        }
        match (gate, self.list.as_slice()) {
            (Some(Gate::OnCall), [only]) => Ok(Some(only.name.clone())),
            (Some(Gate::OnCall), _) => {
                let what = format!("`gate` is `on_call`, and `rota` does not say on which rota; {}", self.words());
                Err(table.wrong_key("gate", what))
            }
            (_, _) => Ok(None),
        }
    }

    /// Checks that every tier that asks for duty says on which rota.
    pub(super) fn check_defaults(&self, root: &Table<'_>, defaults: &TierDefaults) -> Result<()> {
        let open = Tier::ALL.into_iter().find(|tier| {
            let terms = defaults.of(*tier);
            terms.gate == Gate::OnCall && terms.rotas.is_empty()
        });
        let Some(tier) = open else { return Ok(()) };
        let what = format!(
            "there are several rotas, and `[tiers.{}]` does not say with `rota` which one {} roles ask for; {}",
            tier.word(),
            tier.title(),
            self.words()
        );
        match root.tables("rota")?.get(1) {
            Some(second) => Err(second.wrong(what)),
            None => Err(root.wrong(what)),
        }
    }

    fn words(&self) -> String {
        if self.list.is_empty() {
            return "add [[rota]] with `name`, and `ical`, `shifts` or `command`".to_owned();
        }
        let names: Vec<&str> = self.list.iter().map(|rota| rota.name.as_str()).take(10).collect();
        format!("the rotas are {}", names.join(", "))
    }
}

fn rota(table: &Table<'_>) -> Result<Rota> {
    only(table, &ROTA_KEYS)?;
    let Some(name) = checked(table.text("name")?, rota_name)? else {
        return Err(table.wrong("this rota has no `name`"));
    };
    let host = checked(table.text("host")?, CalendarHost::parse)?;
    let ical = checked(table.text("ical")?, |text| ical(text, &name, host.as_ref(), table))?;
    if host.is_some() && !matches!(ical, Some(RotaSource::KeyringUrl { .. })) {
        return Err(
            table.wrong_key("host", "`host` needs `ical = \"keyring\"`: every other source stands in the policy")
        );
    }
    let shifts = shifts(table)?.map(RotaSource::Shifts);
    let command = command(table)?.map(|words| RotaSource::Command { words, folder: folder_of(table) });
    let mut sources = [ical, shifts, command].into_iter().flatten();
    match (sources.next(), sources.next()) {
        (Some(source), None) => Ok(Rota { name, source }),
        _ => Err(table.wrong("a rota has exactly one of `ical`, `shifts` and `command`")),
    }
}

/// A path, an address, or the word for an address in the keyring. What has a token in it is not repeated.
fn ical(text: &str, rota: &str, host: Option<&CalendarHost>, table: &Table<'_>) -> Result<RotaSource, String> {
    if text == "keyring" {
        return Ok(RotaSource::KeyringUrl { host: host.cloned() });
    }
    if text.is_empty() || text.contains(char::is_control) {
        return Err("`ical` is neither a path, nor an https URL, nor `keyring`".to_owned());
    }
    if !text.contains("://") {
        return Ok(RotaSource::File(table.folder().join(text)));
    }
    RotaSource::public_url(text).map_err(|why| match why {
        UnfitUrl::Token => format!(
            "the URL seems to have a token in it, and this file is shared: write ical = \"keyring\" instead, and type: \
             daypass oncall set {rota}"
        ),
        other => format!("the URL of the calendar cannot be used: {other}"),
    })
}

fn shifts(table: &Table<'_>) -> Result<Option<Vec<Shift>>> {
    let tables = table.tables("shifts")?;
    match (tables.len(), table.has("shifts")) {
        (0, false) => return Ok(None),
        (0, true) => return Err(table.wrong_key("shifts", "`shifts` is empty")),
        (count, _) if count > MOST => {
            return Err(table.wrong_key("shifts", format!("there are more than {MOST} shifts")));
        }
        _ => {}
    }
    tables.iter().map(shift).collect::<Result<Vec<_>>>().map(Some)
}

fn shift(table: &Table<'_>) -> Result<Shift> {
    only(table, &SHIFT_KEYS)?;
    let missing = |key: &str| table.wrong(format!("this shift has no `{key}`"));
    let who = checked(table.text("who")?, person_name)?.ok_or_else(|| missing("who"))?;
    let moment = |key: &'static str| checked(table.text(key)?, time)?.ok_or_else(|| missing(key));
    let (from, until) = (moment("from")?, moment("until")?);
    Shift::new(PersonNames::new([who]), from, until)
        .ok_or_else(|| table.wrong_key("until", "`until` is not after `from`"))
}

/// What a person is called on a rota: nothing that would be left out later.
fn person_name(text: &str) -> Result<String, String> {
    let count = text.trim().chars().count();
    if (1..=PersonNames::LONGEST).contains(&count) && !text.contains(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(format!("`{}` is no name: 1 to {} characters on one line", visible(&shortened(text)), PersonNames::LONGEST))
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| format!("`{}` is not a time such as 2026-11-22T09:00:00+01:00", visible(&shortened(text))))
}

/// The folder of the policy, which a program runs in: it does not depend on where daypass is started.
fn folder_of(table: &Table<'_>) -> PathBuf {
    let folder = table.folder();
    if folder.is_absolute() { folder.to_owned() } else { PathBuf::from("/") }
}

fn command(table: &Table<'_>) -> Result<Option<Vec<String>>> {
    let word = |text: &str| match secret_in(text) {
        Some(what) => Err(format!("it seems to hold {what}, and this file is shared: let the program read it itself")),
        None if text.contains('\0') => Err("a program cannot be given a NUL".to_owned()),
        None => Ok(text.to_owned()),
    };
    let Some(words) = maybe_each(table, "command", word)? else { return Ok(None) };
    if words.first().is_none_or(|program| program.trim().is_empty()) {
        return Err(table.wrong_key("command", "`command` names no program"));
    }
    Ok(Some(words))
}

/// Reads `[people]`: what the users of AWS are called in the rotas.
pub(super) fn people(root: &Table<'_>) -> Result<People> {
    let mut people = People::default();
    let Some(table) = root.table("people")? else { return Ok(people) };
    for (count, user) in table.keys().map(|user| user.value).enumerate() {
        if count == MOST {
            return Err(table.wrong_key(user, format!("there are more than {MOST} people")));
        }
        let names = maybe_each(&table, user, person_name)?.unwrap_or_default();
        if names.is_empty() {
            return Err(table.wrong_key(user, "this user has no names; leave the line out to know them by this one"));
        }
        if names.len() > PersonNames::MOST {
            let what = format!("this user has {} names; allowed: {} at most", names.len(), PersonNames::MOST);
            return Err(table.wrong_key(user, what));
        }
        let names = PersonNames::new(names);
        if user.trim().is_empty() || !people.add(user, names) {
            return Err(table.wrong_key(user, "this user is listed twice, or is nobody"));
        }
    }
    Ok(people)
}

fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;
