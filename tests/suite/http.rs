//! One plain HTTP request at a time: the browser of these tests.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub text: String,
}

/// Host and port, and the rest, of an `http://` URL.
pub fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").expect("an http URL");
    let slash = rest.find('/').unwrap_or(rest.len());
    match rest.split_at(slash) {
        (authority, "") => (authority, "/"),
        both => both,
    }
}

/// Sends one request to `authority`, naming `host` in its Host header.
pub fn request(authority: &str, method: &str, target: &str, host: &str) -> Answer {
    try_request(authority, method, target, host).expect("the server listens and answers")
}

/// The same where there may be no server.
pub fn try_request(authority: &str, method: &str, target: &str, host: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(authority)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(stream, "{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    let location = text
        .lines()
        .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("location")))
        .map(|(_, value)| value.to_owned());
    Ok(Answer { status, location, text })
}

/// Gets `url`.
pub fn get(url: &str) -> Answer {
    let (authority, target) = split(url);
    request(authority, "GET", target, authority)
}
