//! Tags of accounts. The portal tells none: they are the settings' own.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::domain::ids::AccountId;
use crate::domain::text::visible;

/// A name and a value, written `name=value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag(String);

/// What is no tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no tag such as env=prod: a name and a value of 1 to 128 bytes each, without spaces", visible(.0))]
pub struct InvalidTag(String);

impl FromStr for Tag {
    type Err = InvalidTag;

    fn from_str(text: &str) -> Result<Self, InvalidTag> {
        let unfit = |letter: char| letter.is_whitespace() || letter.is_control();
        let is_word = |word: &str| (1..=128).contains(&word.len()) && !word.contains(unfit);
        match text.split_once('=') {
            Some((name, value)) if is_word(name) && is_word(value) => Ok(Tag(text.to_owned())),
            _ => Err(InvalidTag(text.chars().take(80).collect())),
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tags of accounts, as far as the settings tell. Of an account that they do not mention nothing is known.
#[derive(Debug, Clone, Default)]
pub struct AccountTags(HashMap<AccountId, Vec<Tag>>);

impl AccountTags {
    /// These tags.
    pub fn new(tags: impl IntoIterator<Item = (AccountId, Vec<Tag>)>) -> Self {
        AccountTags(tags.into_iter().collect())
    }

    /// Those of `account`; none where nothing is known of it.
    pub(super) fn of(&self, account: &AccountId) -> Option<&[Tag]> {
        self.0.get(account).map(Vec::as_slice)
    }
}
