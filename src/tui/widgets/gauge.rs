//! Countdown gauges: bars that drain.

use ratatui::text::Span;

use super::cells::span;
use crate::tui::remaining::Remaining;
use crate::tui::theme::Theme;

/// A bar of `width` columns, filled by the share that is left.
pub(crate) fn bar(theme: Theme, remaining: Remaining, width: usize) -> [Span<'static>; 2] {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few columns"
    )]
    let filled = ((remaining.share.clamp(0.0, 1.0) * width as f64).ceil() as usize).min(width);
    [span("▰".repeat(filled), theme.urgency(remaining.urgency())), span("▱".repeat(width - filled), theme.drained())]
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::tui::theme::ColorDepth;

    #[test]
    fn a_gauge_is_empty_only_when_nothing_is_left() {
        let text = |share| {
            let remaining = Remaining { time: SignedDuration::from_secs(1), share };
            let spans = bar(Theme::new(ColorDepth::Never), remaining, 4);
            spans.iter().map(|span| span.content.to_string()).collect::<String>()
        };
        assert_eq!(text(1.0), "▰▰▰▰");
        assert_eq!(text(0.01), "▰▱▱▱");
        assert_eq!(text(0.0), "▱▱▱▱");
        assert_eq!(text(9.0), "▰▰▰▰");
    }
}
