//! An account and a role on one line. Long names are cut in their middle, so that both ends can be read.

use ratatui::text::Span;

use super::cells::span;
use crate::domain::text::{columns, fit_middle};
use crate::domain::tier::Tier;
use crate::tui::theme::Theme;

const SEPARATOR: &str = " / ";

/// `account / role` in at most `width` columns, both safe to show.
pub(crate) fn role_heading(theme: Theme, account: &str, role: &str, tier: Tier, width: usize) -> Vec<Span<'static>> {
    let (account, role) = fitted(account, role, width);
    vec![span(account, theme.title()), span(SEPARATOR, theme.muted()), span(role, theme.tier(tier))]
}

/// The same as text.
pub(crate) fn role_text(account: &str, role: &str, width: usize) -> String {
    let (account, role) = fitted(account, role, width);
    format!("{account}{SEPARATOR}{role}")
}

/// Both names, so that they fit `width` columns with the separator between them.
fn fitted(account: &str, role: &str, width: usize) -> (String, String) {
    let room = width.saturating_sub(columns(SEPARATOR));
    // The shorter name leaves what it does not need to the other one.
    let account_room = room.saturating_sub(columns(role)).max(room / 2);
    let account = fit_middle(account, account_room);
    let role = fit_middle(role, room.saturating_sub(columns(&account)));
    (account, role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::{Background, ColorDepth};

    #[test]
    fn both_names_keep_their_ends_and_the_shorter_one_leaves_its_room_to_the_other() {
        let table = [
            ("prod-payments-0003", "Admin", 40, "prod-payments-0003 / Admin"),
            ("prod-payments-0003", "Admin", 22, "prod-pa…s-0003 / Admin"),
            ("audit", "AWSAdministratorAccess", 22, "audit / AWSAdmi…Access"),
            ("prod-payments-0003", "AWSAdministratorAccess", 21, "prod…0003 / AWSA…cess"),
        ];
        for (account, role, width, expected) in table {
            assert_eq!(role_text(account, role, width), expected);
            let spans =
                role_heading(Theme::new(ColorDepth::Never, Background::Dark), account, role, Tier::Admin, width);
            let heading: String = spans.iter().map(|span| span.content.as_ref()).collect();
            assert_eq!(heading, expected);
        }
    }
}
