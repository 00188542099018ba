//! How the sign-in screen is drawn: link, QR code, user code in large letters, remaining time.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use url::Url;

use super::model::{BrowserState, Phase, SignIn};
use crate::domain::qr::Qr;
use crate::domain::session::Flow;
use crate::domain::time::{Lifespan, left_words};
use crate::error::Kind;
use crate::report::Report;
use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::remaining::Remaining;
use crate::tui::widgets::big_code;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::gauge::bar;
use crate::tui::widgets::panel::panel;
use crate::tui::widgets::qr;

/// ```text
/// ╭ Sign in to acme-prod ────────────────────────────────────────────────────────╮
/// │ 1  Open this page, on any device                       █▀▀▀▀▀█ ▄ █▀▀▀▀▀█      │
/// │    https://acme.awsapps.com/start/#/device?user_code=… █ ███ █ ▀ █ ███ █      │
/// │                                                        █ ▀▀▀ █ █ █ ▀▀▀ █      │
/// │ 2  Confirm it if it shows this code                    ▀▀▀▀▀▀▀ ▀ ▀▀▀▀▀▀▀      │
/// │    W D K F - Q X R T                                                          │
/// │                                                                               │
/// │ ⠹ waiting for you to confirm     ▰▰▰▰▰▰▰▱ 9m 12s                              │
/// ╰───────────────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, sign_in: &SignIn) {
    let theme = model.theme();
    let name = model.session(&sign_in.session).map(|session| session.config.name.to_string()).unwrap_or_default();
    let flow = match sign_in.flow {
        Flow::Device => " ── with a code",
        Flow::Pkce => " ── with this machine's browser",
    };
    let title = vec![span(format!("Sign in to {name}"), theme.title()), span(flow, theme.muted())];
    frame.render_widget(panel(theme, title), area);
    let inner = layout::inside(area, 1);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let code = match &sign_in.phase {
        Phase::DeviceCode { link, .. } => Qr::new(link.as_str()),
        _ => None,
    };
    let code = code.map(|code| (qr::size(&code), code));
    let code = code.filter(|(size, _)| size.height <= inner.height && size.width + 36 <= inner.width);
    let Some((size, code)) = code else {
        draw_text(frame, inner, model, sign_in);
        return;
    };
    // Text and QR code stay together in the middle of a wide screen.
    let most = inner.width.min(size.width + 84);
    let inner = Rect { x: inner.x + (inner.width - most) / 2, width: most, ..inner };
    let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(size.width)]).areas(inner);
    draw_text(frame, Rect { width: left.width.saturating_sub(2), ..left }, model, sign_in);
    let right = Rect { y: right.y + (right.height - size.height) / 2, height: size.height, ..right };
    qr::draw(&code, frame, right, theme);
}

fn draw_text(frame: &mut Frame<'_>, area: Rect, model: &Model, sign_in: &SignIn) {
    let width = usize::from(area.width);
    let lines = match &sign_in.phase {
        Phase::Requesting => requesting_lines(model, sign_in, width),
        Phase::DeviceCode { user_code, link, lifespan, reachable } => {
            let code = DeviceCode { user_code, link, lifespan, reachable: *reachable };
            device_code_lines(model, sign_in, &code, width, usize::from(area.height))
        }
        Phase::Browser { link, lifespan } => browser_lines(model, sign_in, link.url(), lifespan, width),
        Phase::Failed(report) => failed_lines(model, report, width),
    };
    let height = u16::try_from(lines.len()).unwrap_or(area.height).min(area.height);
    let y = area.y + (area.height - height) / 2;
    frame.render_widget(Paragraph::new(lines), Rect { y, height, ..area });
}

struct DeviceCode<'a> {
    user_code: &'a str,
    link: &'a Url,
    lifespan: &'a Lifespan,
    reachable: bool,
}

fn requesting_lines(model: &Model, sign_in: &SignIn, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let what = match sign_in.flow {
        Flow::Device => "Asking AWS for a sign-in code…",
        Flow::Pkce => "Preparing the sign-in with your browser…",
    };
    let portal =
        model.session(&sign_in.session).map(|session| session.config.start_url.to_string()).unwrap_or_default();
    let mut lines =
        vec![Line::from(vec![span(format!("{} ", model.spinner()), theme.accent()), span(what, theme.title())])];
    lines.extend(indented(&portal, width, theme.muted()));
    lines
}

fn device_code_lines(
    model: &Model,
    sign_in: &SignIn,
    code: &DeviceCode<'_>,
    width: usize,
    height: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme();
    let indent = width.saturating_sub(3);
    let (link, large) = (indented(code.link.as_str(), width, theme.accent()), large_code(code.user_code, indent));
    let mut notes = browser_note(model, sign_in, width);
    notes.extend(demo_note(model, code.lifespan, width));
    // The code is as large as it fits; what room is left becomes empty lines between the parts.
    let fixed = link.len() + notes.len() + 4;
    let large = large.filter(|rows| fixed + rows.len() <= height);
    let rows = large.unwrap_or_else(|| vec![big_code::spaced(code.user_code, indent)]);
    let spare = height.saturating_sub(fixed + rows.len());
    let gap = |wanted: usize| (spare >= wanted).then(Line::default);

    let mut lines = vec![step(model, '1', "Open this page, on any device")];
    lines.extend(link);
    lines.extend(gap(1));
    lines.push(step(model, '2', "Confirm it if it shows this code"));
    lines.extend(gap(3));
    lines.extend(rows.into_iter().map(|row| Line::from(vec![Span::raw("   "), span(row, theme.key())])));
    lines.extend(gap(4));
    lines.push(waiting_line(model, code));
    lines.push(remaining_line(model, "the code lives", code.lifespan));
    lines.extend(gap(2));
    lines.extend(notes);
    lines
}

