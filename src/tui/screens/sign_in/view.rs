//! How the sign-in screen is drawn: link, QR code, user code in large letters, remaining time.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect, Size};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use url::Url;

use super::failure::Failure;
use super::model::{BrowserState, Phase, SignIn};
use crate::domain::device_flow::PollOutcome;
use crate::domain::qr::Qr;
use crate::domain::session::Flow;
use crate::domain::text::columns;
use crate::domain::time::{Lifespan, left_words};
use crate::tui::model::Model;
use crate::tui::remaining::Remaining;
use crate::tui::task::Place;
use crate::tui::verbatim;
use crate::tui::widgets::big_code;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::gauge::bar;
use crate::tui::widgets::hints::hint_lines;
use crate::tui::widgets::panel::open_panel;
use crate::tui::widgets::qr;

/// The margin left and right of all but the link.
const MARGIN: u16 = 2;
/// The least width of the text beside a QR code, and the most of both.
const TEXT: u16 = 36;
const BESIDE_QR: u16 = 84;

/// ```text
/// ── Sign in to acme-prod ── with a code ─────────────────────────────────────────
///      https://acme.awsapps.com/start/#/device?user_code=WDKF-QXRT
///   1  Open this link, on any device,                     █▀▀▀▀▀█ ▄ █▀▀▀▀▀█
///      or scan the code                                   █ ███ █ ▀ █ ███ █
///   2  Confirm it if it shows this code                   █ ▀▀▀ █ █ █ ▀▀▀ █
///      W D K F - Q X R T                                  ▀▀▀▀▀▀▀ ▀ ▀▀▀▀▀▀▀
///
///   ⠹  waiting for you to confirm
///      the code lives ▰▰▰▰▰▰▰▱ 9m 12s
/// ────────────────────────────────────────────────────────────────────────────────
/// ```
///
/// Nothing stands beside the link, so that it can be selected; a long one takes whole rows.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, sign_in: &SignIn) {
    let theme = model.theme();
    let name = model.session_name(&sign_in.session);
    let flow = match sign_in.flow {
        Flow::Device => " ── with a code",
        Flow::Pkce => " ── with this machine's browser",
    };
    let place = match sign_in.place {
        Place::Own => "",
        Place::Replica => ", standby",
    };
    let title = vec![span(format!("Sign in to {name}{place}"), theme.title()), span(flow, theme.muted())];
    let panel = open_panel(theme, title);
    let inner = panel.inner(area);
    frame.render_widget(panel, area);
    let width = usize::from(inner.width.saturating_sub(2 * MARGIN));
    match &sign_in.phase {
        Phase::Requesting => draw_centred(frame, inner, requesting_lines(model, sign_in, width)),
        Phase::DeviceCode { user_code, link, lifespan, last_poll } => {
            let code = DeviceCode { user_code, link, lifespan, last_poll: *last_poll };
            draw_device_code(frame, inner, model, sign_in, &code);
        }
        Phase::Browser { link, lifespan } => {
            let lines = browser_lines(model, sign_in, lifespan, width);
            draw_with_link_below(frame, inner, model, lines, link.url());
        }
        Phase::Failed(failure) => draw_centred(frame, inner, failed_lines(model, failure, sign_in.flow, width)),
    }
}

fn draw_centred(frame: &mut Frame<'_>, inner: Rect, lines: Vec<Line<'static>>) {
    let area = inner.inner(Margin::new(MARGIN, 0));
    let height = rows_of(&lines).min(area.height);
    let y = area.y + (area.height - height) / 2;
    frame.render_widget(Paragraph::new(lines), Rect { y, height, ..area });
}

