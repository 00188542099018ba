//! `daypass status`: sessions and role credentials with the time left. The index says what there is; the lists of
//! accounts say what those of kept credentials are called, and are read for nothing else.

use serde::Serialize;

use super::context::Context;
use super::output;
use crate::domain::audit::Subject;
use crate::domain::catalog::Catalog;
use crate::domain::elevation_list::Active;
use crate::domain::ids::SessionName;
use crate::domain::index::{Index, KeptNote, SessionNote, SignInNote};
use crate::domain::live::until_words;
use crate::domain::sso_session::SsoSession;
use crate::domain::standby::usable;
use crate::domain::store_choice::StoreName;
use crate::domain::text::{Untrusted, columns, padded, visible};
use crate::domain::tier::Tier;
use crate::domain::time::{Lifespan, Now, in_whole_seconds, left_words};
use crate::error::Kind;
use crate::flows::elevation::settle_unanswered;
use crate::flows::standby::all_standbys;
use crate::report::{Report, Result};

/// The width that rows keep to, at the cost of account names, of which this much is always shown.
const ROW: usize = 80;
const NARROWEST_NAME: usize = 12;

/// Show sessions and role credentials with the time they have left; exits 3 when a login is needed
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The SSO session's name; all of them otherwise
    #[arg(value_name = "SESSION", value_parser = SessionName::parse)]
    session: Option<SessionName>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Status {
    signed_in: bool,
    sessions: Vec<SessionStatus>,
    /// What is elevated and until when, a line each; `elevations --json` has more.
    #[serde(skip)]
    elevated: Vec<String>,
}

#[derive(Serialize)]
struct SessionStatus {
    name: String,
    start_url: String,
    region: String,
    user: Option<String>,
    signed_in: bool,
    expires_at: Option<String>,
    seconds_left: i64,
    store: Option<StoreName>,
    /// A store that has a sign-in and was not chosen.
    #[serde(skip)]
    elsewhere: Option<StoreName>,
    credentials: Vec<CredentialsStatus>,
    /// Sign-ins made beforehand at replicas of the session.
    standbys: Vec<StandbyStatus>,
}

#[derive(Serialize)]
struct StandbyStatus {
    region: String,
    start_url: String,
    signed_in: bool,
    expires_at: Option<String>,
    seconds_left: i64,
    credentials: Vec<CredentialsStatus>,
}

#[derive(Serialize)]
struct CredentialsStatus {
    target: String,
    account_name: Option<String>,
    tier: Tier,
    access_key_id: String,
    expires_at: String,
    aws_expires_at: String,
    seconds_left: i64,
    reason: Option<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let named = context.named(args.session.as_ref())?;
    let sessions = match named {
        Some(name) => vec![context.session_named(name)?],
        None => context.sessions.iter().collect(),
    };
    if sessions.is_empty() {
        context.session(None)?;
    }
    settle_unanswered(&context.ports);
    let now = context.ports.clock.now();
    let meant = if named.is_some() { None } else { context.chosen(None)? };
    let status = status(&sessions, meant, now, context);
    output::stdout(&if args.json { json(&status) } else { text(&status) })?;
    let problems = context.problems.iter().map(|problem| Report::of(problem).message().to_owned());
    for warning in problems.chain(context.names.warnings().iter().map(|warning| visible(warning))) {
        output::stderr(&format!("daypass: {warning}"));
    }
    Ok(if status.signed_in { 0 } else { Kind::LoginNeeded.exit_code() })
}

/// The status of `sessions`. `signed_in`, which decides the exit code, is that of the session that is `meant`, or of any
/// where nothing says which.
fn status(sessions: &[&SsoSession], meant: Option<&SsoSession>, now: Now, context: &Context) -> Status {
    let index = context.ports.state.index();
    let sessions: Vec<_> = sessions.iter().map(|session| session_status(session, &index, now, context)).collect();
    let signed_in = match meant {
        Some(meant) => sessions.iter().any(|report| report.name == meant.name.as_str() && report.signed_in),
        None => sessions.iter().any(|report| report.signed_in),
    };
    Status { signed_in, sessions, elevated: elevated(now, context) }
}

/// What is elevated and until when; whatever the audit log is like, the rest of the status is told.
fn elevated(now: Now, context: &Context) -> Vec<String> {
    let list = match context.ports.audit.elevations() {
        Ok(list) => list,
        Err(error) => return vec![format!("what is elevated is not known: {}", Report::of(&error).message())],
    };
    let zone = context.environment.time_zone();
    let active = list.open().filter_map(|open| Some((&open.subject, open.active.as_ref()?)));
    let line = |(subject, active): (&Subject, &Active)| {
        let word = if subject.drill { "drill" } else { "elevated" };
        format!("{word}: {} {}", subject.described(), until_words(active, now, &zone))
    };
    active.filter(|(_, active)| !active.life.is_over(now)).map(line).collect()
}

