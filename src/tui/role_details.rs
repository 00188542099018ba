//! The details of a role: its account, tier and expiries, and how other tools use it.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::catalog::Account;
use crate::domain::index::KeptNote;
use crate::domain::policy::Verdict;
use crate::domain::target::Target;
use crate::domain::text::{fit, visible};
use crate::domain::tier::Tier;
use crate::domain::time::left_words;
use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::model::kept::{aws_remaining, outlives_ours};
use crate::tui::model::session::SessionState;
use crate::tui::remaining::Remaining;
use crate::tui::snippets::Snippets;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{clip, span, wrap};
use crate::tui::widgets::gauge::bar;
use crate::tui::widgets::panel::{LABEL, labelled, panel};

/// Below this height the most important lines come first, and the rest is left out.
const FULL_HEIGHT: u16 = 16;

/// ```text
/// ╭ prod-payments-0003 / Developer ──────────╮
/// │ Account     100000023757                 │
/// │ E-mail      aws+100000023757@acme.examp… │
/// │ Alias       pay                          │
/// │ Tier        Developer                    │
/// │ Ours until  09:47  ▰▰▰▰▰▰▰▱ 47m 00s      │
/// │ AWS until   09:47  ▰▰▰▰▰▰▰▱ 47m 00s      │
/// │ Key         ASIAEXAMPLEKEY               │
/// │ Last used   08:47, 12 times              │
/// │                                          │
/// │ Profile in ~/.aws/config                 │
/// │   credential_process = daypass           │
/// │   credentials 100000023757/Developer     │
/// │ One command                              │
/// │   daypass exec 100000023757/Developer -- │
/// │   CMD                                    │
/// │ This shell                               │
/// │   eval "$(daypass credentials            │
/// │   100000023757/Developer --format env)"  │
/// ╰──────────────────────────────────────────╯
/// ```
pub(crate) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    model: &Model,
    session: &SessionState,
    target: &Target,
    verdict: &Verdict,
) {
    let title = heading(model, session, target, verdict.tier());
    draw_panel(frame, area, model.theme(), title, lines(model, session, target, verdict, area));
}

/// Draws the frame around any details.
pub(crate) fn draw_panel(
    frame: &mut Frame<'_>,
    area: Rect,
    theme: Theme,
    mut title: Vec<Span<'static>>,
    lines: Vec<Line<'static>>,
) {
    clip(&mut title, usize::from(area.width.saturating_sub(4)));
    frame.render_widget(panel(theme, title), area);
    let inner = layout::inside(area, 1);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    frame.render_widget(Paragraph::new(lines), inner);
}

/// `account / role`.
pub(crate) fn heading(model: &Model, session: &SessionState, target: &Target, tier: Tier) -> Vec<Span<'static>> {
    let theme = model.theme();
    vec![
        span(session.account_name(target), theme.title()),
        span(" / ", theme.muted()),
        span(target.role.to_string(), theme.tier(tier)),
    ]
}

fn lines(model: &Model, session: &SessionState, target: &Target, verdict: &Verdict, area: Rect) -> Vec<Line<'static>> {
    let theme = model.theme();
    let width = usize::from(area.width.saturating_sub(4));
    let value_width = width.saturating_sub(LABEL);
    let is_full = area.height >= FULL_HEIGHT;
    let text = |label, text: &str| labelled(theme, label, vec![Span::raw(fit(text, value_width))]);
    let kept = session.kept(target, model.now);
    let mut lines = Vec::new();
    if !is_full && let Some(kept) = kept {
        lines.extend(expiry_lines(model, kept));
    }
    lines.push(labelled(theme, "Account", vec![Span::raw(target.account.to_string())]));
    if is_full && let Some(email) = session.catalog.account(&target.account).and_then(email) {
        lines.push(text("E-mail", &email));
    }
    if let Some(alias) = model.settings.aliases.get(target) {
        lines.push(labelled(theme, "Alias", vec![Span::raw(visible(alias))]));
    }
    lines.push(labelled(theme, "Tier", tier_spans(model, verdict)));
    if is_full && let Some(kept) = kept {
        lines.extend(expiry_lines(model, kept));
    }
    if let Some(reason) = kept.and_then(|kept| kept.reason.as_deref()) {
        for (at, line) in wrap(&visible(reason), value_width).into_iter().take(3).enumerate() {
            lines.push(labelled(theme, if at == 0 { "Reason" } else { "" }, vec![Span::raw(line)]));
        }
    }
    if let Some(kept) = kept {
        lines.push(text("Key", &visible(&kept.access_key_id)));
    }
    lines.extend(last_used_line(model, session, target));
    if is_full {
        lines.push(Line::default());
        lines.extend(snippet_lines(model, session, target, width));
    } else {
        let exec = format!("{} CMD", snippets(model, session, target).exec());
        lines.push(labelled(theme, "Elsewhere", vec![span(fit(&exec, value_width), theme.accent())]));
    }
    lines
}

