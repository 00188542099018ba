//! The arguments of `daypass demo`, which `crate::demo` runs.

/// Try daypass against an embedded Identity Center; nothing outside a temporary folder is touched
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many accounts it has
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub accounts: u32,
}