fn session_status(session: &SsoSession, index: &Index, now: Now, context: &Context) -> SessionStatus {
    let note = index.session(&session.key());
    // With a store that was chosen, commands use that one alone.
    let choice = context.settings.store.value;
    let is_meant = |store: Option<StoreName>| store.is_none_or(|store| choice.allows(store));
    let noted =
        note.and_then(|note| note.signed_in.as_ref()).filter(|noted| seconds_left(Some(noted.lifespan()), now) > 0);
    let sign_in = noted.filter(|noted| is_meant(noted.store));
    let elsewhere = noted.filter(|noted| !is_meant(noted.store)).and_then(|noted| noted.store);
    let lifespan = sign_in.map(SignInNote::lifespan);
    let left = seconds_left(lifespan, now);
    SessionStatus {
        name: session.name.to_string(),
        start_url: session.start_url.to_string(),
        region: session.region.to_string(),
        user: note.and_then(|note| note.user.as_ref()).map(Untrusted::visible),
        signed_in: left > 0,
        expires_at: lifespan.map(|lifespan| in_whole_seconds(lifespan.ends_at_local())),
        seconds_left: left,
        store: sign_in.and_then(|sign_in| sign_in.store),
        elsewhere,
        credentials: kept_credentials(session, note, now, context),
        standbys: standbys(session, index, now, context),
    }
}

/// The replicas that the settings name, and those besides that somebody is signed in to.
fn standbys(session: &SsoSession, index: &Index, now: Now, context: &Context) -> Vec<StandbyStatus> {
    let choice = context.settings.store.value;
    let all = all_standbys(&context.ports, session, context.standbys_of(session));
    let status = |standby: SsoSession| {
        let note = index.session(&standby.key());
        let usable = usable(index.session(&session.key()), note, now);
        let sign_in = usable.filter(|sign_in| sign_in.store.is_none_or(|store| choice.allows(store)));
        let lifespan = sign_in.map(SignInNote::lifespan);
        StandbyStatus {
            region: standby.region.to_string(),
            start_url: standby.start_url.to_string(),
            signed_in: lifespan.is_some(),
            expires_at: lifespan.map(|lifespan| in_whole_seconds(lifespan.ends_at_local())),
            seconds_left: seconds_left(lifespan, now),
            credentials: kept_credentials(&standby, note, now, context),
        }
    };
    all.into_iter().map(status).collect()
}

/// The credentials of a session that the chosen store would hand out, those that end soonest first.
fn kept_credentials(
    session: &SsoSession,
    note: Option<&SessionNote>,
    now: Now,
    context: &Context,
) -> Vec<CredentialsStatus> {
    let choice = context.settings.store.value;
    let is_meant = |store: Option<StoreName>| store.is_none_or(|store| choice.allows(store));
    let kept: Vec<_> = note
        .into_iter()
        .flat_map(|note| note.targets.values())
        .filter_map(|target| target.kept.as_ref().map(|kept| (&target.target, kept)))
        .filter(|(_, kept)| is_meant(kept.store) && !kept.ours.left(now).is_zero())
        .collect();
    let catalog = if kept.is_empty() { Catalog::default() } else { context.ports.state.catalog(&session.key()) };
    let mut credentials: Vec<_> = kept
        .into_iter()
        .map(|(target, kept)| {
            let name = catalog.account(&target.account).map(|account| &account.name);
            let verdict = context.policy.judge_target(&catalog, target, now.wall);
            credentials_status(&target.to_string(), name, verdict.tier(), kept, now)
        })
        .collect();
    credentials.sort_by_key(|report| report.seconds_left);
    credentials
}

fn credentials_status(
    target: &str,
    name: Option<&Untrusted>,
    tier: Tier,
    kept: &KeptNote,
    now: Now,
) -> CredentialsStatus {
    CredentialsStatus {
        target: target.to_owned(),
        account_name: name.map(Untrusted::visible),
        tier,
        access_key_id: kept.access_key_id.clone(),
        expires_at: in_whole_seconds(kept.ours.ends_at_local()),
        aws_expires_at: in_whole_seconds(kept.aws_ends_at),
        seconds_left: seconds_left(Some(kept.ours), now),
        reason: kept.reason.clone(),
    }
}

