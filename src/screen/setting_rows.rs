//! The settings as rows for the screen: each with its value, where that came from, and the line that sets it.

use std::collections::BTreeMap;

use crate::domain::replica::Replica;
use crate::domain::text::visible;
use crate::settings::{Choice, Settings, Source, Sourced};
use crate::tui::SettingRow;

/// Every key of the settings file, in alphabetical order.
pub(super) fn setting_rows(settings: &Settings) -> Vec<SettingRow> {
    let aliases = match settings.aliases.len() {
        0 => None,
        1 => Some(("1 alias".to_owned(), file_of(&settings.aliases))),
        count => Some((format!("{count} aliases"), file_of(&settings.aliases))),
    };
    let tags = match settings.tags.len() {
        0 => None,
        1 => Some(("of 1 account".to_owned(), file_of(&settings.tags))),
        count => Some((format!("of {count} accounts"), file_of(&settings.tags))),
    };
    let named: Vec<String> =
        settings.sso_regions.iter().map(|(name, replicas)| format!("{name}: {}", regions(&replicas.value))).collect();
    let first = settings.sso_regions.iter().next();
    let replicas = first.map(|(_, first)| (named.join("; "), first.source.to_string()));
    vec![
        row("aliases", aliases, "[aliases]\npay = \"123456789012/Developer\"".to_owned()),
        choice_row("background", &settings.background),
        text_row("browser", settings.browser.as_ref(), "firefox -P work"),
        choice_row("color", &settings.color),
        choice_row("flow", &settings.flow),
        switch_row("mouse", &settings.mouse),
        choice_row("notify", &settings.notify),
        switch_row("open_browser", &settings.open_browser),
        choice_row("osc52", &settings.osc52),
        text_row("policy", Some(&shown(&settings.policy, |path| path.display().to_string())), ""),
        text_row(
            "region",
            settings.region.as_ref().map(|set| shown(set, ToString::to_string)).as_ref(),
            "eu-central-1",
        ),
        text_row("session", settings.session.as_ref().map(|set| shown(set, ToString::to_string)).as_ref(), "NAME"),
        row("sso_regions", replicas, "[sso_regions]\nacme = [\"eu-west-1\"]".to_owned()),
        choice_row("standby", &settings.standby),
        choice_row("store", &settings.store),
        row("tags", tags, "[tags]\n123456789012 = \"env=prod\"".to_owned()),
    ]
}

fn regions(replicas: &[Replica]) -> String {
    let regions: Vec<&str> = replicas.iter().map(|replica| replica.region.as_str()).collect();
    regions.join(", ")
}

fn row(key: &str, set: Option<(String, String)>, toml: String) -> SettingRow {
    let (value, source) = set.unwrap_or_else(|| ("none".to_owned(), Source::Default.to_string()));
    SettingRow { key: key.to_owned(), value: visible(&value), source: visible(&source), toml }
}

/// The entries of a table are all from the file; what is shown is its name without a line.
fn file_of<K, V>(entries: &BTreeMap<K, Sourced<V>>) -> String {
    match entries.values().next().map(|entry| &entry.source) {
        Some(Source::File { path, .. }) => path.display().to_string(),
        Some(source) => source.to_string(),
        None => String::new(),
    }
}

fn choice_row<T: Choice>(key: &str, set: &Sourced<T>) -> SettingRow {
    let words: Vec<&str> = T::WORDS.iter().map(|(word, _)| *word).collect();
    let word = set.value.word();
    let toml = format!("{key} = {}  # one of {}", quoted(word), words.join(", "));
    row(key, Some((word.to_owned(), set.source.to_string())), toml)
}

fn switch_row(key: &str, set: &Sourced<bool>) -> SettingRow {
    let toml = format!("{key} = {}  # or {}", set.value, !set.value);
    row(key, Some((set.value.to_string(), set.source.to_string())), toml)
}

