//! Addresses at which AWS is reached instead of its own: a VPC endpoint, a test server, the demo.

use serde::{Deserialize, Serialize};
use url::Url;

use super::ids::{is_https_or_loopback, is_loopback};

/// An address that may be given tokens: https anywhere, http on this machine alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint(Url);

/// Why an endpoint was refused. The address is left out: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidEndpoint(&'static str);

impl Endpoint {
    /// Checks `text`.
    ///
    /// # Errors
    /// Where it is no such address, or carries a user name, a query or a fragment.
    pub fn parse(text: &str) -> Result<Self, InvalidEndpoint> {
        let url = Url::parse(text).map_err(|_| InvalidEndpoint("it is not a URL"))?;
        if !is_https_or_loopback(&url) {
            return Err(InvalidEndpoint("it is neither https nor on this machine"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidEndpoint("it carries a user name or a password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidEndpoint("it carries a query or a fragment"));
        }
        Ok(Endpoint(url))
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is on this machine, where no proxy is asked.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl TryFrom<String> for Endpoint {
    type Error = InvalidEndpoint;

    fn try_from(text: String) -> Result<Self, InvalidEndpoint> {
        Endpoint::parse(&text)
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> String {
        endpoint.0.into()
    }
}

/// The addresses that take the place of AWS's own, service by service.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Endpoints {
    /// In place of SSO-OIDC, which is sent client secrets, codes and refresh tokens.
    pub oidc: Option<Endpoint>,
    /// In place of the access portal, which is sent access tokens.
    pub portal: Option<Endpoint>,
    /// In place of STS, which is sent session tokens and signatures.
    pub sts: Option<Endpoint>,
}

impl Endpoints {
    /// One address for all services.
    pub fn all(endpoint: Endpoint) -> Self {
        Endpoints { oidc: Some(endpoint.clone()), portal: Some(endpoint.clone()), sts: Some(endpoint) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told_from_other_addresses_and_one_address_serves_all_services() {
        let (here, elsewhere) = ("http://127.0.0.1:9", "https://proxy.example/aws");
        let [here, elsewhere] = [here, elsewhere].map(|address| Endpoint::parse(address).unwrap());
        assert!(here.is_loopback() && !elsewhere.is_loopback());
        let all = Endpoints::all(elsewhere.clone());
        assert_eq!([all.oidc, all.portal, all.sts], [(); 3].map(|()| Some(elsewhere.clone())));
    }

    #[test]
    fn tokens_go_to_https_or_to_this_machine() {
        for good in ["https://vpce-1.oidc.example", "https://proxy.example/aws", "http://127.0.0.1:9", "http://[::1]:9"]
        {
            assert!(Endpoint::parse(good).is_ok(), "{good}");
        }
        let refused = [
            "http://oidc.example",
            "http://127.0.0.1.nip.io:9",
            "http://127.0.0.1@evil.example",
            "http://user@127.0.0.1:9",
            "https://user:CANARY@oidc.example",
            "https://oidc.example/?CANARY",
            "https://oidc.example/#CANARY",
            "ftp://127.0.0.1",
            "oidc.example",
            "",
        ];
        for bad in refused {
            let error = Endpoint::parse(bad).unwrap_err();
            assert!(!error.to_string().contains("CANARY"), "{bad}");
        }
    }
}
