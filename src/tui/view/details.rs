//! The details of the selected role: who, how long, and how to use it from other tools.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{fact, panel};
use crate::domain::catalog::{Entry, Roles};
use crate::domain::index::KeptNote;
use crate::domain::policy::Verdict;
use crate::domain::target::Target;
use crate::domain::text::{fit, visible};
use crate::domain::tier::Tier;
use crate::domain::time::left_words;
use crate::tui::handover::Lines;
use crate::tui::layout;
use crate::tui::model::{Model, OpenSession, RowId, aws_left, outlives_us};
use crate::tui::update::verdict_of;
use crate::tui::widgets::cells::{clip, span, wrap};
use crate::tui::widgets::gauge::{Left, bar};

/// ```text
/// ╭ prod-payments-0003 / Developer ─────────────╮
/// │ Account     100000023757                    │
/// │ Tier        Developer                       │
/// │ Ours until  15:19  ▰▰▰▰▰▰▱▱ 47m 12s         │
/// │ AWS until   15:19  ▰▰▰▰▰▰▱▱ 47m 12s         │
/// │ Key         ASIAEXAMPLE                     │
/// │ Last used   09:14, 12 times                 │
/// │                                             │
/// │ In ~/.aws/config                            │
/// │   credential_process = daypass credentials …│
/// ╰─────────────────────────────────────────────╯
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, open: &OpenSession) {
    let theme = model.theme();
    let selected = open.roles.selected().and_then(|row| Some((row, open.catalog.entries.get(row.entry)?)));
    let (title, lines) = match selected {
        None => (vec![span("Details", theme.title())], Vec::new()),
        Some((row, entry)) => match &row.id {
            RowId::Role(target) => {
                (heading(model, open, target, row.tier), of_role(model, open, target, Some(entry), area))
            }
            RowId::Failed(id) => {
                let name =
                    if entry.account.name.raw().is_empty() { id.to_string() } else { entry.account.name.visible() };
                (vec![span(name, theme.title())], of_failure(model, entry, area))
            }
        },
    };
    draw_panel(frame, area, model, title, lines);
}

/// Draws the frame with what is in it.
pub(super) fn draw_panel(
    frame: &mut Frame<'_>,
    area: Rect,
    model: &Model,
    mut title: Vec<Span<'static>>,
    lines: Vec<Line<'static>>,
) {
    clip(&mut title, usize::from(area.width.saturating_sub(4)));
    frame.render_widget(panel(model.theme(), title), area);
    let inner = layout::rows(area, 1);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    frame.render_widget(Paragraph::new(lines), inner);
}

/// `account / role`.
pub(super) fn heading(model: &Model, open: &OpenSession, target: &Target, tier: Tier) -> Vec<Span<'static>> {
    let theme = model.theme();
    vec![
        span(open.account_name(target), theme.title()),
        span(" / ", theme.muted()),
        span(target.role.to_string(), theme.tier(tier)),
    ]
}

/// Everything about a role, the more important the higher.
pub(super) fn of_role(
    model: &Model,
    open: &OpenSession,
    target: &Target,
    entry: Option<&Entry>,
    area: Rect,
) -> Vec<Line<'static>> {
    let theme = model.theme();
    let width = usize::from(area.width.saturating_sub(4));
    let low = area.height < 16;
    let mut lines = Vec::new();
    let kept = open.kept(target, model.now);
    if low && let Some(kept) = kept {
        lines.extend(clocks(model, kept));
    }
    lines.push(fact(theme, "Account", vec![Span::raw(target.account.to_string())]));
    if !low && let Some(entry) = entry.filter(|entry| !entry.account.email.raw().is_empty()) {
        lines.push(fact(
            theme,
            "E-mail",
            vec![Span::raw(fit(&entry.account.email.visible(), width.saturating_sub(12)))],
        ));
    }
    if let Some(alias) = model.settings.aliases.get(target) {
        lines.push(fact(theme, "Alias", vec![Span::raw(visible(alias))]));
    }
    lines.push(fact(theme, "Tier", gate(model, &verdict_of(model, open, target))));
    if !low && let Some(kept) = kept {
        lines.extend(clocks(model, kept));
    }
    if let Some(reason) = kept.and_then(|kept| kept.reason.as_deref()) {
        let reason = wrap(&visible(reason), width.saturating_sub(12));
        for (at, line) in reason.into_iter().take(3).enumerate() {
            lines.push(fact(theme, if at == 0 { "Reason" } else { "" }, vec![Span::raw(line)]));
        }
    }
    if let Some(kept) = kept {
        lines.push(fact(theme, "Key", vec![Span::raw(fit(&visible(&kept.access_key_id), width.saturating_sub(12)))]));
    }
    lines.extend(used(model, open, target));
    if !low {
        lines.push(Line::default());
    }
    lines.extend(elsewhere(model, open, target, width, low));
    lines
}

