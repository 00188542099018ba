//! A QR code as text in half blocks, two modules to a character, with the light margin that scanners need.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of margin. The standard asks for four; scanners read codes with two, and more would not fit 80×24.
const MARGIN: usize = 2;

/// A QR code.
pub struct Qr {
    modules: Vec<Color>,
    width: usize,
}

/// What the text is written on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// A light background: the text is the dark modules, as scanners expect.
    Light,
    /// A dark background, as most terminals have: the text is the light modules.
    Dark,
}

impl Qr {
    /// Encodes `text` as small as possible; `None` where it is too long.
    pub fn new(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        Some(Qr { width: code.width(), modules: code.into_colors() })
    }

    /// Its width in columns, with the margin.
    pub fn columns(&self) -> usize {
        self.width + 2 * MARGIN
    }

    /// Its height in rows of text, with the margin.
    pub fn rows(&self) -> usize {
        self.columns().div_ceil(2)
    }

    /// Its rows of text, from the top.
    pub fn lines(&self, paper: Paper) -> impl Iterator<Item = String> {
        (0..self.rows()).map(move |row| self.line(row, paper))
    }

    fn line(&self, row: usize, paper: Paper) -> String {
        let is_ink = |column, row| self.is_dark(column, row) == (paper == Paper::Light);
        (0..self.columns())
            .map(|column| match (is_ink(column, row * 2), is_ink(column, row * 2 + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect()
    }

    fn is_dark(&self, column: usize, row: usize) -> bool {
        let inside = |at: usize| at.checked_sub(MARGIN).filter(|at| *at < self.width);
        match (inside(column), inside(row)) {
            (Some(column), Some(row)) => self.modules.get(row * self.width + column) == Some(&Color::Dark),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH";

    #[test]
    fn the_margin_is_light_and_the_finder_is_dark_on_either_paper() {
        let qr = Qr::new(LINK).unwrap();
        assert_eq!((qr.columns(), qr.rows()), (37, 19));
        let lines = |paper| qr.lines(paper).collect::<Vec<_>>();
        let (light, dark) = (lines(Paper::Light), lines(Paper::Dark));
        assert_eq!((light.len(), dark.len()), (19, 19));
        assert_eq!(light[0].trim(), "");
        assert!(light[1].starts_with("  █▀▀▀▀▀█"), "{}", light[1]);
        assert_eq!(dark[0], "█".repeat(37));
        assert!(dark[1].starts_with("██ ▄▄▄▄▄ "), "{}", dark[1]);
    }

    #[test]
    fn a_link_too_long_for_a_code_gives_none() {
        assert!(Qr::new(&"x".repeat(5_000)).is_none());
    }
}
