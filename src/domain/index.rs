//! What is known without opening the keyring: which sessions and role credentials exist and when they end.
//!
//! The index holds no secret. It feeds `status`, the terminal UI's first frame and `logout`, which asks it
//! what there is to delete; so an entry is written before the secret it stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::credentials::CachedCredentials;
use super::elevation::GrantedElevation;
use super::endpoint::Endpoints;
use super::holders::Holders;
use super::ids::{Region, SessionName, StartUrl};
use super::session::{Flow, SignedIn};
use super::source::Source;
use super::sso_session::{Scope, SessionKey, SsoSession};
use super::store_choice::StoreName;
use super::target::Target;
use super::text::Untrusted;
use super::time::Lifespan;
use super::uses::Use;

/// The index of one state folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Index {
    /// Sessions by [`SessionKey`].
    pub sessions: BTreeMap<String, SessionNote>,
}

/// A session, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionNote {
    /// The name in the config file.
    pub name: SessionName,
    /// The portal.
    pub start_url: StartUrl,
    /// Its region.
    pub region: Region,
    /// What a sign-in asks for.
    #[serde(default = "default_scopes")]
    pub scopes: Vec<Scope>,
    /// Where AWS is reached.
    #[serde(default)]
    pub endpoints: Endpoints,
    /// The stores that hold a sign-in, each with the sign-in's life by our own ceiling.
    #[serde(default)]
    pub stores: Holders,
    /// The last sign-in, while there is one.
    #[serde(default)]
    pub signed_in: Option<SignInNote>,
    /// Who signed in, once AWS has said so.
    #[serde(default)]
    pub user: Option<Untrusted>,
    /// The session in whose place this one serves, where this one is at a replica of it.
    #[serde(default)]
    pub standby_of: Option<SessionKey>,
    /// Since when its region does not answer, where that was found last.
    #[serde(default)]
    pub out_since: Option<Timestamp>,
    /// Targets used with this session, by `ACCOUNT/ROLE`.
    #[serde(default)]
    pub targets: BTreeMap<String, TargetNote>,
}

/// A sign-in, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignInNote {
    /// Tells sign-ins apart.
    pub login_id: u64,
    /// How it was authorized.
    pub flow: Flow,
    /// The access token's life.
    pub token: Lifespan,
    /// The session's life by our own ceiling.
    pub session: Lifespan,
    /// Whether the access token can be refreshed without a person.
    pub refreshable: bool,
    /// The store that has it; older notes do not say.
    #[serde(default)]
    pub store: Option<StoreName>,
}

fn default_scopes() -> Vec<Scope> {
    vec![Scope::account_access()]
}

/// Whether what was noted with the store `noted` is in `store`, or nowhere else: what a process had in its memory went
/// with it.
fn is_in(noted: Option<StoreName>, store: StoreName) -> bool {
    noted.is_none_or(|noted| noted == store || noted == StoreName::Memory)
}

impl SessionNote {
    /// Whether there is anything to sign out of.
    fn is_in_use(&self) -> bool {
        let is_kept = self.targets.values().any(|target| target.kept.is_some());
        self.signed_in.is_some() || !self.stores.is_empty() || is_kept
    }

    /// The session that the note is about.
    fn session(&self) -> SsoSession {
        SsoSession {
            name: self.name.clone(),
            start_url: self.start_url.clone(),
            region: self.region.clone(),
            scopes: self.scopes.clone(),
            endpoints: Arc::new(self.endpoints.clone()),
        }
    }

    /// Whether nothing here shows that anybody has ever signed in.
    pub fn is_untried(&self) -> bool {
        self.signed_in.is_none() && self.targets.is_empty()
    }
}

impl SignInNote {
    /// From when to when the session can be used without signing in again.
    pub fn lifespan(&self) -> Lifespan {
        if self.refreshable {
            return self.session;
        }
        self.session.ending_by(self.token.ends_at()).unwrap_or(self.token)
    }
}

/// A target, without its secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetNote {
    /// What.
    pub target: Target,
    /// The credentials kept last, if any.
    #[serde(default)]
    pub kept: Option<KeptNote>,
    /// The stores that hold credentials, each with their life.
    #[serde(default)]
    pub stores: Holders,
    /// How often it was used.
    #[serde(default)]
    pub uses: u32,
    /// When it was last used.
    #[serde(default)]
    pub last_used: Option<Timestamp>,
}

