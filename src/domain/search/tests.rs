//! The search as people use it.

mod believable;
mod marks;
mod rows;

use proptest::prelude::*;

use self::rows::row;
use super::*;
use crate::domain::tier::Tier;

fn search(rows: &[Candidate]) -> Search {
    let mut search = Search::default();
    search.set_rows(rows.iter().cloned());
    search
}

/// What `query` finds, as `account/role`.
fn found(rows: &[Candidate], query: &str) -> Vec<String> {
    let name = |index: u32| format!("{}/{}", rows[index as usize].account_name, rows[index as usize].role);
    search(rows).matches(query).into_iter().map(name).collect()
}

/// Accounts of these names, with one role.
fn accounts(names: &[&str]) -> Vec<Candidate> {
    names.iter().map(|name| row(name, "555555555555", "Viewer", Tier::ReadOnly)).collect()
}

/// The accounts that `query` finds among `rows`.
fn found_accounts(rows: &[Candidate], query: &str) -> Vec<String> {
    found(rows, query).iter().map(|name| name.trim_end_matches("/Viewer").to_owned()).collect()
}

#[test]
fn digits_find_the_account_of_that_number_and_the_harmless_role_first() {
    let (stages, services) = (["dev", "stage", "sandbox", "prod"], ["edge", "core", "search", "mobile", "payments"]);
    let roles = [Tier::Admin, Tier::Developer, Tier::ReadOnly];
    let of_account = |number: usize| {
        let name = format!("{}-{}-{number:04}", stages[number % stages.len()], services[number % services.len()]);
        let id = (100_000_000_000 + number * 7_919).to_string();
        roles.map(|tier| row(&name, &id, tier.title(), tier))
    };
    let rows: Vec<Candidate> = (1..=140).flat_map(of_account).collect();
    for query in ["search 107", "prod search 107"] {
        assert_eq!(found(&rows, query)[0], "prod-search-0107/ReadOnly", "{query}");
    }
    let matches = search(&rows).matches("0001");
    let with_it = rows.iter().filter(|row| row.account_name.contains("0001") || row.account_id.contains("0001"));
    assert_eq!(matches.len(), with_it.count());
    assert_eq!(found(&rows, "0001")[0], "stage-core-0001/ReadOnly");
    let tiers: Vec<Tier> = matches.iter().skip(3).map(|index| rows[*index as usize].tier).collect();
    assert!(tiers.is_sorted(), "those that have it in their ids match equally well: {tiers:?}");
}

#[test]
fn an_empty_query_finds_all_rows_as_they_were_given() {
    let mut rows = accounts(&["b", "a", "c"]);
    rows[2].weight = 3.0;
    for query in ["", "  ", "/", " / "] {
        assert_eq!(search(&rows).matches(query), [0, 1, 2], "{query:?}");
    }
    assert_eq!(Search::default().matches("a"), [] as [u32; 0]);
}

#[test]
fn words_as_they_were_typed_stand_before_scattered_ones_and_whole_segments_before_parts() {
    let table: [(&str, &[&str]); 4] = [
        ("prod", &["prod-x", "production-x", "nonprod-x", "pro-demo"]),
        ("pay", &["x-pay-1", "x-payments", "repay-x", "p-ayr"]),
        ("17", &["a-0017", "a-1700", "a-217"]),
        ("ab cd", &["ab-cd", "ab-cdx", "abx-cdx", "axb-cd"]),
    ];
    for (query, expected) in table {
        let worst_first: Vec<&str> = expected.iter().rev().copied().collect();
        assert_eq!(found_accounts(&accounts(&worst_first), query), expected, "{query}");
    }
}

#[test]
fn of_equal_matches_the_field_decides() {
    let id = row("x", "777555555555", "Viewer", Tier::ReadOnly);
    let mut name = row("x", "555555555555", "Viewer", Tier::ReadOnly);
    name.profiles = vec!["777-dev".to_owned()];
    let role = row("x", "555555555555", "777dev", Tier::Admin);
    let account = row("777-dev", "555555555555", "Viewer", Tier::Admin);
    assert_eq!(search(&[id, name, role, account]).matches("777"), [3, 2, 1, 0]);
}

#[test]
fn the_exact_name_of_all_that_was_typed_wins() {
    let mut rows = accounts(&["pay", "pay-prod", "x", "other", "Pay Prod"]);
    rows[1].weight = 100.0;
    rows[2].aliases = vec!["pay".to_owned()];
    rows[3].profiles = vec!["x".to_owned(), "PAY".to_owned()];
    assert_eq!(search(&rows).matches("pay"), [2, 3, 0, 1, 4]);
    assert_eq!(search(&rows).matches("/pay prod")[0], 4);
    assert_eq!(search(&rows).matches("tier:ro pay org:"), [2, 3, 0, 1, 4]);
    rows[0].account_name.clear();
    assert_eq!(search(&rows).matches("tier:ro")[0], 1, "no name is nobody's name");
}

