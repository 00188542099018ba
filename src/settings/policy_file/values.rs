//! Values of a policy's tables, checked.

use std::fmt::Display;

use crate::domain::text::visible;
use crate::error::{Error, Result};
use crate::settings::toml_file::{Found, Table};

/// A text of a line.
pub(super) fn name(text: &str) -> Result<String, String> {
    if (1..=200).contains(&text.chars().count()) && !text.contains(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{}` is not 1 to 200 characters on one line", visible(&text.chars().take(80).collect::<String>())))
    }
}

/// What is found, checked.
pub(super) fn checked<T, U, E: Display>(
    found: Option<Found<'_, T>>,
    check: impl FnOnce(T) -> Result<U, E>,
) -> Result<Option<U>> {
    Ok(found.map(|found| found.checked(check)).transpose()?.map(|checked| checked.value))
}

/// Each text of a list, or the only text, checked; none where there is no such key.
pub(super) fn maybe_each<T, E: Display>(
    table: &Table<'_>,
    key: &str,
    check: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<Vec<T>>> {
    let Some(found) = table.texts_of(key)? else { return Ok(None) };
    found.into_iter().map(|found| Ok(found.checked(&check)?.value)).collect::<Result<Vec<_>>>().map(Some)
}

/// The most names of a list: each elevation shows and records them all.
const MOST_NAMES: usize = 16;

/// A list of names, or the only one; none where there is no such key.
pub(super) fn names(table: &Table<'_>, key: &str) -> Result<Option<Vec<String>>> {
    match maybe_each(table, key, name)? {
        Some(names) if names.len() > MOST_NAMES => {
            Err(table.wrong_key(key, format!("`{key}` has {} names; allowed: {MOST_NAMES} at most", names.len())))
        }
        names => Ok(names),
    }
}

/// Refuses unknown keys.
pub(super) fn only(table: &Table<'_>, known: &[&'static str]) -> Result<()> {
    match table.unknown(known).into_iter().next() {
        Some(unknown) => Err(Error::UserFile(unknown)),
        None => Ok(()),
    }
}
