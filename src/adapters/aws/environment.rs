//! What the environment says about reaching AWS: the AWS SDKs' own variables.

use crate::domain::endpoint::{Endpoint, Endpoints, InvalidEndpoint};
use crate::environment::Environment;
use crate::error::{Error, Result, VariableFault};

/// How AWS is reached, apart from where.
#[derive(Debug, Clone, Default)]
pub struct ClientOptions {
    /// Use FIPS endpoints.
    pub fips: bool,
    /// Use dual-stack endpoints.
    pub dual_stack: bool,
    /// A PEM file of certificate authorities to trust instead of the system's.
    pub ca_bundle: Option<String>,
}

impl ClientOptions {
    /// Reads the switches and the bundle from `environment`.
    pub fn from_environment(environment: &Environment) -> Self {
        ClientOptions {
            fips: is_on(environment, "AWS_USE_FIPS_ENDPOINT"),
            dual_stack: is_on(environment, "AWS_USE_DUALSTACK_ENDPOINT"),
            ca_bundle: environment.text_if_utf8("AWS_CA_BUNDLE").map(str::to_owned),
        }
    }
}

/// Reads the endpoint overrides from `environment`; a service's own variable wins over the general one.
///
/// # Errors
/// `Usage` where one leads to an address that must not be given tokens.
pub fn endpoints_from_environment(environment: &Environment) -> Result<Endpoints> {
    if is_on(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
        return Ok(Endpoints::default());
    }
    let endpoint = |own: &'static str| {
        let named =
            [own, "AWS_ENDPOINT_URL"].into_iter().find_map(|name| Some((name, environment.text_if_utf8(name)?)));
        named.map(|(name, text)| Endpoint::parse(text).map_err(|why| refused(name, why))).transpose()
    };
    Ok(Endpoints {
        oidc: endpoint("AWS_ENDPOINT_URL_SSO_OIDC")?,
        portal: endpoint("AWS_ENDPOINT_URL_SSO")?,
        sts: endpoint("AWS_ENDPOINT_URL_STS")?,
    })
}

fn refused(name: &'static str, why: InvalidEndpoint) -> Error {
    Error::Variable { name, fault: VariableFault::Endpoint(why) }
}

fn is_on(environment: &Environment, name: &str) -> bool {
    environment.text_if_utf8(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        pairs.iter().copied().collect()
    }

    #[test]
    fn a_services_own_variable_wins() {
        let named = [("AWS_ENDPOINT_URL", "https://all.example"), ("AWS_ENDPOINT_URL_SSO", "https://sso.example")];
        let found = endpoints_from_environment(&environment(&named)).unwrap();
        assert_eq!(found.portal, Endpoint::parse("https://sso.example").ok());
        assert_eq!(found.oidc, Endpoint::parse("https://all.example").ok());
        assert_eq!(found.sts, Endpoint::parse("https://all.example").ok());
    }

    #[test]
    fn an_endpoint_that_must_not_be_given_tokens_is_refused_by_the_name_of_its_variable() {
        let suffixes = ["", "_SSO", "_SSO_OIDC", "_STS"];
        for name in suffixes.map(|suffix| format!("AWS_ENDPOINT_URL{suffix}")) {
            for address in ["http://sso.example/CANARY", "https://me:CANARY@sso.example"] {
                let error = endpoints_from_environment(&environment(&[(&name, address)])).unwrap_err();
                assert_eq!(error.kind(), Kind::Usage);
                assert!(error.to_string().contains(&format!("{name} is not an allowed endpoint")), "{error}");
                assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
                let ignored = [(name.as_str(), address), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
                assert_eq!(endpoints_from_environment(&environment(&ignored)).unwrap(), Endpoints::default());
            }
        }
    }

    #[test]
    fn switches_are_on_only_when_they_say_true() {
        let named = [("AWS_USE_FIPS_ENDPOINT", "True"), ("AWS_USE_DUALSTACK_ENDPOINT", "0")];
        let options = ClientOptions::from_environment(&environment(&named));
        assert!(options.fips);
        assert!(!options.dual_stack);
    }
}