fn seconds_left(lifespan: Option<Lifespan>, now: Now) -> i64 {
    lifespan.map_or(0, |lifespan| lifespan.left(now).as_secs())
}

fn json(status: &Status) -> String {
    // A struct of numbers and texts always serializes.
    serde_json::to_string_pretty(status).unwrap_or_default() + "\n"
}

fn text(status: &Status) -> String {
    let mut text = String::new();
    for session in &status.sessions {
        let state = if session.signed_in {
            // The one store that not every command finds: where the Secret Service answers, they take that.
            let store = if session.store == Some(StoreName::Keyutils) { " · in the kernel's keyring" } else { "" };
            format!("signed in, {} left{store}", words(session.seconds_left))
        } else if let Some(store) = session.elsewhere {
            format!("not signed in here, but with {store}: `--store {}` uses it", store.word())
        } else {
            "not signed in".to_owned()
        };
        let user = session.user.as_deref().map(|user| format!(" · {user}")).unwrap_or_default();
        text.push_str(&format!("{}{user} · {} · {state}\n", session.name, session.region));
        text.push_str(&table(&session.credentials));
        for standby in &session.standbys {
            let state = if standby.signed_in {
                format!("signed in, {} left", words(standby.seconds_left))
            } else {
                "not signed in".to_owned()
            };
            text.push_str(&format!("  standby, {} · {state}\n", standby.region));
            text.push_str(&table(&standby.credentials));
        }
    }
    text.extend(status.elevated.iter().map(|line| format!("{line}\n")));
    text
}

/// One line for each, in columns as wide as what they hold.
fn table(credentials: &[CredentialsStatus]) -> String {
    let name = |row: &CredentialsStatus| row.account_name.clone().unwrap_or_default();
    let width = |cell: fn(&CredentialsStatus) -> &str| credentials.iter().map(|row| columns(cell(row))).max();
    let targets = width(|row| &row.target).unwrap_or_default();
    let names = width(|row| row.account_name.as_deref().unwrap_or_default()).unwrap_or_default();
    let tiers = width(|row| row.tier.title()).unwrap_or_default();
    let others = targets + tiers + "59m 59s left".len() + 4 * "  ".len();
    let names = names.min(ROW.saturating_sub(others).max(NARROWEST_NAME));
    let mut text = String::new();
    for row in credentials {
        text.push_str(&format!(
            "  {}  {}  {}  {} left\n",
            padded(&row.target, targets),
            padded(&name(row), names),
            padded(row.tier.title(), tiers),
            words(row.seconds_left)
        ));
    }
    text
}

fn words(seconds: i64) -> String {
    left_words(jiff::SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(account_name: &str) -> CredentialsStatus {
        CredentialsStatus {
            target: "100000023757/Developer".to_owned(),
            account_name: Some(account_name.to_owned()),
            tier: Tier::Developer,
            access_key_id: "ASIAEXAMPLE".to_owned(),
            expires_at: String::new(),
            aws_expires_at: String::new(),
            seconds_left: 600,
            reason: None,
        }
    }

    #[test]
    fn wide_and_long_account_names_stay_in_their_columns() {
        let names = ["prod-payments-0003", "東京支店", &"x".repeat(80), &"東".repeat(80)];
        let mut rows: Vec<_> = names.map(credentials).into();
        let target = "100000086989/AWSAdministratorAccess".to_owned();
        rows.push(CredentialsStatus { target, tier: Tier::Admin, ..credentials("stage-payments-0011") });
        let session = SessionStatus {
            name: "acme".to_owned(),
            start_url: String::new(),
            region: "us-east-1".to_owned(),
            user: None,
            signed_in: true,
            expires_at: None,
            seconds_left: 600,
            store: None,
            elsewhere: None,
            credentials: rows,
            standbys: Vec::new(),
        };
        let text = text(&Status { signed_in: true, sessions: vec![session], elevated: Vec::new() });
        let widths: Vec<usize> = text.lines().skip(1).map(columns).collect();
        assert_eq!(widths.len(), names.len() + 1);
        assert!(widths.iter().all(|width| *width == widths[0] && *width <= 80), "{text}");
    }

    #[test]
    fn columns_are_as_wide_as_what_they_hold() {
        let rows = [credentials("prod-payments-0003"), credentials("audit")];
        let expected = "  100000023757/Developer  prod-payments-0003  Developer  10m 00s left\n  \
                        100000023757/Developer  audit               Developer  10m 00s left\n";
        assert_eq!(table(&rows), expected);
    }
}
