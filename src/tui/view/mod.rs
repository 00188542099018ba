//! From the model to the screen. Pure: what is drawn depends on the model alone, and only visible rows are read.

mod active;
mod copy;
mod details;
mod footer;
mod header;
mod help;
mod problem;
mod question;
mod reason;
mod roles;
mod sessions;
mod setup;
mod sign_in;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Padding, Paragraph};

use super::layout;
use super::model::{Dialog, Model, Screen};
use super::theme::Theme;
use super::widgets::cells::{clip, line_columns, span};

/// Draws everything.
///
/// ```text
///  daypass  acme-prod · alice · us-east-1        signed in ▰▰▰▰▰▰▱▱ 6h 12m   14:32    header
/// ╭──────────────────────────────────────────────────────────────────────────────╮
/// │ the screen, with dialogs over it                                             │    body
/// ╰──────────────────────────────────────────────────────────── ✓ a short word ──╯
///  ↵ get credentials  F2 active  tab sessions  ^R refresh  ? help  esc quit           footer
/// ```
pub fn draw(frame: &mut Frame<'_>, model: &Model) {
    let size = frame.area().as_size();
    if size.width == 0 || size.height == 0 {
        return;
    }
    if layout::is_too_small(size) {
        too_small(frame);
        return;
    }
    let [head, body, foot] = layout::screen(size);
    header::draw(frame, head, model);
    match &model.screen {
        Screen::Setup(setup) => setup::draw(frame, body, model, setup),
        Screen::SignIn(sign_in) => sign_in::draw(frame, body, model, sign_in),
        Screen::Roles => roles::draw(frame, model),
        Screen::Active { .. } => active::draw(frame, model),
    }
    word(frame, body, model);
    for dialog in &model.dialogs {
        match dialog {
            Dialog::Reason(form) => reason::draw(frame, model, form),
            Dialog::Copy(chooser) => copy::draw(frame, model, chooser),
            Dialog::Question(question) => question::draw(frame, model, question),
            Dialog::Problem(problem, offer) => problem::draw(frame, model, problem, offer),
            Dialog::Sessions(selected) => sessions::draw(frame, model, *selected),
            Dialog::Help(first) => help::draw(frame, model, *first),
        }
    }
    footer::draw(frame, foot, model);
}

/// Says that there is no room.
///
/// ```text
/// too small:
/// 40×10 needed
/// ```
fn too_small(frame: &mut Frame<'_>) {
    let smallest = layout::SMALLEST;
    let text = vec![Line::from("too small:"), Line::from(format!("{}×{} needed", smallest.width, smallest.height))];
    frame.render_widget(Paragraph::new(text), frame.area());
}

/// What is waited for, or a short word on what went well, on the lower border of the body.
fn word(frame: &mut Frame<'_>, body: Rect, model: &Model) {
    let theme = model.theme();
    let waiting = model.pending.values().find_map(|pending| pending.words());
    let mut spans = match (waiting, &model.toast) {
        (Some(words), _) => vec![span(format!(" {} {words}… ", model.spinner()), theme.accent())],
        (None, Some(toast)) => vec![span(" ✓ ", theme.good()), span(format!("{} ", toast.text), theme.title())],
        (None, None) => return,
    };
    clip(&mut spans, usize::from(body.width.saturating_sub(4)));
    let width = u16::try_from(line_columns(&spans)).unwrap_or(body.width);
    let area = Rect {
        x: body.right().saturating_sub(width + 2),
        y: body.bottom().saturating_sub(1),
        width,
        height: u16::from(body.height > 0),
    };
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
}

/// A frame with a title.
fn panel(theme: Theme, title: Vec<ratatui::text::Span<'static>>) -> Block<'static> {
    let mut spans = vec![span(" ", theme.border())];
    spans.extend(title);
    spans.push(span(" ", theme.border()));
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border())
        .padding(Padding::ZERO)
        .title(Line::from(spans))
}

/// A label and what it stands for.
fn fact(theme: Theme, label: &str, mut value: Vec<ratatui::text::Span<'static>>) -> Line<'static> {
    let mut spans = vec![span(format!("{label:<12}"), theme.muted())];
    spans.append(&mut value);
    Line::from(spans)
}
