//! How the reason dialog is drawn: the reason, whether it is valid, and what follows from it.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::model::ReasonDialog;
use crate::domain::elevation::Reason;
use crate::domain::text::fit;
use crate::domain::time::left_words;
use crate::tui::model::Model;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::dialog;

const WIDTH: u16 = 72;

/// ```text
/// ╭ A reason is needed ──────────────────────────────────────────────────╮
/// │ prod-payments-0003 / AWSAdministratorAccess                          │
/// │ Admin in account 100000023757                                        │
/// │                                                                      │
/// │ Why? › restore the ledger                                            │
/// │ ✓ 18 characters; ↵ enters                                            │
/// │                                                                      │
/// │ • daypass hands these credentials out for 1h 00m at most             │
/// │ • AWS itself may honour the key for longer; both clocks will be      │
/// │   shown                                                              │
/// │ • the reason, you and the time are recorded in the audit log         │
/// ╰──────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &ReasonDialog) {
    let theme = model.theme();
    let Some(session) = model.session(&dialog.session) else { return };
    let verdict = model.settings.policy.verdict_on_target(&session.catalog, &dialog.target, model.now);
    let tier = verdict.tier();
    let width = dialog::inner_width(frame.area(), WIDTH);
    let account = session.account_name(&dialog.target);
    let mut lines = vec![
        Line::from(vec![
            span(fit(&account, width / 2), theme.title()),
            span(" / ", theme.muted()),
            span(dialog.target.role.to_string(), theme.tier(tier)),
        ]),
        Line::from(vec![
            span(tier.title(), theme.tier(tier)),
            span(format!(" in account {}", dialog.target.account), theme.muted()),
        ]),
        Line::default(),
    ];
    let mut input = vec![span("Why? › ", theme.key())];
    input.extend(dialog.text.spans(theme, width.saturating_sub(8), true));
    lines.push(Line::from(input));
    lines.push(validity_line(model, dialog, verdict.min_reason()));
    lines.push(Line::default());
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
    dialog::draw(frame, "A reason is needed", theme.tier(tier), WIDTH, lines);
}

fn validity_line(model: &Model, dialog: &ReasonDialog, least: usize) -> Line<'static> {
    let theme = model.theme();
    if let Some(rejection) = &dialog.rejection {
        return Line::from(span(format!("▲ {rejection}"), theme.warn()));
    }
    let written = dialog.text.text().trim().chars().count();
    match Reason::parse(dialog.text.text(), least) {
        Ok(_) => Line::from(span(format!("✓ {written} characters; ↵ enters"), theme.good())),
        Err(_) if written < least => {
            Line::from(span(format!("{written} of at least {least} characters"), theme.muted()))
        }
        Err(rejection) => Line::from(span(format!("▲ {rejection}"), theme.warn())),
    }
}
