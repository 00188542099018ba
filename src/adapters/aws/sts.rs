//! STS: who the role credentials belong to, as CloudTrail will show it.

use async_trait::async_trait;
use aws_sdk_sts::config::Credentials;
use secrecy::ExposeSecret;

use super::clients::Aws;
use super::errors::{classify, protocol};
use crate::domain::aws_error::AwsError;
use crate::domain::credentials::RoleCredentials;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::Untrusted;
use crate::ports::Sts;

#[async_trait]
impl Sts for Aws {
    async fn caller_arn(&self, session: &SsoSession, credentials: &RoleCredentials) -> Result<Untrusted, AwsError> {
        let signer = Credentials::new(
            credentials.access_key_id.as_str(),
            credentials.secret_access_key.expose_secret(),
            Some(credentials.session_token.expose_secret().to_owned()),
            None,
            "daypass",
        );
        let answer = self
            .clients(session)?
            .sts
            .get_caller_identity()
            .customize()
            .config_override(aws_sdk_sts::Config::builder().credentials_provider(signer))
            .send()
            .await
            .map_err(|error| classify("GetCallerIdentity", &error, &[credentials.session_token.expose_secret()]))?;
        answer.arn.map(Untrusted::new).ok_or_else(|| protocol("GetCallerIdentity", "Arn"))
    }
}
