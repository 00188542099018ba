//! Reads `policy.toml`. Whatever is unknown, misspelt or out of bounds is an error, so that a mistake never makes a
//! policy weaker.
//!
//! ```toml
//! max_session = "8h"      # 15m to 12h
//! admin_max = "1h"        # 1m to 1h
//! min_reason = 10         # 10 to 500 characters
//!
//! [gates]
//! developer = "none"      # or "break_glass"; admin is always "break_glass"
//!
//! [[tier]]                # the first rule that matches wins; the built-in ones come after
//! role = "deploy*"
//! account = "prod-*"      # by name; digits, * and ? alone go by id; all accounts where it is left out
//! tier = "admin"
//! ```

use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use super::choice::UnknownWord;
use super::source::{Source, Sourced};
use super::toml_file::{Table, TomlFile};
use crate::domain::policy::{
    AccountGlob, Gates, Glob, InvalidPolicy, Limits, Policy, PolicyDigest, PolicyIdentity, TierRule, TierRules,
};
use crate::domain::text::visible;
use crate::domain::tier::{Gate, Tier};
use crate::error::{Error, FileError, Result};

const KEYS: [&str; 5] = ["admin_max", "gates", "max_session", "min_reason", "tier"];
const RULE_KEYS: [&str; 3] = ["account", "role", "tier"];

/// The policy in force: that of the file at `path`, or the built-in one where the default path has no file.
///
/// # Errors
/// A file that settings name is not there; or it cannot be read, someone else than this user and root can change it, it
/// is not TOML, or it has an unknown key or bad value.
pub fn load_policy(path: &Sourced<PathBuf>) -> Result<Policy> {
    match (TomlFile::read(&path.value)?, &path.source) {
        (Some(bytes), _) => parse_policy(&path.value, bytes),
        (None, Source::Default) => Ok(Policy::built_in()),
        (None, named_by) => Err(Error::UserFile(FileError::missing("policy", &path.value, named_by))),
    }
}

fn parse_policy(path: &Path, bytes: Vec<u8>) -> Result<Policy> {
    let digest = PolicyDigest::of(&bytes);
    let file = TomlFile::from_bytes(path, bytes)?;
    let root = file.root()?;
    let root = Table::new(&file, &root);
    only(&root, &KEYS)?;
    let identity = PolicyIdentity { digest, path: Some(path.to_owned()) };
    Ok(Policy::new(limits(&root)?, gates(&root)?, TierRules::new(rules(&root)?), identity))
}

fn limits(root: &Table<'_>) -> Result<Limits> {
    let mut limits = Limits::default();
    if let Some(found) = root.text("max_session")? {
        limits = found.checked(|text| limited(text, |given| limits.with_max_session(given)))?.value;
    }
    if let Some(found) = root.text("admin_max")? {
        limits = found.checked(|text| limited(text, |given| limits.with_admin_max(given)))?.value;
    }
    if let Some(found) = root.integer("min_reason")? {
        limits = found.checked(|count| limits.with_min_reason(count))?.value;
    }
    Ok(limits)
}

fn limited(text: &str, check: impl FnOnce(SignedDuration) -> Result<Limits, InvalidPolicy>) -> Result<Limits, String> {
    let given = text.parse().map_err(|_| format!("`{}` is not a duration such as 8h, 90m or 1h30m", visible(text)))?;
    check(given).map_err(|why| why.to_string())
}

fn gates(root: &Table<'_>) -> Result<Gates> {
    let Some(table) = root.table("gates")? else { return Ok(Gates::default()) };
    only(&table, &Tier::ALL.map(Tier::word))?;
    let gate = |tier: Tier| -> Result<Gate> {
        match table.text(tier.word())? {
            Some(found) => Ok(found.checked(known_gate)?.value),
            None => Ok(Gates::default().of(tier)),
        }
    };
    let [readonly, developer, admin] = [gate(Tier::ReadOnly)?, gate(Tier::Developer)?, gate(Tier::Admin)?];
    Gates::new(readonly, developer, admin).map_err(|why| table.wrong(why))
}

