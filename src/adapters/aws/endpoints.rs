//! Where AWS is: the variables that point the SDKs elsewhere, through a proxy, or at FIPS and dual-stack hosts.

use std::collections::HashMap;

use url::Url;

use crate::domain::ids::is_loopback;

/// What the environment says about endpoints.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// Overrides SSO-OIDC's endpoint.
    pub sso_oidc: Option<String>,
    /// Overrides the portal's endpoint.
    pub sso: Option<String>,
    /// Overrides STS's endpoint.
    pub sts: Option<String>,
    /// Use FIPS endpoints.
    pub fips: bool,
    /// Use dual-stack endpoints.
    pub dual_stack: bool,
    /// A PEM file of certificate authorities to trust instead of the system's.
    pub ca_bundle: Option<String>,
}

impl Endpoints {
    /// Reads the AWS SDKs' variables from `environment`; the service's own variable wins over the general one.
    pub fn from_environment(environment: &HashMap<String, String>) -> Self {
        let value = |name: &str| environment.get(name).filter(|value| !value.is_empty()).cloned();
        let is_on = |name: &str| value(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let ignored = is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        let endpoint = |service: &str| {
            if ignored {
                return None;
            }
            value(&format!("AWS_ENDPOINT_URL_{service}")).or_else(|| value("AWS_ENDPOINT_URL"))
        };
        Endpoints {
            sso_oidc: endpoint("SSO_OIDC"),
            sso: endpoint("SSO"),
            sts: endpoint("STS"),
            fips: is_on("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: is_on("AWS_USE_DUALSTACK_ENDPOINT"),
            ca_bundle: value("AWS_CA_BUNDLE"),
        }
    }

    /// Whether everything is on this machine, where no proxy has any business.
    pub fn are_local(&self) -> bool {
        [&self.sso_oidc, &self.sso, &self.sts].into_iter().all(|endpoint| {
            endpoint.as_deref().and_then(|text| Url::parse(text).ok()).is_some_and(|url| is_loopback(&url))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(pairs: &[(&str, &str)]) -> Endpoints {
        Endpoints::from_environment(
            &pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        )
    }

    #[test]
    fn a_services_own_variable_wins() {
        let found = endpoints(&[("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_SSO", "http://sso")]);
        assert_eq!(found.sso.as_deref(), Some("http://sso"));
        assert_eq!(found.sso_oidc.as_deref(), Some("http://all"));
        assert_eq!(found.sts.as_deref(), Some("http://all"));
    }

    #[test]
    fn switches_are_on_only_when_they_say_true() {
        let found = endpoints(&[("AWS_USE_FIPS_ENDPOINT", "True"), ("AWS_USE_DUALSTACK_ENDPOINT", "0")]);
        assert!(found.fips);
        assert!(!found.dual_stack);
    }
}