/// Role credentials, without their secrets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptNote {
    /// Names the key in CloudTrail.
    pub access_key_id: String,
    /// From when to when daypass hands them out.
    pub ours: Lifespan,
    /// When AWS ends them (AWS's clock).
    pub aws_ends_at: Timestamp,
    /// Why, where the tier asked for a reason.
    #[serde(default)]
    pub reason: Option<String>,
    /// The store that has them; older notes do not say.
    #[serde(default)]
    pub store: Option<StoreName>,
}

impl KeptNote {
    /// From when to when AWS takes them.
    pub fn aws(&self) -> Lifespan {
        // Ours never ends after AWS's.
        Lifespan::new(self.ours.obtained(), self.aws_ends_at).unwrap_or(self.ours)
    }
}

impl Index {
    /// The note of `session`, made where there is none.
    pub fn session_mut(&mut self, session: &SsoSession) -> &mut SessionNote {
        self.sessions.entry(session.key().as_str().to_owned()).or_insert_with(|| SessionNote {
            name: session.name.clone(),
            start_url: session.start_url.clone(),
            region: session.region.clone(),
            scopes: session.scopes.clone(),
            endpoints: (*session.endpoints).clone(),
            stores: Holders::default(),
            signed_in: None,
            user: None,
            standby_of: None,
            out_since: None,
            targets: BTreeMap::new(),
        })
    }

    /// The note of the session with this key.
    pub fn session(&self, key: &SessionKey) -> Option<&SessionNote> {
        self.sessions.get(key.as_str())
    }

    /// The portal's role `target` in the session with this key, where the index leads there.
    pub fn source(&self, key: &SessionKey, target: &Target) -> Option<Source> {
        let session = self.session(key)?.session();
        (session.key() == *key).then(|| Source::portal_role(session, target.clone()))
    }

    /// The sessions that there is anything to sign out of. A note that does not lead to the key it is filed under is
    /// left out: no token goes anywhere on its word.
    pub fn sessions_in_use(&self) -> Vec<SsoSession> {
        let in_use = self.sessions.iter().filter(|(_, note)| note.is_in_use());
        let sessions = in_use.map(|(key, note)| (key, note.session()));
        sessions.filter(|(key, session)| session.key().as_str() == *key).map(|(_, session)| session).collect()
    }

    /// Those among them that are at replicas of the session with this key.
    pub fn standbys_in_use(&self, primary: &SessionKey) -> Vec<SsoSession> {
        let mut sessions = self.sessions_in_use();
        sessions.retain(|session| self.standby_of(session) == Some(primary));
        sessions
    }

    /// The session in whose place `session` serves, where it is at a replica of that.
    pub fn standby_of(&self, session: &SsoSession) -> Option<&SessionKey> {
        self.session(&session.key())?.standby_of.as_ref()
    }

    /// Notes that `standby` is at a replica of `primary`.
    pub fn note_standby(&mut self, standby: &SsoSession, primary: &SsoSession) {
        self.session_mut(standby).standby_of = Some(primary.key());
    }

    /// Notes that the region of `session` does not answer, `since` then, or that it does.
    pub fn note_out(&mut self, session: &SsoSession, since: Option<Timestamp>) {
        self.session_mut(session).out_since = since;
    }

    /// Notes that `store` is about to hold a sign-in that lives this long.
    pub fn note_store(&mut self, session: &SsoSession, store: StoreName, life: Lifespan) {
        self.session_mut(session).stores.note(store, life);
    }

    /// Notes a sign-in or its refresh.
    pub fn note_sign_in(&mut self, session: &SsoSession, signed_in: &SignedIn, store: StoreName) {
        self.note_store(session, store, signed_in.session);
        let note = self.session_mut(session);
        // Another sign-in may be another person's.
        if note.signed_in.as_ref().is_none_or(|before| before.login_id != signed_in.login_id) {
            note.user = None;
            note.out_since = None;
        }
        note.signed_in = Some(SignInNote {
            login_id: signed_in.login_id,
            flow: signed_in.flow,
            token: signed_in.token,
            session: signed_in.session,
            refreshable: signed_in.refresh_token.is_some(),
            store: Some(store),
        });
    }

    /// Notes that AWS takes the tokens in `store` no more; what was kept with them stays.
    pub fn note_rejected(&mut self, session: &SsoSession, store: StoreName) {
        let note = self.session_mut(session);
        note.signed_in.take_if(|signed_in| is_in(signed_in.store, store));
    }

    /// Notes that `store` holds nothing of a sign-in any more; what was used stays remembered.
    pub fn note_sign_out(&mut self, session: &SsoSession, store: StoreName) {
        self.note_rejected(session, store);
        let note = self.session_mut(session);
        note.stores.forget(store);
        if note.signed_in.is_none() {
            note.user = None;
        }
        for target in note.targets.values_mut() {
            target.forget(store);
        }
    }

