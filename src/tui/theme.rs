//! Colours by meaning. Sixteen colours unless the terminal has more; with none at all, modifiers alone.

use ratatui::style::{Color, Modifier, Style};

use super::level::Level;
use crate::domain::tier::Tier;

/// How many colours may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourDepth {
    /// None: `NO_COLOR`, or a terminal without them.
    Never,
    /// The terminal's own sixteen.
    #[default]
    Ansi16,
    /// 24 bits.
    TrueColor,
}

/// The styles of everything on screen.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    depth: ColourDepth,
}

impl Theme {
    /// The theme for so many colours.
    pub const fn new(depth: ColourDepth) -> Self {
        Theme { depth }
    }

    fn paint(self, ansi: Color, rgb: u32, without: Modifier) -> Style {
        match self.depth {
            ColourDepth::Never => Style::new().add_modifier(without),
            ColourDepth::Ansi16 => Style::new().fg(ansi),
            ColourDepth::TrueColor => Style::new().fg(Color::from_u32(rgb)),
        }
    }

    /// What is read second: labels, ids.
    pub fn muted(self) -> Style {
        self.paint(Color::DarkGray, 0x008a_93a3, Modifier::empty())
    }

    /// Lines around things.
    pub fn border(self) -> Style {
        self.paint(Color::DarkGray, 0x0056_5f70, Modifier::empty())
    }

    /// The one accent.
    pub fn accent(self) -> Style {
        self.paint(Color::Cyan, 0x0056_c2d6, Modifier::empty())
    }

    /// Titles.
    pub fn title(self) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        // Titles stand on borders, whose colour they must not take.
        if self.depth == ColourDepth::Never { style } else { style.fg(Color::Reset) }
    }

    /// A key that may be pressed.
    pub fn key(self) -> Style {
        self.accent().add_modifier(Modifier::BOLD)
    }

    /// What went well.
    pub fn good(self) -> Style {
        self.paint(Color::Green, 0x0083_c982, Modifier::empty())
    }

    /// What needs an eye.
    pub fn warn(self) -> Style {
        self.paint(Color::Yellow, 0x00e5_c07b, Modifier::BOLD)
    }

    /// What went wrong.
    pub fn bad(self) -> Style {
        self.paint(Color::LightRed, 0x00f1_6c75, Modifier::BOLD).add_modifier(Modifier::BOLD)
    }

    /// A whole line that needs an eye.
    pub fn band(self) -> Style {
        match self.depth {
            ColourDepth::Never => Style::new().add_modifier(Modifier::REVERSED),
            ColourDepth::Ansi16 => Style::new().fg(Color::Black).bg(Color::Yellow),
            ColourDepth::TrueColor => Style::new().fg(Color::from_u32(0x001b_1d22)).bg(Color::from_u32(0x00e5_c07b)),
        }
    }

    /// A tier's colour; its word stands beside it always.
    pub fn tier(self, tier: Tier) -> Style {
        match tier {
            Tier::ReadOnly => self.paint(Color::Green, 0x0083_c982, Modifier::empty()),
            Tier::Developer => self.paint(Color::LightBlue, 0x006c_a8f5, Modifier::UNDERLINED),
            Tier::Admin => self.paint(Color::LightRed, 0x00f1_6c75, Modifier::BOLD).add_modifier(Modifier::BOLD),
        }
    }

    /// A gauge with so much left.
    pub fn level(self, level: Level) -> Style {
        match level {
            Level::Plenty => self.accent(),
            Level::Low => self.warn(),
            Level::Critical | Level::Over => self.bad(),
        }
    }

    /// The part of a gauge that has drained.
    pub fn drained(self) -> Style {
        self.border()
    }

    /// The ground of the selected row; sixteen colours have none that leaves every text readable.
    pub fn selected_row(self) -> Style {
        match self.depth {
            ColourDepth::TrueColor => Style::new().bg(Color::from_u32(0x26_30_3a)),
            ColourDepth::Ansi16 | ColourDepth::Never => Style::new(),
        }
    }

    /// The main cell of the selected row.
    pub fn selected(self) -> Style {
        let style = match self.depth {
            ColourDepth::Never => Style::new().add_modifier(Modifier::REVERSED),
            ColourDepth::Ansi16 => Style::new().fg(Color::Black).bg(Color::Cyan),
            ColourDepth::TrueColor => Style::new().fg(Color::from_u32(0x0010_1418)).bg(Color::from_u32(0x0056_c2d6)),
        };
        style.add_modifier(Modifier::BOLD)
    }

    /// The cursor of an input line.
    pub fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Dark on light, whatever the terminal's own colours: scanners want a QR code so.
    pub fn qr(self) -> Option<Style> {
        match self.depth {
            ColourDepth::Never => None,
            _ => Some(Style::new().fg(Color::Black).bg(Color::White)),
        }
    }
}
