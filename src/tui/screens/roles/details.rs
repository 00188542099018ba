//! The details of the selected row.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::rows::{Row, RowId, account_name, why_failed};
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
            role_details::draw(frame, area, model, session, target);
        }
        RowId::FailedAccount(_) => {
            let title = vec![span(account_name(row, &model.sessions), theme.title())];
            role_details::draw_panel(frame, area, theme, title, failed_account_lines(model, row, area));
        }
    }
}

fn failed_account_lines(model: &Model, row: &Row, area: Rect) -> Vec<Line<'static>> {
    let theme = model.theme();
    let width = usize::from(area.width.saturating_sub(4));
    let mut lines = vec![labelled(theme, "Account", vec![Span::raw(row.account().to_string())])];
    lines.push(Line::from(span("Its roles could not be listed:", theme.warn())));
    lines.extend(wrap(&why_failed(row, &model.sessions), width).into_iter().map(Line::from));
    lines.push(Line::from(span("^R or ↵ tries again; other accounts are not affected.", theme.muted())));
    lines
}
