//! Which characters are marked.

use super::super::Candidate;
use super::rows::row;
use super::search;
use crate::domain::tier::Tier;

/// `text` with brackets around the characters that are marked.
fn drawn(text: &str, marked: &[usize]) -> String {
    assert!(marked.is_sorted_by(|left, right| left < right), "{marked:?}");
    let mark = |(at, character): (usize, char)| match marked.contains(&at) {
        true => format!("[{character}]"),
        false => character.to_string(),
    };
    text.chars().enumerate().map(mark).collect::<String>().replace("][", "")
}

fn named() -> Candidate {
    let mut row = row("prod-payments-0003", "100000023757", "Developer", Tier::Developer);
    row.aliases = vec!["money".to_owned(), "payday".to_owned()];
    row.profiles = vec!["default".to_owned(), "acme-pay-dev".to_owned()];
    row
}

/// Account name, role and id of [`named`] with what `query` marks.
fn marked(query: &str) -> [String; 3] {
    let (row, marks) = (named(), search(&[named()]).marks(0, query));
    [
        drawn(&row.account_name, &marks.account_name),
        drawn(&row.role, &marks.role),
        drawn(&row.account_id, &marks.account_id),
    ]
}

#[test]
fn the_characters_that_matched_are_marked() {
    let table = [
        ("prod 3", ["[prod]-payments-000[3]", "Developer", "100000023757"]),
        ("/PAY dev", ["prod-[pay]ments-0003", "[Dev]eloper", "100000023757"]),
        ("prd dvl", ["[pr]o[d]-payments-0003", "[D]e[v]e[l]oper", "100000023757"]),
        ("pay payments", ["prod-[payments]-0003", "Developer", "100000023757"]),
        ("3757", ["prod-payments-0003", "Developer", "10000002[3757]"]),
        ("prod/developer", ["[prod]-payments-0003", "[Developer]", "100000023757"]),
        ("e", ["prod-paym[e]nts-0003", "D[e]veloper", "100000023757"]),
        ("tier:dev org:acme", ["prod-payments-0003", "Developer", "100000023757"]),
        ("", ["prod-payments-0003", "Developer", "100000023757"]),
    ];
    for (query, expected) in table {
        assert_eq!(marked(query), expected, "{query}");
    }
}

#[test]
fn the_alias_and_the_profile_that_matched_are_named() {
    let mut search = search(&[named()]);
    let marks = search.marks(0, "pay");
    assert_eq!(marks.alias, Some((1, vec![0, 1, 2])));
    assert_eq!(marks.profile, Some((1, vec![5, 6, 7])));
    assert_eq!(search.marks(0, "#mon").alias, Some((0, vec![0, 1, 2])));
    assert!(search.marks(0, "#mon").account_name.is_empty());
    assert_eq!(search.marks(0, "dflt").profile, Some((0, vec![0, 2, 5, 6])));
    assert_eq!(search.marks(0, "prod").alias, None);
    assert_eq!(search.marks(1, "pay"), super::Marks::default(), "there is no such row");
}

#[test]
fn marks_count_characters_whatever_they_are_made_of() {
    let table = [
        ("zürich-東京", "京", "zürich-東[京]"),
        ("zürich-東京", "zurich", "[zürich]-東京"),
        ("Zu\u{308}rich-0007", "zu", "[Zu\u{308}]rich-0007"),
        ("Zu\u{308}rich-0007", "zür7", "[Zu\u{308}r]ich-000[7]"),
        ("família-👨‍👩‍👧-pay", "pay", "família-👨‍👩‍👧-[pay]"),
        ("bidi-\\u{202e}dorp", "dorp", "bidi-\\u{202e}[dorp]"),
    ];
    for (name, query, expected) in table {
        let mut search = search(&[row(name, "555555555555", "Viewer", Tier::ReadOnly)]);
        assert_eq!(drawn(name, &search.marks(0, query).account_name), expected, "{name} {query}");
    }
}

#[test]
fn a_row_is_marked_by_the_index_with_which_it_was_given() {
    let mut rows = [named(), row("stage-search-0013", "555555555555", "Viewer", Tier::ReadOnly)];
    rows[1].weight = 7.0;
    assert_eq!(search(&rows).marks(1, "search").account_name, [6, 7, 8, 9, 10, 11]);
}
