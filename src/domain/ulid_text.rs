//! ULIDs as serde writes them: 26 upper-case characters, and read in no other form.

use serde::{Deserialize as _, Deserializer, Serializer, de};
use ulid::Ulid;

pub(super) fn serialize<S: Serializer>(ulid: &Ulid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(ulid)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
    let text = String::deserialize(deserializer)?;
    let ulid = Ulid::from_string(&text).map_err(de::Error::custom)?;
    if ulid.to_string() == text { Ok(ulid) } else { Err(de::Error::custom("it is not in upper case")) }
}
