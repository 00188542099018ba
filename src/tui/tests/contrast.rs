//! Whether text can be read: its contrast by the WCAG's formula, in 24-bit colour on both palettes.

use ratatui::style::{Color, Modifier, Style};

use crate::domain::tier::Tier;
use crate::tui::remaining::Urgency;
use crate::tui::theme::{Background, ColorDepth, Theme};

/// What the WCAG asks for text of normal size (level AA).
pub(super) const LEAST: f64 = 4.5;

/// Backgrounds of popular terminals and themes.
pub(super) const DARK: [u32; 5] = [0x00_0000, 0x1e_1e1e, 0x28_2c34, 0x00_2b36, 0x1e_1e2e];
pub(super) const LIGHT: [u32; 4] = [0xff_ffff, 0xfd_f6e3, 0xfa_fafa, 0xef_f1f5];

fn luminance(color: Color) -> f64 {
    let Color::Rgb(red, green, blue) = color else { panic!("{color:?} is whatever the terminal makes of it") };
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

pub(super) fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn truecolor() -> [(Theme, &'static [u32]); 2] {
    let theme = |background| Theme::new(ColorDepth::TrueColor, background);
    [(theme(Background::Dark), &DARK), (theme(Background::Light), &LIGHT)]
}

/// Every style that text is drawn in on the terminal's own background, or on that of the selected row.
fn texts(theme: Theme) -> Vec<(&'static str, Style)> {
    vec![
        ("muted", theme.muted()),
        ("accent", theme.accent()),
        ("key", theme.key()),
        ("good", theme.good()),
        ("warn", theme.warn()),
        ("bad", theme.bad()),
        ("read-only", theme.tier(Tier::ReadOnly)),
        ("developer", theme.tier(Tier::Developer)),
        ("admin", theme.tier(Tier::Admin)),
        ("no urgency", theme.urgency(Urgency::None)),
        ("low", theme.urgency(Urgency::Low)),
        ("critical", theme.urgency(Urgency::Critical)),
        ("over", theme.urgency(Urgency::Over)),
    ]
}

/// Every style with a background of its own.
fn filled(theme: Theme) -> Vec<(&'static str, Style)> {
    vec![
        ("band", theme.band()),
        ("band at the end", theme.band_at_end()),
        ("band of a drill", theme.band_of_drill()),
        ("banner", theme.banner()),
        ("selected row", theme.selected_row()),
        ("selected", theme.selected()),
        ("qr", theme.qr().unwrap_or_default()),
    ]
}

#[test]
fn the_formula_is_the_wcags() {
    let grey = Color::Rgb(0x76, 0x76, 0x76);
    assert!((contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
    assert!((contrast(grey, Color::Rgb(255, 255, 255)) - 4.54).abs() < 0.01);
}

#[test]
fn text_in_truecolor_is_readable_on_common_backgrounds_and_on_the_selected_row() {
    for (theme, backgrounds) in truecolor() {
        let selected = theme.selected_row().bg.unwrap();
        let backgrounds = backgrounds.iter().map(|rgb| Color::from_u32(*rgb)).chain([selected]);
        for background in backgrounds {
            for (name, style) in texts(theme) {
                let found = contrast(style.fg.unwrap(), background);
                assert!(found >= LEAST, "{name} on {background}: {found:.2} in {theme:?}");
            }
        }
    }
}

#[test]
fn a_style_with_a_background_has_a_readable_foreground() {
    for (theme, _) in truecolor() {
        for (name, style) in filled(theme) {
            let found = contrast(style.fg.unwrap(), style.bg.unwrap());
            assert!(found >= LEAST, "{name}: {found:.2} in {theme:?}");
        }
    }
    for background in [Background::Dark, Background::Light] {
        for depth in [ColorDepth::Never, ColorDepth::Ansi16] {
            for (name, style) in filled(Theme::new(depth, background)) {
                assert_eq!(style.bg.is_some(), style.fg.is_some(), "{name} with {depth:?}");
            }
        }
    }
}

#[test]
fn no_text_in_sixteen_colors_is_bright_black() {
    for background in [Background::Dark, Background::Light] {
        let theme = Theme::new(ColorDepth::Ansi16, background);
        for (name, style) in texts(theme).into_iter().chain([("border", theme.border()), ("drained", theme.drained())])
        {
            assert_ne!(style.fg, Some(Color::DarkGray), "{name}");
        }
        assert!(theme.muted().add_modifier.contains(Modifier::DIM));
    }
}
