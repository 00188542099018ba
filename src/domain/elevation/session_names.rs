//! What AWS is told of an elevation when its role is assumed: names and tags that CloudTrail shows and that a role's trust
//! policy can ask for. All of them are made here, and only of what STS takes.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{ElevationId, Reason, Ticket};
use crate::domain::text::{Untrusted, hex};

/// What the name of a hashed user begins with.
const HASHED: &str = "sha256-";

/// The name of an elevation's role session: `bg-` and the elevation's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSessionName(String);

impl RoleSessionName {
    /// The name for the elevation `id`.
    pub fn of(id: ElevationId) -> Self {
        RoleSessionName(format!("bg-{id}"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleSessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who is behind a role session, which stays with the session through every further role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceIdentity(String);

impl SourceIdentity {
    /// The user's own name where STS takes it, else `sha256-` and the first 40 digits of the name's SHA-256. A name that
    /// looks like such a hash is hashed too, so that nobody can pass for another user.
    pub fn of(user: &Untrusted) -> Self {
        let user = user.raw();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
        let fits = (2..=64).contains(&user.len()) && user.bytes().all(known);
        if fits && !user.starts_with(HASHED) {
            return SourceIdentity(user.to_owned());
        }
        SourceIdentity(format!("{HASHED}{}", hex(&Sha256::digest(user)[..20])))
    }

    /// The identity as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tags of an elevation's role session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTags {
    elevation: ElevationId,
    ticket: Option<String>,
    reason_sha256: String,
}

impl SessionTags {
    /// The tags for the elevation `id`.
    ///
    /// What a ticket has beside ASCII letters, digits, spaces and `_.:/=+-@` becomes `_` in its tag, one for one: a `#` must
    /// not be what an elevation fails for, and the ticket can still be recognised. AWS takes letters of every script, but how
    /// old its list of them is nobody can know. The audit log has the ticket unchanged, under the id in the tag `elevation`.
    pub fn new(id: ElevationId, ticket: Option<&Ticket>, reason: &Reason) -> Self {
        let for_tag =
            |ticket: &Ticket| ticket.as_str().chars().map(|it| if is_of_tags(it) { it } else { '_' }).collect();
        SessionTags { elevation: id, ticket: ticket.map(for_tag), reason_sha256: hex(&Sha256::digest(reason.as_str())) }
    }

    /// Keys and values.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        let ticket = self.ticket.clone().map(|ticket| ("ticket", ticket));
        [Some(("elevation", self.elevation.to_string())), ticket, Some(("reason-sha256", self.reason_sha256.clone()))]
            .into_iter()
            .flatten()
    }
}

/// Whether it is sure that a tag's value may have this character.
fn is_of_tags(character: char) -> bool {
    character.is_ascii_alphanumeric() || " _.:/=+-@".contains(character)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn id() -> ElevationId {
        ElevationId::new(Timestamp::UNIX_EPOCH, 5)
    }

    fn reason() -> Reason {
        Reason::parse("restore the ledger", 10).unwrap()
    }

    fn tags(ticket: Option<&str>) -> Vec<(&'static str, String)> {
        let ticket = ticket.map(|text| Ticket::parse(text, &[]).unwrap());
        SessionTags::new(id(), ticket.as_ref(), &reason()).pairs().collect()
    }

    /// What STS takes as the name of a session and as a source identity.
    fn is_taken(text: &str) -> bool {
        (2..=64).contains(&text.len())
            && text.chars().all(|it| it.is_ascii_alphanumeric() || "_+=,.@-".contains(it))
            && !text.starts_with("aws:")
    }

    #[test]
    fn a_session_is_named_after_its_elevation() {
        let name = RoleSessionName::of(id());
        assert_eq!(name.as_str(), "bg-00000000000000000000000005");
        assert!(name.as_str().len() == 29 && is_taken(name.as_str()));
    }

    #[test]
    fn a_user_is_named_where_sts_takes_the_name_and_hashed_otherwise() {
        let long = "a".repeat(64);
        for taken in ["alice@acme.example", "al", "a_b+c=d,e.f@g-h", long.as_str()] {
            assert_eq!(SourceIdentity::of(&taken.into()).as_str(), taken);
        }
        let table = [
            ("", "sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4"),
            ("a", "sha256-ca978112ca1bbdcafac231b39a23dc4da786eff8"),
            ("abc def", "sha256-"),
            ("aws:alice", "sha256-"),
            ("müller@acme.example", "sha256-"),
            ("alice\n", "sha256-"),
            ("sha256-ca978112ca1bbdcafac231b39a23dc4da786eff8", "sha256-"),
        ];
        for (user, beginning) in table {
            let identity = SourceIdentity::of(&user.into());
            assert!(identity.as_str().starts_with(beginning) && identity.as_str() != user, "{user}: {identity}");
            assert!(identity.as_str().len() == 47 && is_taken(identity.as_str()), "{identity}");
        }
    }

    #[test]
    fn the_tags_name_elevation_ticket_and_reason() {
        let elevation = ("elevation", "00000000000000000000000005".to_owned());
        let hash = "e4735417d87783de6fd2a3943120e7390548fb4be176b37d74d0bc214c78649a".to_owned();
        assert_eq!(tags(None), [elevation.clone(), ("reason-sha256", hash.clone())]);
        let ticket = ("ticket", "INC-4711".to_owned());
        assert_eq!(tags(Some("INC-4711")), [elevation, ticket, ("reason-sha256", hash)]);
    }

    #[test]
    fn a_ticket_keeps_what_a_tag_can_have_and_the_rest_becomes_an_underscore() {
        let table = [
            ("INC-4711", "INC-4711"),
            ("acme/ops#12", "acme/ops_12"),
            ("_.:/=+-@ 9", "_.:/=+-@ 9"),
            ("a!b?c(d)e&f<g>h*i", "a_b_c_d_e_f_g_h_i"),
            ("Zürich-東京-7", "Z_rich-__-7"),
            ("e\u{301}🔥12", "e__12"),
        ];
        for (ticket, tag) in table {
            assert_eq!(tags(Some(ticket))[1], ("ticket", tag.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn sts_takes_every_user(user in any::<String>(), name in "[a-z0-9@.-]{0,70}") {
            prop_assert!(is_taken(SourceIdentity::of(&Untrusted::new(user)).as_str()));
            prop_assert!(is_taken(SourceIdentity::of(&Untrusted::new(name)).as_str()));
        }

        #[test]
        fn sts_takes_the_tag_of_every_ticket(text in "\\PC{1,100}") {
            prop_assume!(Ticket::parse(&text, &[]).is_ok());
            let tag = &tags(Some(&text))[1].1;
            prop_assert_eq!(tag.chars().count(), text.trim().chars().count());
            prop_assert!(tag.len() <= 256);
            prop_assert!(tag.chars().all(|it| it.is_ascii_alphanumeric() || "_.:/=+-@ ".contains(it)), "{tag:?}");
        }
    }
}