/// The code in large letters: on one line, or its halves one below the other.
fn large_code(code: &str, width: usize) -> Option<Vec<String>> {
    if let Some(rows) = big_code::rows(code, width) {
        return Some(rows.to_vec());
    }
    let (first, second) = code.split_once('-')?;
    let (first, second) = (big_code::rows(&format!("{first}-"), width)?, big_code::rows(second, width)?);
    Some(first.into_iter().chain(second).collect())
}

fn step(model: &Model, number: char, text: &str) -> Line<'static> {
    let theme = model.theme();
    Line::from(vec![span(format!("{number}  "), theme.key()), span(text, theme.title())])
}

fn waiting_line(model: &Model, code: &DeviceCode<'_>) -> Line<'static> {
    let theme = model.theme();
    if code.reachable {
        Line::from(vec![
            span(format!("{}  ", model.spinner()), theme.accent()),
            Span::raw("waiting for you to confirm"),
        ])
    } else {
        Line::from(vec![span("▲  ", theme.warn()), span("AWS does not answer just now; still trying", theme.warn())])
    }
}

fn remaining_line(model: &Model, label: &str, lifespan: &Lifespan) -> Line<'static> {
    let theme = model.theme();
    let remaining = Remaining::of(lifespan, model.now);
    let urgency = remaining.urgency();
    let mut spans = vec![span(format!("   {label} "), theme.muted())];
    spans.extend(bar(theme, remaining, 8));
    spans.push(span(format!(" {} {}", left_words(remaining.time), urgency.mark()), theme.urgency(urgency)));
    Line::from(spans)
}

fn browser_note(model: &Model, sign_in: &SignIn, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let text = match (&sign_in.browser, sign_in.flow) {
        (BrowserState::NotOpened, Flow::Device) => {
            "No browser is opened on this machine: use the link or the QR code on any other.".to_owned()
        }
        (BrowserState::NotOpened, Flow::Pkce) => {
            "No browser was opened. It must be one on this machine: o opens it, d signs in with a code instead."
                .to_owned()
        }
        (BrowserState::Opening, _) => "Opening your browser…".to_owned(),
        (BrowserState::Opened, _) => "Your browser was opened; o opens it again.".to_owned(),
        (BrowserState::Failed(why), Flow::Device) => {
            format!("No browser could be opened ({why}). Link and QR code work on any device.")
        }
        (BrowserState::Failed(why), Flow::Pkce) => {
            format!("No browser could be opened ({why}). d signs in with a code instead, from any device.")
        }
    };
    indented(&text, width, theme.muted())
}

fn demo_note(model: &Model, lifespan: &Lifespan, width: usize) -> Vec<Line<'static>> {
    let Some(demo) = &model.settings.demo else { return Vec::new() };
    let passed = lifespan.total().saturating_sub(lifespan.left(model.now));
    let after = jiff::SignedDuration::try_from(demo.approves_itself_after).unwrap_or(jiff::SignedDuration::ZERO);
    let left = after.saturating_sub(passed);
    let text = if left.is_positive() {
        format!("Demo: this approves itself in {} s, or confirm it on the page.", left.as_secs() + 1)
    } else {
        "Demo: approved; AWS is asked in a moment.".to_owned()
    };
    indented(&text, width, model.theme().warn())
}

fn browser_lines(model: &Model, sign_in: &SignIn, link: &Url, lifespan: &Lifespan, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let mut lines = vec![
        Line::from(vec![
            span(format!("{}  ", model.spinner()), theme.accent()),
            span("Confirm in the browser; it comes back by itself", theme.title()),
        ]),
        remaining_line(model, "listening for", lifespan),
        Line::default(),
    ];
    lines.extend(browser_note(model, sign_in, width));
    lines.extend(demo_note(model, lifespan, width));
    lines.push(Line::default());
    lines.push(Line::from(span("   c copies the link:", theme.muted())));
    lines.extend(indented(link.as_str(), width, theme.muted()));
    lines
}

fn failed_lines(model: &Model, report: &Report, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let heading = match report.kind() {
        Kind::LoginNeeded => "Not confirmed in time",
        Kind::Denied => "The sign-in was declined",
        other => other.heading(),
    };
    let mut lines = vec![Line::from(vec![span("✗  ", theme.bad()), span(heading, theme.bad())]), Line::default()];
    // The hints are left out: the keys below do what their commands would.
    lines.extend(wrap(report.message(), width).into_iter().map(Line::from));
    lines.push(Line::default());
    lines.push(Line::from(vec![
        span("↵", theme.key()),
        Span::raw(" tries again, with a new code. "),
        span("esc", theme.key()),
        Span::raw(" goes back."),
    ]));
    lines
}

fn indented(text: &str, width: usize, style: Style) -> Vec<Line<'static>> {
    wrap(text, width.saturating_sub(3))
        .into_iter()
        .map(|line| Line::from(vec![Span::raw("   "), span(line, style)]))
        .collect()
}