fn email(account: &Account) -> Option<String> {
    (!account.email.raw().is_empty()).then(|| account.email.visible())
}

fn tier_spans(model: &Model, verdict: &Verdict) -> Vec<Span<'static>> {
    let theme = model.theme();
    let tier = verdict.tier();
    let mut spans = vec![span(tier.title(), theme.tier(tier))];
    if verdict.asks_for_elevation() {
        let most = left_words(verdict.max_duration());
        spans.push(span(format!(" · ◆ asks for a reason, {most} at most"), theme.muted()));
    }
    spans
}

/// Our expiry and AWS's, one above the other.
fn expiry_lines(model: &Model, kept: &KeptNote) -> Vec<Line<'static>> {
    let theme = model.theme();
    let line = |label: &str, at: Timestamp, remaining: Remaining| {
        let (time, urgency) = (model.clock_time(kept.ours.obtained().to_local(at)), remaining.urgency());
        let mut spans = vec![Span::raw(format!("{time}  "))];
        spans.extend(bar(theme, remaining, 8));
        spans.push(span(format!(" {} {}", left_words(remaining.time), urgency.mark()), theme.urgency(urgency)));
        labelled(theme, label, spans)
    };
    let mut lines = vec![
        line("Ours until", kept.ours.ends_at(), Remaining::of(&kept.ours, model.now)),
        line("AWS until", kept.aws_ends_at, aws_remaining(kept, model.now)),
    ];
    if outlives_ours(kept) {
        let note = "AWS honours copies of the key until its own end";
        lines.push(labelled(theme, "", vec![span(note, theme.muted())]));
    }
    lines
}

fn last_used_line(model: &Model, session: &SessionState, target: &Target) -> Option<Line<'static>> {
    let note = session.note.as_ref()?.targets.get(&target.to_string())?;
    let times = if note.uses == 1 { "once".to_owned() } else { format!("{} times", note.uses) };
    let text = format!("{}, {times}", model.clock_time(note.last_used?));
    Some(labelled(model.theme(), "Last used", vec![Span::raw(text)]))
}

fn snippet_lines(model: &Model, session: &SessionState, target: &Target, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let snippets = snippets(model, session, target);
    let labelled_snippets = [
        ("Profile in ~/.aws/config", snippets.credential_process()),
        ("One command", format!("{} CMD", snippets.exec())),
        ("This shell", snippets.eval()),
    ];
    let mut lines = Vec::new();
    for (label, snippet) in labelled_snippets {
        lines.push(Line::from(span(label, theme.muted())));
        for line in wrap(&snippet, width.saturating_sub(2)) {
            lines.push(Line::from(vec![Span::raw("  "), span(line, theme.accent())]));
        }
    }
    lines
}

fn snippets<'a>(model: &'a Model, session: &'a SessionState, target: &'a Target) -> Snippets<'a> {
    let name = (model.sessions.len() > 1).then_some(&session.config.name);
    Snippets { program: &model.settings.program, session: name, target }
}
