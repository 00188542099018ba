//! Countdown gauges: bars that drain.

use ratatui::style::Style;
use ratatui::text::Span;

use super::cells::span;
use crate::domain::tier::Tier;
use crate::tui::remaining::Remaining;
use crate::tui::theme::Theme;

/// A bar of `width` columns, filled by the share that is left.
pub(crate) fn bar(theme: Theme, remaining: Remaining, width: usize) -> [Span<'static>; 2] {
    drawn(theme, theme.urgency(remaining.urgency()), remaining, width)
}

/// The same for a role's credentials: those of an Admin are red as long as they live.
pub(crate) fn tier_bar(theme: Theme, tier: Tier, remaining: Remaining, width: usize) -> [Span<'static>; 2] {
    match tier {
        Tier::Admin => drawn(theme, theme.tier(tier), remaining, width),
        Tier::ReadOnly | Tier::Developer => bar(theme, remaining, width),
    }
}

fn drawn(theme: Theme, filled: Style, remaining: Remaining, width: usize) -> [Span<'static>; 2] {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few columns"
    )]
    let full = ((remaining.share.clamp(0.0, 1.0) * width as f64).ceil() as usize).min(width);
    [span("▰".repeat(full), filled), span("▱".repeat(width - full), theme.drained())]
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::tui::theme::{Background, ColorDepth};

    fn remaining(share: f64) -> Remaining {
        Remaining { time: SignedDuration::from_secs(1), share, total: SignedDuration::from_mins(10) }
    }

    #[test]
    fn an_admins_gauge_is_red_from_the_start() {
        let theme = Theme::new(ColorDepth::TrueColor, Background::Dark);
        let color = |tier| tier_bar(theme, tier, remaining(1.0), 4)[0].style.fg;
        assert_eq!(color(Tier::Admin), theme.bad().fg);
        assert_eq!([color(Tier::ReadOnly), color(Tier::Developer)], [theme.accent().fg; 2]);
    }

    #[test]
    fn a_gauge_is_empty_only_when_nothing_is_left() {
        let text = |share| {
            let spans = bar(Theme::new(ColorDepth::Never, Background::Dark), remaining(share), 4);
            spans.iter().map(|span| span.content.to_string()).collect::<String>()
        };
        assert_eq!(text(1.0), "▰▰▰▰");
        assert_eq!(text(0.01), "▰▱▱▱");
        assert_eq!(text(0.0), "▱▱▱▱");
        assert_eq!(text(9.0), "▰▰▰▰");
    }
}
