//! Reads `policy.toml`. Whatever is unknown, misspelt, contradictory or out of bounds is an error, so that a mistake never
//! makes a policy weaker. `assets/docs/policy.md` describes every key.

use std::collections::HashSet;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use self::on_call::{Rotas, people};
use self::values::{checked, maybe_each, name, only};
use super::choice::{Choice, UnknownWord};
use super::source::{Source, Sourced};
use super::toml_file::{Table, TomlFile};
use crate::domain::policy::{
    AccountGlob, Cap, CapOwner, Clauses, Glob, Matcher, Mode, OnEnd, Pattern, Policy, PolicyDigest, PolicyIdentity,
    Rule, RuleId, SessionLimit, Terms, TicketNeed, TierDefaults, elevation_length, reason_length,
};
use crate::domain::text::visible;
use crate::domain::tier::{Gate, Tier};
use crate::error::{Error, FileError, Result};

mod limits;
mod on_call;
mod values;

const KEYS: [&str; 5] = ["max_session", "people", "rota", "rule", "tiers"];
/// What a rule and a tier's defaults may say.
const CLAUSES: [&str; 17] = [
    "alerts",
    "approvers",
    "assume",
    "cap",
    "default_duration",
    "gate",
    "max_duration",
    "min_reason",
    "mode",
    "notify",
    "on_end",
    "reason_deny",
    "rota",
    "ticket",
    "ticket_pattern",
    "unattended",
    "warning",
];
/// What a rule says besides.
const RULE_KEYS: [&str; 5] = ["account", "id", "role", "tag", "tier"];

/// The policy in force: that of the file at `path`, or the built-in one where the default path has no file.
///
/// # Errors
/// A file that settings name is not there; or it cannot be read, someone else than this user and root can change it, it
/// is not TOML, or it has an unknown key or bad value.
pub(super) fn load_policy(path: &Sourced<PathBuf>) -> Result<Policy> {
    let found = match (TomlFile::read(&path.value), &path.source) {
        (Ok(Some(bytes)), _) => parse_policy(&path.value, bytes),
        (Ok(None), Source::Default) => Ok(Policy::built_in()),
        (Ok(None), named_by) => Err(Error::UserFile(FileError::missing("policy", &path.value, named_by))),
        (Err(why), _) => Err(why),
    };
    found.map_err(|why| match why {
        Error::UserFile(file) => Error::Policy(file),
        other => other,
    })
}

/// The policy of the file at `path`, which need not be the one in force.
///
/// # Errors
/// As where it is in force; or it is not there.
pub fn check_policy(path: &Path) -> Result<Policy> {
    match TomlFile::read(path)? {
        Some(bytes) => parse_policy(path, bytes),
        None => Err(Error::UserFile(FileError::missing("policy", path, &"the command line"))),
    }
}

/// The policy that `bytes`, the file at `path`, says.
///
/// # Errors
/// It is not UTF-8, not TOML, or has an unknown key or bad value.
pub(super) fn parse_policy(path: &Path, bytes: Vec<u8>) -> Result<Policy> {
    let digest = PolicyDigest::of(&bytes);
    let file = TomlFile::from_bytes(path, bytes)?;
    let root = file.root()?;
    let root = Table::new(&file, &root);
    only(&root, &KEYS)?;
    limits::check(&root)?;
    let max_session = match root.text("max_session")? {
        Some(found) => found.checked(|text| SessionLimit::new(duration(text)?).map_err(|why| why.to_string()))?.value,
        None => SessionLimit::default(),
    };
    let identity = PolicyIdentity { digest, path: Some(path.to_owned()) };
    let rotas = Rotas::read(&root)?;
    let defaults = tiers(&root, &rotas)?;
    let rules = rules(&root, &rotas, &defaults)?;
    let policy = Policy::new(max_session, defaults, rules, identity);
    Ok(policy.with_on_call(rotas.list, people(&root)?))
}