/// The link, and below it the text with a QR code at its side, where one fits.
fn draw_device_code(frame: &mut Frame<'_>, inner: Rect, model: &Model, sign_in: &SignIn, code: &DeviceCode<'_>) {
    let link = verbatim::rows(code.link.as_str(), usize::from(inner.width));
    let link_height = rows_of(&link).min(inner.height);
    let below = inner.height - link_height;
    let qr = Qr::new(code.link.as_str()).map(|code| (qr::size(&code), code));
    let qr = qr.filter(|(size, _)| size.height <= below && size.width + TEXT + 2 * MARGIN <= inner.width);
    let (qr_size, room) = match &qr {
        Some((size, _)) => (*size, (size.width + BESIDE_QR).min(inner.width - 2 * MARGIN)),
        None => (Size::ZERO, inner.width.saturating_sub(2 * MARGIN)),
    };
    // Text and QR code stay together in the middle of a wide screen.
    let x = inner.x + (inner.width - room) / 2;
    let text_width = if qr.is_some() { room - qr_size.width - MARGIN } else { room };
    let has_qr = qr.is_some();
    let lines = device_code_lines(model, sign_in, code, usize::from(text_width), usize::from(below), has_qr);
    let text_height = rows_of(&lines).min(below);
    let height = text_height.max(qr_size.height);
    let gap = u16::from(height < below);
    let y = inner.y + (below - height - gap) / 2;

    draw_link(frame, Rect { y, height: link_height, ..inner }, link, x + 3, model.theme().accent());
    let y = y + link_height + gap;
    let text = Rect { x, y: y + (height - text_height) / 2, width: text_width, height: text_height };
    frame.render_widget(Paragraph::new(lines), text);
    if let Some((size, code)) = qr {
        let area = Rect { x: x + room - size.width, y: y + (height - size.height) / 2, ..Rect::from(size) };
        qr::draw(&code, frame, area, model.theme());
    }
}

fn draw_with_link_below(frame: &mut Frame<'_>, inner: Rect, model: &Model, lines: Vec<Line<'static>>, link: &Url) {
    let link = verbatim::rows(link.as_str(), usize::from(inner.width));
    let (text_height, link_height) = (rows_of(&lines).min(inner.height), rows_of(&link));
    let link_height = link_height.min(inner.height - text_height);
    let y = inner.y + (inner.height - text_height - link_height) / 2;
    let text = Rect { y, height: text_height, ..inner }.inner(Margin::new(MARGIN, 0));
    frame.render_widget(Paragraph::new(lines), text);
    let area = Rect { y: y + text_height, height: link_height, ..inner };
    draw_link(frame, area, link, inner.x + MARGIN + 3, model.theme().muted());
}

/// Draws the rows of a link: from `x` on where it takes one row that has the room, otherwise over the whole width.
fn draw_link(frame: &mut Frame<'_>, area: Rect, rows: Vec<String>, x: u16, style: Style) {
    let fits = matches!(rows.as_slice(), [row] if usize::from(area.right().saturating_sub(x)) >= columns(row));
    let area = if fits { Rect { x, width: area.right() - x, ..area } } else { area };
    let lines: Vec<Line<'static>> = rows.into_iter().map(|row| Line::from(span(row, style))).collect();
    frame.render_widget(Paragraph::new(lines), area);
}

fn rows_of<T>(lines: &[T]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

struct DeviceCode<'a> {
    user_code: &'a str,
    link: &'a Url,
    lifespan: &'a Lifespan,
    last_poll: PollOutcome,
}

fn requesting_lines(model: &Model, sign_in: &SignIn, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let what = match sign_in.flow {
        Flow::Device => "Asking AWS for a sign-in code…",
        Flow::Pkce => "Preparing the sign-in with your browser…",
    };
    let portal = match (model.session(&sign_in.session), sign_in.place) {
        (Some(session), Place::Own) => session.config.start_url.to_string(),
        (Some(session), Place::Replica) => session.replica_regions(),
        (None, _) => String::new(),
    };
    let mut lines =
        vec![Line::from(vec![span(format!("{} ", model.spinner()), theme.accent()), span(what, theme.title())])];
    lines.extend(indented(&portal, width, theme.muted()));
    lines
}

