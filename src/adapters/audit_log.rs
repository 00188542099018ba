//! The audit log: an append-only file of one JSON object a line in the state folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files::{LogFile, cannot, ensure_private_dir, read_bounded, rename, write_private};
use crate::domain::audit::{Event, Head, Record, Step, Subject};
use crate::domain::text::hex;
use crate::domain::time::Stamp;
use crate::error::{Error, Result};
use crate::ports;

/// Ends the name of a copied torn end that the log has no record of yet.
const UNRECORDED: &str = "unrecorded";
/// More than a torn end can have.
const LONGEST_TORN_END: u64 = 1 << 20;

/// The log in one state folder.
pub struct AuditLog {
    folder: PathBuf,
    program: &'static str,
    user_name: fn() -> Option<String>,
}

impl AuditLog {
    /// The log in `folder`. Its records name the user that the operating system runs this process as.
    pub fn new(folder: &Path) -> Self {
        let program = concat!("daypass ", env!("CARGO_PKG_VERSION"));
        AuditLog { folder: folder.to_owned(), program, user_name: os_user }
    }

    fn path(&self) -> PathBuf {
        self.folder.join("elevations.jsonl")
    }

    fn write(&self, record: &Record) -> Result<Head> {
        ensure_private_dir(&self.folder)?;
        // Before the log is locked: on some systems a service on the network has to answer.
        let writer = self.writer(record.at);
        let mut log = LogFile::lock(&self.path())?;
        let Event::Elevation { subject, step } = &record.event;
        self.copy_torn_end(&mut log)?;
        self.record_copies(&mut log, &writer)?;
        let details = Details::Elevation(Box::new(ElevationLine::of(subject, step)));
        writer.append(&mut log, word(step), details).map_err(|error| self.unusable(error))
    }

    fn writer(&self, at: Stamp) -> Writer {
        Writer { program: self.program, at, os_user: (self.user_name)(), os_uid: os_uid() }
    }

    /// Moves what a crash left without a line's end into a file of its own, so that no record is ever joined to it.
    ///
    /// Whoever is killed on the way has left the torn end, or the copy that [`Self::record_copies`] finds.
    fn copy_torn_end(&self, log: &mut LogFile) -> Result<()> {
        let torn = log.torn_end().map_err(|error| self.unusable(error))?;
        if torn.is_empty() {
            return Ok(());
        }
        let digest = hex(&Sha256::digest(&torn));
        write_private(&self.folder.join(format!("elevations.torn-{}.{UNRECORDED}", &digest[..16])), &torn)?;
        log.cut_end(torn.len()).map_err(|error| self.unusable(error))
    }

    /// Records each copy of a torn end that has no record yet, and then takes the mark off its name.
    fn record_copies(&self, log: &mut LogFile, writer: &Writer) -> Result<()> {
        for copy in self.unrecorded_copies()? {
            let Some(torn) = read_bounded(&copy, LONGEST_TORN_END).map_err(Error::OwnFile)? else { continue };
            let recovered = Recovered { bytes: torn.len(), sha256: hex(&Sha256::digest(&torn)) };
            // Whoever was killed before the mark was off has written that record last.
            if !self.ends_with(log, &recovered)? {
                let appended = writer.append(log, "recovered", Details::Recovered(recovered));
                appended.map_err(|error| self.unusable(error))?;
            }
            rename(&copy, &copy.with_extension(""))?;
        }
        Ok(())
    }

    fn unrecorded_copies(&self) -> Result<Vec<PathBuf>> {
        let cannot_list = |error| cannot("list", &self.folder, error);
        let mut copies = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(cannot_list)? {
            let path = entry.map_err(cannot_list)?.path();
            if path.extension().is_some_and(|extension| extension == UNRECORDED) {
                copies.push(path);
            }
        }
        Ok(copies)
    }

    /// Whether the log's last line records this very torn end.
    fn ends_with(&self, log: &mut LogFile, recovered: &Recovered) -> Result<bool> {
        let last = log.last_line().map_err(|error| self.unusable(error))?;
        Ok(last.is_some_and(|line| serde_json::from_slice::<Recovered>(&line).is_ok_and(|found| found == *recovered)))
    }

