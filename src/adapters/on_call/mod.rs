//! Reads rotas: files, calendars on servers, and what programs print. What they say is never repeated in an error.

mod command;
mod download;

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;

use super::aws::ClientOptions;
use super::files::read_trusted;
use crate::domain::on_call::{LARGEST_ROTA, Rota, RotaSource, SecretUrl};
use crate::error::{Error, Result, RotaFault};
use crate::ports::OnCall;

/// The sources of rotas on this system.
pub struct SystemOnCall {
    options: ClientOptions,
}

impl SystemOnCall {
    /// Sources that are reached with these options, which are AWS's too.
    pub fn new(options: ClientOptions) -> Self {
        SystemOnCall { options }
    }
}

#[async_trait]
impl OnCall for SystemOnCall {
    async fn fetch(&self, rota: &Rota, url: Option<&SecretUrl>, timeout: Duration) -> Result<Vec<u8>> {
        let ca_bundle = self.options.ca_bundle.as_deref();
        let fetched = async {
            match (&rota.source, url) {
                (RotaSource::File(path), _) => read_file(path).await,
                (RotaSource::Url(url), _) => download::get(url.as_str(), ca_bundle).await.map_err(Error::Rota),
                (RotaSource::KeyringUrl { .. }, Some(url)) => {
                    download::get(url.expose(), ca_bundle).await.map_err(Error::Rota)
                }
                (RotaSource::KeyringUrl { .. }, None) => Err(Error::Rota(RotaFault::NoUrl)),
                (RotaSource::Command { words, folder }, _) => {
                    command::output_of(words, folder).await.map_err(Error::Rota)
                }
                // The policy has these already.
                (RotaSource::Shifts(_), _) => Ok(br#"{"shifts":[]}"#.to_vec()),
            }
        };
        tokio::time::timeout(timeout, fetched).await.unwrap_or(Err(Error::Rota(RotaFault::NoAnswer(timeout))))
    }
}

/// A file that decides who gets credentials: nobody else than this user and root may have a say in it.
async fn read_file(path: &Path) -> Result<Vec<u8>> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || match read_trusted(&path, LARGEST_ROTA as u64) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Error::Rota(RotaFault::FileMissing(path))),
        Err(why) => Err(Error::UserFile(why)),
    });
    read.await.unwrap_or(Err(Error::TaskEnded))
}

#[cfg(all(test, unix))]
mod tests;
