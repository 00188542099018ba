//! What a person writes for an elevation, and what AWS is told of it.

use daypass::domain::elevation::{ElevationId, Reason, SessionTags, SourceIdentity, Ticket};
use daypass::domain::policy::Pattern;
use daypass::domain::secret_shapes::secret_in;
use daypass::domain::text::{Untrusted, visible};
use jiff::Timestamp;

use crate::harness::{Target, check_message, inputs, text, two_texts};

pub const REASON: Target = Target {
    seeds: || {
        inputs(&[
            "INC-4711 restore the ledger table",
            "  restore \u{1b}[2J the ledger \n",
            "ab\u{200b} ab\\u{200b}",
            "asdf asdf asdf",
            "z\u{fc}rich \u{6771}\u{4eac} r\u{e9}tablir \u{1f525}",
        ])
    },
    check: |bytes| {
        let text = text(bytes);
        let reason = match Reason::parse(&text, 10) {
            Ok(reason) => reason,
            Err(why) => return check_message(&why.to_string()),
        };
        let count = reason.as_str().chars().count();
        assert!((10..=500).contains(&count) && visible(reason.as_str()) == reason.as_str());
        assert_eq!(secret_in(reason.as_str()), None);
        let kept = serde_json::to_string(&reason).unwrap();
        assert_eq!(serde_json::from_str::<Reason>(&kept).ok().as_ref(), Some(&reason), "a record says the same again");
        assert!(Reason::parse(&text, count + 1).is_err() && reason.stands_under(10, &[]));
    },
};

pub const TICKET: Target = Target {
    seeds: || {
        inputs(&[
            "INC-[0-9]+\nINC-4711",
            "(INC|CHG)-[0-9]+\n CHG-1 ",
            "\nacme/ops#12",
            "\nZ\u{fc}rich-\u{6771}\u{4eac}-7",
            ".*\n\u{202e}x",
        ])
    },
    check: |bytes| {
        let (expression, ticket) = two_texts(bytes);
        let patterns: Vec<Pattern> = Pattern::whole(&expression).into_iter().collect();
        let ticket = match Ticket::parse(&ticket, &patterns) {
            Ok(ticket) => ticket,
            Err(why) => return check_message(&why.to_string()),
        };
        assert!(patterns.iter().all(|pattern| pattern.matches(ticket.as_str())));
        assert!((1..=100).contains(&ticket.as_str().chars().count()) && visible(ticket.as_str()) == ticket.as_str());
        let kept = serde_json::to_string(&ticket).unwrap();
        assert_eq!(serde_json::from_str::<Ticket>(&kept).ok().as_ref(), Some(&ticket), "a record says the same again");
        let id = ElevationId::new(Timestamp::UNIX_EPOCH, 5);
        let reason = Reason::parse("restore the ledger", 10).unwrap();
        for (key, value) in SessionTags::new(id, Some(&ticket), &reason).pairs() {
            assert!(value.len() <= 256 && value.chars().all(is_of_tags), "{key}: {value:?}");
        }
    },
};

/// What STS takes in the value of a tag, of ASCII.
fn is_of_tags(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_.:/=+-@ ".contains(character)
}

pub const SECRET_SHAPES: Target = Target {
    seeds: || {
        inputs(&[
            "restore with \n now",
            "key=\n\"",
            "https://x.example/?a=b\n&c",
            "--\u{6771}\n\u{e9}",
            "roll back 3f786850e387550f\n.",
        ])
    },
    check: |bytes| {
        let (before, after) = two_texts(bytes);
        check_message(secret_in(&format!("{before}\n{after}")).unwrap_or_default());
        // Put together here, so that no scanner takes this file for a leak.
        let secrets = [
            ["AKIA", "IOSFODNN7EXAMPLE"].concat(),
            ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat(),
            ["-----BEGIN RSA ", "PRIVATE KEY-----"].concat(),
            ["ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"].concat(),
        ];
        for secret in secrets {
            let found = secret_in(&format!("{before} {secret} {after}"));
            assert!(found.is_some(), "{secret} is found between {before:?} and {after:?}");
        }
    },
};

pub const SOURCE_IDENTITY: Target = Target {
    seeds: || {
        inputs(&[
            "alice@acme.example",
            "aws:alice",
            "sha256-ca978112ca1bbdcafac231b39a23dc4da786eff8",
            "m\u{fc}ller",
            "a",
        ])
    },
    check: |bytes| {
        let user = text(bytes);
        let identity = SourceIdentity::of(&Untrusted::new(user.clone()));
        let name = identity.as_str();
        let is_taken = |it: char| it.is_ascii_alphanumeric() || "_+=,.@-".contains(it);
        assert!((2..=64).contains(&name.len()) && name.chars().all(is_taken) && !name.starts_with("aws:"), "{name}");
        // Nobody is named as another user would be.
        assert!(name == user || (name.starts_with("sha256-") && name.len() == 47), "{user:?} is named {name}");
        assert!(!(name == user && user.starts_with("sha256-")));
    },
};
