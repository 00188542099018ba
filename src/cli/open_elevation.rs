//! The elevation that a command is about: the one that is named, the one of the shell around it, or the only one.

use super::args::TargetArgs;
use super::context::Context;
use crate::domain::elevation::ElevationId;
use crate::domain::elevation_list::{ElevationList, OpenElevation};
use crate::domain::text::visible;
use crate::error::Error;
use crate::report::{Report, Result};

/// The elevation under which the shell around this process was opened.
const OF_SHELL: &str = "DAYPASS_ELEVATION";

/// Which elevation is meant.
#[derive(Debug, clap::Args)]
pub(super) struct WhichArgs {
    /// The elevation, by its id or its target; without it the one of the shell around, or the only one that is active
    #[arg(value_name = "ELEVATION")]
    named: Option<String>,
}

impl WhichArgs {
    /// The elevation. `command` is the one that is about it.
    ///
    /// # Errors
    /// There is none, or there are several and none is named; or the log cannot be read.
    pub(super) fn find(&self, command: &str, context: &Context) -> Result<OpenElevation> {
        let elevations = context.ports.audit.elevations()?;
        if let Some(named) = &self.named {
            return match ElevationId::try_from(named.to_uppercase()) {
                Ok(id) => elevations.get(id).cloned().ok_or_else(|| Error::NoSuchElevation(id).into()),
                Err(_) => of_target(named, &elevations, context),
            };
        }
        let of_shell = of_shell(&elevations, context);
        let candidates = match of_shell {
            Some(of_shell) => vec![of_shell],
            None => active(&elevations),
        };
        match candidates.as_slice() {
            [only] => Ok((*only).clone()),
            [] => Err(none("no elevation is active")),
            several => Err(several.iter().fold(Report::usage("several elevations are active"), |report, open| {
                let subject = &open.subject;
                report.hint(format!("daypass {command} {}   {}", subject.elevation, subject.described()))
            })),
        }
    }
}

/// Takes the id of an elevation from the command line.
pub(super) fn elevation_id(text: &str) -> Result<ElevationId, String> {
    ElevationId::try_from(text.to_uppercase())
        .map_err(|_| format!("`{}` is no elevation's id; daypass elevations   lists them", visible(text)))
}

/// Whether the shell around this process was opened under this elevation.
pub(super) fn is_of_shell(id: ElevationId, context: &Context) -> bool {
    shells_elevation(context) == Some(id)
}

/// Those that are active: real ones, or where there are none, drills.
pub(super) fn active(elevations: &ElevationList) -> Vec<&OpenElevation> {
    let active = elevations.open().filter(|open| open.active.is_some());
    let (drills, real): (Vec<_>, Vec<_>) = active.partition(|open| open.subject.drill);
    if real.is_empty() { drills } else { real }
}

/// The elevation of the shell around this process, or the one that carries it on.
fn of_shell<'a>(elevations: &'a ElevationList, context: &Context) -> Option<&'a OpenElevation> {
    let id = shells_elevation(context)?;
    let carries_on = || elevations.open().find(|open| open.subject.extends == Some(id));
    elevations.get(id).or_else(carries_on).filter(|open| open.active.is_some())
}

fn shells_elevation(context: &Context) -> Option<ElevationId> {
    context.environment.text_if_utf8(OF_SHELL)?.to_owned().try_into().ok()
}

fn of_target(named: &str, elevations: &ElevationList, context: &Context) -> Result<OpenElevation> {
    let target = TargetArgs::named(named).resolve(context)?.target;
    let found = active(elevations).into_iter().find(|open| open.subject.target() == target);
    found.cloned().ok_or_else(|| none(&format!("no elevation of {target} is active")))
}

/// There is no elevation to work on.
pub(super) fn none(what: &str) -> Report {
    Report::usage(what).hint("daypass elevations   shows those that were")
}
