//! The details of a role: its account, tier and expiries, and how other tools use it.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::catalog::Account;
use crate::domain::index::KeptNote;
use crate::domain::policy::Verdict;
use crate::domain::target::Target;
use crate::domain::text::{columns, fit, visible};
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
/// │ Fetched     08:47, 12 times              │
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
    let details = Details {
        model,
        session,
        target,
        verdict,
        kept: session.kept(target, model.now),
        width: usize::from(area.width.saturating_sub(4)),
    };
    if area.height >= FULL_HEIGHT { details.full() } else { details.short() }
}

struct Details<'a> {
    model: &'a Model,
    session: &'a SessionState,
    target: &'a Target,
    verdict: &'a Verdict,
    /// Present while there are valid credentials.
    kept: Option<&'a KeptNote>,
    width: usize,
}

impl Details<'_> {
    fn full(&self) -> Vec<Line<'static>> {
        let mut lines = vec![self.account()];
        lines.extend(self.email());
        lines.extend(self.alias());
        lines.extend(self.tier());
        lines.extend(self.expiries());
        lines.extend(self.reason());
        lines.extend(self.key());
        lines.extend(self.fetched());
        lines.push(Line::default());
        lines.extend(snippet_lines(self.model, self.session, self.target, self.width));
        lines
    }

    /// What matters most comes first: the rest may not fit.
    fn short(&self) -> Vec<Line<'static>> {
        let mut lines = self.expiries();
        lines.extend(self.tier());
        lines.extend(self.elsewhere());
        lines.extend(self.reason());
        lines.push(self.account());
        lines.extend(self.alias());
        lines.extend(self.key());
        lines.extend(self.fetched());
        lines
    }

    fn account(&self) -> Line<'static> {
        labelled(self.model.theme(), "Account", vec![Span::raw(self.target.account.to_string())])
    }

    fn email(&self) -> Option<Line<'static>> {
        let email = self.session.catalog.account(&self.target.account).and_then(email)?;
        Some(self.text("E-mail", &email))
    }

    fn alias(&self) -> Option<Line<'static>> {
        let alias = self.model.settings.aliases.get(self.target)?;
        Some(labelled(self.model.theme(), "Alias", vec![Span::raw(visible(alias))]))
    }

    fn tier(&self) -> Vec<Line<'static>> {
        let (theme, tier) = (self.model.theme(), self.verdict.tier());
        let title = span(tier.title(), theme.tier(tier));
        if !self.verdict.asks_for_elevation() {
            return vec![labelled(theme, "Tier", vec![title])];
        }
        let most = format!("{} at most", left_words(self.verdict.max_duration()));
        let (asks, in_one) = (" · ◆ asks for a reason", format!(" · ◆ asks for a reason, {most}"));
        if LABEL + columns(tier.title()) + columns(&in_one) <= self.width {
            return vec![labelled(theme, "Tier", vec![title, span(in_one, theme.muted())])];
        }
        vec![
            labelled(theme, "Tier", vec![title, span(asks, theme.muted())]),
            labelled(theme, "", vec![span(most, theme.muted())]),
        ]
    }

    fn expiries(&self) -> Vec<Line<'static>> {
        self.kept.map(|kept| expiry_lines(self.model, kept)).unwrap_or_default()
    }

    fn reason(&self) -> Vec<Line<'static>> {
        let Some(reason) = self.kept.and_then(|kept| kept.reason.as_deref()) else { return Vec::new() };
        self.wrapped("Reason", &visible(reason), Style::new()).into_iter().take(3).collect()
    }

    fn key(&self) -> Option<Line<'static>> {
        Some(self.text("Key", &visible(&self.kept?.access_key_id)))
    }

    fn fetched(&self) -> Option<Line<'static>> {
        fetched_line(self.model, self.session, self.target)
    }

    fn elsewhere(&self) -> Vec<Line<'static>> {
        let exec = format!("{} CMD", snippets(self.model, self.session, self.target).exec());
        self.wrapped("Elsewhere", &exec, self.model.theme().accent())
    }

    fn text(&self, label: &str, text: &str) -> Line<'static> {
        labelled(self.model.theme(), label, vec![Span::raw(fit(text, self.width.saturating_sub(LABEL)))])
    }

    fn wrapped(&self, label: &str, text: &str, style: Style) -> Vec<Line<'static>> {
        let lines = wrap(text, self.width.saturating_sub(LABEL)).into_iter().enumerate();
        lines
            .map(|(at, line)| labelled(self.model.theme(), if at == 0 { label } else { "" }, vec![span(line, style)]))
            .collect()
    }
}

fn email(account: &Account) -> Option<String> {
    (!account.email.raw().is_empty()).then(|| account.email.visible())
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

fn fetched_line(model: &Model, session: &SessionState, target: &Target) -> Option<Line<'static>> {
    let note = session.note.as_ref()?.targets.get(&target.to_string())?;
    let times = if note.uses == 1 { "once".to_owned() } else { format!("{} times", note.uses) };
    let text = format!("{}, {times}", model.clock_time(note.last_used?));
    Some(labelled(model.theme(), "Fetched", vec![Span::raw(text)]))
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

/// The lines with which other tools use `target`.
pub(crate) fn snippets<'a>(model: &'a Model, session: &'a SessionState, target: &'a Target) -> Snippets<'a> {
    let name = (model.sessions.len() > 1).then_some(&session.config.name);
    let verdict = model.settings.policy.verdict_on_target(&session.catalog, target, model.now);
    let needs_reason = verdict.asks_for_elevation() && session.kept(target, model.now).is_none();
    Snippets { program: &model.settings.program, session: name, target, needs_reason }
}
