//! How the roles screen is drawn: banner, search, the list in one of its views, timeline and details.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::keys::{self, Command};
use super::layout::Areas;
use super::{banner, details, layout, list_view, matrix_view, timeline};
use crate::domain::preferences::ListView;
use crate::tui::actions::role::RoleAction;
use crate::tui::layout::inside;
use crate::tui::model::Model;
use crate::tui::model::session::{Listing, Progress, SessionState};
use crate::tui::widgets::cells::{both_ends, clip, line_columns, span, wrap};
use crate::tui::widgets::panel::panel;

/// ```text
/// ╭ Roles ── 25 accounts · 75 roles ───────────────────────────╮╭ prod-payments-0003 / Developer ──────────╮
/// │ › pay dev▏                                          2 of 75 ││ Ours until  15:19 ▰▰▰▰▰▰▱▱ 47m 12s       │
/// │▌● prod-payments-0003    Developer  Developer  00:47:12 ▰▰▰▰▱││ Tier        Developer                    │
/// │   stage-payments-0011   Developer  Developer                ││ …                                        │
/// ╰─────────────────────────────────────────────────────────────╯╰──────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model) {
    let (banner_area, areas) = layout::all(model);
    draw_banner(frame, banner_area, model);
    let Areas { list, heads, timeline } = areas;
    let title = title(model, usize::from(list.panel.width.saturating_sub(4)));
    frame.render_widget(panel(model.theme(), title), list.panel);
    draw_search(frame, list.panel, model);
    if model.roles.is_empty() {
        draw_empty(frame, list.list, model);
    } else {
        match (model.roles.view(), heads) {
            (ListView::Matrix, Some(heads)) => matrix_view::draw(frame, heads, list.list, model),
            _ => list_view::draw(frame, list.list, model),
        }
        draw_scroll_mark(frame, list.list, model);
    }
    draw_tip(frame, list.panel, model);
    if let Some(area) = timeline {
        timeline::draw(frame, area, model);
    }
    if let Some(area) = list.details {
        details::draw(frame, area, model);
    }
}

/// ```text
///  ▲ Your session expired at 14:02; 1 role's credentials still work. ^S signs in.
/// ```
fn draw_banner(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    draw_warning(frame, area, model, banner::lines(model, area.width));
}

/// Draws the lines of a warning across the whole area.
pub(crate) fn draw_warning(frame: &mut Frame<'_>, area: Rect, model: &Model, lines: Vec<String>) {
    let style = model.theme().banner();
    let lines: Vec<Line<'static>> = lines
        .into_iter()
        .enumerate()
        .map(|(at, line)| Line::from(span(format!(" {} {line}", if at == 0 { '▲' } else { ' ' }), style)))
        .collect();
    frame.render_widget(Paragraph::new(lines).style(style), area);
}

fn title(model: &Model, width: usize) -> Vec<Span<'static>> {
    let theme = model.theme();
    let mut spans = vec![span("Roles", theme.title())];
    let counts = model.roles.counts();
    let progress = |pick: fn(&Listing) -> Option<Progress>| {
        let parts: Vec<Progress> = model.sessions.iter().filter_map(|session| pick(&session.listing)).collect();
        let accounts: Option<usize> = parts.iter().map(|part| part.accounts).sum();
        (!parts.is_empty()).then(|| Progress { accounts, done: parts.iter().map(|part| part.done).sum() })
    };
    let running = progress(|listing| if let Listing::Running(progress) = listing { Some(*progress) } else { None });
    let stopped = progress(|listing| if let Listing::Stopped(progress) = listing { Some(*progress) } else { None });
    match (running, stopped) {
        (Some(Progress { accounts: None, .. }), _) => {
            spans.push(span(format!(" {} asking for the accounts…", model.spinner()), theme.accent()));
        }
        (Some(Progress { accounts: Some(accounts), done }), _) => {
            let text = format!(" {} {done} of {accounts} accounts listed…", model.spinner());
            spans.push(span(text, theme.accent()));
        }
        (None, Some(stopped)) => spans.push(span(format!(" ── {}", stopped_words(stopped)), theme.warn())),
        (None, None) if counts.accounts == 0 => {}
        (None, None) => {
            let plural = |count: usize| if count == 1 { "" } else { "s" };
            let (accounts, roles) = (counts.accounts, counts.roles);
            let text = format!(" ── {accounts} account{} · {roles} role{}", plural(accounts), plural(roles));
            spans.push(span(text, theme.muted()));
        }
    }
    if counts.failed_accounts > 0 {
        spans.push(span(format!(" · {} failed, ^R tries again", counts.failed_accounts), theme.warn()));
    }
    if let Some(unlisted) = unlisted_words(model).filter(|_| !banner::needs_sign_in(model)) {
        spans.push(span(format!(" · {unlisted}"), theme.muted()));
    }
    if counts.cut_short && stopped.is_none() {
        spans.push(span(" · there may be more, ^R tries again", theme.warn()));
    }
    clip(&mut spans, width);
    spans
}

/// ```text
/// beta not signed in, tab
/// ```
fn unlisted_words(model: &Model) -> Option<String> {
    let is_unlisted = |session: &&SessionState| !session.is_signed_in(model.now) && session.catalog.entries.is_empty();
    let names: Vec<&str> =
        model.sessions.iter().filter(is_unlisted).map(|session| session.config.name.as_str()).collect();
    (!names.is_empty()).then(|| format!("{} not signed in, tab", names.join(", ")))
}

