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
use crate::domain::region::WorkRegion;
use crate::domain::target::Target;
use crate::domain::text::{columns, fit, visible};
use crate::domain::tier::{Gate, Tier};
use crate::domain::time::left_words;
use crate::tui::actions::role::RoleState;
use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::model::kept::{aws_remaining, outlives_ours};
use crate::tui::model::session::SessionState;
use crate::tui::remaining::Remaining;
use crate::tui::snippets::Snippets;
use crate::tui::theme::Theme;
use crate::tui::widgets::cells::{clip, span, wrap};
use crate::tui::widgets::gauge::tier_bar;
use crate::tui::widgets::panel::{LABEL, labelled, panel};
use crate::tui::widgets::role_heading::role_heading;

/// Below this height the most important lines come first, and the rest is left out.
const FULL_HEIGHT: u16 = 16;

/// ```text
/// ╭ prod-payments-0003 / Developer ──────────╮
/// │ Ours until  09:47  ▰▰▰▰▰▰▰▱ 47m 00s      │
/// │ AWS until   09:47  ▰▰▰▰▰▰▰▱ 47m 00s      │
/// │ Tier        Developer                    │
/// │ Region      eu-central-1 of the profile  │
/// │ Account     100000023757                 │
/// │ Profile     prod-dev                     │
/// │                                          │
/// │ Do                                       │
/// │   ↵  Open a shell                        │
/// │   ^Y Copy the daypass exec command       │
/// │   ^O more…                               │
/// │                                          │
/// │ Elsewhere                                │
/// │   daypass exec 100000023757/Developer -- │
/// │   CMD                                    │
/// │                                          │
/// │ Lately                                   │
/// │   fetched 08:47, used 12 times           │
/// ╰──────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, session: &SessionState, target: &Target) {
    let width = usize::from(area.width.saturating_sub(4));
    let details = Details::new(model, session, target, width);
    let title = heading(model, session, target, details.verdict.tier(), width);
    let lines = if area.height >= FULL_HEIGHT { details.full() } else { details.short() };
    draw_panel(frame, area, model.theme(), title, lines);
}

/// Everything about a role, with its names in full.
pub(crate) fn whole(model: &Model, session: &SessionState, target: &Target, width: usize) -> Vec<Line<'static>> {
    let details = Details::new(model, session, target, width);
    let mut lines = details.wrapped("Account", &session.account_name(target), model.theme().title());
    lines.extend(details.wrapped("Role", target.role.as_str(), model.theme().tier(details.verdict.tier())));
    lines.extend(details.full());
    lines
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
pub(crate) fn heading(
    model: &Model,
    session: &SessionState,
    target: &Target,
    tier: Tier,
    width: usize,
) -> Vec<Span<'static>> {
    role_heading(model.theme(), &session.account_name(target), target.role.as_str(), tier, width)
}

struct Details<'a> {
    model: &'a Model,
    session: &'a SessionState,
    target: &'a Target,
    verdict: Verdict,
    /// Present while there are valid credentials.
    kept: Option<&'a KeptNote>,
    width: usize,
}

impl<'a> Details<'a> {
    fn new(model: &'a Model, session: &'a SessionState, target: &'a Target, width: usize) -> Self {
        let verdict = model.settings.policy.verdict_on_target(&session.catalog, target, model.now);
        Details { model, session, target, verdict, kept: session.kept(target, model.now), width }
    }

