//! The regions of AWS, by code and by name, so that one can be found by the name of its place.

use super::ids::Region;

/// A part of AWS that has accounts, regions and sign-ins of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// `aws`
    Commercial,
    /// `aws-us-gov`
    GovCloud,
    /// `aws-cn`
    China,
    /// `aws-eusc`
    EuropeanSovereign,
}

impl Partition {
    /// The partition that a region's code belongs to.
    pub fn of(region: &Region) -> Self {
        match region.as_str() {
            code if code.starts_with("us-gov-") => Partition::GovCloud,
            code if code.starts_with("cn-") => Partition::China,
            code if code.starts_with("eusc-") => Partition::EuropeanSovereign,
            _ => Partition::Commercial,
        }
    }

    /// What ARNs call it.
    pub const fn id(self) -> &'static str {
        match self {
            Partition::Commercial => "aws",
            Partition::GovCloud => "aws-us-gov",
            Partition::China => "aws-cn",
            Partition::EuropeanSovereign => "aws-eusc",
        }
    }

    /// Its name, where it is not the usual one.
    pub const fn title(self) -> Option<&'static str> {
        match self {
            Partition::Commercial => None,
            Partition::GovCloud => Some("GovCloud"),
            Partition::China => Some("China"),
            Partition::EuropeanSovereign => Some("European Sovereign Cloud"),
        }
    }
}

/// Whether `text` can be what ARNs call a partition, be it one that is not known here: `aws`, or `aws-` and more.
pub(super) fn is_partition_id(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text == "aws" || text.strip_prefix("aws-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(known))
}

/// Codes and places. Regions that are newer than this list can be named by their code.
const KNOWN: [(&str, &str); 39] = [
    ("us-east-1", "N. Virginia"),
    ("us-east-2", "Ohio"),
    ("us-west-1", "N. California"),
    ("us-west-2", "Oregon"),
    ("ca-central-1", "Montreal"),
    ("ca-west-1", "Calgary"),
    ("mx-central-1", "Mexico"),
    ("sa-east-1", "São Paulo"),
    ("eu-central-1", "Frankfurt"),
    ("eu-central-2", "Zurich"),
    ("eu-west-1", "Ireland"),
    ("eu-west-2", "London"),
    ("eu-west-3", "Paris"),
    ("eu-north-1", "Stockholm"),
    ("eu-south-1", "Milan"),
    ("eu-south-2", "Spain"),
    ("af-south-1", "Cape Town"),
    ("il-central-1", "Tel Aviv"),
    ("me-central-1", "UAE"),
    ("me-south-1", "Bahrain"),
    ("ap-east-1", "Hong Kong"),
    ("ap-east-2", "Taipei"),
    ("ap-northeast-1", "Tokyo"),
    ("ap-northeast-2", "Seoul"),
    ("ap-northeast-3", "Osaka"),
    ("ap-south-1", "Mumbai"),
    ("ap-south-2", "Hyderabad"),
    ("ap-southeast-1", "Singapore"),
    ("ap-southeast-2", "Sydney"),
    ("ap-southeast-3", "Jakarta"),
    ("ap-southeast-4", "Melbourne"),
    ("ap-southeast-5", "Malaysia"),
    ("ap-southeast-6", "New Zealand"),
    ("ap-southeast-7", "Thailand"),
    ("us-gov-east-1", "US-East"),
    ("us-gov-west-1", "US-West"),
    ("cn-north-1", "Beijing"),
    ("cn-northwest-1", "Ningxia"),
    ("eusc-de-east-1", "Brandenburg"),
];

/// All known regions; those of `near`'s partition come first.
pub fn known_regions(near: &Region) -> Vec<Region> {
    let mut regions: Vec<Region> = KNOWN.iter().filter_map(|(code, _)| Region::parse(code).ok()).collect();
    regions.sort_by_key(|region| Partition::of(region) != Partition::of(near));
    regions
}

/// The name of a region's place, with its partition where that is not the usual one; empty where it is not known.
pub fn region_name(region: &Region) -> String {
    let known = KNOWN.iter().find(|(code, _)| *code == region.as_str());
    match (known, Partition::of(region).title()) {
        (Some((_, place)), Some(partition)) => format!("{place} · {partition}"),
        (Some((_, place)), None) => (*place).to_owned(),
        (None, partition) => partition.unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn region(code: &str) -> Region {
        Region::parse(code).unwrap()
    }

    #[test]
    fn every_known_region_is_listed_once_and_has_a_name() {
        let regions = known_regions(&region("us-east-1"));
        assert_eq!(regions.len(), KNOWN.len(), "each code is a valid region");
        assert_eq!(regions.iter().collect::<BTreeSet<_>>().len(), regions.len());
        assert!(regions.iter().all(|region| !region_name(region).is_empty()));
    }

    #[test]
    fn the_regions_of_the_same_partition_come_first() {
        for (near, first) in [
            ("eu-west-1", "us-east-1"),
            ("us-gov-west-1", "us-gov-east-1"),
            ("cn-northwest-1", "cn-north-1"),
            ("eusc-de-east-1", "eusc-de-east-1"),
        ] {
            assert_eq!(known_regions(&region(near))[0], region(first), "{near}");
        }
    }

    #[test]
    fn a_region_is_named_after_its_place_and_an_unusual_partition() {
        for (code, name) in [
            ("eu-central-1", "Frankfurt"),
            ("us-gov-west-1", "US-West · GovCloud"),
            ("cn-north-1", "Beijing · China"),
            ("us-gov-north-9", "GovCloud"),
            ("xx-east-1", ""),
        ] {
            assert_eq!(region_name(&region(code)), name);
        }
    }
}
