//! How the region dialog is drawn: the query, and the regions that match it.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::layout::{self, WIDTH};
use super::model::{RegionDialog, RegionOrigin, RegionRow};
use crate::domain::known_regions::region_name;
use crate::domain::text::padded;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{clip, span};
use crate::tui::widgets::dialog;
use crate::tui::widgets::role_heading::role_heading;

/// Columns of a region's code, with a gap.
const CODE: usize = 16;
/// Columns of its name, with a gap.
const NAME: usize = 18;
/// Columns that a note needs beside the name; where there are fewer, it takes the name's place.
const NOTE: usize = 14;

/// ```text
/// ╭ Region ──────────────────────────────────────────────────────────────╮
/// │ prod-payments-0003 / Developer                                       │
/// │ › fra                                                                │
/// │▌eu-central-1    Frankfurt           automatic, of $AWS_REGION         │
/// │ sa-east-1       São Paulo           recent                           │
/// ╰──────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &RegionDialog) {
    let theme = model.theme();
    let Some(session) = model.session(&dialog.session) else { return };
    let tier = model.settings.policy.verdict_on_target(&session.catalog, &dialog.target, model.now).tier();
    let width = dialog::inner_width(frame.area(), WIDTH);
    let account = session.account_name(&dialog.target);
    let mut lines = vec![
        Line::from(role_heading(theme, &account, dialog.target.role.as_str(), tier, width)),
        dialog.list.query_line(theme, width),
    ];
    let mut rows = dialog.list.row_lines(theme, width, layout::list_height(model.size), |at, is_selected| {
        dialog.row(at).map(|row| row_spans(theme, row, is_selected, width)).unwrap_or_default()
    });
    if dialog.selected().is_none()
        && let Some(first) = rows.first_mut()
    {
        let mut text = vec![span("No region matches; type its whole code.", theme.muted())];
        clip(&mut text, width);
        *first = Line::from(text);
    }
    lines.extend(rows);
    dialog::draw(frame, "Region", theme.accent(), WIDTH, lines);
}

fn row_spans(theme: Theme, row: &RegionRow, is_selected: bool, width: usize) -> Vec<Span<'static>> {
    let style = if is_selected { theme.selected() } else { Style::new() };
    let note = match &row.origin {
        RegionOrigin::Chosen => "chosen".to_owned(),
        RegionOrigin::Automatic(source) => format!("automatic, {source}"),
        RegionOrigin::Recent => "recent".to_owned(),
        RegionOrigin::Known => String::new(),
        RegionOrigin::Typed => "as typed".to_owned(),
    };
    let mut spans = vec![span(padded(row.region.as_str(), CODE - 1), style), Span::raw(" ")];
    let name = region_name(&row.region);
    if width >= CODE + NAME + NOTE {
        spans.push(Span::raw(padded(&name, NAME)));
    } else if note.is_empty() {
        spans.push(Span::raw(name));
    }
    spans.push(span(note, theme.muted()));
    spans
}
