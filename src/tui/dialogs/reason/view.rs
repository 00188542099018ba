//! How the reason dialog is drawn: what to do first, what follows from it below.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::layout::{self, FIELD_HEIGHT, PROMPT, WIDTH};
use super::model::ReasonDialog;
use crate::domain::elevation::Reason;
use crate::domain::policy::Verdict;
use crate::domain::text::columns;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::widgets::cells::{both_ends, line_columns, span, wrap};
use crate::tui::widgets::dialog;
use crate::tui::widgets::role_heading::role_heading;

/// ```text
/// ╭ A reason is needed ──────────────────────────────────────────────────╮
/// │ prod-payments-0003 / AWSAdministratorAccess                          │
/// │ › restore the ledger                                                 │
/// │                                                                      │
/// │                                                                      │
/// │ ✓ 18 characters; ↵ enters                                   ↑ recent │
/// │                                                                      │
/// │ Admin in account 100000023757                                        │
/// │ • daypass hands these credentials out for 1h 00m at most             │
/// │ • AWS itself may honour the key for longer; both clocks will be      │
/// │   shown                                                              │
/// │ • the reason, you and the time are recorded in the audit log         │
/// ╰──────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &ReasonDialog) {
    let theme = model.theme();
    let Some(session) = model.session(&dialog.goal.session) else { return };
    let verdict = model.settings.policy.verdict_on_target(&session.catalog, &dialog.goal.target, model.now);
    let tier = verdict.tier();
    let width = dialog::inner_width(frame.area(), WIDTH);
    let account = session.account_name(&dialog.goal.target);
    let mut lines = vec![Line::from(role_heading(theme, &account, dialog.goal.target.role.as_str(), tier, width))];
    lines.extend(field(model, dialog));
    lines.push(validity_line(model, dialog, verdict.min_reason(), width));
    lines.push(Line::default());
    lines.extend(facts(model, dialog, &verdict, width));
    dialog::draw(frame, "A reason is needed", theme.tier(tier), WIDTH, lines);
}

fn field(model: &Model, dialog: &ReasonDialog) -> Vec<Line<'static>> {
    let theme = model.theme();
    let mut lines = dialog.text.lines(theme, layout::field_width(model.size), FIELD_HEIGHT);
    for (at, line) in lines.iter_mut().enumerate() {
        let prompt = if at == 0 { span(PROMPT, theme.key()) } else { Span::raw("  ") };
        line.spans.insert(0, prompt);
    }
    lines
}

/// Whether the reason can be entered, and where others are.
fn validity_line(model: &Model, dialog: &ReasonDialog, least: usize, width: usize) -> Line<'static> {
    let theme = model.theme();
    let written = dialog.text.text().trim().chars().count();
    let (text, style) = match (&dialog.rejection, Reason::parse(dialog.text.text(), least)) {
        (Some(rejection), _) => return Line::from(span(format!("▲ {rejection}"), theme.warn())),
        (None, Ok(_)) => (format!("✓ {written} characters; ↵ enters"), theme.good()),
        (None, Err(_)) if written < least => (format!("{written} of at least {least} characters"), theme.muted()),
        (None, Err(rejection)) => (format!("▲ {rejection}"), theme.warn()),
    };
    let recent = vec![span("↑", theme.key()), span(" recent", theme.muted())];
    if model.preferences.reasons.is_empty() || columns(&text) + line_columns(&recent) >= width {
        return Line::from(span(text, style));
    }
    both_ends(vec![span(text, style)], recent, width)
}

fn facts(model: &Model, dialog: &ReasonDialog, verdict: &Verdict, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let tier = verdict.tier();
    let mut lines = vec![Line::from(vec![
        span(tier.title(), theme.tier(tier)),
        span(format!(" in account {}", dialog.goal.target.account), theme.muted()),
    ])];
    let most = left_words(verdict.max_duration());
    for text in [
        format!("daypass hands these credentials out for {most} at most"),
        "AWS itself may honour the key for longer; both clocks will be shown".to_owned(),
        "the reason, you and the time are recorded in the audit log".to_owned(),
    ] {
        for (at, line) in wrap(&text, width.saturating_sub(2)).into_iter().enumerate() {
            lines.push(Line::from(vec![Span::raw(if at == 0 { "• " } else { "  " }), span(line, theme.muted())]));
        }
    }
    lines
}
