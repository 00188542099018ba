//! How an elevation's form is drawn: the policy first where there is room for all, and else the fields.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::assessment::{Assessment, assess};
use super::layout::{self, LABEL, WIDTH, reason_height};
use super::model::{ElevationDialog, Field, usual_durations};
use crate::domain::elevation::{Beginning, Fact, TicketAnswer, WARNING};
use crate::domain::policy::TicketNeed;
use crate::domain::text::{columns, fit_middle, visible};
use crate::error::Error;
use crate::report::Report;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{both_ends, clip, line_columns, span, wrap};
use crate::tui::widgets::dialog;
use crate::tui::widgets::hints::hint_lines;
use crate::tui::widgets::role_heading::role_heading;

/// ```text
/// ╭ Elevate ─────────────────────────────────────────────────────────────────╮
/// │ prod-payments-0003 / AWSAdministratorAccess                              │
/// │ rule      built-in *Administrator* · Admin · break-glass                 │
/// │ lasts     30m, until 09:30; then our copy is deleted                     │
/// │ AWS       accepts copies for up to 1h (as last time)                     │
/// │ cap       2h of 3h in 24h left on this device                            │
/// │ alerts    #incidents (recorded only: nothing is sent yet)                │
/// │                                                                          │
/// │ reason  › restore the ledger                                             │
/// │                                                                          │
/// │                                                                          │
/// │ ticket  › INC-4711                                                       │
/// │ time    › 30m                                                            │
/// │ confirm › 37                                                             │
/// │ type prod-payments-0003 or 3757, then ↵; typed, not pasted               │
/// ╰──────────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model, dialog: &ElevationDialog) {
    let theme = model.theme();
    let Some(session) = model.session(&dialog.goal.session) else { return };
    let Some(assessment) = assess(model, dialog) else { return };
    let tier = assessment.verdict.tier();
    let (width, room) = (dialog::inner_width(frame.area(), WIDTH), dialog::inner_height(frame.area()));
    let account = session.account_name(&dialog.goal.target);
    let mut lines = vec![Line::from(role_heading(theme, &account, dialog.goal.target.role.as_str(), tier, width))];
    if assessment.refused.is_some() {
        lines.extend(refusal(theme, &assessment, width));
        lines.push(Line::default());
        lines.extend(drawn(theme, facts(dialog, &assessment), width));
    } else {
        let (facts, fields) = (facts(dialog, &assessment), fields(model, dialog, &assessment, width, room));
        let all = drawn(theme, facts.clone(), width);
        if lines.len() + all.len() + fields.len() < room {
            lines.extend(all);
            lines.push(Line::default());
            lines.extend(fields);
        } else {
            let (warnings, others) = facts.into_iter().partition(|(about, _)| *about == WARNING);
            let spare = room.saturating_sub(lines.len() + fields.len());
            lines.extend(drawn(theme, warnings, width).into_iter().take(spare));
            lines.extend(fields);
            lines.extend(drawn(theme, others, width));
        }
    }
    let title = match dialog.beginning() {
        Beginning::Drill => "Drill",
        Beginning::Extension => "Extend",
        Beginning::New => "Elevate",
    };
    dialog::draw(frame, title, theme.tier(tier), WIDTH, lines);
}

/// What the policy asks, tells and lets last.
fn facts(dialog: &ElevationDialog, assessment: &Assessment) -> Vec<Fact> {
    let (verdict, outlook) = (&assessment.verdict, &assessment.outlook);
    let mut facts = outlook.rule_facts(verdict);
    if let (None, Ok(duration)) = (&assessment.refused, &assessment.duration) {
        facts.extend(outlook.end_facts(verdict, *duration, dialog.beginning()));
    }
    facts.extend(outlook.told_facts(verdict));
    if assessment.refused.is_none() {
        facts.push(("recorded", "reason, ticket, you and the time, in the audit log".to_owned()));
    }
    facts
}

