//! The day as a timeline: each sign-in and each role's credentials as a bar that drains.

use jiff::{SignedDuration, Timestamp};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::text::padded;
use crate::domain::tier::Tier;
use crate::domain::time::Lifespan;
use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::model::session::SessionState;
use crate::tui::remaining::Remaining;
use crate::tui::widgets::cells::span;
use crate::tui::widgets::panel::panel;
use crate::tui::widgets::role_heading::role_text;

/// The most bars that are shown; those that end last are left out.
const MOST_BARS: usize = 12;
/// Columns of a bar's name, and from which width of all on it has the role's as well.
const NAME: usize = 22;
const NAME_WITH_ROLE: usize = 32;
const WITH_ROLE: usize = 60;

struct Bar {
    name: BarName,
    lifespan: Lifespan,
}

enum BarName {
    SignIn(String),
    Role { account: String, role: String, tier: Tier },
}

/// The height of the panel; none where there is nothing to show.
pub(super) fn height(model: &Model) -> Option<u16> {
    let of_session =
        |session: &SessionState| usize::from(session.is_signed_in(model.now)) + session.all_kept(model.now).len();
    let bars = model.sessions.iter().map(of_session).sum::<usize>().min(MOST_BARS);
    (bars > 0).then(|| u16::try_from(bars + 3).unwrap_or(u16::MAX))
}

fn bars(model: &Model) -> Vec<Bar> {
    let mut bars = Vec::new();
    for session in &model.sessions {
        let signed_in = session.note.as_ref().and_then(|note| note.signed_in.as_ref());
        if let Some(lifespan) = signed_in.map(|signed_in| signed_in.lifespan())
            && !lifespan.left(model.now).is_zero()
        {
            bars.push(Bar { name: BarName::SignIn(format!("sign-in {}", session.config.name)), lifespan });
        }
        for (target, kept) in session.all_kept(model.now) {
            let tier = model.settings.policy.verdict_on_target(&session.catalog, target, model.now).tier();
            let name = BarName::Role { account: session.account_name(target), role: target.role.to_string(), tier };
            bars.push(Bar { name, lifespan: kept.ours });
        }
    }
    // The sign-ins stand first: they bound all others.
    bars.sort_by_key(|bar| (bar.tier().is_some(), bar.lifespan.ends_at_local()));
    bars.truncate(MOST_BARS);
    bars
}

/// ```text
/// ╭ Today ─────────────── 08:00 ─────────────── 16:00 ───────╮
/// │ sign-in acme                   ▱▱▱▰▰▰▰▰▰▰▰▰▰▰▰▰┤ 16:57   │
/// │ prod-payments-0008 / Developer ▱▰▰┤ 09:24                │
/// ╰──────────────────────────────────────────────────────────╯
/// ```
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model) {
    let (theme, bars) = (model.theme(), bars(model));
    frame.render_widget(panel(theme, vec![span("Today", theme.title())]), area);
    let inner = layout::inside(area, 1);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let has_roles = bars.iter().any(|bar| bar.tier().is_some());
    let name = if has_roles && usize::from(inner.width) >= WITH_ROLE { NAME_WITH_ROLE } else { NAME };
    let width = usize::from(inner.width).saturating_sub(name + 9);
    let Some(axis) = Axis::over(&bars, name, width) else { return };
    let mut lines = vec![axis_line(model, &axis)];
    lines.extend(bars.iter().map(|bar| line(model, &axis, bar)));
    frame.render_widget(Paragraph::new(lines), inner);
}

/// Columns for the hours from the first beginning to the last end, beside those of the names.
struct Axis {
    name: usize,
    first: Timestamp,
    length: SignedDuration,
    width: usize,
}

impl Axis {
    fn over(bars: &[Bar], name: usize, width: usize) -> Option<Self> {
        let first = bars.iter().map(|bar| bar.begins()).min()?;
        let last = bars.iter().map(|bar| bar.lifespan.ends_at_local()).max()?;
        let length = last.duration_since(first).max(SignedDuration::from_mins(30));
        (width > 0).then_some(Axis { name, first, length, width })
    }

    fn column(&self, at: Timestamp) -> usize {
        let share = at.duration_since(self.first).as_secs_f64() / self.length.as_secs_f64();
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few hundred columns"
        )]
        let column = (share.clamp(0.0, 1.0) * self.width as f64).round() as usize;
        column.min(self.width)
    }

    /// The whole hours on the axis, as many as have room for their names.
    fn hours(&self) -> Vec<Timestamp> {
        let hour = 3_600;
        let start = self.first.as_second().div_euclid(hour) + 1;
        let end = self.first.as_second().saturating_add(self.length.as_secs()).div_euclid(hour);
        let count = usize::try_from(end - start + 1).unwrap_or_default();
        let step = (count * 7).div_ceil(self.width.max(1)).max(1);
        (start..=end).step_by(step).filter_map(|at| Timestamp::from_second(at * hour).ok()).collect()
    }
}

impl Bar {
    fn begins(&self) -> Timestamp {
        self.lifespan.obtained().at.wall
    }

    /// None for a sign-in.
    fn tier(&self) -> Option<Tier> {
        match self.name {
            BarName::SignIn(_) => None,
            BarName::Role { tier, .. } => Some(tier),
        }
    }

    /// Its name in so many columns, with the role where that has room.
    fn name(&self, width: usize) -> String {
        match &self.name {
            BarName::Role { account, role, .. } if width + 1 >= NAME_WITH_ROLE => role_text(account, role, width),
            BarName::SignIn(name) | BarName::Role { account: name, .. } => name.clone(),
        }
    }
}

fn axis_line(model: &Model, axis: &Axis) -> Line<'static> {
    let mut text = " ".repeat(axis.name);
    for hour in axis.hours() {
        let (column, name) = (axis.name + axis.column(hour), model.time_of_day(hour));
        let used = text.chars().count();
        if column >= used && column + name.len() <= axis.name + axis.width + 7 {
            text.push_str(&" ".repeat(column - used));
            text.push_str(&name);
        }
    }
    Line::from(span(text, model.theme().muted()))
}

fn line(model: &Model, axis: &Axis, bar: &Bar) -> Line<'static> {
    let theme = model.theme();
    let remaining = Remaining::of(&bar.lifespan, model.now);
    let ends = bar.lifespan.ends_at_local();
    let (first, now, last) = (axis.column(bar.begins()), axis.column(model.now.wall), axis.column(ends));
    let (now, last) = (now.clamp(first, last.max(first)), last.max(first + 1));
    let filled = match bar.tier() {
        Some(Tier::Admin) => theme.tier(Tier::Admin),
        _ => theme.urgency(remaining.urgency()),
    };
    let name_style = bar.tier().map_or_else(Style::new, |tier| theme.tier(tier));
    Line::from(vec![
        span(padded(&bar.name(axis.name - 1), axis.name - 1), name_style),
        Span::raw(" ".repeat(first + 1)),
        span("▱".repeat(now - first), theme.drained()),
        span("▰".repeat(last - now), filled),
        span(format!("┤ {}", model.time_of_day(ends)), theme.muted()),
    ])
}
