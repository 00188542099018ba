//! A QR code in half blocks, two modules to a cell, with the light margin that scanners need.

use qrcode::{Color, EcLevel, QrCode};
use ratatui::Frame;
use ratatui::layout::{Rect, Size};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::tui::theme::Theme;

/// Modules of margin. The standard asks for four; scanners read codes with two, and more would not fit 80×24.
const MARGIN: usize = 2;

pub(crate) struct Qr {
    modules: Vec<Color>,
    width: usize,
}

impl Qr {
    /// Encodes `text` as small as possible; `None` where it is too long.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        Some(Qr { width: code.width(), modules: code.into_colors() })
    }

    /// Its columns and rows, with the margin.
    pub(crate) fn size(&self) -> Size {
        let side = self.width + 2 * MARGIN;
        let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Size { width: cells(side), height: cells(side.div_ceil(2)) }
    }

    /// Draws it, if all of it fits.
    pub(crate) fn draw(&self, frame: &mut Frame<'_>, area: Rect, theme: Theme) {
        let size = self.size();
        if area.width < size.width || area.height < size.height {
            return;
        }
        let area = Rect { width: size.width, height: size.height, ..area };
        let (style, invert) = theme.qr().map_or((Style::new(), true), |style| (style, false));
        let lines: Vec<Line<'static>> =
            (0..usize::from(size.height)).map(|row| Line::from(self.row(row, invert))).collect();
        frame.render_widget(Paragraph::new(lines).style(style), area);
    }

    /// One row of cells. Without colours it is inverted, for a terminal with a dark background.
    fn row(&self, row: usize, invert: bool) -> String {
        (0..self.width + 2 * MARGIN)
            .map(|column| {
                let top = self.is_dark(column, row * 2) != invert;
                let bottom = self.is_dark(column, row * 2 + 1) != invert;
                match (top, bottom) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                }
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

    #[test]
    fn the_margin_is_light_and_the_finder_is_dark() {
        let qr = Qr::new("https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH").unwrap();
        assert_eq!(qr.size(), Size { width: 37, height: 19 });
        assert_eq!(qr.row(0, false).trim(), "");
        assert!(qr.row(1, false).starts_with("  █▀▀▀▀▀█"));
    }

    #[test]
    fn a_link_too_long_for_a_code_gives_none() {
        assert!(Qr::new(&"x".repeat(5_000)).is_none());
    }
}