/// ```text
/// 150 of 1,000 accounts · stopped · ^R resumes
/// ```
fn stopped_words(progress: Progress) -> String {
    match progress.accounts {
        Some(accounts) => format!("{} of {accounts} accounts · stopped · ^R resumes", progress.done),
        None => "stopped · ^R resumes".to_owned(),
    }
}

fn draw_search(frame: &mut Frame<'_>, panel: Rect, model: &Model) {
    let area = Rect { height: 1, ..inside(panel, 1) };
    let (theme, width) = (model.theme(), usize::from(area.width));
    let query = &model.roles.query;
    let mut left = vec![span(" › ", theme.key())];
    left.extend(query.spans(theme, width.saturating_sub(20), model.dialogs.is_empty()));
    let right = if query.is_empty() {
        let hint = if model.roles.quick_keys() > 0 { "type to search; / before a digit" } else { "type to search" };
        left.push(span(hint, theme.muted().add_modifier(Modifier::ITALIC)));
        let at = model.roles.selected_index() + usize::from(!model.roles.is_empty());
        vec![span(format!("{at}/{} ", model.roles.len()), theme.muted())]
    } else {
        vec![span(format!("{} of {} ", model.roles.len(), model.roles.total()), theme.muted())]
    };
    frame.render_widget(Paragraph::new(both_ends(left, right, width)), area);
}

/// A mark on the right border at the scroll position.
fn draw_scroll_mark(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let (height, len) = (usize::from(area.height), model.roles.line_count());
    if len <= height || height == 0 {
        return;
    }
    let at = model.roles.offset() * (height - 1) / (len - height);
    let mark = Rect { x: area.right(), y: area.y + u16::try_from(at).unwrap_or_default(), width: 1, height: 1 };
    frame.render_widget(Paragraph::new("┃").style(model.theme().accent()), mark);
}

/// On the first run, the keys that are not in the footer, on the lower border.
fn draw_tip(frame: &mut Frame<'_>, panel: Rect, model: &Model) {
    if !model.shows_tip || panel.height < 4 {
        return;
    }
    let theme = model.theme();
    let mut spans = vec![span(" tip ", theme.key())];
    if model.roles.quick_keys() > 0 {
        spans.push(span("1 opens the first · ", theme.muted()));
    }
    let bindings = keys::bindings(model);
    let key = |wanted: Command| {
        bindings
            .iter()
            .find(|binding| binding.command == wanted)
            .and_then(|binding| binding.keys.first())
            .map(|key| key.name())
    };
    let tips = [
        (key(Command::Act(RoleAction::Pin)), "pins"),
        (key(Command::ShowActions), "more"),
        (key(Command::SwitchView), "tiers"),
        (Some(":".to_owned()), "all commands"),
        (key(Command::Help), "keys"),
    ];
    let tips: Vec<String> = tips.into_iter().filter_map(|(key, what)| Some(format!("{} {what}", key?))).collect();
    spans.push(span(tips.join(" · ") + " ", theme.muted()));
    clip(&mut spans, usize::from(panel.width.saturating_sub(4)));
    let width = u16::try_from(line_columns(&spans)).unwrap_or(panel.width);
    let area = Rect { x: panel.x + 2, y: panel.bottom().saturating_sub(1), width, height: 1 };
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

/// Says why there are no rows.
fn draw_empty(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let theme = model.theme();
    let (heading, rest) = empty_words(model);
    let width = usize::from(area.width.saturating_sub(4)).clamp(1, 60);
    let mut lines = vec![Line::default(), Line::from(span(heading, theme.title()))];
    lines.extend(wrap(&rest, width).into_iter().map(|line| Line::from(span(line, theme.muted()))));
    let area = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
    frame.render_widget(Paragraph::new(lines), area);
}

fn empty_words(model: &Model) -> (String, String) {
    let stopped = model.sessions.iter().find_map(|session| match session.listing {
        Listing::Stopped(progress) => Some(stopped_words(progress)),
        _ => None,
    });
    if model.roles.total() > 0 {
        let mut rest = "esc clears the search. Words may stand in any order: account name, id, role, alias, profile; \
                        tier:admin, org:NAME and #alias narrow."
            .to_owned();
        if let Some(unlisted) = unlisted_words(model) {
            rest.push_str(&format!(" Not listed: {unlisted}."));
        }
        if let Some(stopped) = stopped {
            rest.push_str(&format!(" Not all is listed: {stopped}."));
        }
        return ("No role matches".to_owned(), rest);
    }
    if model.sessions.iter().any(|session| matches!(session.listing, Listing::Running(_))) {
        let heading = format!("{} Listing what you may use", model.spinner());
        return (heading, "Roles appear as AWS lists them. esc stops.".to_owned());
    }
    if let Some(stopped) = stopped {
        return ("Nothing is listed yet".to_owned(), format!("{stopped}."));
    }
    if banner::needs_sign_in(model) {
        let rest = match model.sessions.len() {
            1 => "↵ signs in, to see your accounts and roles.",
            _ => "↵ signs in to one of your organisations; tab shows them.",
        };
        return ("Nothing is listed yet".to_owned(), rest.to_owned());
    }
    if model.sessions.iter().any(|session| session.catalog.listed_at.is_some()) {
        let rest = "Whoever runs IAM Identity Center in your organisation assigns them. ^R looks again.";
        return ("No role is assigned to you".to_owned(), rest.to_owned());
    }
    ("Nothing is listed yet".to_owned(), "^R lists your accounts and roles.".to_owned())
}