/// A setting with any text; `example` stands where it is not set.
fn text_row(key: &str, set: Option<&Sourced<String>>, example: &str) -> SettingRow {
    let toml = format!("{key} = {}", quoted(set.map_or(example, |set| set.value.as_str())));
    row(key, set.map(|set| (set.value.clone(), set.source.to_string())), toml)
}

fn shown<T>(set: &Sourced<T>, show: impl Fn(&T) -> String) -> Sourced<String> {
    Sourced::new(show(&set.value), set.source.clone())
}

/// `text` as a TOML string, safe to show.
fn quoted(text: &str) -> String {
    visible(&toml::Value::String(text.to_owned()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::settings::{Flags, Folders, load};

    fn rows(file: &str) -> Vec<SettingRow> {
        setting_rows(&settings(file))
    }

    fn settings(file: &str) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, file).unwrap();
        let folders = Folders {
            config_file: Sourced::new(path, Source::Default),
            policy_file: "/c/policy.toml".into(),
            state: "/s".into(),
            cache: "/k".into(),
            home: None,
        };
        load(Flags::default(), &Environment::default(), &folders).unwrap()
    }

    fn value_of(rows: &[SettingRow], key: &str) -> (String, bool) {
        let row = rows.iter().find(|row| row.key == key).unwrap();
        (row.value.clone(), row.source.ends_with("config.toml line 1"))
    }

    #[test]
    fn every_key_of_the_settings_file_has_a_row() {
        // The warning about an unknown key names all that are known.
        let warning = settings("zzz = 1").warnings.remove(0);
        let (_, keys) = warning.split_once("the keys are ").unwrap();
        let rows = rows("");
        assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>().join(", "), keys);
    }

    #[test]
    fn each_setting_has_its_effective_value_and_its_source() {
        let rows = rows("flow = 'pkce'\n[aliases]\npay = '123456789012/Developer'\n[tags]\n123456789012 = 'a=b'\n");
        assert_eq!(value_of(&rows, "flow"), ("pkce".to_owned(), true));
        assert_eq!(value_of(&rows, "store"), ("auto".to_owned(), false));
        assert_eq!(value_of(&rows, "session"), ("none".to_owned(), false));
        assert_eq!(value_of(&rows, "aliases"), ("1 alias".to_owned(), false));
        assert_eq!(value_of(&rows, "tags"), ("of 1 account".to_owned(), false));
    }

    #[test]
    fn the_replicas_of_each_session_are_shown_with_the_place_that_names_them() {
        let rows = rows(
            "sso_regions = { acme = ['eu-west-1', 'https://ssoins-1a.us-west-2.portal.amazonaws.com'], beta = 'eu-west-1' }\n",
        );
        assert_eq!(value_of(&rows, "sso_regions"), ("acme: eu-west-1, us-west-2; beta: eu-west-1".to_owned(), true));
        assert_eq!(value_of(&rows, "standby"), ("off".to_owned(), false));
    }

    #[test]
    fn the_lines_that_are_shown_are_settings_and_set_what_is_in_force() {
        let given = "browser = 'a \"b\" \\c'\nflow = 'pkce'\nmouse = false\nregion = 'eu-west-2'\nsession = 'acme'\n";
        let before = rows(given);
        // A table ends the keys of the file, so that it comes last.
        let (tables, lines): (Vec<_>, Vec<_>) = before.iter().partition(|row| row.toml.starts_with('['));
        let file: Vec<&str> = lines.iter().chain(&tables).map(|row| row.toml.as_str()).collect();
        let after = rows(&file.join("\n"));
        let values = |rows: &[SettingRow]| -> Vec<(String, String)> {
            // A path is taken from the file's folder, which on Windows adds the drive.
            let tables = ["aliases", "policy", "sso_regions", "tags"];
            let set = rows.iter().filter(|row| !tables.contains(&row.key.as_str()));
            set.map(|row| (row.key.clone(), row.value.clone())).collect()
        };
        assert_eq!(values(&before), values(&after));
    }
}
