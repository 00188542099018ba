//! Regular expressions of a policy. They are matched in time linear to the text.

use regex_lite::{Regex, RegexBuilder};

use crate::domain::text::visible;

/// The longest expression taken, in bytes.
const LONGEST: usize = 512;
/// The most memory that one may take when it is compiled, in bytes.
const COMPILED: usize = 1 << 16;

/// A regular expression.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As the policy has it.
    text: String,
    regex: Regex,
}

/// An expression that is none, or is too long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the regular expression `{}` is not valid: {why}", visible(text))]
pub struct InvalidPattern {
    text: String,
    why: String,
}

impl Pattern {
    /// Takes `text` as an expression that matches anywhere in a text.
    pub fn anywhere(text: &str) -> Result<Self, InvalidPattern> {
        Pattern::compiled(text, text)
    }

    /// Takes `text` as an expression that matches a text as a whole.
    pub fn whole(text: &str) -> Result<Self, InvalidPattern> {
        // By itself first, so that no unbalanced bracket reaches out of the group.
        Pattern::compiled(text, text)?;
        Pattern::compiled(text, &format!("^(?:{text})$"))
    }

    fn compiled(text: &str, expression: &str) -> Result<Self, InvalidPattern> {
        let invalid = |why: String| InvalidPattern { text: text.chars().take(80).collect(), why };
        if text.is_empty() || text.len() > LONGEST {
            return Err(invalid(format!("it must have 1 to {LONGEST} bytes")));
        }
        RegexBuilder::new(expression)
            .size_limit(COMPILED)
            .build()
            .map(|regex| Pattern { text: text.to_owned(), regex })
            .map_err(|error| invalid(visible(&error.to_string())))
    }

    /// Whether it matches `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The expression, as the policy has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for Pattern {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_match_has_nothing_before_or_after() {
        let ticket = Pattern::whole("INC-[0-9]+|CHG-[0-9]+").unwrap();
        for (text, expected) in
            [("INC-4711", true), ("CHG-1", true), ("xINC-1", false), ("INC-1 CHG-1", false), ("INC-1\n", false)]
        {
            assert_eq!(ticket.matches(text), expected, "{text:?}");
        }
        assert!(Pattern::anywhere("test").unwrap().matches("a test."));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in ["", "(", "a)|(b", "[", "(?P<", &"a".repeat(513), "(a{1000}){1000}"] {
            assert!(Pattern::whole(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_expression_or_an_error(text in ".{0,80}", against in ".{0,80}") {
            if let Ok(pattern) = Pattern::whole(&text) {
                let _ = pattern.matches(&against);
            }
        }
    }
}