fn drawn(theme: Theme, facts: Vec<Fact>, width: usize) -> Vec<Line<'static>> {
    facts.into_iter().flat_map(|(about, what)| fact(theme, about, &what, width)).collect()
}

fn fact(theme: Theme, about: &str, what: &str, width: usize) -> Vec<Line<'static>> {
    let is_warning = about == WARNING;
    let (label, text) = if is_warning { (theme.warn(), theme.warn()) } else { (theme.muted(), Style::new()) };
    let lines = wrap(what, width.saturating_sub(LABEL)).into_iter().enumerate();
    let line = |(at, line)| {
        let about = if at == 0 { about } else { "" };
        Line::from(vec![span(format!("{about:<LABEL$}"), label), span(line, text)])
    };
    lines.map(line).collect()
}

/// Why no elevation is possible, and the shortest way through.
fn refusal(theme: Theme, assessment: &Assessment, width: usize) -> Vec<Line<'static>> {
    let Some(refusal) = &assessment.refused else { return Vec::new() };
    let text = format!("▲ {refusal}");
    let mut lines: Vec<_> = wrap(&text, width).into_iter().map(|line| Line::from(span(line, theme.bad()))).collect();
    let hints: Vec<String> = Report::of(&Error::ElevationRefused(refusal.clone())).hints().into_iter().collect();
    lines.extend(hint_lines(theme, &hints, width));
    lines
}

fn fields(
    model: &Model,
    dialog: &ElevationDialog,
    assessment: &Assessment,
    width: usize,
    room: usize,
) -> Vec<Line<'static>> {
    let (theme, form) = (model.theme(), &dialog.form);
    let room_of_field = layout::field_width(model.size);
    let mut lines = reason(theme, dialog, room_of_field, reason_height(room));
    let ticket = match (form.ticket.is_empty(), form.no_ticket) {
        (true, true) => Some("none, which is recorded".to_owned()),
        (true, false) => Some(ticket_words(assessment)),
        (false, _) => None,
    };
    let default = match (&assessment.duration, form.duration.is_empty()) {
        (Ok(duration), true) => Some(format!("{duration:#}, unless you say otherwise")),
        _ => None,
    };
    let confirmation = dialog.phrase.typed.is_empty().then(|| format!("by typing {}", dialog.phrase.phrase.words()));
    for (field, label, input, empty) in [
        (Field::Ticket, "ticket", &form.ticket, ticket),
        (Field::Duration, "time", &form.duration, default),
        (Field::Confirmation, "confirm", &dialog.phrase.typed, confirmation),
    ] {
        let is_focused = dialog.focus == field;
        let mut line = prompt(theme, label, is_focused);
        match empty {
            Some(empty) if !is_focused => line.push(span(fit_middle(&empty, room_of_field), theme.muted())),
            Some(empty) => {
                line.extend(input.spans(theme, 1, true));
                line.push(span(fit_middle(&format!(" {empty}"), room_of_field.saturating_sub(1)), theme.muted()));
            }
            None => line.extend(input.spans(theme, room_of_field, is_focused)),
        }
        lines.push(Line::from(line));
    }
    lines.push(status(model, dialog, assessment, width));
    lines
}

fn prompt(theme: Theme, label: &str, is_focused: bool) -> Vec<Span<'static>> {
    let style = if is_focused { theme.title() } else { theme.muted() };
    vec![span(format!("{label:<8}"), style), span("› ", if is_focused { theme.key() } else { theme.muted() })]
}

fn reason(theme: Theme, dialog: &ElevationDialog, width: usize, height: usize) -> Vec<Line<'static>> {
    let is_focused = dialog.focus == Field::Reason;
    let mut lines = dialog.form.reason.lines(theme, width, height);
    for (at, line) in lines.iter_mut().enumerate() {
        if !is_focused {
            let text: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
            line.spans = vec![Span::raw(text)];
        }
        let mut spans = if at == 0 { prompt(theme, "reason", is_focused) } else { vec![Span::raw(" ".repeat(LABEL))] };
        spans.append(&mut line.spans);
        line.spans = spans;
    }
    lines
}

