//! Takes secrets out of what AWS says: an error may quote the request it is about.

use url::form_urlencoded::byte_serialize;

use crate::domain::token_runs::{SHORTEST_TOKEN, is_of_tokens};

/// What stands in a secret's place.
const MASK: &str = "…";

/// `text` without the secrets that the call has `sent`, as they are or as JSON or a URL writes them, and without
/// anything else that looks like a token.
pub(super) fn masked(text: &str, sent: &[&str]) -> String {
    let mut written: Vec<String> = sent.iter().flat_map(|secret| ways_to_write(secret)).collect();
    // The longest first: one that is part of another would leave the rest of it.
    written.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let without_sent = written
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK));
    without_tokens(&without_sent)
}

fn ways_to_write(secret: &str) -> [String; 4] {
    let in_url: String = byte_serialize(secret.as_bytes()).collect();
    let in_json = serde_json::Value::from(secret).to_string();
    let in_json = in_json.trim_matches('"').to_owned();
    [secret.to_owned(), in_url, in_json.replace('/', "\\/"), in_json]
}

fn without_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_of_tokens) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run.find(|character| !is_of_tokens(character)).unwrap_or(run.len()));
        out.push_str(before);
        out.push_str(if run.len() < SHORTEST_TOKEN { run } else { MASK });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_sent_is_masked_however_it_is_written() {
        let secret = "aor/\"AB+C\\D==";
        for written in [secret, "aor%2F%22AB%2BC%5CD%3D%3D", r#"aor/\"AB+C\\D=="#, r#"aor\/\"AB+C\\D=="#] {
            assert_eq!(masked(&format!("token {written} is bad"), &["", secret]), "token … is bad", "{written}");
        }
        assert_eq!(masked("(abcdef) (abc)", &["abc", "abcdef"]), "(…) (…)");
    }

    #[test]
    fn what_looks_like_a_token_is_masked_whoever_sent_it() {
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", "aZ09-_".repeat(4), "x".repeat(10));
        let table = [
            (format!("got {jwt}, no"), "got …, no".to_owned()),
            ("f".repeat(40), "…".to_owned()),
            ("f".repeat(39), "f".repeat(39)),
            (format!("é{}é", "A+/=".repeat(10)), "é…é".to_owned()),
            ("Session token not found or invalid".to_owned(), "Session token not found or invalid".to_owned()),
            (String::new(), String::new()),
        ];
        for (text, expected) in table {
            assert_eq!(masked(&text, &[]), expected);
        }
    }
}
