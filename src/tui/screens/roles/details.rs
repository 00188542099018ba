//! The details of the selected row.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows::RowId;
use crate::domain::catalog::{Entry, Roles};
use crate::domain::text::visible;
use crate::tui::model::Model;
use crate::tui::model::session::SessionState;
use crate::tui::role_details;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::panel::labelled;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, session: &SessionState) {
    let theme = model.theme();
    let selected = session.roles.selected().and_then(|row| Some((row, session.catalog.entries.get(row.entry)?)));
    match selected {
        None => role_details::draw_panel(frame, area, theme, vec![span("Details", theme.title())], Vec::new()),
        Some((row, entry)) => match &row.id {
            RowId::Role(target) => {
                let verdict = model.settings.policy.verdict_on_target(&session.catalog, target, model.now);
                role_details::draw(frame, area, model, session, target, &verdict);
            }
            RowId::FailedAccount(id) => {
                let name = &entry.account.name;
                let title = if name.raw().is_empty() { id.to_string() } else { name.visible() };
                let lines = failed_account_lines(model, entry, area);
                role_details::draw_panel(frame, area, theme, vec![span(title, theme.title())], lines);
            }
        },
    }
}

fn failed_account_lines(model: &Model, entry: &Entry, area: Rect) -> Vec<Line<'static>> {
    let theme = model.theme();
    let why = match &entry.roles {
        Roles::Failed { why, .. } => visible(why),
        _ => String::new(),
    };
    let width = usize::from(area.width.saturating_sub(4));
    let mut lines = vec![labelled(theme, "Account", vec![Span::raw(entry.account.id.to_string())])];
    lines.push(Line::from(span("Its roles could not be listed:", theme.warn())));
    lines.extend(wrap(&why, width).into_iter().map(Line::from));
    lines.push(Line::from(span("^R or ↵ tries again; other accounts are not affected.", theme.muted())));
    lines
}
