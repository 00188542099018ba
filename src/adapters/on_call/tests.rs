use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

use super::*;

const LONG: Duration = Duration::from_secs(60);

fn command(script: &str) -> Rota {
    let words = ["sh", "-c", script].map(str::to_owned).to_vec();
    Rota { name: "pay".to_owned(), source: RotaSource::Command { words, folder: "/".into() } }
}

async fn fetched(rota: &Rota, url: Option<&SecretUrl>, timeout: Duration) -> Result<Vec<u8>, String> {
    let on_call = SystemOnCall::new(ClientOptions::default());
    on_call.fetch(rota, url, timeout).await.map_err(|error| error.to_string())
}

/// A server that answers each of its requests with `answer`, and says what it was asked.
fn server(answer: Vec<u8>) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut bytes) = (Vec::new(), [0; 1024]);
        while !request.ends_with(b"\r\n\r\n") {
            let count = stream.read(&mut bytes).unwrap();
            request.extend_from_slice(&bytes[..count]);
        }
        // A client that has heard enough closes the connection.
        let _ = stream.write_all(&answer);
        String::from_utf8(request).unwrap()
    });
    (format!("http://{address}/feed/CANARY"), asked)
}

async fn download(answer: &str) -> (Result<Vec<u8>, String>, String) {
    let (url, asked) = server(answer.as_bytes().to_vec());
    let rota = Rota { name: "pay".to_owned(), source: RotaSource::KeyringUrl { host: None } };
    let fetched = fetched(&rota, Some(&SecretUrl::parse(&url).unwrap()), LONG).await;
    (fetched, asked.join().unwrap())
}

#[tokio::test]
async fn a_calendar_is_asked_for_once_and_taken_as_it_is() {
    let (calendar, asked) = download("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nTEXT").await;
    assert_eq!(calendar.unwrap(), b"TEXT");
    let asked = asked.to_ascii_lowercase();
    assert!(asked.starts_with("get /feed/canary http/1.1\r\n") && asked.contains("accept: text/calendar"), "{asked}");
}

#[tokio::test]
async fn what_is_no_answer_is_an_error_that_repeats_nothing() {
    let large =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", LARGEST_ROTA + 1, "x".repeat(LARGEST_ROTA + 1));
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        LARGEST_ROTA + 1,
        "x".repeat(LARGEST_ROTA + 1)
    );
    let table = [
        (
            "HTTP/1.1 302 CANARY\r\nLocation: http://127.0.0.1:9/CANARY\r\nContent-Length: 0\r\n\r\n",
            "its server leads elsewhere (302), which is not followed",
        ),
        ("HTTP/1.1 401 CANARY\r\nContent-Length: 6\r\n\r\nCANARY", "its server answers with 401"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "its server answers with 204"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nCANARY", "its server's answer was cut off"),
        ("CANARY\r\n\r\n", "its server cannot be reached"),
        (&large, "it is larger than a rota is"),
        (&chunked, "it is larger than a rota is"),
    ];
    for (answer, expected) in table {
        assert_eq!(download(answer).await.0.unwrap_err(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_given_up_in_time() {
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = url::Url::parse(&format!("http://{}/", deaf.local_addr().unwrap())).unwrap();
    let rota = Rota { name: "pay".to_owned(), source: RotaSource::Url(url) };
    let refused = fetched(&rota, None, Duration::from_secs(2)).await.unwrap_err();
    assert_eq!(refused, "it gave no answer within 2 s");
}

#[tokio::test]
async fn a_file_is_read_only_where_nobody_else_has_a_say_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let rota = |name: &str| Rota { name: "pay".to_owned(), source: RotaSource::File(folder.path().join(name)) };
    std::fs::write(folder.path().join("a.ics"), "TEXT").unwrap();
    assert_eq!(fetched(&rota("a.ics"), None, LONG).await.unwrap(), b"TEXT");
    std::fs::set_permissions(folder.path().join("a.ics"), std::fs::Permissions::from_mode(0o666)).unwrap();
    assert!(fetched(&rota("a.ics"), None, LONG).await.unwrap_err().starts_with("other users may write to "));
    assert!(fetched(&rota("none.ics"), None, LONG).await.unwrap_err().ends_with("none.ics is not there"));
    std::fs::File::create(folder.path().join("large.ics")).unwrap().set_len(LARGEST_ROTA as u64 + 1).unwrap();
    assert!(fetched(&rota("large.ics"), None, LONG).await.unwrap_err().ends_with("is larger than 4 MiB"));
}

#[tokio::test]
async fn a_program_is_run_without_a_shell_and_what_it_prints_is_bounded() {
    let words = ["printf", "%s", "$HOME;`id`"].map(str::to_owned).to_vec();
    let direct = Rota { name: "pay".to_owned(), source: RotaSource::Command { words, folder: "/".into() } };
    assert_eq!(fetched(&direct, None, LONG).await.unwrap(), b"$HOME;`id`");
    let table = [
        ("echo CANARY >&2; exit 3", "its command failed with exit code 3"),
        ("kill -9 $$", "its command was ended by a signal"),
        ("yes CANARY", "it is larger than a rota is"),
    ];
    for (script, expected) in table {
        assert_eq!(fetched(&command(script), None, LONG).await.unwrap_err(), expected, "{script}");
    }
    assert_eq!(fetched(&command("cat; printf end"), None, LONG).await.unwrap(), b"end", "it has nothing to read");
    let missing = RotaSource::Command { words: vec!["daypass-no-such-program".to_owned()], folder: "/".into() };
    let missing = Rota { source: missing, ..direct };
    assert!(fetched(&missing, None, LONG).await.unwrap_err().starts_with("its command cannot be started: "));
}

#[tokio::test]
async fn a_program_runs_in_the_folder_that_the_policy_says_and_paths_are_from_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    std::fs::write(path.join("who"), "#!/bin/sh\npwd -P\n").unwrap();
    std::fs::set_permissions(path.join("who"), std::fs::Permissions::from_mode(0o700)).unwrap();
    for words in [&["sh", "-c", "pwd -P"][..], &["./who"]] {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let rota = Rota { name: "pay".to_owned(), source: RotaSource::Command { words, folder: path.clone() } };
        assert_eq!(fetched(&rota, None, LONG).await.unwrap(), format!("{}\n", path.display()).as_bytes());
    }
}

#[tokio::test]
async fn a_program_that_hangs_is_killed_with_what_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // The child holds the pipe open for writing for as long as it lives.
    let hangs = command(&format!("(exec 3>'{0}'; echo ready >&3; exec sleep 600) & exec sleep 600", pipe.display()));
    let (sender, read) = std::sync::mpsc::channel();
    let reader = pipe.clone();
    thread::spawn(move || {
        let mut reader = std::io::BufReader::new(std::fs::File::open(reader).unwrap());
        let mut line = String::new();
        std::io::BufRead::read_line(&mut reader, &mut line).unwrap();
        sender.send(line).unwrap();
        let mut rest = String::new();
        sender.send(reader.read_to_string(&mut rest).map(|_| rest).unwrap()).unwrap();
    });
    let task = tokio::spawn(async move { fetched(&hangs, None, LONG).await });
    let ready = tokio::task::spawn_blocking(move || (read.recv_timeout(LONG).unwrap(), read)).await.unwrap();
    assert_eq!(ready.0, "ready\n");
    task.abort();
    assert!(task.await.is_err());
    let rest = tokio::task::spawn_blocking(move || ready.1.recv_timeout(LONG)).await.unwrap();
    assert_eq!(rest.unwrap(), "", "the pipe is closed, so nobody is left who holds it");
}
