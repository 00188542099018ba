//! The flags that every command takes.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::domain::ids::SessionName;
use crate::settings::{Choice, ColorChoice, Flags, StoreChoice};

/// Flags that every command takes, before or after its name.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    // The id differs from that of the positional argument `session`, which several commands have.
    /// The SSO session to use, where there are several
    #[arg(id = "global_session", long = "session", global = true, value_name = "NAME")]
    #[arg(value_parser = SessionName::parse)]
    session: Option<SessionName>,
    /// Where secrets are kept
    #[arg(long, global = true, value_name = "STORE", value_parser = one_of::<StoreChoice>())]
    store: Option<StoreChoice>,
    /// How many colours the terminal UI uses
    #[arg(long, global = true, value_name = "COLORS", value_parser = one_of::<ColorChoice>())]
    color: Option<ColorChoice>,
}

impl GlobalArgs {
    /// The settings that these arguments override.
    pub fn flags(&self) -> Flags {
        Flags { session: self.session.clone(), store: self.store, color: self.color, ..Flags::default() }
    }
}

/// Parses one of the words of `T`; help and completions list them.
pub fn one_of<T: Choice + Send + Sync>() -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(T::WORDS.iter().map(|(word, _)| *word)).try_map(|word| T::parse(&word))
}
