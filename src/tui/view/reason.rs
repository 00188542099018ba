//! Why an Admin role is needed, and what follows from entering it.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::domain::elevation::Reason;
use crate::domain::time::left_words;
use crate::tui::model::{Model, ReasonForm};
use crate::tui::update::verdict_of;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::dialog;

/// ```text
/// ╭ A reason is needed ─────────────────────────────────────────╮
/// │ prod-payments-0003 / AWSAdministratorAccess   Admin         │
/// │                                                             │
/// │ Why? › restore the ledger after INC-4211▏                   │
/// │ ✓ 33 characters                                             │
/// │                                                             │
/// │ • daypass hands it out for 1h 00m at most                   │
/// │ • AWS itself may honour the key for longer                  │
/// │ • reason and time go into the elevation log                 │
/// ╰─────────────────────────────────────────────────────────────╯
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, model: &Model, form: &ReasonForm) {
    let theme = model.theme();
    let Some(open) = model.session_by(&form.session) else { return };
    let verdict = verdict_of(model, open, &form.target);
    let tier = verdict.tier();
    let width = dialog::inner_width(frame.area(), 72);
    let account = open.account_name(&form.target);
    let mut lines = vec![
        Line::from(vec![
            span(crate::domain::text::fit(&account, width / 2), theme.title()),
            span(" / ", theme.muted()),
            span(form.target.role.to_string(), theme.tier(tier)),
        ]),
        Line::from(vec![
            span(tier.title(), theme.tier(tier)),
            span(format!(" in account {}", form.target.account), theme.muted()),
        ]),
        Line::default(),
    ];
    let mut input = vec![span("Why? › ", theme.key())];
    input.extend(form.text.spans(theme, width.saturating_sub(8), true));
    lines.push(Line::from(input));
    lines.push(check(model, form, verdict.min_reason()));
    lines.push(Line::default());
    let most = left_words(verdict.max_duration());
    for text in [
        format!("daypass hands these credentials out for {most} at most"),
        "AWS itself may honour the key for longer; both clocks will be shown".to_owned(),
        "the reason, you and the time are recorded in the elevation log".to_owned(),
    ] {
        for (at, line) in wrap(&text, width.saturating_sub(2)).into_iter().enumerate() {
            lines.push(Line::from(vec![Span::raw(if at == 0 { "• " } else { "  " }), span(line, theme.muted())]));
        }
    }
    dialog::draw(frame, "A reason is needed", theme.tier(tier), 72, lines);
}

fn check(model: &Model, form: &ReasonForm, least: usize) -> Line<'static> {
    let theme = model.theme();
    if let Some(refused) = &form.refused {
        return Line::from(span(format!("▲ {refused}"), theme.warn()));
    }
    let written = form.text.text().trim().chars().count();
    match Reason::parse(form.text.text(), least) {
        Ok(_) => Line::from(span(format!("✓ {written} characters; ↵ enters"), theme.good())),
        Err(_) if written < least => {
            Line::from(span(format!("{written} of at least {least} characters"), theme.muted()))
        }
        Err(refused) => Line::from(span(format!("▲ {refused}"), theme.warn())),
    }
}
