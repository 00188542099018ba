//! Styles by meaning: in the terminal's 16 colours, in 24-bit colour for a dark or a light background, or without
//! colour by modifiers alone.
//!
//! Text in 24 bits has a contrast of at least 4.5:1 against common backgrounds, and every style with a background has a
//! foreground too; `tests/contrast.rs` computes it.

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

/// The background that the colours are chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Background {
    /// Dark text is read on it.
    Light,
    /// Light text is read on it; assumed where the terminal does not say.
    #[default]
    Dark,
}

/// 24-bit colours for one background.
struct Palette {
    text: u32,
    muted: u32,
    border: u32,
    accent: u32,
    on_accent: u32,
    good: u32,
    warn: u32,
    bad: u32,
    developer: u32,
    selected_row: u32,
}

const DARK: Palette = Palette {
    text: 0x00e6_e9ef,
    muted: 0x0094_9dac,
    border: 0x0056_5f70,
    accent: 0x0056_c2d6,
    on_accent: 0x0010_1418,
    good: 0x0083_c982,
    warn: 0x00e5_c07b,
    bad: 0x00f4_7d85,
    developer: 0x007f_b3f5,
    selected_row: 0x0026_303a,
};

const LIGHT: Palette = Palette {
    text: 0x001b_1f24,
    muted: 0x0057_606a,
    border: 0x008c_959f,
    accent: 0x000b_6577,
    on_accent: 0x00ff_ffff,
    good: 0x001a_6b2c,
    warn: 0x007a_5200,
    bad: 0x00b4_232c,
    developer: 0x001a_56b0,
    selected_row: 0x00dd_e7ef,
};

/// A warning across the whole line, on either background.
const BANNER: (u32, u32) = (0x001b_1d22, 0x00e5_c07b);

/// What has to be seen whatever else is, on either background.
const BAND: (u32, u32) = (0x00ff_ffff, 0x00b4_232c);

/// The same when it is about to end: the colours change places.
const BAND_AT_END: (u32, u32) = (BAND.1, BAND.0);

/// What looks like it and is none of it, on either background.
const BAND_OF_DRILL: (u32, u32) = (0x00e6_e9ef, 0x003a_4452);

/// The styles of everything on the screen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Theme {
    depth: ColorDepth,
    background: Background,
}

impl Theme {
    pub(crate) const fn new(depth: ColorDepth, background: Background) -> Self {
        Theme { depth, background }
    }

    const fn palette(self) -> &'static Palette {
        match self.background {
            Background::Dark => &DARK,
            Background::Light => &LIGHT,
        }
    }

    fn style(self, ansi: Color, rgb: u32, without: Modifier) -> Style {
        match self.depth {
            ColorDepth::Never => Style::new().add_modifier(without),
            ColorDepth::Ansi16 => Style::new().fg(ansi),
            ColorDepth::TrueColor => Style::new().fg(Color::from_u32(rgb)),
        }
    }

    /// A foreground on a background.
    fn filled(self, ansi: (Color, Color), rgb: (u32, u32)) -> Style {
        match self.depth {
            ColorDepth::Never => Style::new().add_modifier(Modifier::REVERSED),
            ColorDepth::Ansi16 => Style::new().fg(ansi.0).bg(ansi.1),
            ColorDepth::TrueColor => Style::new().fg(Color::from_u32(rgb.0)).bg(Color::from_u32(rgb.1)),
        }
    }

    /// Less than the text around it. Among the sixteen colours no grey is readable on every palette: bright black is the
    /// background of Solarized.
    fn faint(self, rgb: u32) -> Style {
        let style = self.style(Color::Reset, rgb, Modifier::empty());
        if self.depth == ColorDepth::Ansi16 { style.add_modifier(Modifier::DIM) } else { style }
    }

    /// Secondary text: labels, ids.
    pub(crate) fn muted(self) -> Style {
        self.faint(self.palette().muted)
    }

    /// Frames.
    pub(crate) fn border(self) -> Style {
        self.faint(self.palette().border)
    }

    pub(crate) fn accent(self) -> Style {
        self.style(Color::Cyan, self.palette().accent, Modifier::empty())
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
        self.style(Color::Green, self.palette().good, Modifier::empty())
    }

    /// Warnings.
    pub(crate) fn warn(self) -> Style {
        self.style(Color::Yellow, self.palette().warn, Modifier::BOLD)
    }

    /// Errors.
    pub(crate) fn bad(self) -> Style {
        self.style(self.ansi_red(), self.palette().bad, Modifier::BOLD).add_modifier(Modifier::BOLD)
    }

    /// The bright variants of the sixteen colours are too light for a light background.
    fn ansi_red(self) -> Color {
        if self.background == Background::Light { Color::Red } else { Color::LightRed }
    }

    fn ansi_blue(self) -> Color {
        if self.background == Background::Light { Color::Blue } else { Color::LightBlue }
    }

    /// A warning across the whole line.
    pub(crate) fn banner(self) -> Style {
        self.filled((Color::Black, Color::Yellow), BANNER)
    }

    /// The line of an elevation that is active.
    pub(crate) fn band(self) -> Style {
        self.filled((Color::Gray, Color::Red), BAND).add_modifier(Modifier::BOLD)
    }

    /// The line of an elevation that ends within minutes.
    pub(crate) fn band_at_end(self) -> Style {
        self.filled((Color::Red, Color::Gray), BAND_AT_END).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// The line of a drill.
    pub(crate) fn band_of_drill(self) -> Style {
        self.filled((Color::Black, Color::Cyan), BAND_OF_DRILL)
    }

    /// The colour of a tier, whose name is always shown as well.
    pub(crate) fn tier(self, tier: Tier) -> Style {
        match tier {
            Tier::ReadOnly => self.good(),
            Tier::Developer => self.style(self.ansi_blue(), self.palette().developer, Modifier::UNDERLINED),
            Tier::Admin => self.bad(),
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

    /// The selected row, for text without a style of its own; none in 16 colours, where some text would become
    /// unreadable.
    pub(crate) fn selected_row(self) -> Style {
        match self.depth {
            ColorDepth::TrueColor => {
                let Palette { text, selected_row, .. } = self.palette();
                Style::new().fg(Color::from_u32(*text)).bg(Color::from_u32(*selected_row))
            }
            ColorDepth::Ansi16 | ColorDepth::Never => Style::new(),
        }
    }

    /// The main cell of the selected row.
    pub(crate) fn selected(self) -> Style {
        let Palette { on_accent, accent, .. } = self.palette();
        self.filled((Color::Black, Color::Cyan), (*on_accent, *accent)).add_modifier(Modifier::BOLD)
    }

    /// Characters that match what is searched for.
    pub(crate) fn matched(self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD)
    }

    /// The cursor of a text input.
    pub(crate) fn cursor(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A QR code: dark on light whatever the terminal's colours, as scanners expect; `None` without colours.
    pub(crate) fn qr(self) -> Option<Style> {
        match self.depth {
            ColorDepth::Never => None,
            ColorDepth::Ansi16 | ColorDepth::TrueColor => {
                Some(self.filled((Color::Black, Color::White), (0x0000_0000, 0x00ff_ffff)))
            }
        }
    }
}
