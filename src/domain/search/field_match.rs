//! How well a word matches one text.

/// How a word stands in a text; an earlier kind is a better match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// As one or several whole segments.
    Segments,
    /// At the beginning of a segment.
    Beginning,
    /// As it was typed, anywhere.
    Inside,
    /// With its letters apart.
    Scattered,
}

/// A match of a word in a text; an earlier one is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FieldMatch {
    /// How the word stands there.
    pub(super) kind: Kind,
    /// Whether there is more in the text than the word; of a scattered one, more in the number than the digits at the
    /// word's end.
    pub(super) is_part: bool,
    /// How far apart the letters of a scattered match are; 0 for all others.
    pub(super) spread: u16,
}

impl FieldMatch {
    /// A match of letters that stand together.
    pub(super) fn literal(kind: Kind, is_part: bool) -> Self {
        FieldMatch { kind, is_part, spread: 0 }
    }
}
