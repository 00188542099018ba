//! Text from outside as it is shown.

use daypass::domain::text::{Untrusted, columns, fit, fit_middle, padded, padded_middle, visible};

use crate::harness::{Target, inputs, text};

pub const SHOWN: Target = Target {
    seeds: || {
        inputs(&[
            "plain",
            "\u{1b}]0;x\u{7}\u{9b}2J",
            "\u{202e}evil\u{2066}",
            "e\u{301}\u{200d}\u{1f468}\u{200d}\u{1f469}",
            "\u{6771}\u{4eac}\u{1f1e9}\u{1f1ea}",
        ])
    },
    check: |bytes| {
        let text = text(bytes);
        let shown = Untrusted::new(text.clone()).visible();
        assert!(!shown.contains(char::is_control) && visible(&shown) == shown);
        assert!(!shown.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}']));
        for limit in [0, 1, 2, 7, 40] {
            assert!(columns(&fit(&shown, limit)) <= limit && columns(&fit_middle(&shown, limit)) <= limit);
            assert_eq!([columns(&padded(&shown, limit)), columns(&padded_middle(&shown, limit))], [limit; 2]);
        }
    },
};
