//! Settings that stay the same while the program runs.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::domain::endpoint::Endpoints;
use crate::domain::region::RegionDefaults;
use crate::domain::role_names::Aliases;
use crate::domain::session::Flow;
use crate::domain::standby::Replicas;
use crate::tui::model::profiles::Profiles;
use crate::tui::options::{Demo, DisplayOptions, SettingRow};
use crate::tui::policy::TuiPolicy;

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) policy: TuiPolicy,
    /// The sign-in flow, unless a key selects the other.
    pub(crate) flow: Flow,
    /// Whether a browser may be opened on this machine.
    pub(crate) open_browser: bool,
    pub(crate) aliases: Aliases,
    /// The replicas at which a person may sign in beforehand.
    pub(crate) replicas: Replicas,
    /// The profiles of the AWS config file that name a role.
    pub(crate) profiles: Profiles,
    /// The regions of work where neither the person nor a profile names one.
    pub(crate) regions: RegionDefaults,
    /// Whether a secret can be copied from here.
    pub(crate) copies_secrets: bool,
    /// Present in the demo.
    pub(crate) demo: Option<Demo>,
    /// The path of this program, for the command lines that are shown and copied.
    pub(crate) program: String,
    /// The path of the AWS config file, as shown.
    pub(crate) config_file: String,
    /// Where AWS is reached, for sessions that are added.
    pub(crate) endpoints: Arc<Endpoints>,
    /// The time zone of all times shown.
    pub(crate) zone: TimeZone,
    pub(crate) display: DisplayOptions,
    /// The settings in force, for showing.
    pub(crate) rows: Vec<SettingRow>,
    /// The path of the settings file, as shown.
    pub(crate) settings_file: String,
}
