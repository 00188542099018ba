//! Lines that are written at once.

use serde::Serialize;

use super::last_file::LastFile;
use super::signer::Signer;
use crate::adapters::files::Durability;
use crate::domain::audit::{Chain, Head, Origin};
use crate::error::{Error, Result};

/// Lines that carry on a chain and are not written yet.
pub(super) struct Batch<'a> {
    chain: Chain,
    lines: Vec<Vec<u8>>,
    origin: &'a dyn Fn() -> Result<Origin>,
}

impl<'a> Batch<'a> {
    /// None yet, after `chain`. Each line has an origin of its own.
    pub(super) fn after(chain: Chain, origin: &'a dyn Fn() -> Result<Origin>) -> Self {
        Batch { chain, lines: Vec::new(), origin }
    }

    /// Adds a line with `event`.
    ///
    /// # Errors
    /// It would be too long, or there are no random numbers.
    pub(super) fn add<E: Serialize>(&mut self, event: E) -> Result<()> {
        let line = self.chain.add(event, &(self.origin)()?).map_err(Error::UnwritableRecord)?;
        self.lines.push(line);
        Ok(())
    }

    /// Adds what begins a file that carries on the chain.
    ///
    /// # Errors
    /// As [`Batch::add`].
    pub(super) fn open_file(&mut self) -> Result<()> {
        self.add(self.chain.opening())
    }

    /// Adds a signed statement of all lines so far, where there is who signs it.
    ///
    /// # Errors
    /// As [`Batch::add`].
    pub(super) fn add_checkpoint(&mut self, signer: Option<&Signer>) -> Result<()> {
        match signer {
            Some(signer) => self.add(signer.checkpoint(&self.chain)),
            None => Ok(()),
        }
    }

    /// Writes the lines to the end of `file`.
    ///
    /// # Errors
    /// They cannot be written; none of them is there then.
    pub(super) fn write(&mut self, file: &mut LastFile, durability: Durability) -> Result<()> {
        file.append(&std::mem::take(&mut self.lines), durability)
    }

    /// Where the chain stands with them.
    pub(super) fn head(&self) -> Head {
        self.chain.head()
    }
}
