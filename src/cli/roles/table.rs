//! The table: plain rows for a pipe; on a terminal a header, colours, and what matched emphasised.

use super::rows::Row;
use crate::cli::context::Context;
use crate::domain::text::{columns, fit, padded};
use crate::domain::tier::Tier;

/// The greatest width of a column.
const WIDEST: usize = 40;

/// How the table looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Rows and nothing else.
    Plain,
    /// With a header.
    Terminal,
    /// With a header and colours.
    Colored,
}

impl Look {
    /// How it looks on stdout.
    pub fn of_stdout(is_terminal: bool, context: &Context) -> Self {
        match (is_terminal, context.has_colors()) {
            (false, _) => Look::Plain,
            (true, false) => Look::Terminal,
            (true, true) => Look::Colored,
        }
    }
}

/// What a cell looks like, as parameters of SGR.
type Style = &'static str;

const USUAL: Style = "";
const DIM: Style = "2";
/// Added to the style of what matched.
const MATCHED: Style = "1;4";

fn style(tier: Tier) -> Style {
    match tier {
        Tier::ReadOnly => "32",
        Tier::Developer => "94",
        Tier::Admin => "91",
    }
}

/// A cell of a row.
struct Cell<'a> {
    text: &'a str,
    marks: &'a [usize],
    style: Style,
}

impl<'a> Cell<'a> {
    fn new(text: &'a str, marks: &'a [usize], style: Style) -> Self {
        Cell { text, marks, style }
    }
}