fn tiers(root: &Table<'_>, rotas: &Rotas) -> Result<TierDefaults> {
    let mut defaults = rotas.built_in_defaults();
    if let Some(tiers) = root.table("tiers")? {
        only(&tiers, &Tier::ALL.map(Tier::word))?;
        for tier in Tier::ALL {
            let Some(table) = tiers.table(tier.word())? else { continue };
            only(&table, &CLAUSES)?;
            let clauses = clauses(&table, Some(tier), CapOwner::Tier(tier), rotas)?;
            check_mode(&table, Some(tier), &clauses, &defaults)?;
            defaults = defaults.with(tier, &clauses);
        }
        defaults = defaults.checked().map_err(|why| tiers.wrong(why))?;
    }
    rotas.check_defaults(root, &defaults)?;
    Ok(defaults)
}

fn rules(root: &Table<'_>, rotas: &Rotas, defaults: &TierDefaults) -> Result<Vec<Rule>> {
    let tables = root.tables("rule")?;
    let rules = tables.iter().map(|table| rule(table, rotas, defaults)).collect::<Result<Vec<_>>>()?;
    let mut seen = HashSet::new();
    for (table, rule) in tables.iter().zip(&rules) {
        if !seen.insert(&rule.id) {
            return Err(table.wrong_key("id", format!("there are two rules `{}`", rule.id)));
        }
    }
    Ok(rules)
}

fn rule(table: &Table<'_>, rotas: &Rotas, defaults: &TierDefaults) -> Result<Rule> {
    only(table, &[&RULE_KEYS[..], &CLAUSES].concat())?;
    let Some(id) = table.text("id")? else { return Err(table.wrong("this rule has no `id`")) };
    let id = id.checked(RuleId::parse)?.value;
    let matcher = Matcher {
        accounts: each(table, "account", AccountGlob::parse)?,
        roles: each(table, "role", Glob::parse)?,
        tags: each(table, "tag", str::parse)?,
    };
    let tier = table.text("tier")?.map(|found| found.checked(known_tier)).transpose()?.map(|tier| tier.value);
    let clauses = clauses(table, tier, CapOwner::Rule(id.clone()), rotas)?;
    check_mode(table, tier, &clauses, defaults)?;
    Ok(Rule { id, matcher, tier, clauses })
}

/// What a rule about roles of `tier`, where it says one, or the defaults of that tier ask; `owner` is the one of the two.
fn clauses(table: &Table<'_>, tier: Option<Tier>, owner: CapOwner, rotas: &Rotas) -> Result<Clauses> {
    let gate = checked(table.text("gate")?, known_gate)?;
    if let (Some(Tier::Admin), Some(gate @ (Gate::None | Gate::OnCall))) = (tier, gate) {
        return Err(table.wrong_key("gate", format!("`gate` of admin is `{}`; allowed: break_glass", gate.word())));
    }
    let length = |key: &'static str| {
        checked(table.text(key)?, |text| elevation_length(key, duration(text)?).map_err(|why| why.to_string()))
    };
    let (default_duration, max_duration) = (length("default_duration")?, length("max_duration")?);
    if let (Some(default), Some(most)) = (default_duration, max_duration)
        && default > most
    {
        let what = format!("`default_duration` is `{default:#}`; allowed: at most `max_duration`, {most:#}");
        return Err(table.wrong_key("default_duration", what));
    }
    Ok(Clauses {
        gate,
        mode: mode(table)?,
        default_duration,
        max_duration,
        cap: checked(table.text("cap")?, |text| Cap::parse(text, owner))?,
        min_reason: checked(table.integer("min_reason")?, reason_length)?,
        denied_reasons: maybe_each(table, "reason_deny", Pattern::anywhere)?,
        ticket: checked(table.text("ticket")?, TicketNeed::parse)?,
        ticket_pattern: checked(table.text("ticket_pattern")?, Pattern::whole)?,
        rota: rotas.meant(table, gate)?,
        warning: checked(table.text("warning")?, name)?,
        alerts: maybe_each(table, "alerts", name)?,
        notify: maybe_each(table, "notify", name)?,
        approvers: maybe_each(table, "approvers", name)?,
        unattended: table.boolean("unattended")?.map(|found| found.value),
        on_end: checked(table.text("on_end")?, OnEnd::parse)?,
    })
}

