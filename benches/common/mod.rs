//! What the measurements share: a signed-in engineer, medians, processes.
#![allow(dead_code, clippy::allow_attributes, reason = "each measurement uses its own part of this")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use daypass::simulator::{Options, Simulator};
use tempfile::TempDir;

/// The program that is measured: the one just built, or what `DAYPASS_BENCH_PROGRAM` names, such as the `dist` build.
pub fn program() -> PathBuf {
    std::env::var_os("DAYPASS_BENCH_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_daypass").into(), PathBuf::from)
}

/// An engineer who has just signed in to a simulated Identity Center, in folders of their own.
pub struct Stage {
    pub simulator: Simulator,
    pub name: String,
    program: PathBuf,
    folder: TempDir,
}

impl Stage {
    /// Signs in. The secrets go to the Secret Service of the session bus: run under `.ci/with-keyring`.
    pub fn signed_in(options: Options) -> Self {
        Self::signed_in_with(program(), options)
    }

    /// The same with a program of one's choice.
    pub fn signed_in_with(program: PathBuf, options: Options) -> Self {
        let simulator = Simulator::start(Options { auto_approve: Some(Duration::ZERO), ..options }).unwrap();
        let name = format!("bench-{}", std::process::id());
        let stage = Stage { simulator, name, program, folder: tempfile::tempdir().unwrap() };
        let config = format!(
            "[sso-session {}]\nsso_start_url = {}\nsso_region = {}\n",
            stage.name,
            stage.simulator.start_url(),
            stage.simulator.region()
        );
        std::fs::write(stage.folder.path().join("config"), config).unwrap();
        let login = stage.daypass().args(["login", &stage.name, "--no-browser"]).output().unwrap();
        assert!(login.status.success(), "{}", String::from_utf8_lossy(&login.stderr));
        stage
    }

    /// The program in this engineer's environment.
    pub fn daypass(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.envs(self.environment()).stdin(Stdio::null());
        command
    }

    /// The program that signed in and is measured.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What tells the program where everything is.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.simulator.environment();
        let path = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        environment.extend([
            ("AWS_CONFIG_FILE".to_owned(), path("config")),
            ("DAYPASS_STATE_DIR".to_owned(), path("state")),
            ("DAYPASS_STORE".to_owned(), "secret-service".to_owned()),
        ]);
        environment
    }

    /// The state folder.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The `number`th account's Developer role.
    pub fn target(&self, number: usize) -> String {
        format!("{}/Developer", self.simulator.accounts()[number].id)
    }
}

/// How long a process takes from spawn to exit, its output read.
pub fn run(command: &mut Command) -> Duration {
    let started = Instant::now();
    let output = command.output().unwrap();
    let took = started.elapsed();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    took
}

/// The greatest resident size of a process, in MiB, read while it hangs on writing its answer: its output is a
/// pipe that is already full. What the parent occupied at the fork does not count, as it would in `rusage`.
pub fn peak_mib(command: &mut Command) -> f64 {
    use std::io::{Read as _, Write as _};
    const PIPE: usize = 64 * 1024;
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&[0; PIPE]).unwrap();
    let mut child = command.stdout(writer).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the process is still there");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    // Our own end of the pipe goes with the command, so that reading ends.
    command.stdout(Stdio::null());
    std::io::copy(&mut reader.by_ref().take(PIPE as u64), &mut std::io::sink()).unwrap();
    let _ = child.wait();
    kib / 1024.0
}

/// The median, the best and the worst of some durations, in milliseconds.
pub fn summary(mut taken: Vec<Duration>) -> String {
    taken.sort_unstable();
    let ms = |at: usize| taken[at].as_secs_f64() * 1000.0;
    format!("median {:8.3} ms   best {:8.3}   worst {:8.3}", ms(taken.len() / 2), ms(0), ms(taken.len() - 1))
}

/// How the times of one program compare with those that another took in the same rounds: the median of the ratios.
pub fn ratio(taken: &[Duration], other: &[Duration]) -> f64 {
    let mut ratios: Vec<_> = taken.iter().zip(other).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

/// The size of a file in MB.
pub fn megabytes(path: &Path) -> f64 {
    std::fs::metadata(path).unwrap().len() as f64 / 1e6
}
