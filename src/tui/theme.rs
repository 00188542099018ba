//! Styles by meaning: in the terminal's 16 colours, in 24-bit colour, or without colour by modifiers alone.

use ratatui::style::{Color, Modifier, Style};

use super::remaining::Urgency;
use crate::domain::tier::Tier;

/// How many colours may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColorDepth {
    /// None: `NO_COLOR`, or a terminal without them.
    Never,
    /// The terminal's own sixteen.
    #[default]
    Ansi16,
    /// 24 bits.
    TrueColor,
}

/// The styles of everything on the screen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Theme {
    depth: ColorDepth,
}

impl Theme {
    pub(crate) const fn new(depth: ColorDepth) -> Self {
        Theme { depth }
    }

    fn style(self, ansi: Color, rgb: u32, without: Modifier) -> Style {
        match self.depth {
            ColorDepth::Never => Style::new().add_modifier(without),
            ColorDepth::Ansi16 => Style::new().fg(ansi),
            ColorDepth::TrueColor => Style::new().fg(Color::from_u32(rgb)),
        }
    }

    /// Secondary text: labels, ids.
    pub(crate) fn muted(self) -> Style {
        self.style(Color::DarkGray, 0x008a_93a3, Modifier::empty())
    }

    /// Frames.
    pub(crate) fn border(self) -> Style {
        self.style(Color::DarkGray, 0x0056_5f70, Modifier::empty())
    }

    pub(crate) fn accent(self) -> Style {
        self.style(Color::Cyan, 0x0056_c2d6, Modifier::empty())
    }

    pub(crate) fn title(self) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        // Without a colour of its own, a title would take that of the border it is on.
        if self.depth == ColorDepth::Never { style } else { style.fg(Color::Reset) }
    }

    /// The name of a key.
    pub(crate) fn key(self) -> Style {
        self.accent().add_modifier(Modifier::BOLD)
    }

    /// Success.
    pub(crate) fn good(self) -> Style {
        self.style(Color::Green, 0x0083_c982, Modifier::empty())
    }

    /// Warnings.
    pub(crate) fn warn(self) -> Style {
        self.style(Color::Yellow, 0x00e5_c07b, Modifier::BOLD)
    }

    /// Errors.
    pub(crate) fn bad(self) -> Style {
        self.style(Color::LightRed, 0x00f1_6c75, Modifier::BOLD).add_modifier(Modifier::BOLD)
    }

    /// A warning across the whole line.
    pub(crate) fn banner(self) -> Style {
        match self.depth {
            ColorDepth::Never => Style::new().add_modifier(Modifier::REVERSED),
            ColorDepth::Ansi16 => Style::new().fg(Color::Black).bg(Color::Yellow),
            ColorDepth::TrueColor => Style::new().fg(Color::from_u32(0x001b_1d22)).bg(Color::from_u32(0x00e5_c07b)),
        }
    }

    /// The colour of a tier, whose name is always shown as well.
    pub(crate) fn tier(self, tier: Tier) -> Style {
        match tier {
            Tier::ReadOnly => self.style(Color::Green, 0x0083_c982, Modifier::empty()),
            Tier::Developer => self.style(Color::LightBlue, 0x006c_a8f5, Modifier::UNDERLINED),
            Tier::Admin => self.style(Color::LightRed, 0x00f1_6c75, Modifier::BOLD).add_modifier(Modifier::BOLD),
        }
    }

    /// A gauge or countdown.
    pub(crate) fn urgency(self, urgency: Urgency) -> Style {
        match urgency {
            Urgency::None => self.accent(),
            Urgency::Low => self.warn(),
            Urgency::Critical | Urgency::Over => self.bad(),
        }
    }

    /// The part of a gauge that has drained.
    pub(crate) fn drained(self) -> Style {
        self.border()
    }

    /// The background of the selected row; none in 16 colours, where some text would become unreadable.
    pub(crate) fn selected_row(self) -> Style {
        match self.depth {
            ColorDepth::TrueColor => Style::new().bg(Color::from_u32(0x26_30_3a)),
            ColorDepth::Ansi16 | ColorDepth::Never => Style::new(),
        }
    }

    /// The main cell of the selected row.
    pub(crate) fn selected(self) -> Style {
        let style = match self.depth {
            ColorDepth::Never => Style::new().add_modifier(Modifier::REVERSED),
            ColorDepth::Ansi16 => Style::new().fg(Color::Black).bg(Color::Cyan),
            ColorDepth::TrueColor => Style::new().fg(Color::from_u32(0x0010_1418)).bg(Color::from_u32(0x0056_c2d6)),
        };
        style.add_modifier(Modifier::BOLD)
    }

    /// The cursor of a text input.
    pub(crate) fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A QR code: dark on light whatever the terminal's colours, as scanners expect; `None` without colours.
    pub(crate) fn qr(self) -> Option<Style> {
        match self.depth {
            ColorDepth::Never => None,
            _ => Some(Style::new().fg(Color::Black).bg(Color::White)),
        }
    }
}