/// One line for each row, in columns as wide as what they hold.
pub fn table(rows: &[Row<'_>], has_several: bool, look: Look) -> String {
    let mut lines: Vec<Vec<Cell<'_>>> = Vec::new();
    if look != Look::Plain && !rows.is_empty() {
        let titles = ["ACCOUNT", "ID", "ROLE", "TIER"].into_iter().chain(has_several.then_some("ORG"));
        lines.push(titles.map(|title| Cell::new(title, &[], DIM)).collect());
    }
    lines.extend(rows.iter().map(|row| cells(row, look)));
    let widths: Vec<usize> = (0..).map_while(|column| width(&lines, column)).collect();
    lines.iter().map(|line| shown(line, &widths, look)).collect()
}

fn cells<'a>(row: &'a Row<'_>, look: Look) -> Vec<Cell<'a>> {
    let (role, marks) = (row.role, &row.marks);
    let mut cells = vec![
        Cell::new(&role.account_name, &marks.account_name, USUAL),
        Cell::new(&role.account_id, &marks.account_id, DIM),
        Cell::new(&role.role, &marks.role, USUAL),
        Cell::new(role.tier.title(), &[], style(role.tier)),
    ];
    cells.extend(role.session.as_deref().map(|session| Cell::new(session, &[], USUAL)));
    if look != Look::Plain {
        cells.extend(row.name.as_ref().map(|(name, marks)| Cell::new(name, marks, DIM)));
    }
    cells
}

fn width(lines: &[Vec<Cell<'_>>], column: usize) -> Option<usize> {
    lines.iter().filter_map(|line| line.get(column)).map(|cell| columns(cell.text).min(WIDEST)).max()
}

fn shown(line: &[Cell<'_>], widths: &[usize], look: Look) -> String {
    let last = line.len().saturating_sub(1);
    let cell = |(column, (cell, width)): (usize, (&Cell<'_>, &usize))| {
        let text = if column == last { fit(cell.text, *width) } else { padded(cell.text, *width) };
        if look == Look::Colored { colored(cell, &text) } else { text }
    };
    line.iter().zip(widths).enumerate().map(cell).collect::<Vec<_>>().join("  ") + "\n"
}

/// `text`, which is that of `cell` cut and filled, in its style, with what matched emphasised.
fn colored(cell: &Cell<'_>, text: &str) -> String {
    let mut colored = String::new();
    let mut current = USUAL.to_owned();
    let mut original = cell.text.chars();
    for (at, character) in text.chars().enumerate() {
        // What was cut off or filled in did not match.
        let is_marked = original.next() == Some(character) && cell.marks.contains(&at);
        let wanted = match (is_marked, cell.style) {
            (false, style) => style.to_owned(),
            (true, USUAL) => MATCHED.to_owned(),
            (true, style) => format!("{style};{MATCHED}"),
        };
        if wanted != current {
            colored.push_str(&change(&current, &wanted));
            current = wanted;
        }
        colored.push(character);
    }
    colored.push_str(&change(&current, USUAL));
    colored
}

/// Ends the style `before` and begins the style `next`.
fn change(before: &str, next: &str) -> String {
    match (before, next) {
        _ if before == next => String::new(),
        (_, USUAL) => "\x1b[0m".to_owned(),
        (USUAL, next) => format!("\x1b[{next}m"),
        (_, next) => format!("\x1b[0;{next}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::Role;
    use super::*;
    use crate::domain::search::Marks;

    fn role(account_name: &str, tier: Tier, session: Option<&str>) -> Role {
        Role {
            account_id: "100000023757".to_owned(),
            account_name: account_name.to_owned(),
            email: String::new(),
            role: tier.title().to_owned(),
            tier,
            session: session.map(str::to_owned),
        }
    }

    fn row<'a>(role: &'a Role, account_name: &[usize], name: Option<&'a str>) -> Row<'a> {
        let marks = Marks { account_name: account_name.to_vec(), ..Marks::default() };
        Row { role, marks, name: name.map(|name| (name, vec![0])) }
    }

    #[test]
    fn a_pipe_gets_rows_alone_and_a_terminal_a_header_and_the_names_that_matched() {
        let roles = [role("prod-web", Tier::Admin, None), role("東京", Tier::ReadOnly, None)];
        let rows = [row(&roles[0], &[0], Some("ledger")), row(&roles[1], &[], None)];
        let plain = "prod-web  100000023757  Admin     Admin\n東京      100000023757  ReadOnly  ReadOnly\n";
        assert_eq!(table(&rows, false, Look::Plain), plain);
        let terminal = "ACCOUNT   ID            ROLE      TIER\n\
                        prod-web  100000023757  Admin     Admin     ledger\n\
                        東京      100000023757  ReadOnly  ReadOnly\n";
        assert_eq!(table(&rows, false, Look::Terminal), terminal);
        assert_eq!(table(&[], false, Look::Terminal), "");
    }

    #[test]
    fn the_session_is_the_last_column_where_there_are_several() {
        let roles = [role("a", Tier::Admin, Some("acme")), role("b", Tier::ReadOnly, Some("beta"))];
        let rows = [row(&roles[0], &[], None), row(&roles[1], &[], None)];
        assert_eq!(
            table(&rows, true, Look::Terminal),
            "ACCOUNT  ID            ROLE      TIER      ORG\n\
             a        100000023757  Admin     Admin     acme\n\
             b        100000023757  ReadOnly  ReadOnly  beta\n"
        );
    }

    #[test]
    fn colors_mark_the_tier_and_what_matched_and_leave_the_text_as_it_is() {
        let roles = [role("prod-web", Tier::Admin, None)];
        let shown = table(&[row(&roles[0], &[0, 1, 5], None)], false, Look::Colored);
        let line = shown.lines().nth(1).unwrap();
        assert!(line.starts_with("\x1b[1;4mpr\x1b[0mod-\x1b[1;4mw\x1b[0meb  \x1b[2m100000023757\x1b[0m  "), "{line:?}");
        assert!(line.ends_with("  \x1b[91mAdmin\x1b[0m"), "{line:?}");
        let long = role(&"x".repeat(50), Tier::Admin, None);
        let all: Vec<usize> = (0..50).collect();
        let shown = table(&[row(&long, &all, None)], false, Look::Colored);
        let cut = format!("\x1b[1;4m{}\x1b[0m…  ", "x".repeat(39));
        assert!(shown.lines().nth(1).unwrap().starts_with(&cut), "{shown:?}");
    }
}
