//! Recognises text that is most likely a secret, so that it is refused before it is recorded anywhere.

use std::sync::LazyLock;

use regex_lite::Regex;

use super::token_runs::has_token;

/// What a secret is called, and what it looks like. The expressions are ours alone and are tested to be valid.
const SHAPES: [(&str, &str); 10] = [
    ("an AWS access key", r"(?:^|[^A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?:$|[^A-Za-z0-9])"),
    ("an AWS session token", r"(?:^|[^A-Za-z0-9])(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=%_-]{16,}"),
    ("a token of Identity Center", r"(?:^|[^A-Za-z0-9])ao[ar]AAAAA[A-Za-z0-9+/=%_-]{8,}"),
    ("a private key", r"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE)"),
    ("a JSON Web Token", r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    ("a token of GitHub or GitLab", r"(?:gh[pousr]_|github_pat_|glpat-|gldt-|glrt-)[A-Za-z0-9_-]{16,}"),
    ("a token of Slack", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (
        "an address that is a key",
        r"(?i)(?:hooks\.slack\.com/(?:services|triggers|workflows)|webhook\.office\.com/webhookb2|discord(?:app)?\.com/api/webhooks|pagerduty\.com/private)/[a-z0-9]|calendar\.google\.com/calendar/ical/\S*/private-",
    ),
    // What is digits up to a slash is a port, and an `@` after it is part of a path.
    ("a password in an address", r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:\[]*:(?:[^\s/@]+|[0-9]*[^\s/@0-9][^\s@]*)@"),
    (
        "a token",
        r"(?:sk_live_|rk_live_|sk-ant-|sk-proj-|npm_|pypi-|dop_v1_|shpat_|hvs\.|AIza|ya29\.|SG\.|k8s-aws-v1\.)[A-Za-z0-9_.-]{16,}",
    ),
];

static EXPRESSIONS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    SHAPES.iter().filter_map(|(name, expression)| Some((*name, Regex::new(expression).ok()?))).collect()
});

/// What kind of secret `text` seems to have in it.
pub fn secret_in(text: &str) -> Option<&'static str> {
    let shaped = EXPRESSIONS.iter().find(|(_, expression)| expression.is_match(text)).map(|(name, _)| *name);
    shaped
        .or_else(|| text.split_whitespace().any(is_secret_key).then_some("an AWS secret key"))
        .or_else(|| has_token(text).then_some("a token"))
}

/// 40 characters of base64 with capitals, small letters and digits. A commit's digest has no capitals.
fn is_secret_key(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| "\"'`,;:()[]{}=<>".contains(letter));
    let word = word.rsplit_once('=').map_or(word, |(_, value)| value);
    word.len() == 40
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+".contains(&byte))
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_expression_is_valid() {
        assert_eq!(EXPRESSIONS.len(), SHAPES.len());
    }

    #[test]
    fn secrets_are_told_from_words_ids_and_digests() {
        // Put together here, so that no scanner takes this file for a leak.
        let table = [
            (["restore with AKIA", "IOSFODNN7EXAMPLE now"].concat(), Some("an AWS access key")),
            (["key=ASIA", "IOSFODNN7EXAMPLE"].concat(), Some("an AWS access key")),
            (["use wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY here"].concat(), Some("an AWS secret key")),
            (
                ["AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat(),
                Some("an AWS secret key"),
            ),
            (["-----BEGIN RSA ", "PRIVATE KEY-----"].concat(), Some("a private key")),
            (["eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.x"].concat(), Some("a JSON Web Token")),
            (["ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"].concat(), Some("a token of GitHub or GitLab")),
            (["xoxb-", "123456789012-abcdef"].concat(), Some("a token of Slack")),
            (["sk_live_", "abcdefghijklmnop1234"].concat(), Some("a token")),
            (["IQoJ", "b3JpZ2luX2VjEJr//////////wEaDGV1"].concat(), Some("an AWS session token")),
            (
                ["X-Amz-Security-Token=FwoG", "ZXIvYXdzEBYaDHhBTEVSTLanXSSVsyKCAR"].concat(),
                Some("an AWS session token"),
            ),
            (["token: FQoG", "ZXIvYXdzEBYaDHhBTEVSTLanXSSVsyKCAR."].concat(), Some("an AWS session token")),
            (["aoa", "AAAAAGVxtQwBk1234"].concat(), Some("a token of Identity Center")),
            (["refresh=aor", "AAAAAGVxtQwBk1234"].concat(), Some("a token of Identity Center")),
            (["post to https://hooks.slack.com/", "services/T0/B0/x"].concat(), Some("an address that is a key")),
            (["HOOKS.SLACK.COM/", "services/T0/B0/x"].concat(), Some("an address that is a key")),
            (["https://acme.webhook.office.com/", "webhookb2/1@2/x"].concat(), Some("an address that is a key")),
            (["https://discord.com/api/", "webhooks/1/x"].concat(), Some("an address that is a key")),
            (["webcal://acme.pagerduty.com/", "private/0a1b/feed/PXYZ"].concat(), Some("an address that is a key")),
            (
                ["https://calendar.google.com/calendar/ical/a%40b/", "private-0a/basic.ics"].concat(),
                Some("an address that is a key"),
            ),
            (["postgres://ledger:", "hunter2@db.acme.example/main"].concat(), Some("a password in an address")),
            (["redis://:", "hunter2@cache:6379"].concat(), Some("a password in an address")),
            (["postgres://ledger:", "hun/ter#2@db"].concat(), Some("a password in an address")),
            (["https://1:", "23@host"].concat(), Some("a password in an address")),
            ("0123456789abcdef0123456789abcdef0123456789abcdef".to_owned(), Some("a token")),
            ("INC-4711 restore the ledger table".to_owned(), None),
            ("roll back 3f786850e387550fdab836ed7e6dc881de23001b".to_owned(), None),
            ("account 100000023757, arn:aws:iam::100000023757:role/Admin".to_owned(), None),
            ("https://acme.atlassian.net/browse/INC-4711?focusedCommentId=10012".to_owned(), None),
            ("01JD0000000000000000000000 did not end".to_owned(), None),
            ("the token that begins with IQoJ was revoked".to_owned(), None),
            ("https://acme.slack.com/archives/C024BE91L/p1732265999123456".to_owned(), None),
            ("https://hooks.slack.com/ does not answer".to_owned(), None),
            ("https://acme.pagerduty.com/incidents/Q2ABCDEFGHIJ23".to_owned(), None),
            ("https://grafana.acme.example:3000/d/x?var-user=alice@acme.example".to_owned(), None),
            ("clone ssh://git@git.acme.example:22/ledger or git@github.com:acme/ledger".to_owned(), None),
            ("https://wiki.acme.example/x:y/alice@acme.example".to_owned(), None),
            ("http://[2001:db8::1]:8080/alice@acme.example answers with 500".to_owned(), None),
        ];
        for (text, expected) in table {
            assert_eq!(secret_in(&text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_access_key_is_found_wherever_it_stands(before in "[a-z ]{0,20}", key in "(AKIA|ASIA)[A-Z2-7]{16}", after in "[ a-z.,]{0,20}") {
            prop_assume!(!before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric));
            prop_assert_eq!(secret_in(&[before, key, after].concat()), Some("an AWS access key"));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = secret_in(&text);
        }
    }
}