    /// Notes who AWS says signed in with `login_id`, if that is still the sign-in.
    pub fn note_user(&mut self, session: &SsoSession, login_id: u64, user: &Untrusted) {
        let note = self.session_mut(session);
        if note.signed_in.as_ref().is_some_and(|now| now.login_id == login_id) {
            note.user = Some(user.clone());
        }
    }

    /// Notes credentials that are about to be kept, and that they are used.
    pub fn note_kept(
        &mut self,
        source: &Source,
        cached: &CachedCredentials,
        elevation: Option<&GrantedElevation>,
        store: StoreName,
    ) {
        let used_at = cached.life().obtained().at.wall;
        let note = self.target_mut(source);
        note.stores.note(store, cached.life());
        note.kept = Some(KeptNote {
            access_key_id: cached.credentials().access_key_id.to_string(),
            ours: cached.life(),
            aws_ends_at: cached.credentials().expires_at,
            reason: elevation.map(|elevation| elevation.reason().to_string()),
            store: Some(store),
        });
        note.uses = note.uses.saturating_add(1);
        note.last_used = Some(used_at);
    }

    /// Counts a use of credentials that were kept already. Only targets that are noted have any.
    pub fn note_use(&mut self, used: &Use<'_>) {
        let session = self.sessions.get_mut(used.session);
        if let Some(note) = session.and_then(|session| session.targets.get_mut(used.target)) {
            note.uses = note.uses.saturating_add(1);
            note.last_used = note.last_used.max(Some(used.at));
        }
    }

    /// Notes that the credentials of `source` are gone from `store`.
    pub fn note_dropped(&mut self, source: &Source, store: StoreName) {
        self.target_mut(source).forget(store);
    }

    fn target_mut(&mut self, source: &Source) -> &mut TargetNote {
        let target = source.target();
        self.session_mut(source.session()).targets.entry(target.to_string()).or_insert_with(|| TargetNote {
            target: target.clone(),
            kept: None,
            stores: Holders::default(),
            uses: 0,
            last_used: None,
        })
    }
}

impl TargetNote {
    fn forget(&mut self, store: StoreName) {
        self.kept.take_if(|kept| is_in(kept.store, store));
        self.stores.forget(store);
    }

    /// Frecency: how often and how lately the target was used, as one number to sort by.
    pub fn frecency(&self, now: Timestamp) -> f64 {
        let Some(last_used) = self.last_used else { return 0.0 };
        let days = now.duration_since(last_used).as_secs_f64().max(0.0) / 86_400.0;
        // Half its weight is gone after a week.
        f64::from(self.uses) * 0.5_f64.powf(days / 7.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_counts_for_the_target_that_is_noted_and_makes_no_other() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let session = SsoSession::new(
            SessionName::parse("acme").unwrap(),
            StartUrl::parse("https://acme.awsapps.com/start").unwrap(),
            Region::parse("us-east-1").unwrap(),
        );
        let target: Target = "123456789012/ReadOnly".parse().unwrap();
        let mut index = Index::default();
        index.target_mut(&Source::portal_role(session.clone(), target.clone()));
        let (key, other) = (session.key(), "123456789012/Admin");
        for (session, target, second) in
            [(key.as_str(), "123456789012/ReadOnly", 9), (key.as_str(), "123456789012/ReadOnly", 7)]
                .into_iter()
                .chain([(key.as_str(), other, 8), ("beta", "123456789012/ReadOnly", 8)])
        {
            index.note_use(&Use { session, target, at: at(second) });
        }
        assert_eq!(index.sessions.len(), 1);
        let targets = &index.sessions[key.as_str()].targets;
        assert_eq!(targets.len(), 1);
        let note = &targets[&target.to_string()];
        assert_eq!((note.uses, note.last_used), (2, Some(at(9))));
    }

    #[test]
    fn use_weighs_half_after_a_week_and_what_was_never_used_nothing() {
        let at = |days: i64| Timestamp::from_second(days * 86_400).unwrap();
        let target = "123456789012/ReadOnly".parse().unwrap();
        let used = TargetNote { target, kept: None, stores: Holders::default(), uses: 4, last_used: Some(at(100)) };
        assert_eq!([100, 107, 114, 99].map(|day| used.frecency(at(day))), [4.0, 2.0, 1.0, 4.0]);
        let never = TargetNote { uses: 0, last_used: None, ..used };
        assert_eq!(never.frecency(at(100)), 0.0);
    }
}
