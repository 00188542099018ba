//! Countdown gauges: they drain, and change colour and mark near the end.

use jiff::SignedDuration;
use ratatui::text::Span;

use super::cells::span;
use crate::domain::time::{Lifespan, Now};
use crate::tui::level::Level;
use crate::tui::theme::Theme;

/// What is left of something, at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Left {
    /// How long.
    pub time: SignedDuration,
    /// As a share of the whole.
    pub share: f64,
}

impl Left {
    /// What is left of `lifespan`.
    pub fn of(lifespan: &Lifespan, now: Now) -> Self {
        Left { time: lifespan.left(now), share: lifespan.share_left(now) }
    }

    /// How near the end is.
    pub fn level(&self) -> Level {
        if self.time.is_zero() { Level::Over } else { Level::of(self.share) }
    }

    /// `00:47:12`.
    pub fn clock(&self) -> String {
        let seconds = self.time.as_secs().max(0);
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// A bar of `width` columns with `share` of it filled.
pub fn bar(theme: Theme, left: Left, width: usize) -> [Span<'static>; 2] {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few columns"
    )]
    let filled = ((left.share.clamp(0.0, 1.0) * width as f64).ceil() as usize).min(width);
    [span("▰".repeat(filled), theme.level(left.level())), span("▱".repeat(width - filled), theme.drained())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::ColourDepth;

    #[test]
    fn levels_change_at_a_quarter_and_a_tenth() {
        let table = [
            (1.0, Level::Plenty),
            (0.251, Level::Plenty),
            (0.25, Level::Low),
            (0.1, Level::Critical),
            (0.0, Level::Over),
        ];
        for (share, level) in table {
            assert_eq!(Level::of(share), level, "{share}");
        }
    }

    #[test]
    fn a_gauge_is_empty_only_when_nothing_is_left() {
        let text = |share| bar(Theme::new(ColourDepth::Never), Left { time: SignedDuration::from_secs(1), share }, 4);
        let text = |share| text(share).iter().map(|span| span.content.to_string()).collect::<String>();
        assert_eq!(text(1.0), "▰▰▰▰");
        assert_eq!(text(0.01), "▰▱▱▱");
        assert_eq!(text(0.0), "▱▱▱▱");
        assert_eq!(text(9.0), "▰▰▰▰");
    }
}
