//! How the setup screen is drawn: the fields, whether they are valid, and what will be written.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::model::{Field, SetupForm};
use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::widgets::cells::{span, wrap};
use crate::tui::widgets::panel::panel;
use crate::tui::widgets::text_input::TextInput;

/// Lines from which on there is room for the question above the fields.
const ROOM_FOR_QUESTION: usize = 9;
/// Lines from which on there is room for what is said about it.
const ROOM_FOR_ABOUT: usize = 16;

/// ```text
/// ╭ Welcome ─────────────────────────────────────────────────────────────────╮
/// │ Where does your organisation sign in to AWS?                             │
/// │                                                                          │
/// │ Start URL   acme▏                                                        │
/// │             ✓ https://acme.awsapps.com/start                             │
/// │ Region      us-east-1                                                    │
/// │             ✓ the region IAM Identity Center runs in                     │
/// │                                                                          │
/// │ ↵ adds this to ~/.aws/config; nothing else in it changes:                │
/// │   [sso-session acme]                                                     │
/// ╰──────────────────────────────────────────────────────────────────────────╯
/// ```
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, form: &SetupForm) {
    let theme = model.theme();
    let title = if model.sessions.is_empty() { "Welcome" } else { "Add an SSO session" };
    frame.render_widget(panel(theme, vec![span(title, theme.title())]), area);
    let inner = layout::inside(area, 1);
    let width = inner.width.saturating_sub(2).min(84);
    let x = inner.x + 1 + inner.width.saturating_sub(2 + width) / 2;
    let lines = lines(model, form, usize::from(width), usize::from(inner.height));
    let spare = usize::from(inner.height).saturating_sub(lines.len());
    let down = u16::try_from(spare / 3).unwrap_or_default();
    let inner = Rect { x, width, y: inner.y + down, height: inner.height - down };
    frame.render_widget(Paragraph::new(lines), inner);
}

fn lines(model: &Model, form: &SetupForm, width: usize, height: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let mut lines = Vec::new();
    let is_short = height < ROOM_FOR_QUESTION;
    if !is_short {
        lines.push(Line::from(span(question(model), theme.title())));
        if height >= ROOM_FOR_ABOUT {
            lines.extend(wrap(&about(model), width).into_iter().map(|line| Line::from(span(line, theme.muted()))));
        }
        lines.push(Line::default());
    }
    let url = form.start_url();
    lines.push(field(model, "Start URL", &form.start_url, form.focus == Field::StartUrl, width));
    lines.extend(validity(
        model,
        &form.start_url,
        url.as_ref().map(ToString::to_string),
        if is_short { "such as acme" } else { "such as acme, d-1234567890 or https://acme.awsapps.com/start" },
        form.tried,
        width,
    ));
    lines.push(field(model, "Region", &form.region, form.focus == Field::Region, width));
    let region = form.region();
    lines.extend(validity(
        model,
        &form.region,
        region.as_ref().map(|_| "where IAM Identity Center runs".to_owned()),
        if is_short { "such as us-east-1" } else { "such as us-east-1: where IAM Identity Center runs" },
        form.tried,
        width,
    ));
    lines.push(Line::default());
    lines.extend(preview(model, form, width));
    lines
}

fn question(model: &Model) -> &'static str {
    if model.sessions.is_empty() {
        "Where does your organisation sign in to AWS?"
    } else {
        "Where else do you sign in to AWS?"
    }
}

/// What is there already, and what is needed.
fn about(model: &Model) -> String {
    let needed = "address and its region are all that is needed.";
    let names: Vec<&str> = model.sessions.iter().map(|session| session.config.name.as_str()).collect();
    match names.as_slice() {
        [] => format!("No [sso-session] was found. Your AWS access portal's {needed}"),
        [name] => format!("{name} is configured already and stays as it is. The other portal's {needed}"),
        [name, other] => format!("{name} and {other} are configured already and stay. The other portal's {needed}"),
        [name, other, rest @ ..] => {
            let count = rest.len();
            format!("{name}, {other} and {count} more are configured already and stay. The other portal's {needed}")
        }
    }
}

fn field(model: &Model, label: &str, input: &TextInput, focused: bool, width: usize) -> Line<'static> {
    let theme = model.theme();
    let mark = if focused { "› " } else { "  " };
    let label_style = if focused { theme.title() } else { theme.muted() };
    let mut spans = vec![span(mark, theme.key()), span(format!("{label:<12}"), label_style)];
    spans.extend(input.spans(theme, width.saturating_sub(15), focused && model.dialogs.is_empty()));
    Line::from(spans)
}

fn validity(
    model: &Model,
    input: &TextInput,
    parsed: Result<String, &String>,
    example: &str,
    tried: bool,
    width: usize,
) -> Vec<Line<'static>> {
    let theme = model.theme();
    let (mark, text, style) = match parsed {
        Ok(text) => ("✓ ", text, theme.good()),
        Err(_) if input.is_empty() && !tried => ("  ", example.to_owned(), theme.muted()),
        Err(_) if input.is_empty() => ("▲ ", format!("needed, {example}"), theme.warn()),
        Err(why) => ("▲ ", why.clone(), theme.warn()),
    };
    const INDENT: usize = 14;
    let lines = wrap(&text, width.saturating_sub(INDENT + mark.chars().count())).into_iter().enumerate();
    lines
        .map(|(at, line)| {
            let mark = if at == 0 { mark } else { "  " };
            Line::from(vec![Span::raw(" ".repeat(INDENT)), span(mark, style), span(line, style)])
        })
        .collect()
}

fn preview(model: &Model, form: &SetupForm, width: usize) -> Vec<Line<'static>> {
    let theme = model.theme();
    let Some(session) = form.session() else {
        let rest = if model.sessions.is_empty() {
            "Nothing is written before both are good. Your administrator, or the address of the page where you usually \
             choose an AWS account, tells you."
        } else {
            "Nothing is written before both are good; esc goes back to the roles."
        };
        return wrap(rest, width).into_iter().map(|line| Line::from(span(line, theme.muted()))).collect();
    };
    let head =
        format!("↵ adds this to {}, where other AWS tools read it; all else in it stays:", model.settings.config_file);
    let mut lines: Vec<Line<'static>> = wrap(&head, width).into_iter().map(Line::from).collect();
    let scopes = session.scopes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let block = [
        format!("[sso-session {}]", session.name),
        format!("sso_start_url = {}", session.start_url),
        format!("sso_region = {}", session.region),
        format!("sso_registration_scopes = {}", scopes.join(",")),
    ];
    lines.extend(block.into_iter().map(|line| Line::from(span(format!("  {line}"), theme.accent()))));
    lines
}
