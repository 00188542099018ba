//! What is searched.

use crate::domain::tier::Tier;

/// One role of one account, as the search sees it. Its texts are those that are shown: escaped.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The account's name.
    pub account_name: String,
    /// The account's twelve digits.
    pub account_id: String,
    /// The role's name.
    pub role: String,
    /// The aliases of the role in this account.
    pub aliases: Vec<String>,
    /// The AWS profiles that name the role in this account.
    pub profiles: Vec<String>,
    /// The SSO session's name.
    pub org: String,
    /// The account's tags.
    pub tags: Vec<String>,
    /// The role's tier.
    pub tier: Tier,
    /// Its frecency; 0 where it was never used.
    pub weight: f64,
}
