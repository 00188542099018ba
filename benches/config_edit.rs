//! Putting 5,000 blocks into a config file of 10,000 profiles: read and edited in memory.
//!
//! `cargo bench --bench config_edit`

mod common;

use std::time::Instant;

use common::summary;
use daypass::adapters::aws_config::{Block, ConfigEdit, ConfigFile};
use daypass::domain::ids::{Region, SessionName, StartUrl};
use daypass::domain::sso_session::SsoSession;

const PROFILES: usize = 10_000;
const BLOCKS: usize = 5_000;
const ROUNDS: usize = 20;

fn main() {
    let profile = |number| {
        format!(
            "[profile p{number}]\nsso_session = acme\nsso_account_id = {number:012}\nsso_role_name = Developer\n\
             region = us-east-1\n\n"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    std::fs::write(&path, (0..PROFILES).map(profile).collect::<String>()).unwrap();
    let sessions: Vec<SsoSession> = (0..BLOCKS)
        .map(|number| {
            let name = SessionName::parse(&format!("s{number}")).unwrap();
            let start_url = StartUrl::parse(&format!("https://s{number}.awsapps.com/start")).unwrap();
            SsoSession::new(name, start_url, Region::parse("us-east-1").unwrap())
        })
        .collect();
    let edit = || {
        let file = ConfigFile::read(&path).unwrap();
        let mut edit = ConfigEdit::new(file.bytes()).unwrap();
        for session in &sessions {
            edit.put(Block::sso_session(session)).unwrap();
        }
        edit.finish()
    };
    let measured = || {
        let rounds = (0..ROUNDS).map(|_| {
            let started = Instant::now();
            edit();
            started.elapsed()
        });
        summary(rounds.collect())
    };
    println!("{BLOCKS} new blocks          {}", measured());
    let edited = edit();
    std::fs::write(&path, &edited).unwrap();
    assert!(edit() == edited);
    println!("{BLOCKS} blocks replaced     {}", measured());
}
