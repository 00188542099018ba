//! The access portal: accounts, roles, role credentials, and the end of a session.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::clients::Aws;
use super::errors::{classify, protocol};
use super::evidence::ReadEvidence;
use super::issued::Issued;
use crate::domain::aws_error::AwsError;
use crate::domain::call_evidence::Answered;
use crate::domain::catalog::Account;
use crate::domain::credentials::RoleCredentials;
use crate::domain::ids::{AccountId, RoleName};
use crate::domain::pkce::Attempt;
use crate::domain::session::{ClientRegistration, Flow, IssuedToken};
use crate::domain::sso_session::SsoSession;
use crate::domain::target::Target;
use crate::domain::text::Untrusted;
use crate::error::Result;
use crate::ports::{DeviceAuthorization, Grant, IdentityCenter, Page};

/// The most entries the portal gives a page.
const PAGE: i32 = 100;

#[async_trait]
impl IdentityCenter for Aws {
    async fn register_client(
        &self,
        session: &SsoSession,
        flow: Flow,
    ) -> Result<(String, SecretString, Timestamp), AwsError> {
        self.register(session, flow).await
    }

    async fn start_device_authorization(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
    ) -> Result<DeviceAuthorization, AwsError> {
        self.start_device(session, registration).await
    }

    async fn authorize_url(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
        attempt: &Attempt,
    ) -> Result<Url> {
        self.authorize(session, registration, attempt).await
    }

    async fn create_token(
        &self,
        session: &SsoSession,
        registration: &ClientRegistration,
        grant: Grant<'_>,
    ) -> Result<IssuedToken, AwsError> {
        self.token(session, registration, grant).await
    }

    async fn list_accounts(
        &self,
        session: &SsoSession,
        token: &SecretString,
        page: Option<&str>,
    ) -> Result<Page<Account>, AwsError> {
        let answer = self
            .clients(session)?
            .portal
            .list_accounts()
            .access_token(token.expose_secret())
            .max_results(PAGE)
            .set_next_token(page.map(str::to_owned))
            .send()
            .await
            .map_err(|error| classify("ListAccounts", &error, &[token.expose_secret()]))?;
        let accounts = answer.account_list.ok_or_else(|| protocol("ListAccounts", "accountList"))?;
        let items = accounts.into_iter().map(|account| {
            let id = AccountId::parse(account.account_id.as_deref().unwrap_or_default())
                .map_err(|_| protocol("ListAccounts", "accountId"))?;
            Ok(Account {
                id,
                name: Untrusted::new(account.account_name.unwrap_or_default()),
                email: Untrusted::new(account.email_address.unwrap_or_default()),
            })
        });
        Ok(Page { items: items.collect::<Result<_, AwsError>>()?, next: non_empty(answer.next_token) })
    }

    async fn list_roles(
        &self,
        session: &SsoSession,
        token: &SecretString,
        account: &AccountId,
        page: Option<&str>,
    ) -> Result<Page<RoleName>, AwsError> {
        let answer = self
            .clients(session)?
            .portal
            .list_account_roles()
            .access_token(token.expose_secret())
            .account_id(account.as_str())
            .max_results(PAGE)
            .set_next_token(page.map(str::to_owned))
            .send()
            .await
            .map_err(|error| classify("ListAccountRoles", &error, &[token.expose_secret()]))?;
        let roles = answer.role_list.ok_or_else(|| protocol("ListAccountRoles", "roleList"))?;
        let names = roles.into_iter().map(|role| {
            RoleName::parse(role.role_name.as_deref().unwrap_or_default())
                .map_err(|_| protocol("ListAccountRoles", "roleName"))
        });
        Ok(Page { items: names.collect::<Result<_, AwsError>>()?, next: non_empty(answer.next_token) })
    }

    async fn role_credentials(
        &self,
        session: &SsoSession,
        token: &SecretString,
        target: &Target,
    ) -> Result<Answered<RoleCredentials>, AwsError> {
        const OPERATION: &str = "GetRoleCredentials";
        let evidence = ReadEvidence::default();
        let answer = self
            .clients(session)?
            .portal
            .get_role_credentials()
            .access_token(token.expose_secret())
            .account_id(target.account.as_str())
            .role_name(target.role.as_str())
            .customize()
            .interceptor(evidence.clone())
            .send()
            .await
            .map_err(|error| classify(OPERATION, &error, &[token.expose_secret()]))?;
        let given = answer.role_credentials.ok_or_else(|| protocol(OPERATION, "roleCredentials"))?;
        let issued = Issued {
            operation: OPERATION,
            access_key_id: given.access_key_id.unwrap_or_default(),
            secret_access_key: given.secret_access_key.unwrap_or_default().into(),
            session_token: given.session_token.unwrap_or_default().into(),
            expiration: given.expiration,
        };
        Ok(evidence.with(issued.checked()?))
    }

    async fn logout(&self, session: &SsoSession, token: &SecretString) -> Result<(), AwsError> {
        self.clients(session)?
            .portal
            .logout()
            .access_token(token.expose_secret())
            .send()
            .await
            .map(|_| ())
            .map_err(|error| classify("Logout", &error, &[token.expose_secret()]))
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        self.offset.get()
    }
}

fn non_empty(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}