/// What the policy asks of a ticket.
fn ticket_words(assessment: &Assessment) -> String {
    let terms = assessment.verdict.terms();
    let need = match terms.ticket {
        TicketNeed::Optional => "optional",
        TicketNeed::OrNone => "asked for; ^T says that there is none",
        TicketNeed::Required => "asked for",
    };
    match terms.ticket_patterns.first() {
        Some(pattern) => format!("{need}; like {}", visible(pattern.as_str())),
        None => need.to_owned(),
    }
}

/// What there is to say of the field that has the focus.
fn status(model: &Model, dialog: &ElevationDialog, assessment: &Assessment, width: usize) -> Line<'static> {
    let theme = model.theme();
    if let Some(rejection) = &dialog.rejection {
        return cut(vec![span(format!("▲ {rejection}"), theme.warn())], width);
    }
    match dialog.focus {
        Field::Reason => reason_status(model, dialog, assessment, width),
        Field::Ticket => {
            let (text, style) = match (&assessment.ticket, dialog.form.ticket.is_empty()) {
                (Ok(TicketAnswer::Given(ticket)), _) => (format!("✓ {ticket}; ↵ goes on"), theme.good()),
                (Ok(_), _) => ("✓ ↵ goes on without a ticket".to_owned(), theme.good()),
                (Err(_), true) => (ticket_words(assessment), theme.muted()),
                (Err(why), false) => (format!("▲ {why}"), theme.warn()),
            };
            cut(vec![span(text, style)], width)
        }
        Field::Duration => {
            let most = assessment.verdict.max_duration();
            let usual: Vec<String> = usual_durations(most).iter().map(|length| format!("{length:#}")).collect();
            let (text, style) = match &assessment.duration {
                Ok(_) => (format!("^D takes the next of {}; at most {most:#}", usual.join(", ")), theme.muted()),
                Err(why) => (format!("▲ {why}"), theme.warn()),
            };
            cut(vec![span(text, style)], width)
        }
        Field::Confirmation => {
            let (text, style) = match dialog.phrase.refused {
                Some(refused) => (format!("▲ {}", refused.words()), theme.warn()),
                None => (confirmation_words(dialog, width), theme.title()),
            };
            Line::from(span(text, style))
        }
    }
}

/// What to type; the account's name is cut where there is no room for it.
fn confirmation_words(dialog: &ElevationDialog, width: usize) -> String {
    const LONG: &str = "; typed, not pasted";
    let words = dialog.phrase.phrase.words();
    let text = format!("type {words}, then ↵");
    if columns(&text) + columns(LONG) <= width {
        return text + LONG;
    }
    let room = width.saturating_sub(columns("type , then ↵"));
    format!("type {}, then ↵", fit_middle(&words, room))
}

/// Whether the reason will do, and where others are.
fn reason_status(model: &Model, dialog: &ElevationDialog, assessment: &Assessment, width: usize) -> Line<'static> {
    let theme = model.theme();
    let least = assessment.verdict.min_reason();
    let written = dialog.form.reason.text().trim().chars().count();
    let (text, style) = match &assessment.reason {
        Ok(_) => (format!("✓ {written} characters; ↵ goes on"), theme.good()),
        Err(_) if written < least => (format!("{written} of at least {least} characters"), theme.muted()),
        Err(why) => (format!("▲ {why}"), theme.warn()),
    };
    let recent = vec![span("↑", theme.key()), span(" recent", theme.muted())];
    if model.preferences.reasons.is_empty() || columns(&text) + line_columns(&recent) >= width {
        return cut(vec![span(text, style)], width);
    }
    both_ends(vec![span(text, style)], recent, width)
}

fn cut(mut spans: Vec<Span<'static>>, width: usize) -> Line<'static> {
    clip(&mut spans, width);
    Line::from(spans)
}