    fn unusable(&self, error: io::Error) -> Error {
        cannot("append to", &self.path(), error)
    }
}

impl ports::AuditLog for AuditLog {
    fn append(&self, record: &Record) -> Result<Head> {
        self.write(record).map_err(|error| Error::NotRecorded(Box::new(error)))
    }
}

/// The name of the user that this process runs as; none where it has no name.
fn os_user() -> Option<String> {
    whoami::username().ok()
}

#[cfg(unix)]
fn os_uid() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn os_uid() -> Option<u32> {
    None
}

/// Who writes, and when: what the lines of one write have in common.
struct Writer {
    program: &'static str,
    at: Stamp,
    os_user: Option<String>,
    os_uid: Option<u32>,
}

impl Writer {
    /// Appends one line with the next number.
    fn append(&self, log: &mut LogFile, what: &'static str, details: Details<'_>) -> io::Result<Head> {
        let seq = next_seq(log)?;
        let line = Line {
            v: 2,
            seq,
            at: self.at.at.wall.to_string(),
            aws_skew_ms: i64::try_from(self.at.aws_offset.as_millis()).unwrap_or_default(),
            program: self.program,
            os_user: self.os_user.as_deref(),
            os_uid: self.os_uid,
            what,
            details,
        };
        log.append(&serde_json::to_vec(&line)?)?;
        Ok(Head { size: seq + 1 })
    }
}

/// One line. Integers and texts only, so that a later log can take the lines over as they are.
#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    seq: u64,
    at: String,
    aws_skew_ms: i64,
    program: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    os_user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os_uid: Option<u32>,
    what: &'static str,
    #[serde(flatten)]
    details: Details<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Details<'a> {
    Elevation(Box<ElevationLine<'a>>),
    Recovered(Recovered),
}

/// What was copied of a torn line.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Recovered {
    bytes: usize,
    sha256: String,
}

#[derive(Serialize)]
struct ElevationLine<'a> {
    elevation: String,
    session: &'a str,
    portal: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    portal_user: Option<String>,
    account: &'a str,
    role: &'a str,
    tier: &'static str,
    rule: &'a str,
    policy_digest: &'a str,
    policy_path: String,
    reason: &'a str,
    requested_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aws_ends_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

impl<'a> ElevationLine<'a> {
    fn of(subject: &'a Subject, step: &'a Step) -> Self {
        let path = subject.policy_path.as_ref().map(|path| path.display().to_string());
        let mut line = ElevationLine {
            elevation: subject.id.to_string(),
            session: subject.session.as_str(),
            portal: &subject.portal,
            portal_user: subject.portal_user.as_ref().map(|user| user.visible()),
            account: subject.target.account.as_str(),
            role: subject.target.role.as_str(),
            tier: subject.tier.word(),
            rule: &subject.rule,
            policy_digest: &subject.policy_digest,
            policy_path: path.unwrap_or_else(|| "built-in".to_owned()),
            reason: subject.reason.as_str(),
            requested_at: subject.requested_at.to_string(),
            max_seconds: None,
            ends_at: None,
            access_key_id: None,
            aws_ends_at: None,
            ended_at: None,
            why: None,
        };
        match step {
            Step::Intent { max_duration } => line.max_seconds = max_duration.map(|most| most.as_secs()),
            Step::Granted { access_key_id, ends_at, aws_ends_at } => {
                line.access_key_id = Some(access_key_id);
                line.ends_at = Some(ends_at.to_string());
                line.aws_ends_at = Some(aws_ends_at.to_string());
            }
            Step::Failed { why } => line.why = Some(why),
            Step::Ended { how, ended_at } => {
                line.why = Some(how.word());
                line.ended_at = ended_at.map(|at| at.to_string());
            }
        }
        line
    }
}

const fn word(step: &Step) -> &'static str {
    match step {
        Step::Intent { .. } => "intent",
        Step::Granted { .. } => "granted",
        Step::Failed { .. } => "failed",
        Step::Ended { .. } => "ended",
    }
}

