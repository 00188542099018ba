//! The replicas of an Identity Center: further regions in which it can be reached.

use super::ids::{InvalidName, Region, StartUrl};

/// A further region of an Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// The region.
    pub region: Region,
    /// The portal's own address there, where it was named.
    pub start_url: Option<StartUrl>,
}

impl Replica {
    /// Reads a region, or the address that the portal has in one.
    ///
    /// # Errors
    /// `text` is neither, or an address that does not name its region.
    pub fn parse(text: &str) -> Result<Self, InvalidReplica> {
        if !text.contains("://") {
            return Ok(Replica { region: Region::parse(text)?, start_url: None });
        }
        let start_url = StartUrl::parse(text)?;
        let region = start_url.region().ok_or(InvalidReplica::NoRegion)?;
        Ok(Replica { region, start_url: Some(start_url) })
    }
}

/// Why a replica was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReplica {
    /// It is no region, or no start URL.
    #[error(transparent)]
    Name(#[from] InvalidName),
    /// It is a start URL that says nothing of its region.
    #[error(
        "such a start URL does not name its region; a replica's is https://ID.REGION.portal.amazonaws.com or \
         https://ID.portal.REGION.app.aws"
    )]
    NoRegion,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_neither_region_nor_a_portal_that_names_one_is_refused() {
        let refused =
            ["", "Europe", "eu-west-1/", "https://acme.awsapps.com/start", "http://1a.eu-west-1.portal.amazonaws.com"];
        for bad in refused {
            assert!(Replica::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_replica_or_an_error(
            text in "(https://)?[a-z0-9.:/-]{0,40}(\\.portal\\.amazonaws\\.com|\\.app\\.aws)?|.{0,60}"
        ) {
            if let Ok(Replica { region, start_url: Some(start_url) }) = Replica::parse(&text) {
                prop_assert_eq!(start_url.region(), Some(region));
            }
        }
    }
}