/// What stands below the link. Where room is short, the code stays longest.
fn device_code_lines(
    model: &Model,
    sign_in: &SignIn,
    code: &DeviceCode<'_>,
    width: usize,
    height: usize,
    has_qr: bool,
) -> Vec<Line<'static>> {
    let theme = model.theme();
    let indent = width.saturating_sub(3);
    let open = if has_qr { "Open this link, or scan the code" } else { "Open this link, on any device" };
    let steps = [step(model, '1', open), step(model, '2', "Confirm it if it shows this code")];
    let mut state = waiting_lines(model, code, width);
    state.push(remaining_line(model, "the code lives", code.lifespan));
    let mut notes = browser_note(model, sign_in, has_qr, width);
    notes.extend(demo_note(model, code.lifespan, width));
    let fixed = steps.len() + state.len() + notes.len();
    let large = large_code(code.user_code, indent).filter(|rows| fixed + rows.len() <= height);
    let rows = large.unwrap_or_else(|| vec![big_code::spaced(code.user_code, indent)]);

    let spare = height.saturating_sub(rows.len() + state.len());
    let steps = if spare < 2 { Vec::from(steps).split_off(2 - spare) } else { Vec::from(steps) };
    let spare = spare.saturating_sub(steps.len());
    if notes.len() > spare {
        notes.clear();
    }
    let spare = spare.saturating_sub(notes.len());
    let gap = |wanted: usize| (spare >= wanted).then(Line::default);

    let mut lines = Vec::new();
    for step in steps {
        lines.push(step);
        lines.extend(gap(3));
    }
    lines.extend(rows.into_iter().map(|row| Line::from(vec![Span::raw("   "), span(row, theme.key())])));
    lines.extend(gap(1));
    lines.extend(state);
    lines.extend(gap(4));
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

fn waiting_lines(model: &Model, code: &DeviceCode<'_>, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let (mark, text, style) = match code.last_poll {
        PollOutcome::Pending | PollOutcome::SlowDown => {
            let spinner = span(format!("{}  ", model.spinner()), theme.accent());
            (spinner, "waiting for you to confirm", Style::new())
        }
        PollOutcome::Throttled => (span("▲  ", theme.warn()), "AWS asks to slow down; still trying", theme.warn()),
        PollOutcome::Unreachable => {
            (span("▲  ", theme.warn()), "AWS does not answer just now; still trying", theme.warn())
        }
    };
    let mut lines = indented(text, width, style);
    if let Some(first) = lines.first_mut().and_then(|line| line.spans.first_mut()) {
        *first = mark;
    }
    lines
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

fn browser_note(model: &Model, sign_in: &SignIn, has_qr: bool, width: usize) -> Vec<Line<'static>> {
    let text = match (&sign_in.browser, sign_in.flow) {
        (BrowserState::NotOpened, Flow::Device) => {
            let what = if has_qr { "the link or the QR code" } else { "the link" };
            format!("No browser is opened on this machine: use {what} on any other.")
        }
        (BrowserState::NotOpened, Flow::Pkce) => {
            "No browser was opened. It must be one on this machine: o opens it, d signs in with a code instead."
                .to_owned()
        }
        (BrowserState::Opening, _) => "Opening your browser…".to_owned(),
        (BrowserState::Opened, _) => "Your browser was opened; o opens it again.".to_owned(),
        (BrowserState::Failed(why), Flow::Device) => {
            let what = if has_qr { "Link and QR code work" } else { "The link works" };
            format!("No browser could be opened ({why}). {what} on any device.")
        }
        (BrowserState::Failed(why), Flow::Pkce) => {
            format!("No browser could be opened ({why}). d signs in with a code instead, from any device.")
        }
    };
    indented(&text, width, model.theme().muted())
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

/// What stands above a link that only a browser on this machine can use.
fn browser_lines(model: &Model, sign_in: &SignIn, lifespan: &Lifespan, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let mut lines = vec![
        Line::from(vec![
            span(format!("{}  ", model.spinner()), theme.accent()),
            span("Confirm in the browser; it comes back by itself", theme.title()),
        ]),
        remaining_line(model, "listening for", lifespan),
        Line::default(),
    ];
    lines.extend(browser_note(model, sign_in, false, width));
    lines.extend(demo_note(model, lifespan, width));
    lines.push(Line::default());
    lines.push(Line::from(span("   c copies the link:", theme.muted())));
    lines
}

fn failed_lines(model: &Model, failure: &Failure, flow: Flow, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let heading = vec![span("✗  ", theme.bad()), span(failure.heading, theme.bad())];
    let mut lines = vec![Line::from(heading), Line::default()];
    lines.extend(wrap(&failure.message, width).into_iter().map(Line::from));
    lines.extend(hint_lines(theme, &failure.hints, width));
    let again = match flow {
        Flow::Device => " tries again, with a new code. ",
        Flow::Pkce => " tries again. ",
    };
    lines.push(Line::default());
    lines.push(Line::from(vec![
        span("↵", theme.key()),
        Span::raw(again),
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