fn known_gate(word: &str) -> Result<Gate, String> {
    match Gate::from_word(word) {
        Some(gate) => Ok(gate),
        None if word == "on_call" => Err("the gate `on_call` is not available in this version".to_owned()),
        None => Err(UnknownWord::new(word, Gate::ALL.map(Gate::word)).to_string()),
    }
}

fn rules(root: &Table<'_>) -> Result<Vec<TierRule>> {
    root.tables("tier")?.iter().map(rule).collect()
}

fn rule(table: &Table<'_>) -> Result<TierRule> {
    only(table, &RULE_KEYS)?;
    let required = |key: &str| table.text(key)?.ok_or_else(|| table.wrong(format!("this rule has no `{key}`")));
    Ok(TierRule {
        role: required("role")?.checked(Glob::parse)?.value,
        account: table
            .text("account")?
            .map(|found| found.checked(AccountGlob::parse))
            .transpose()?
            .map(|glob| glob.value),
        tier: required("tier")?.checked(known_tier)?.value,
    })
}

fn known_tier(word: &str) -> Result<Tier, UnknownWord> {
    Tier::from_word(word).ok_or_else(|| UnknownWord::new(word, Tier::ALL.map(Tier::word)))
}

/// Refuses unknown keys.
fn only(table: &Table<'_>, known: &[&'static str]) -> Result<()> {
    match table.unknown(known).into_iter().next() {
        Some(unknown) => Err(Error::UserFile(unknown)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::ids::{AccountId, RoleName};
    use crate::domain::policy::{Facts, Rule, Verdict};

    fn parsed(text: &str) -> Result<Policy> {
        parse_policy(Path::new("policy.toml"), text.as_bytes().to_vec())
    }

    fn verdict(policy: &Policy, account_name: &str, role: &str) -> Verdict {
        let account = AccountId::parse("123456789012").unwrap();
        let role = RoleName::parse(role).unwrap();
        let at = jiff::Timestamp::UNIX_EPOCH;
        policy.judge(Facts { account: &account, account_name: Some(account_name), role: &role, at })
    }

    #[test]
    fn a_whole_policy_is_read() {
        let text = "max_session = '9h30m'\nadmin_max = '30m'\nmin_reason = 20\n[gates]\ndeveloper = 'break_glass'\n\
            [[tier]]\nrole = 'deploy*'\naccount = 'prod-*'\ntier = 'admin'\n[[tier]]\nrole = '*'\ntier = 'readonly'\n";
        let policy = parsed(text).unwrap();
        assert_eq!(policy.max_session(), SignedDuration::from_mins(570));
        let admin = verdict(&policy, "prod-pay", "Deployer");
        assert_eq!((admin.tier(), admin.asks_for_elevation(), admin.rule()), (Tier::Admin, true, Rule::Team(1)));
        assert_eq!((admin.max_duration(), admin.min_reason()), (SignedDuration::from_mins(30), 20));
        let readonly = verdict(&policy, "stage", "Deployer");
        assert_eq!((readonly.tier(), readonly.asks_for_elevation()), (Tier::ReadOnly, false));
        assert_eq!(readonly.rule(), Rule::Team(2));
        let identity = PolicyIdentity { digest: PolicyDigest::of(text.as_bytes()), path: Some("policy.toml".into()) };
        assert_eq!(admin.policy(), &identity);
        let strict = parsed("[gates]\ndeveloper = 'break_glass'").unwrap();
        assert!(verdict(&strict, "any", "Developer").asks_for_elevation());
    }

    #[test]
    fn an_empty_policy_is_the_default_one() {
        let policy = parsed("").unwrap();
        assert_eq!(policy.max_session(), SignedDuration::from_hours(8));
        let developer = verdict(&policy, "any", "Developer");
        assert_eq!((developer.min_reason(), developer.asks_for_elevation()), (10, false));
        assert_eq!(developer.max_duration(), SignedDuration::from_hours(1));
    }

    #[test]
    fn nothing_is_weakened_by_a_slip() {
        let table = [
            ("max_session = '24h'", "line 1: `max_session` is `24h`; allowed: 15m to 12h"),
            ("max_session = '8'", "line 1: `8` is not a duration such as 8h, 90m or 1h30m"),
            ("max_session = 8", "line 1: `max_session` must be text in quotes, not of type integer"),
            ("admin_max = '2h'", "line 1: `admin_max` is `2h`; allowed: 1m to 1h"),
            ("admin_max = '-1h'", "line 1: `admin_max` is `1h ago`; allowed: 1m to 1h"),
            ("min_reason = 3", "line 1: `min_reason` is `3`; allowed: 10 to 500"),
            ("min_reason = 99999999999999999999", "line 1: `min_reason` must be a whole number, not of type integer"),
            ("\nadmin_maxx = '5m'", "line 2: there is no key `admin_maxx`; did you mean `admin_max`?"),
            ("[gates]\nadmin = 'none'", "line 1: the gate of `admin` is `none`; allowed: break_glass"),
            (
                "[gates]\nreadonly = 'break_glass'",
                "line 1: the gate of `developer` is `none`; allowed: at least that of `readonly`",
            ),
            ("[gates]\n\ndeveloper = 'on_call'", "line 3: the gate `on_call` is not available in this version"),
            ("[gates]\ndeveloper = 'open'", "line 2: `open` is not one of none, break_glass"),
            ("[gates]\nAdmin = 'none'", "line 2: there is no key `Admin`; did you mean `admin`?"),
            ("[[tier]]\nrole = 'x'", "line 1: this rule has no `tier`"),
            ("\n[[tier]]\ntier = 'admin'", "line 2: this rule has no `role`"),
            ("[[tier]]\nrole = 'x'\ntier = 'Admin'", "line 3: `Admin` is not one of readonly, developer, admin"),
            ("[[tier]]\nroles = 'x'\ntier = 'admin'", "line 2: there is no key `roles`; did you mean `role`?"),
            ("[[tier]]\nrole = ''\ntier = 'admin'", "line 2: the pattern `` is not 1 to 256 characters, with * and ?"),
            ("tier = [1]", "line 1: `tier` must be a list of tables, not of type integer"),
        ];
        for (text, expected) in table {
            assert_eq!(parsed(text).unwrap_err().to_string(), format!("policy.toml {expected}"), "{text}");
        }
    }

    #[test]
    fn a_policy_that_was_named_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        let usual = load_policy(&Sourced::new(path.clone(), Source::Default)).unwrap();
        let digest = |policy: &Policy| verdict(policy, "any", "Developer").policy().digest;
        assert_eq!(digest(&usual), digest(&Policy::built_in()));
        let named = Sourced::new(path, Source::File { path: Path::new("config.toml").into(), line: 3 });
        let missing = load_policy(&named).unwrap_err().to_string();
        assert!(missing.ends_with("policy.toml, which config.toml line 3 names, is not there"), "{missing}");
        assert!(load_policy(&Sourced::new(folder.path().to_owned(), Source::Default)).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_policy_that_others_may_write_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.toml");
        std::fs::write(&path, "min_reason = 20").unwrap();
        let load = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            load_policy(&Sourced::new(path.clone(), Source::Default))
        };
        assert!(load(0o644).is_ok());
        for mode in [0o664, 0o646] {
            let refused = load(mode).unwrap_err().to_string();
            assert_eq!(refused, format!("other users may write to {}", path.display()), "{mode:o}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_policy_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_policy(Path::new("x"), bytes);
        }

        #[test]
        fn any_duration_is_within_bounds_or_an_error(text in "-?[0-9]{0,20} ?(h|m|s|d|y|weeks|PT1H)?[0-9smh ]{0,5}") {
            if let Ok(policy) = parsed(&format!("admin_max = '{text}'")) {
                let most = verdict(&policy, "any", "Admin").max_duration();
                prop_assert!((SignedDuration::from_mins(1)..=SignedDuration::from_hours(1)).contains(&most));
            }
        }
    }
}