    fn full(&self) -> Vec<Line<'static>> {
        let mut lines = self.expiries();
        lines.extend(self.reason());
        lines.extend(self.tier());
        lines.push(self.region());
        lines.push(self.account());
        lines.extend(self.email());
        lines.extend(self.alias());
        lines.extend(self.profiles());
        lines.extend(self.key());
        lines.extend(self.actions());
        lines.extend(self.elsewhere());
        lines.extend(self.lately());
        lines
    }

    /// How to use it comes first, then what matters most: the rest may not fit.
    fn short(&self) -> Vec<Line<'static>> {
        let exec = format!("{} CMD", Snippets::of(self.model, self.session, self.target).exec());
        let mut lines = self.wrapped("Use it", &exec, self.model.theme().accent());
        lines.extend(self.expiries());
        lines.extend(self.tier());
        lines.extend(self.reason());
        lines.push(self.account());
        lines.push(self.region());
        lines.extend(self.alias());
        lines.extend(self.profiles());
        lines.extend(self.key());
        lines
    }

    fn section(&self, name: &'static str) -> [Line<'static>; 2] {
        [Line::default(), Line::from(span(name, self.model.theme().title()))]
    }

    /// The actions that have keys of their own.
    fn actions(&self) -> Vec<Line<'static>> {
        let theme = self.model.theme();
        let Some(role) = RoleState::of(self.model, &self.session.key, self.target) else { return Vec::new() };
        let mut lines: Vec<Line<'static>> = self.section("Do").into();
        let line = |key: String, title: &'static str| {
            Line::from(vec![span(format!("  {key:<3} "), theme.key()), Span::raw(title)])
        };
        for (action, keys) in role.keyed_actions() {
            lines.extend(keys.first().map(|key| line(key.name(), action.title())));
        }
        lines.push(line("^O".to_owned(), "more…"));
        lines
    }

    fn elsewhere(&self) -> Vec<Line<'static>> {
        let theme = self.model.theme();
        let snippets = Snippets::of(self.model, self.session, self.target);
        let mut lines: Vec<Line<'static>> = self.section("Elsewhere").into();
        for (label, snippet) in [
            ("  One command", format!("{} CMD", snippets.exec())),
            ("  A profile's line in ~/.aws/config", snippets.credential_process()),
            ("  This shell", snippets.eval()),
        ] {
            lines.push(Line::from(span(label, theme.muted())));
            for line in wrap(&snippet, self.width.saturating_sub(4)) {
                lines.push(Line::from(vec![Span::raw("    "), span(line, theme.accent())]));
            }
        }
        lines
    }

    fn lately(&self) -> Vec<Line<'static>> {
        let note = self.session.note.as_ref().and_then(|note| note.targets.get(&self.target.to_string()));
        let Some((note, at)) = note.and_then(|note| Some((note, note.last_used?))) else { return Vec::new() };
        let mut lines: Vec<Line<'static>> = self.section("Lately").into();
        let times = if note.uses == 1 { "once".to_owned() } else { format!("{} times", note.uses) };
        lines.push(Line::from(format!("  used {times}, last {}", self.model.clock_time(at))));
        if let Some(ended) = self.session.ended(self.target, self.model.now) {
            lines.push(Line::from(format!("  its credentials ended {}", self.model.clock_time(ended))));
        }
        lines
    }

    fn region(&self) -> Line<'static> {
        let WorkRegion { region, source } = self.model.region_of(self.session, self.target);
        let source = span(format!(" {source}"), self.model.theme().muted());
        labelled(self.model.theme(), "Region", vec![Span::raw(region.to_string()), source])
    }

    fn profiles(&self) -> Vec<Line<'static>> {
        match self.model.settings.profiles.names(&self.session.key, self.target) {
            names if names.is_empty() => Vec::new(),
            names => self.wrapped("Profile", &names.join(", "), Style::new()),
        }
    }

    fn account(&self) -> Line<'static> {
        labelled(self.model.theme(), "Account", vec![Span::raw(self.target.account.to_string())])
    }

    fn email(&self) -> Option<Line<'static>> {
        let email = self.session.catalog.account(&self.target.account).and_then(email)?;
        Some(self.text("E-mail", &email))
    }

    fn alias(&self) -> Vec<Line<'static>> {
        let account = self.session.catalog.account(&self.target.account);
        match self.model.settings.aliases.of(self.target, account.map_or("", |account| account.name.raw())) {
            aliases if aliases.is_empty() => Vec::new(),
            aliases => self.wrapped("Alias", &aliases.join(", "), Style::new()),
        }
    }

    fn tier(&self) -> Vec<Line<'static>> {
        let (theme, tier) = (self.model.theme(), self.verdict.tier());
        let title = span(tier.title(), theme.tier(tier));
        let most = format!("{} at most", left_words(self.verdict.max_duration()));
        let (asks, rest) = match self.verdict.gate() {
            Gate::None => return vec![labelled(theme, "Tier", vec![title])],
            Gate::OnCall => (" · ◇ on call", "otherwise with a reason".to_owned()),
            Gate::BreakGlass => (" · ◆ asks for a reason", most),
        };
        let in_one = format!("{asks}, {rest}");
        if LABEL + columns(tier.title()) + columns(&in_one) <= self.width {
            return vec![labelled(theme, "Tier", vec![title, span(in_one, theme.muted())])];
        }
        vec![
            labelled(theme, "Tier", vec![title, span(asks, theme.muted())]),
            labelled(theme, "", vec![span(rest, theme.muted())]),
        ]
    }

    fn expiries(&self) -> Vec<Line<'static>> {
        match self.kept {
            Some(kept) => expiry_lines(self.model, self.verdict.tier(), kept),
            None => self.accepted_after_end().into_iter().collect(),
        }
    }

    /// AWS goes by its own end, whatever daypass has deleted.
    fn accepted_after_end(&self) -> Option<Line<'static>> {
        let until = self.model.accepted_after_end(&self.session.key, self.target)?;
        let time = Span::raw(format!("{}  ", self.model.clock_time(until)));
        let note = span("copies of the keys", self.model.theme().muted());
        Some(labelled(self.model.theme(), "AWS until", vec![time, note]))
    }

    fn reason(&self) -> Vec<Line<'static>> {
        let Some(reason) = self.kept.and_then(|kept| kept.reason.as_deref()) else { return Vec::new() };
        self.wrapped("Reason", &visible(reason), Style::new()).into_iter().take(3).collect()
    }

    fn key(&self) -> Option<Line<'static>> {
        Some(self.text("Key", &visible(&self.kept?.access_key_id)))
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
fn expiry_lines(model: &Model, tier: Tier, kept: &KeptNote) -> Vec<Line<'static>> {
    let theme = model.theme();
    let line = |label: &str, at: Timestamp, remaining: Remaining| {
        let (time, urgency) = (model.clock_time(kept.ours.obtained().to_local(at)), remaining.urgency());
        let mut spans = vec![Span::raw(format!("{time}  "))];
        spans.extend(tier_bar(theme, tier, remaining, 8));
        spans.push(span(format!(" {} {}", left_words(remaining.time), urgency.mark()), theme.urgency(urgency)));
        labelled(theme, label, spans)
    };
    let mut lines = vec![
        line("Ours until", kept.ours.ends_at(), Remaining::of(&kept.ours, model.now)),
        line("AWS until", kept.aws_ends_at, aws_remaining(kept, model.now)),
    ];
    if outlives_ours(kept) {
        let note = "copies work until AWS's end";
        lines.push(labelled(theme, "", vec![span(note, theme.muted())]));
    }
    lines
}
