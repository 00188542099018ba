//! STS: who role credentials belong to, as CloudTrail will show it, and the credentials of a further role.

use async_trait::async_trait;
use aws_sdk_sts::config::{Builder, Credentials};
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_sdk_sts::types::Tag;
use aws_smithy_async::time::StaticTimeSource;
use secrecy::ExposeSecret;

use super::clients::Aws;
use super::errors::{classify_sts, protocol};
use super::evidence::ReadEvidence;
use super::issued::Issued;
use crate::domain::assume_role::AssumeRole;
use crate::domain::aws_error::AwsError;
use crate::domain::call_evidence::Answered;
use crate::domain::caller_identity::CallerIdentity;
use crate::domain::credentials::RoleCredentials;
use crate::domain::ids::AccountId;
use crate::domain::sso_session::SsoSession;
use crate::domain::text::Untrusted;
use crate::ports::Sts;

#[async_trait]
impl Sts for Aws {
    async fn caller_identity(
        &self,
        session: &SsoSession,
        credentials: &RoleCredentials,
    ) -> Result<Answered<CallerIdentity>, AwsError> {
        const OPERATION: &str = "GetCallerIdentity";
        let evidence = ReadEvidence::default();
        let answer = self
            .clients(session)?
            .sts
            .get_caller_identity()
            .customize()
            .config_override(self.signed_with(credentials))
            .interceptor(evidence.clone())
            .send()
            .await
            .map_err(|error| classify_sts(OPERATION, &error, &secrets_of(credentials)))?;
        let account = AccountId::parse(answer.account.as_deref().unwrap_or_default())
            .map_err(|_| protocol(OPERATION, "Account"))?;
        let arn = answer.arn.map(Untrusted::new).ok_or_else(|| protocol(OPERATION, "Arn"))?;
        Ok(evidence.with(CallerIdentity { account, arn }))
    }

    async fn assume_role(
        &self,
        session: &SsoSession,
        credentials: &RoleCredentials,
        request: &AssumeRole,
    ) -> Result<Answered<RoleCredentials>, AwsError> {
        self.assume(session, credentials, request)
            .await
            .map_err(|error| AwsError { detail: Untrusted::new(naming(request, error.detail.raw())), ..error })
    }
}

impl Aws {
    async fn assume(
        &self,
        session: &SsoSession,
        credentials: &RoleCredentials,
        request: &AssumeRole,
    ) -> Result<Answered<RoleCredentials>, AwsError> {
        const OPERATION: &str = "AssumeRole";
        let evidence = ReadEvidence::default();
        let call = self.clients(session)?.sts.assume_role();
        let answer = with_tags(call, request)
            .role_arn(request.role.as_str())
            .role_session_name(request.session_name.as_str())
            .source_identity(request.source_identity.as_str())
            .duration_seconds(request.duration.as_secs())
            .customize()
            .config_override(self.signed_with(credentials))
            .interceptor(evidence.clone())
            .send()
            .await
            .map_err(|error| classify_sts(OPERATION, &error, &secrets_of(credentials)))?;
        let given = answer.credentials.ok_or_else(|| protocol(OPERATION, "credentials"))?;
        let issued = Issued {
            operation: OPERATION,
            access_key_id: given.access_key_id,
            secret_access_key: given.secret_access_key.into(),
            session_token: given.session_token.into(),
            expiration: given.expiration.to_millis().map_err(|_| protocol(OPERATION, "expiration"))?,
        };
        let answered = evidence.with(issued.checked()?);
        let is_past = |date| answered.value.expires_at <= date;
        if answered.evidence.aws_date.is_some_and(is_past) {
            return Err(protocol(OPERATION, "expiration"));
        }
        Ok(answered)
    }

    /// The settings for one call in the name of `credentials`. It is signed with AWS's time, which AWS compares: ours may be
    /// hours off, and the SDK learns that of each service anew, by a call that fails.
    fn signed_with(&self, credentials: &RoleCredentials) -> Builder {
        let signer = Credentials::new(
            credentials.access_key_id.as_str(),
            credentials.secret_access_key.expose_secret(),
            Some(credentials.session_token.expose_secret().to_owned()),
            None,
            "daypass",
        );
        aws_sdk_sts::Config::builder()
            .credentials_provider(signer)
            .disable_clock_skew_correction(true)
            .time_source(StaticTimeSource::new(self.offset.aws_time().into()))
    }
}

fn with_tags(call: AssumeRoleFluentBuilder, request: &AssumeRole) -> AssumeRoleFluentBuilder {
    // Building fails for a tag without key or value alone.
    let tags = request.tags.pairs().filter_map(|(key, value)| Tag::builder().key(key).value(value).build().ok());
    tags.fold(call, AssumeRoleFluentBuilder::tags)
}

/// What a call signed with `credentials` sends, or could quote, of their secrets.
fn secrets_of(credentials: &RoleCredentials) -> [&str; 2] {
    [credentials.session_token.expose_secret(), credentials.secret_access_key.expose_secret()]
}

/// `said`, after the role that it is about: with several hops, that is the one that failed.
fn naming(request: &AssumeRole, said: &str) -> String {
    match said {
        "" => request.role.to_string(),
        said => format!("{}: {said}", request.role),
    }
}
