//! Tells tokens that nothing announces from the names, paths and ids that people write.

/// The length from which a run of a token's characters counts as one. A request id, a start URL and a session's name are
/// shorter.
pub(crate) const SHORTEST_TOKEN: usize = 40;

/// The longest id in letters of one case and digits: 32 hexadecimal digits, as a task of ECS has. A ULID is shorter.
const LONGEST_ID: usize = 32;
/// The characters of a run that chance must have put together for the whole to be a token.
const LEAST_BY_CHANCE: usize = 24;
/// The length from which a part can be told from a name at all.
const SHORTEST_PART: usize = 8;
/// The average length from which the words of a part, such as those of `AmazonEC2ContainerRegistryPowerUser`, are somebody's.
const LENGTH_OF_WORDS: usize = 4;

/// The characters of hexadecimal text, base64 of both kinds, JWTs and their form in URLs.
pub(crate) fn is_of_tokens(character: char) -> bool {
    character.is_ascii_alphanumeric() || "+/=-_.~%".contains(character)
}

/// Whether `text` has a run of a token's characters that is made of more than names, numbers, ids and digests.
///
/// The digests are those that name what is worked on: 40 hexadecimal digits, as of a commit, and 64 right after
/// `sha256`, as of an image. A key that has one of these forms is taken for it.
pub(super) fn has_token(text: &str) -> bool {
    let mut before = "";
    for run in text.split(|character| !is_of_tokens(character)) {
        let mut by_chance = 0;
        for part in run.split(|character: char| !character.is_ascii_alphanumeric()) {
            let is_named_digest = before.eq_ignore_ascii_case("sha256") && is_digest(part, 64);
            if !is_named_digest && is_by_chance(part) {
                by_chance += part.len();
            }
            before = part;
        }
        if run.len() >= SHORTEST_TOKEN && by_chance >= LEAST_BY_CHANCE {
            return true;
        }
    }
    false
}

/// Whether the letters and digits of `part` are more likely random than words, an id or a commit's digest.
fn is_by_chance(part: &str) -> bool {
    let has_upper = part.bytes().any(|byte| byte.is_ascii_uppercase());
    let has_lower = part.bytes().any(|byte| byte.is_ascii_lowercase());
    if has_upper && has_lower {
        return part.len() >= SHORTEST_PART && part.len() < LENGTH_OF_WORDS * words(part);
    }
    // A word with a number before or after it is still a name.
    part.len() > LONGEST_ID && !is_digest(part, 40) && words(part) > 2
}

/// How often a word or a number begins in `part`.
fn words(part: &str) -> usize {
    let begins = |pair: &&[u8]| {
        let (before, here) = (pair[0], pair[1]);
        before.is_ascii_lowercase() && here.is_ascii_uppercase() || before.is_ascii_digit() != here.is_ascii_digit()
    };
    1 + part.as_bytes().windows(2).filter(begins).count()
}

/// Whether `part` is this many hexadecimal digits; its letters have one case.
fn is_digest(part: &str, length: usize) -> bool {
    let is_lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_upper = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    part.len() == length && (part.bytes().all(is_lower) || part.bytes().all(is_upper))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMIT: &str = "3f786850e387550fdab836ed7e6dc881de23001b";
    const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    #[test]
    fn names_paths_addresses_ids_and_digests_are_no_tokens() {
        let long = [
            format!("roll back to {COMMIT}"),
            format!("revert {COMMIT}..{}", COMMIT.to_uppercase()),
            format!("https://github.com/acme/ledger/commit/{COMMIT}"),
            format!("certificate with the thumbprint {}", COMMIT.to_uppercase()),
            format!("123456789012.dkr.ecr.eu-central-1.amazonaws.com/ledger@sha256:{DIGEST} does not start"),
            format!("https://registry.acme.example/ledger/blobs/sha256-{DIGEST}"),
            "https://acme.atlassian.net/browse/INC-4711?focusedCommentId=10012&page=comments#comment-10012".into(),
            "https://acme.slack.com/archives/C024BE91L/p1732265999123456?thread_ts=1732265999.123456".into(),
            "https://acme.pagerduty.com/incidents/Q2ABCDEFGHIJ23/timeline/of/the/incident".into(),
            "https://status.acme.example/incidents/01JD0000000000000000000000/updates".into(),
            "https://grafana.acme.example/d/rYdddlPWk/node-exporter-full?orgId=1&from=now-1h".into(),
            "https://eu-central-1.console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fledger".into(),
            "https://jenkins.acme.example/job/ledger%2Fapi/job/main/1234/console%2Ffull/artifact".into(),
            "/var/lib/postgresql/14/main/base/16384/pg_internal.init is damaged".into(),
            "/nix/store/0c8y3vq1q9w2h3xkz4n5p6r7s8d9f0a1-oncall-1.2/bin/oncall".into(),
            "arn:aws:ecs:eu-central-1:123456789012:task/ledger-cluster/0123456789abcdef0123456789abcdef".into(),
            "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerRegistryPowerUser".into(),
            "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_1234567890abcdef/alice".into(),
            "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab".into(),
            "secret:prod/ledger/database/main-AbC1d2 has the wrong password".into(),
            "ledger-api-production-7d9f8b6c5d-x2x9z.ledger.svc.cluster.local".into(),
            "ProductionLedgerDatabaseAdministratorAccessRole and Rindfleischetikettierungsüberwachung".into(),
            "00000000000000000000000000000000000000000000".into(),
            "--------------------------------------------".into(),
        ];
        for text in long {
            assert!(!has_token(&text), "{text}");
        }
    }

    #[test]
    fn a_long_run_that_nobody_writes_is_a_token() {
        let tokens = [
            DIGEST[..48].to_owned(),
            format!("key={DIGEST}"),
            format!("{COMMIT}0"),
            "kX9vQ2mZ7pL4wR8tY3nB6cJ1hG5fD0sAqWeRtUiO".to_owned(),
            "kX9v-Q2mZ7pL4wR8t_Y3nB6cJ1hG5fD0sAqWeRtU".to_owned(),
            "kX9vQ2mZ7pL4wR8tY/3nB6cJ1hG5fD0s+AqWeRtUiO==".to_owned(),
            "k9v2mz7p4w8ty3nb6c1hg5fd0saqwertui7opas2".to_owned(),
            "https://docs.example/d/1aBcD3fGh1jKlMn0pQrStUvWxYz2468bDfHjLnPrTv/edit".to_owned(),
        ];
        for token in tokens {
            assert!(has_token(&format!("with {token} now")), "{token}");
        }
    }

    #[test]
    fn a_run_counts_from_forty_characters() {
        let token = "kX9vQ2mZ7pL4wR8tY3nB6cJ1hG5fD0sAqWeRtUiO";
        assert!(has_token(token) && !has_token(&token[1..]));
    }

    proptest! {
        #[test]
        fn hexadecimal_keys_are_tokens(key in "[0-9a-f]{41,63}") {
            prop_assume!(words(&key) > 2);
            prop_assert!(has_token(&key));
        }

        #[test]
        fn names_in_a_path_are_no_token(path in "(/[a-z]{1,12}(-[0-9]{1,4})?){1,20}") {
            prop_assert!(!has_token(&path));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = has_token(&text);
        }
    }
}
