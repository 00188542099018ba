//! `daypass simulator`: the embedded Identity Center on its own, for people who test their own tools.

use super::output::{self, stderr};
use crate::report::{Report, Result};
use crate::simulator::{Options, Simulator};

/// Run an embedded Identity Center and STS on loopback, and print the variables that point tools at it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many accounts it has
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    accounts: u32,
}

pub fn run(args: &Args) -> Result<()> {
    let options = Options { port: args.port, accounts: args.accounts as usize, ..Options::default() };
    let simulator = Simulator::start(options).map_err(|error| {
        Report::failed(format!("the simulator cannot listen on port {}", args.port))
            .because(Some(&error))
            .hint("daypass simulator --port 0   takes a free one")
    })?;
    let exports: String =
        simulator.environment().iter().map(|(name, value)| format!("export {name}={value}\n")).collect();
    output::stdout(&exports)?;
    stderr(&format!("start URL {} · region {}", simulator.start_url(), simulator.region()));
    stderr("running until interrupted");
    simulator.wait();
    Ok(())
}
