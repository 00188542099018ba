//! What AWS's logs and clock say of one answer.

use std::fmt;

use jiff::Timestamp;

/// What names one request in AWS's own logs: 1 to 128 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Takes `text` as a request id; none where it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(known);
        fits.then(|| RequestId(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What finds one call again in AWS's logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallEvidence {
    /// Names the request; none where the answer had no id, or one that is none.
    pub request_id: Option<RequestId>,
    /// When AWS answered, by its own clock, to the second.
    pub aws_date: Option<Timestamp>,
}

/// What AWS answered, and what finds the call again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered<T> {
    /// The answer.
    pub value: T,
    /// What finds the call again.
    pub evidence: CallEvidence,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_short_and_safe_or_none() {
        let longest = "a".repeat(128);
        for id in ["6a1b3c5d-0000-4000-8000-1234567890ab", "4442587FB7D0A2F9", "a", longest.as_str()] {
            assert_eq!(RequestId::parse(id).unwrap().as_str(), id);
        }
        for id in ["", " ", "a b", "a\u{1b}[2J", "é", "a\n", "<b>", &"a".repeat(129)] {
            assert_eq!(RequestId::parse(id), None, "{id:?}");
        }
    }
}
