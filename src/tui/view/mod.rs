//! View: from the model to the terminal. What is drawn depends on the model alone, and only visible rows are read.

pub(crate) mod band;
pub(crate) mod footer;
mod header;
mod status_line;

use ratatui::Frame;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::dialogs::{confirm, details, elevation, error, help, palette, region, sessions, sheet, text};
use super::layout;
use super::model::Model;
use super::model::screen::{Dialog, Screen};
use super::screens::{active, elevations, roles, setup, sign_in};

/// Draws everything.
///
/// ```text
///  ELEVATED  prod / Admin · 27:14 left · AWS 3h 27m             ^E extend  ^X end    band
///  daypass  acme-prod · alice · us-east-1        signed in ▰▰▰▰▰▰▱▱ 6h 12m   14:32    header
/// ╭──────────────────────────────────────────────────────────────────────────────╮
/// │ the screen, with dialogs over it                                             │    body
/// ╰──────────────────────────────────────────────────────────── ✓ status line ───╯
///  ↵ get credentials  F2 active  tab sessions  ^R refresh  ? help  esc quit           footer
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, model: &Model) {
    let size = frame.area().as_size();
    if size.width == 0 || size.height == 0 {
        return;
    }
    if layout::is_too_small(size) {
        draw_too_small(frame);
        return;
    }
    let [band, head, body, foot] = layout::with_band(model);
    band::draw(frame, band, model);
    header::draw(frame, head, model);
    let notice = layout::notice(model);
    if notice.height > 0 {
        roles::view::draw_warning(frame, notice, model, roles::banner::notice_lines(model, notice.width));
    }
    match &model.screen {
        Screen::Setup(form) => setup::view::draw(frame, body, model, form),
        Screen::SignIn(sign_in) => sign_in::view::draw(frame, body, model, sign_in),
        Screen::Roles => roles::view::draw(frame, model),
        Screen::Active(list) => active::view::draw(frame, model, list),
        Screen::Elevations(screen) => elevations::view::draw(frame, model, screen),
    }
    status_line::draw(frame, body, model);
    draw_dialogs(frame, model);
    footer::draw(frame, foot, model);
}

/// Draws the dialogs over whatever is drawn already.
pub(crate) fn draw_dialogs(frame: &mut Frame<'_>, model: &Model) {
    for dialog in &model.dialogs {
        match dialog {
            Dialog::Elevation(dialog) => elevation::view::draw(frame, model, dialog),
            Dialog::Details(dialog) => details::view::draw(frame, model, dialog),
            Dialog::Sheet(dialog) => sheet::view::draw(frame, model, dialog),
            Dialog::Confirm(confirmation) => confirm::view::draw(frame, model, confirmation),
            Dialog::Error(dialog) => error::view::draw(frame, model, dialog),
            Dialog::Sessions(dialog) => sessions::view::draw(frame, model, dialog),
            Dialog::Region(dialog) => region::view::draw(frame, model, dialog),
            Dialog::Palette(dialog) => palette::view::draw(frame, model, dialog),
            Dialog::Help(dialog) => help::view::draw(frame, model, dialog),
            Dialog::Text(dialog) => text::view::draw(frame, model, dialog),
        }
    }
}

/// ```text
/// too small:
/// 40×10 needed
/// ```
fn draw_too_small(frame: &mut Frame<'_>) {
    let smallest = layout::SMALLEST;
    let text = vec![Line::from("too small:"), Line::from(format!("{}×{} needed", smallest.width, smallest.height))];
    frame.render_widget(Paragraph::new(text), frame.area());
}