/// Refuses `chained` where the gate can open without an elevation, for roles of `tier` or of any: whoever passes so would get
/// the permission set's own credentials, and not the assumed role's.
fn check_mode(table: &Table<'_>, tier: Option<Tier>, clauses: &Clauses, defaults: &TierDefaults) -> Result<()> {
    let tiers = tier.map_or_else(|| Tier::ALL.to_vec(), |tier| vec![tier]);
    let asked = tiers.into_iter().map(|tier| clauses.terms(tier, defaults.of(tier)));
    let is_open = |terms: &Terms| terms.gate != Gate::BreakGlass && terms.mode != Mode::Direct;
    let Some(open) = asked.into_iter().find(is_open) else { return Ok(()) };
    let key = if clauses.mode.is_some() { "mode" } else { "gate" };
    let what = format!(
        "`mode` is `chained`, and the gate of {} roles is `{}`, through which the permission set's own credentials come; \
         write gate = \"break_glass\", or mode = \"direct\"",
        open.tier.title(),
        open.gate.word()
    );
    Err(table.wrong_key(key, what))
}

/// `mode`, and `assume`, which the chained one needs and the direct one has not.
fn mode(table: &Table<'_>) -> Result<Option<Mode>> {
    let mode = table.text("mode")?;
    let assume = checked(table.text("assume")?, role_to_assume)?;
    match (mode.as_ref().map(|found| found.value), assume) {
        (None, None) => Ok(None),
        (Some("direct"), None) => Ok(Some(Mode::Direct)),
        (Some("chained"), Some(role)) => Ok(Some(Mode::Chained(role))),
        (Some("chained"), None) => {
            Err(table.wrong_key("mode", "`chained` needs `assume`, the ARN of the role that is assumed"))
        }
        (Some("direct") | None, Some(_)) => Err(table.wrong_key("assume", "`assume` needs `mode = \"chained\"`")),
        (Some(word), _) => Err(table.wrong_key("mode", UnknownWord::new(word, ["direct", "chained"]))),
    }
}

impl Choice for OnEnd {
    const WORDS: &'static [(&'static str, Self)] =
        &[(OnEnd::Warn.word(), OnEnd::Warn), (OnEnd::Terminate.word(), OnEnd::Terminate)];
}

impl Choice for TicketNeed {
    const WORDS: &'static [(&'static str, Self)] = &[
        (TicketNeed::Optional.word(), TicketNeed::Optional),
        (TicketNeed::OrNone.word(), TicketNeed::OrNone),
        (TicketNeed::Required.word(), TicketNeed::Required),
    ];
}

/// An ARN such as `arn:aws:iam::{account}:role/BreakGlass`.
fn role_to_assume(text: &str) -> Result<String, String> {
    let wrong = || format!("`{}` is no role such as arn:aws:iam::{{account}}:role/BreakGlass", begun(text));
    let filled = text.replace("{account}", "000000000000");
    let parts: Vec<&str> = filled.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, role] = parts.as_slice() else { return Err(wrong()) };
    let is_word =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_role = role.strip_prefix("role/").is_some_and(|path| {
        !path.is_empty() && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte))
    });
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let fits = is_word(partition) && is_account && is_role && text.len() <= 2048;
    if fits { Ok(text.to_owned()) } else { Err(wrong()) }
}

fn duration(text: &str) -> Result<SignedDuration, String> {
    text.parse().map_err(|_| format!("`{}` is not a duration such as 8h, 90m or 1h30m", begun(text)))
}

/// As much of `text` as an error repeats.
fn begun(text: &str) -> String {
    visible(&text.chars().take(80).collect::<String>())
}

fn known_gate(word: &str) -> Result<Gate, UnknownWord> {
    Gate::from_word(word).ok_or_else(|| UnknownWord::new(word, Gate::ALL.map(Gate::word)))
}

fn known_tier(word: &str) -> Result<Tier, UnknownWord> {
    Tier::from_word(word).ok_or_else(|| UnknownWord::new(word, Tier::ALL.map(Tier::word)))
}

/// Each text of a list, checked; a list that is there has something in it, for an empty one would match everything.
fn each<T, E: Display>(table: &Table<'_>, key: &str, check: impl Fn(&str) -> Result<T, E>) -> Result<Vec<T>> {
    match maybe_each(table, key, check)? {
        Some(list) if list.is_empty() => Err(table.wrong_key(key, format!("`{key}` is empty and so names nothing"))),
        list => Ok(list.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
