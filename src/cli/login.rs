//! `daypass login`: signs in, once a day, and only when that is needed.

use std::io::IsTerminal;
use std::sync::Arc;

use super::context::Context;
use super::output::{Progress, stderr};
use crate::domain::freshness::{TokenDecision, decide_token};
use crate::domain::ids::{Region, SessionName, StartUrl};
use crate::domain::index::SignInNote;
use crate::domain::session::Flow;
use crate::domain::sso_session::SsoSession;
use crate::domain::time::left_words;
use crate::error::{Error, Result};
use crate::flows::login::{Event, LoginRequest, login};
use crate::ports::Opened;
use crate::runtime;
use crate::settings::{Choice, Flags};

/// Sign in to an SSO session, unless it is signed in already
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The SSO session's name in ~/.aws/config
    #[arg(value_name = "SESSION", value_parser = SessionName::parse)]
    session: Option<SessionName>,
    /// How to sign in: `device` works with any browser anywhere, `pkce` with one on this machine
    #[arg(long, value_name = "device|pkce", value_parser = Flow::parse)]
    flow: Option<Flow>,
    /// Print the link and the code, and open nothing
    #[arg(long)]
    no_browser: bool,
    /// Sign in anew even though the session is signed in
    #[arg(long)]
    force: bool,
    /// The portal's start URL, to add a session to ~/.aws/config
    #[arg(long, value_name = "URL", requires = "region", value_parser = StartUrl::parse)]
    start_url: Option<StartUrl>,
    /// The region Identity Center runs in
    #[arg(long, value_name = "REGION", requires = "start_url", value_parser = Region::parse)]
    region: Option<Region>,
}

impl Args {
    /// What these arguments say about settings.
    pub fn flags(&self) -> Flags {
        Flags { flow: self.flow, open_browser: self.no_browser.then_some(false), ..Flags::default() }
    }
}

pub fn run(args: &Args, context: &Context) -> Result<u8> {
    let session = session(args, context)?;
    if let Some(signed_in) = still_signed_in(&session, context).filter(|_| !args.force)
        && keyring_agrees(&session, context)?
    {
        let left = left_words(signed_in.lifespan().left(context.ports.clock.now()));
        stderr(&format!("`{}` is signed in for another {left}; --force signs in anew", session.name));
        return Ok(0);
    }
    let request = LoginRequest {
        session: session.clone(),
        flow: context.settings.flow.value,
        max_session: context.policy.max_session(),
        open_browser: context.settings.open_browser.value,
    };
    let teller = Teller { progress: Progress::new() };
    runtime::run(login(&context.ports, &request, &|event| teller.tell(event)))?;
    drop(teller);
    if let Some(notice) = context.ports.store.notice() {
        stderr(&format!("daypass: {notice}"));
    }
    let left = still_signed_in(&session, context).map_or_else(String::new, |note| {
        format!(" for {}", left_words(note.lifespan().left(context.ports.clock.now())))
    });
    stderr(&format!("`{}` is signed in{left}", session.name));
    Ok(0)
}

/// The session that is meant; one given by URL and region is written to the config file first.
fn session(args: &Args, context: &Context) -> Result<SsoSession> {
    let (Some(start_url), Some(region)) = (&args.start_url, &args.region) else {
        return context.session(args.session.as_ref()).cloned();
    };
    let name = match &args.session {
        Some(name) => name.clone(),
        None => SessionName::parse(&start_url.short_name())
            .map_err(|why| Error::usage(why.to_string()).hint("name the session: daypass login NAME --start-url …"))?,
    };
    let wanted = SsoSession::new(name, start_url.clone(), region.clone()).at(Arc::clone(&context.endpoints));
    let known = context.sessions.iter().find(|known| known.name == wanted.name);
    match known {
        Some(known) if known.start_url == wanted.start_url && known.region == wanted.region => Ok(known.clone()),
        _ => {
            context.ports.session_config.add(&wanted)?;
            stderr(&format!("added [sso-session {}] to {}", wanted.name, context.surroundings.config_file.display()));
            Ok(wanted)
        }
    }
}

/// The sign-in, where it can still be used.
fn still_signed_in(session: &SsoSession, context: &Context) -> Option<SignInNote> {
    let note = context.ports.state.index().session(&session.key())?.signed_in.clone()?;
    (!note.lifespan().left(context.ports.clock.now()).is_zero()).then_some(note)
}

/// Whether the keyring holds what the notes promise: it may have been emptied, or damaged, behind our back.
fn keyring_agrees(session: &SsoSession, context: &Context) -> Result<bool> {
    let record = context.ports.store.load_session(&session.key())?.unwrap_or_default();
    Ok(decide_token(&record, context.ports.clock.now()) != TokenDecision::LoginNeeded)
}

/// Tells the person on stderr what to do and what is waited for.
struct Teller {
    progress: Progress,
}

impl Teller {
    fn tell(&self, event: Event) {
        match event {
            Event::CodeIssued { user_code, link, link_with_code, expires_in } => {
                stderr(&format!("Open     {link_with_code}"));
                if link != link_with_code {
                    stderr(&format!("or       {link}"));
                }
                stderr(&format!("and confirm the code\n\n         {user_code}\n"));
                self.show_qr(link_with_code.as_str());
                self.progress
                    .say(&format!("waiting for the confirmation, at most {} min …", expires_in.as_secs().div_ceil(60)));
            }
            Event::BrowserNeeded { link, expires_in } => {
                stderr(&format!("Open on this machine\n\n  {link}\n"));
                self.progress
                    .say(&format!("waiting for the browser, at most {} min …", expires_in.as_secs().div_ceil(60)));
            }
            Event::Browser(Opened::Yes) => self.progress.say("a browser was opened; waiting for the confirmation …"),
            Event::Browser(Opened::No(why)) => {
                self.progress
                    .say(&format!("no browser was opened ({}); waiting …", crate::domain::text::visible(&why)));
            }
            Event::StillWaiting { reachable: true } => self.progress.say("waiting for the confirmation …"),
            Event::StillWaiting { reachable: false } => self.progress.say("AWS is not answering; still trying …"),
        }
    }

    /// A QR code for the phone, where a person looks.
    fn show_qr(&self, link: &str) {
        if !std::io::stderr().is_terminal() {
            return;
        }
        if let Ok(code) = qrcode::QrCode::with_error_correction_level(link, qrcode::EcLevel::L) {
            stderr(&code.render::<qrcode::render::unicode::Dense1x2>().build());
        }
    }
}
