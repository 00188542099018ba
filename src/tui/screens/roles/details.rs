//! The details of the selected row.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows::{Row, RowId, account_name};
use crate::domain::catalog::Roles;
use crate::domain::text::visible;
use crate::tui::model::Model;
use crate::tui::role_details;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::panel::labelled;

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = model.theme();
    let Some(row) = model.roles.selected() else {
        return role_details::draw_panel(frame, area, theme, vec![span("Details", theme.title())], Vec::new());
    };
    let Some(session) = model.sessions.get(row.session) else { return };
    match &row.id {
        RowId::Role(target) => {
            let verdict = model.settings.policy.verdict_on_target(&session.catalog, target, model.now);
            role_details::draw(frame, area, model, session, target, &verdict);
        }
        RowId::FailedAccount(_) => {
            let title = vec![span(account_name(row, &model.sessions), theme.title())];
            role_details::draw_panel(frame, area, theme, title, failed_account_lines(model, row, area));
        }
    }
}

fn failed_account_lines(model: &Model, row: &Row, area: Rect) -> Vec<Line<'static>> {
    let theme = model.theme();
    let entry = row.entry.and_then(|at| model.sessions.get(row.session)?.catalog.entries.get(at));
    let why = match entry.map(|entry| &entry.roles) {
        Some(Roles::Failed { why, .. }) => visible(why),
        _ => String::new(),
    };
    let width = usize::from(area.width.saturating_sub(4));
    let mut lines = vec![labelled(theme, "Account", vec![Span::raw(row.account().to_string())])];
    lines.push(Line::from(span("Its roles could not be listed:", theme.warn())));
    lines.extend(wrap(&why, width).into_iter().map(Line::from));
    lines.push(Line::from(span("^R or ↵ tries again; other accounts are not affected.", theme.muted())));
    lines
}
