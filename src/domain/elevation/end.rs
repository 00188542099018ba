//! How an elevation ends.

use serde::{Deserialize, Serialize};

/// Why an elevation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its time was over.
    Expired,
    /// The person ended it.
    EndedEarly,
    /// The person dropped its credentials.
    Dropped,
    /// The person signed out.
    SignedOut,
    /// The person, or another one, signed in anew.
    SignedInAnew,
    /// The person began another one for the same target, or extended it.
    Replaced,
    /// Its credentials could not be kept.
    NotKept,
    /// Its credentials were gone from the keyring.
    CredentialsGone,
    /// The program that asked for it was ended before the outcome was recorded: what AWS answered is not known.
    Unknown,
}

impl EndReason {
    /// The word in records.
    pub const fn word(self) -> &'static str {
        match self {
            EndReason::Expired => "expired",
            EndReason::EndedEarly => "ended_early",
            EndReason::Dropped => "dropped",
            EndReason::SignedOut => "signed_out",
            EndReason::SignedInAnew => "signed_in_anew",
            EndReason::Replaced => "replaced",
            EndReason::NotKept => "not_kept",
            EndReason::CredentialsGone => "credentials_gone",
            EndReason::Unknown => "unknown",
        }
    }
}
