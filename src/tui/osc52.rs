//! The clipboard of the terminal, set by an OSC 52 sequence.

use std::io::{Write as _, stdout};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::terminal::unusable;
use crate::error::Result;
use crate::ports::Clipboard;

/// Used only on request: every program between this one and the screen sees the text. What is on it cannot be read
/// back, so a secret stays there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Osc52Clipboard;

#[async_trait]
impl Clipboard for Osc52Clipboard {
    async fn put(&self, text: &str) -> Result<()> {
        let encoded = Zeroizing::new(STANDARD.encode(text.as_bytes()));
        let mut out = stdout().lock();
        let parts: [&[u8]; 3] = [b"\x1b]52;c;", encoded.as_bytes(), b"\x07"];
        let written = parts.iter().try_for_each(|part| out.write_all(part)).and_then(|()| out.flush());
        written.map_err(unusable)
    }

    async fn put_secret(&self, text: &Zeroizing<String>) -> Result<()> {
        self.put(text).await
    }
}
