//! The catalogs of the sessions that are meant: those that are kept, listed again where that is asked for or due.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::context::Context;
use crate::cli::output::{Progress, stderr};
use crate::domain::catalog::Catalog;
use crate::domain::sso_session::SsoSession;
use crate::error::Kind;
use crate::flows::catalog::{self, Event};
use crate::report::{Report, Result};
use crate::runtime;

/// What is known of the sessions that are meant.
pub struct Listing<'a> {
    /// Those of which anything is known.
    pub listed: Vec<Listed<'a>>,
    /// How many are missing, or older than was asked for.
    pub missing: usize,
    has_several: bool,
}

/// A session with its catalog.
pub struct Listed<'a> {
    pub session: &'a SsoSession,
    pub catalog: Catalog,
}

impl Listing<'_> {
    /// Whether several sessions are meant, so that each row says which one it is of.
    pub fn has_several(&self) -> bool {
        self.has_several
    }
}

/// Lists the session that is chosen, or all of them where none is. Nobody is asked to sign in: of a session that nobody
/// is signed in to, what is kept is taken. Says on stderr what is old or missing.
///
/// # Errors
/// There is no session, or nothing is known of any.
pub fn list(refresh: bool, context: &Context) -> Result<Listing<'_>> {
    let sessions = meant(context)?;
    let has_several = sessions.len() > 1;
    let now = context.ports.clock.now().wall;
    let kept = |session| Listed { session, catalog: context.ports.state.catalog(&session.key()) };
    let kept: Vec<Listed<'_>> = sessions.into_iter().map(kept).collect();
    let due: Vec<bool> = kept.iter().map(|kept| refresh || kept.catalog.is_stale(now)).collect();
    let answers = ask_aws(&kept, &due, context)?;

    let mut listing = Listing { listed: Vec::new(), missing: 0, has_several };
    let mut failures = Vec::new();
    for (kept, answer) in kept.into_iter().zip(answers) {
        // Where a new list of the only session was asked for, the old one is no answer.
        let may_show_kept = kept.catalog.listed_at.is_some() && (has_several || !refresh);
        match answer {
            Answer::NotDue => listing.listed.push(kept),
            Answer::Listed(catalog) => listing.listed.push(Listed { catalog, ..kept }),
            Answer::Failed(report) if may_show_kept => {
                stderr(&how_old(&kept, &report, has_several));
                listing.missing += usize::from(refresh);
                listing.listed.push(kept);
            }
            Answer::NotAsked if may_show_kept => {
                listing.missing += usize::from(refresh);
                listing.listed.push(kept);
            }
            Answer::Failed(report) => {
                listing.missing += 1;
                failures.push(context.in_session(report, kept.session));
            }
            Answer::NotAsked => listing.missing += 1,
        }
    }
    if listing.listed.is_empty() && !failures.is_empty() {
        let first = failures.remove(0);
        say(&failures);
        return Err(first);
    }
    say(&failures);
    Ok(listing)
}

fn say(failures: &[Report]) {
    failures.iter().for_each(|report| stderr(report.text().trim_end()));
}

/// The session that is chosen, or all of them.
fn meant(context: &Context) -> Result<Vec<&SsoSession>> {
    match context.chosen(None)? {
        Some(chosen) => Ok(vec![chosen]),
        None if context.sessions.len() > 1 => Ok(context.sessions.iter().collect()),
        None => context.session(None).map(|only| vec![only]),
    }
}

fn how_old(kept: &Listed<'_>, why: &Report, has_several: bool) -> String {
    let of_session = if has_several { format!("`{}`: ", kept.session.name) } else { String::new() };
    let at = kept.catalog.listed_at.unwrap_or_default();
    format!("{of_session}showing the list of {at}: {}", why.message())
}

/// What became of listing a session again.
enum Answer {
    NotDue,
    Listed(Catalog),
    Failed(Report),
    /// What kept the session before it from being listed would keep this one from it too.
    NotAsked,
}

/// Lists again those that are due, one after the other. Where none is, nothing is started.
fn ask_aws(kept: &[Listed<'_>], due: &[bool], context: &Context) -> Result<Vec<Answer>> {
    if !due.contains(&true) {
        return Ok(kept.iter().map(|_| Answer::NotDue).collect());
    }
    let progress = Progress::new();
    let work = async {
        let mut answers = Vec::new();
        let mut is_hopeless = false;
        for (Listed { session, .. }, is_due) in kept.iter().zip(due) {
            answers.push(match (is_due, is_hopeless) {
                (false, _) => Answer::NotDue,
                (true, true) => Answer::NotAsked,
                (true, false) => {
                    let counter = Counter::new(&progress);
                    match catalog::list(&context.ports, session, &|event| counter.count(&event)).await {
                        Ok(catalog) => Answer::Listed(catalog),
                        Err(error) => {
                            // Anything else, above all the keyring, is the same for all of them.
                            is_hopeless = !matches!(error.kind(), Kind::LoginNeeded | Kind::Unavailable);
                            Answer::Failed(Report::of(&error))
                        }
                    }
                }
            });
        }
        Ok(answers)
    };
    let answers = runtime::run(&context.ports.tasks, work)?;
    drop(progress);
    Ok(answers)
}

struct Counter<'a> {
    progress: &'a Progress,
    total: AtomicUsize,
    listed: AtomicUsize,
}

impl<'a> Counter<'a> {
    fn new(progress: &'a Progress) -> Self {
        Counter { progress, total: AtomicUsize::new(0), listed: AtomicUsize::new(0) }
    }

    fn count(&self, event: &Event) {
        match event {
            Event::Begun { catalog, due } => {
                self.total.store(catalog.entries.len(), Ordering::Relaxed);
                self.listed.store(catalog.entries.len().saturating_sub(*due), Ordering::Relaxed);
            }
            Event::Changed(_) => {
                self.listed.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (listed, total) = (self.listed.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        self.progress.show(&format!("{listed} of {total} accounts listed …"));
    }
}