fn gate(model: &Model, verdict: &Verdict) -> Vec<Span<'static>> {
    let theme = model.theme();
    let tier = verdict.tier();
    let mut spans = vec![span(tier.title(), theme.tier(tier))];
    if verdict.asks_for_elevation() {
        let most = left_words(verdict.max_duration());
        spans.push(span(format!(" · ◆ asks for a reason, {most} at most"), theme.muted()));
    }
    spans
}

/// Our clock and AWS's, one above the other.
pub(super) fn clocks(model: &Model, kept: &KeptNote) -> Vec<Line<'static>> {
    let theme = model.theme();
    let clock = |label: &str, at: jiff::Timestamp, left: Left| {
        let time = model.clock_time(kept.ours.obtained().to_local(at));
        let mut spans = vec![Span::raw(format!("{time}  "))];
        spans.extend(bar(theme, left, 8));
        spans.push(span(format!(" {} {}", left_words(left.time), left.level().mark()), theme.level(left.level())));
        fact(theme, label, spans)
    };
    let mut lines = vec![
        clock("Ours until", kept.ours.ends_at(), Left::of(&kept.ours, model.now)),
        clock("AWS until", kept.aws_ends_at, aws_left(kept, model.now)),
    ];
    if outlives_us(kept) {
        lines.push(fact(theme, "", vec![span("AWS honours copies of the key until its own end", theme.muted())]));
    }
    lines
}

fn used(model: &Model, open: &OpenSession, target: &Target) -> Option<Line<'static>> {
    let note = open.note.as_ref()?.targets.get(&target.to_string())?;
    let times = if note.uses == 1 { "once".to_owned() } else { format!("{} times", note.uses) };
    let text = format!("{}, {times}", model.clock_time(note.last_used?));
    Some(fact(model.theme(), "Last used", vec![Span::raw(text)]))
}

fn elsewhere(model: &Model, open: &OpenSession, target: &Target, width: usize, low: bool) -> Vec<Line<'static>> {
    let theme = model.theme();
    let session = (model.sessions.len() > 1).then_some(&open.session.name);
    let lines = Lines { program: &model.settings.program, session, target };
    if low {
        let exec = fit(&format!("{} CMD", lines.exec()), width.saturating_sub(12));
        return vec![fact(theme, "Elsewhere", vec![span(exec, theme.accent())])];
    }
    let ways = [
        ("Profile in ~/.aws/config", lines.credential_process()),
        ("One command", format!("{} CMD", lines.exec())),
        ("This shell", lines.eval()),
    ];
    let mut shown = Vec::new();
    for (label, text) in ways {
        shown.push(Line::from(span(label, theme.muted())));
        shown.extend(
            wrap(&text, width.saturating_sub(2))
                .into_iter()
                .map(|line| Line::from(vec![Span::raw("  "), span(line, theme.accent())])),
        );
    }
    shown
}

fn of_failure(model: &Model, entry: &Entry, area: Rect) -> Vec<Line<'static>> {
    let theme = model.theme();
    let why = match &entry.roles {
        Roles::Failed { why, .. } => visible(why),
        _ => String::new(),
    };
    let width = usize::from(area.width.saturating_sub(4));
    let mut lines = vec![fact(theme, "Account", vec![Span::raw(entry.account.id.to_string())])];
    lines.push(Line::from(span("Its roles could not be listed:", theme.warn())));
    lines.extend(wrap(&why, width).into_iter().map(Line::from));
    lines.push(Line::from(span("^R or ↵ tries again; other accounts are not affected.", theme.muted())));
    lines
}