/// The number after the last line's. Lines of version 1 had none: they are counted.
fn next_seq(log: &mut LogFile) -> io::Result<u64> {
    #[derive(Deserialize)]
    struct Numbered {
        seq: Option<u64>,
    }
    let last = log.last_line()?.and_then(|line| serde_json::from_slice::<Numbered>(&line).ok());
    match last.and_then(|line| line.seq) {
        Some(seq) => Ok(seq + 1),
        None => log.count_lines(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use jiff::{SignedDuration, Timestamp};
    use serde_json::Value;

    use super::*;
    use crate::domain::elevation::{ElevationId, EndReason, Reason};
    use crate::domain::ids::SessionName;
    use crate::domain::tier::Tier;
    use crate::domain::time::Now;
    use crate::ports::AuditLog as _;

    fn record(random: u128) -> Record {
        let wall: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let subject = Subject {
            id: ElevationId::new(wall, random),
            session: SessionName::parse("acme").unwrap(),
            portal: "acme.awsapps.com".into(),
            portal_user: Some("ann\u{1b}[2J".into()),
            target: "123456789012/Admin".parse().unwrap(),
            tier: Tier::Admin,
            rule: "built-in *Admin*".into(),
            policy_digest: "00".repeat(32),
            policy_path: None,
            reason: Reason::parse("restore the ledger", 10).unwrap(),
            requested_at: wall,
        };
        let step = Step::Ended { how: EndReason::Dropped, ended_at: Some(wall) };
        let now = Now { wall, boot: None, latest_aws_time: None };
        Record { at: Stamp { at: now, aws_offset: SignedDuration::ZERO }, event: Event::Elevation { subject, step } }
    }

    fn lines(folder: &Path) -> Vec<Value> {
        let text = fs::read_to_string(folder.join("elevations.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn the_head_counts_every_record_ever_written() {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::new(folder.path());
        for size in 1..=3 {
            assert_eq!(log.append(&record(u128::from(size))).unwrap(), Head { size });
        }
        assert_eq!(AuditLog::new(folder.path()).append(&record(4)).unwrap(), Head { size: 4 });
        let numbers: Vec<u64> = lines(folder.path()).iter().map(|line| line["seq"].as_u64().unwrap()).collect();
        assert_eq!(numbers, [0, 1, 2, 3]);
    }

    #[test]
    fn lines_of_the_first_version_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("elevations.jsonl");
        write_private(&path, b"{\"v\":1}\n{\"v\":1}\n").unwrap();
        assert_eq!(AuditLog::new(folder.path()).append(&record(1)).unwrap(), Head { size: 3 });
    }

    #[test]
    fn each_record_says_who_under_which_policy() {
        let folder = tempfile::tempdir().unwrap();
        AuditLog::new(folder.path()).append(&record(1)).unwrap();
        let line = &lines(folder.path())[0];
        assert_eq!(
            (line["os_user"].as_str(), line["os_uid"].as_u64()),
            (os_user().as_deref(), os_uid().map(u64::from))
        );
        assert_eq!(line["portal_user"], "ann\\e[2J");
        assert_eq!(line["policy_digest"], "00".repeat(32));
        assert_eq!(line["policy_path"], "built-in");
        assert_eq!((&line["what"], &line["why"]), (&"ended".into(), &"dropped".into()));
    }

    #[test]
    fn a_torn_end_is_set_aside_whole_and_that_is_recorded() {
        let whole = {
            let folder = tempfile::tempdir().unwrap();
            AuditLog::new(folder.path()).append(&record(1)).unwrap();
            fs::read(folder.path().join("elevations.jsonl")).unwrap()
        };
        for cut in 1..whole.len() {
            let folder = tempfile::tempdir().unwrap();
            let torn = [&whole, &whole[..cut]].concat();
            write_private(&folder.path().join("elevations.jsonl"), &torn).unwrap();
            assert_eq!(AuditLog::new(folder.path()).append(&record(2)).unwrap(), Head { size: 3 }, "{cut}");
            let lines = lines(folder.path());
            assert_eq!(lines[1]["what"], "recovered", "{cut}");
            assert_eq!(lines[1]["bytes"], cut, "{cut}");
            let aside = fs::read_dir(folder.path()).unwrap().find_map(|entry| {
                let path = entry.unwrap().path();
                path.display().to_string().contains("torn").then(|| fs::read(path).unwrap())
            });
            assert_eq!(aside.unwrap(), whole[..cut], "{cut}");
        }
    }

    /// What the log and the folder say about torn ends: the digests recorded, and the names of the copies.
    fn recoveries(folder: &Path) -> (Vec<String>, Vec<String>) {
        let recorded = lines(folder).into_iter().filter(|line| line["what"] == "recovered");
        let recorded = recorded.map(|line| line["sha256"].as_str().unwrap().to_owned()).collect();
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut copies: Vec<_> = names.filter(|name| name.contains("torn")).collect();
        copies.sort();
        (recorded, copies)
    }

    #[test]
    fn a_torn_end_is_recorded_once_wherever_its_recovery_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::new(folder.path());
        let path = folder.path().join("elevations.jsonl");
        log.append(&record(1)).unwrap();
        let whole = fs::read(&path).unwrap();
        let torn = &whole[..whole.len() / 2];
        fs::write(&path, [&whole, torn].concat()).unwrap();
        log.append(&record(2)).unwrap();
        let with_record = fs::read(&path).unwrap();
        let ends = with_record.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let with_record = &with_record[..ends.clone().nth(1).unwrap()];
        let digest = hex(&Sha256::digest(torn));
        let (copy, marked) =
            (format!("elevations.torn-{}", &digest[..16]), format!("elevations.torn-{}.unrecorded", &digest[..16]));

        // What was done when it was killed: the log's bytes, and the copy's name.
        let torn_log = [&whole, torn].concat();
        let steps: [(&[u8], Option<&str>); 5] = [
            (&torn_log, None),
            (&torn_log, Some(&marked)),
            (&whole, Some(&marked)),
            (with_record, Some(&marked)),
            (with_record, Some(&copy)),
        ];
        for (step, (bytes, name)) in steps.into_iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            write_private(&folder.path().join("elevations.jsonl"), bytes).unwrap();
            if let Some(name) = name {
                write_private(&folder.path().join(name), torn).unwrap();
            }
            let log = AuditLog::new(folder.path());
            for size in [3, 4] {
                assert_eq!(log.append(&record(2)).unwrap(), Head { size }, "{step}");
            }
            assert_eq!(recoveries(folder.path()), (vec![digest.clone()], vec![copy.clone()]), "{step}");
            assert_eq!(fs::read(folder.path().join(&copy)).unwrap(), torn, "{step}");
        }

        // In the middle of writing the record itself, which is a torn end of its own then.
        for cut in (whole.len() + 1..with_record.len()).step_by(7) {
            let folder = tempfile::tempdir().unwrap();
            write_private(&folder.path().join("elevations.jsonl"), &with_record[..cut]).unwrap();
            write_private(&folder.path().join(&marked), torn).unwrap();
            assert_eq!(AuditLog::new(folder.path()).append(&record(2)).unwrap(), Head { size: 4 }, "{cut}");
            let (mut recorded, copies) = recoveries(folder.path());
            recorded.sort();
            let mut expected = vec![digest.clone(), hex(&Sha256::digest(&with_record[whole.len()..cut]))];
            expected.sort();
            assert_eq!(recorded, expected, "{cut}");
            assert!(copies.len() == 2 && copies.iter().all(|name| !name.contains("unrecorded")), "{copies:?}");
        }
    }

    #[test]
    fn the_users_name_is_looked_up_once_a_write_and_while_the_log_is_free() {
        thread_local! {
            static LOOKED_UP: RefCell<(PathBuf, usize)> = const { RefCell::new((PathBuf::new(), 0)) };
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("elevations.jsonl");
        write_private(&path, b"{\"v\":1}\ntorn").unwrap();
        LOOKED_UP.with_borrow_mut(|looked_up| looked_up.0 = path);
        let user_name = || {
            LOOKED_UP.with_borrow_mut(|(path, times)| {
                *times += 1;
                fs::File::open(path).unwrap().try_lock().expect("the log is locked");
            });
            Some("ann".to_owned())
        };
        let log = AuditLog { user_name, ..AuditLog::new(folder.path()) };
        log.append(&record(1)).unwrap();
        assert_eq!(LOOKED_UP.with_borrow(|(_, times)| *times), 1);
        assert!(lines(folder.path())[1..].iter().all(|line| line["os_user"] == "ann"));
    }
}