#[test]
fn equal_matches_stand_by_weight_then_by_tier_then_as_they_were_given() {
    let mut rows: Vec<Candidate> =
        ["a", "b", "c", "d"].iter().map(|name| row(&format!("x-{name}"), "555555555555", "r", Tier::Admin)).collect();
    rows[1].tier = Tier::ReadOnly;
    rows[2].weight = 0.5;
    rows[3].weight = 2.0;
    rows.push(row("x-e", "555555555555", "r", Tier::Admin));
    assert_eq!(search(&rows).matches("x"), [3, 2, 1, 0, 4]);
}

#[test]
fn narrowing_words_narrow_from_their_first_letter_on() {
    let mut rows = accounts(&["a", "b", "c"]);
    rows[1].tier = Tier::Admin;
    rows[2].org = "Beta Corp".to_owned();
    rows[2].aliases = vec!["Ledger".to_owned(), "books".to_owned()];
    rows[1].tags = vec!["env=Prod".to_owned(), "team=pay".to_owned()];
    let table: [(&str, &[u32]); 16] = [
        ("tier:", &[0, 2, 1]),
        ("tier:a", &[1]),
        ("TIER:Admin", &[1]),
        ("tier:read-only", &[0, 2]),
        ("tier:nobody", &[]),
        ("org:", &[0, 1, 2]),
        ("org:beta", &[2]),
        ("org:corp", &[2]),
        ("org:nobody", &[]),
        ("tag:env=prod", &[1]),
        ("tag:pay", &[1]),
        ("tag:", &[1]),
        ("tag:env=stage", &[]),
        ("#", &[2]),
        ("#boo", &[2]),
        ("#ooks", &[]),
    ];
    for (query, expected) in table {
        let mut matches = search(&rows).matches(query);
        matches.sort_unstable_by_key(|row| expected.iter().position(|expected| expected == row));
        assert_eq!(matches, expected, "{query}");
    }
}

#[test]
fn names_of_any_length_and_kind_are_searched() {
    let long = format!("long-{}a", "x-".repeat(2_000));
    let rows = accounts(&[long.as_str(), "\\e[2J", "東京支店-0007", "Zu\u{308}rich", ""]);
    let table: [(&str, &[u32]); 7] = [
        ("long", &[0]),
        (&"x".repeat(150), &[0]),
        ("\\e[2", &[1]),
        ("京支", &[2]),
        ("東0007", &[2]),
        ("zürich", &[3]),
        ("ZURICH", &[3]),
    ];
    for (query, expected) in table {
        assert_eq!(search(&rows).matches(query), expected, "{query}");
    }
    let words = "l ".repeat(300);
    assert_eq!(search(&rows).matches(&words), [0]);
}

/// Rows whose texts share many characters, some of them scattered.
fn similar_rows() -> Vec<Candidate> {
    let names = ["prod-pay-0107", "ProdPayments1", "pr-0d-ay-17", "tier-org:a", "Prüd ÀÉ 10", "pa-y10-7"];
    let mut rows = accounts(&names);
    rows[0].aliases = vec!["p1".to_owned(), "pay".to_owned()];
    rows[1].profiles = vec!["prod/pay".to_owned()];
    rows[2].tier = Tier::Admin;
    rows[3].org = "prod".to_owned();
    rows[3].tags = vec!["pay=17".to_owned()];
    rows[4].weight = 2.0;
    rows
}

proptest! {
    #[test]
    fn an_extended_query_finds_what_a_new_search_finds(query in "(tier:|org:|tag:|#|[prodayPÜ017/ -]|\u{308}){0,10}") {
        let rows = similar_rows();
        let ends: Vec<usize> = query.char_indices().map(|(at, _)| at).chain([query.len()]).collect();
        let mut typed = search(&rows);
        for end in ends.iter().chain(ends.iter().rev()) {
            prop_assert_eq!(typed.matches(&query[..*end]), search(&rows).matches(&query[..*end]), "{}", &query[..*end]);
        }
    }

    #[test]
    fn digits_that_are_typed_together_stand_together(letters in "[prdy-]{0,3}", digits in "[017]{1,3}") {
        let rows = similar_rows();
        for index in search(&rows).matches(&format!("{letters}{digits}")) {
            let row = &rows[index as usize];
            let mut texts = [&row.account_name, &row.account_id, &row.role].into_iter().chain(&row.aliases).chain(&row.profiles);
            prop_assert!(texts.any(|text| text.contains(&digits)), "{letters}{digits}: {row:?}");
        }
    }
}
