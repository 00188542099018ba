//! How many colours a terminal gets, and for which background.

use crate::environment::Environment;
use crate::settings::{BackgroundChoice, ColorChoice};
use crate::tui::{Background, ColorDepth};

/// The number of colours; with `auto`, what `TERM` and `COLORTERM` say.
pub fn color_depth(choice: ColorChoice, environment: &Environment) -> ColorDepth {
    match choice {
        ColorChoice::Never => ColorDepth::Never,
        ColorChoice::Sixteen => ColorDepth::Ansi16,
        ColorChoice::Truecolor => ColorDepth::TrueColor,
        ColorChoice::Auto if environment.text_if_utf8("TERM") == Some("dumb") => ColorDepth::Never,
        ColorChoice::Auto => match environment.text_if_utf8("COLORTERM") {
            Some("truecolor" | "24bit") => ColorDepth::TrueColor,
            _ => ColorDepth::Ansi16,
        },
    }
}

/// The background; with `auto`, what some terminals say in `COLORFGBG` (`FOREGROUND;BACKGROUND`, in the 16 colours) until
/// the terminal answers.
pub fn background(choice: BackgroundChoice, environment: &Environment) -> Background {
    match choice {
        BackgroundChoice::Dark => Background::Dark,
        BackgroundChoice::Light => Background::Light,
        BackgroundChoice::Auto => {
            let colors = environment.text_if_utf8("COLORFGBG");
            match colors.and_then(|colors| colors.rsplit(';').next()) {
                Some("7" | "9" | "10" | "11" | "12" | "13" | "14" | "15") => Background::Light,
                _ => Background::Dark,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_is_the_one_that_is_set_or_that_the_terminal_says_by_a_variable() {
        let table = [
            (BackgroundChoice::Auto, "", Background::Dark),
            (BackgroundChoice::Auto, "15;0", Background::Dark),
            (BackgroundChoice::Auto, "0;15", Background::Light),
            (BackgroundChoice::Auto, "0;default;7", Background::Light),
            (BackgroundChoice::Auto, "0;default;8", Background::Dark),
            (BackgroundChoice::Auto, "nonsense", Background::Dark),
            (BackgroundChoice::Dark, "0;15", Background::Dark),
            (BackgroundChoice::Light, "15;0", Background::Light),
        ];
        for (choice, variable, expected) in table {
            assert_eq!(background(choice, &Environment::from_iter([("COLORFGBG", variable)])), expected, "{variable}");
        }
    }
}
