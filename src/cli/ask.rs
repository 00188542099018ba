//! Asking the person at the terminal for a reason.

use super::context::Context;
use super::output::stderr;
use super::terminal_line::read_line;
use crate::domain::catalog::Catalog;
use crate::domain::elevation::Reason;
use crate::domain::source::Source;
use crate::domain::target::Target;
use crate::domain::text::visible;
use crate::error::{Error, Result};

/// How often a reason is asked for where the one before will not do.
const TRIES: usize = 3;

/// Asks for the reason that `source` needs; `None` where the person gives none.
///
/// # Errors
/// None of the tries was a reason, or the terminal cannot be read.
pub(super) fn ask_for_reason(context: &Context, source: &Source) -> Result<Option<Reason>> {
    let (catalog, target) = (context.ports.state.catalog(&source.session().key()), source.target());
    let least = context.policy.judge_target(&catalog, target, context.ports.clock.now().wall).min_reason();
    stderr(&format!("{} asks for a reason (at least {least} characters)", described(&catalog, target)));
    let mut line = typed("reason: ")?;
    let mut tries = 1;
    loop {
        let Some(text) = line else { return Ok(None) };
        match Reason::parse(&text, least) {
            Ok(reason) => {
                line = typed(&format!("enter goes on with `{reason}`, other words replace it: "))?;
                if line.as_ref().is_some_and(String::is_empty) {
                    return Ok(Some(reason));
                }
            }
            Err(why) if tries == TRIES => return Err(why.into()),
            Err(why) => {
                tries += 1;
                stderr(&why.to_string());
                line = typed("reason: ")?;
            }
        }
    }
}

/// A line that was typed after `prompt` was shown. A paste may end a line, so that none of its lines alone decides: what was
/// read is shown and asked about, and the rest of the paste discarded.
fn typed(prompt: &str) -> Result<Option<String>> {
    read_line(prompt).map_err(|source| Error::System { action: "read the terminal", source })
}

/// The account, by its name where that was listed, and the role.
fn described(catalog: &Catalog, target: &Target) -> String {
    let account = catalog.account(&target.account).map(|account| visible(account.name.raw()));
    format!("{} / {}", account.unwrap_or_else(|| target.account.to_string()), target.role)
}
