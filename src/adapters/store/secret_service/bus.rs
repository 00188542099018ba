//! One connection to the session bus: calls queue up, go out together, and are answered within a deadline.
//!
//! Signing in, saying hello and the first calls need not wait for each other (the specification lets a client send
//! ahead of the server's answers), so a read costs two round trips in all.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::net::sockopt::{Timeout, set_socket_timeout, socket_peercred};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use zeroize::Zeroizing;

use super::address::Address;
use super::wire::{Incoming, Malformed, Method, PREFIX, Reader, Writer, message_length, parse};

/// The bus itself, as a peer.
pub const BUS: Method<'static> = Method {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    member: "",
    signature: "",
};
/// The longest line the bus may answer the sign-in with.
const LONGEST_LINE: usize = 512;
const CHUNK: usize = 16 * 1024;

/// Why an exchange with the bus failed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nothing listens.
    #[error("no session bus: {0}")]
    NoBus(&'static str),
    /// The bus does not let us in.
    #[error("the session bus {0}")]
    NotLetIn(&'static str),
    /// The deadline passed.
    #[error("the deadline passed")]
    Silent,
    /// The connection broke.
    #[error("the connection to the session bus broke: {}", .0.kind())]
    Broken(io::Error),
    /// The answer is not what the protocol says.
    #[error("the answer is not well-formed")]
    Malformed,
    /// The peer refused, with this error name.
    #[error("refused with {0}")]
    Refused(String),
}

impl From<Malformed> for Trouble {
    fn from(_: Malformed) -> Self {
        Trouble::Malformed
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Trouble::Silent,
            _ => Trouble::Broken(error),
        }
    }
}

/// A call that was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "a call's answer tells whether it worked"]
pub struct Pending(u32);

/// An answer, kept whole and wiped afterwards.
pub struct Answer(Zeroizing<Vec<u8>>);

impl Answer {
    /// The body, which must have this signature.
    pub fn body(&self, signature: &str) -> Result<Reader<'_>, Trouble> {
        Ok(parse(&self.0)?.1.expect(signature)?)
    }
}

/// A connection of this process to the session bus.
pub struct Bus {
    stream: UnixStream,
    deadline: Instant,
    outgoing: Writer,
    serial: u32,
    hello: Option<Pending>,
    incoming: Zeroizing<Vec<u8>>,
    /// The part of `incoming` that was received and not yet used.
    unused: std::ops::Range<usize>,
    early: HashMap<Pending, Result<Answer, Trouble>>,
}

impl Bus {
    /// Connects to the first of `addresses` that listens. The sign-in goes out with the first calls.
    pub fn connect(addresses: &[Address], within: Duration) -> Result<Bus, Trouble> {
        let deadline = Instant::now() + within;
        let mut last = Trouble::NoBus("none is named in the environment");
        for address in addresses {
            match open(address, within) {
                Ok(stream) => return Bus::over(stream, deadline),
                Err(error) => last = unreachable(error),
            }
        }
        Err(last)
    }

    fn over(stream: UnixStream, deadline: Instant) -> Result<Bus, Trouble> {
        let me = rustix::process::geteuid();
        let owner = socket_peercred(&stream).map_err(io::Error::from)?.uid;
        // Whoever owns the bus reads what crosses it, so it must be the person or root.
        if owner != me && !owner.is_root() {
            return Err(Trouble::NotLetIn("belongs to another user"));
        }
        let mut bus = Bus {
            stream,
            deadline,
            outgoing: Writer::default(),
            serial: 0,
            hello: None,
            incoming: Zeroizing::new(vec![0; CHUNK]),
            unused: 0..0,
            early: HashMap::new(),
        };
        let id: String = me.as_raw().to_string().bytes().map(|digit| format!("{digit:02x}")).collect();
        bus.outgoing.raw(format!("\0AUTH EXTERNAL {id}\r\nBEGIN\r\n").as_bytes());
        bus.hello = Some(bus.call(&Method { member: "Hello", ..BUS }, |_| {}));
        Ok(bus)
    }

    /// Lets everything from now on take until `within` from now.
    pub fn extend(&mut self, within: Duration) {
        self.deadline = Instant::now() + within;
    }

    /// Queues a call of `method`; it goes out when an answer is waited for.
    pub fn call(&mut self, method: &Method<'_>, arguments: impl FnOnce(&mut Writer)) -> Pending {
        self.serial += 1;
        self.outgoing.call(self.serial, method, arguments);
        Pending(self.serial)
    }

    /// Makes room for a secret of `more` bytes in the next call.
    pub fn reserve(&mut self, more: usize) {
        self.outgoing.reserve(more + CHUNK);
    }

    /// The answer to `call`.
    pub fn answer(&mut self, call: Pending) -> Result<Answer, Trouble> {
        self.send()?;
        loop {
            if let Some(answer) = self.early.remove(&call) {
                return answer;
            }
            self.receive(|_, _| None::<()>)?;
        }
    }

    /// The first thing that `wanted` makes of a signal, once `asked` was accepted or while it is.
    pub fn signal<T>(
        &mut self,
        asked: Pending,
        mut wanted: impl FnMut(Incoming<'_>, Reader<'_>) -> Option<T>,
    ) -> Result<T, Trouble> {
        self.send()?;
        loop {
            if let Some(Err(trouble)) = self.early.remove(&asked) {
                return Err(trouble);
            }
            if let Some(found) = self.receive(&mut wanted)? {
                return Ok(found);
            }
        }
    }

    fn send(&mut self) -> Result<(), Trouble> {
        let batch = std::mem::take(&mut self.outgoing);
        let mut rest = batch.bytes();
        while !rest.is_empty() {
            self.stream.set_write_timeout(Some(self.left()?))?;
            match self.stream.write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        match self.hello.take() {
            Some(hello) => self.be_let_in(hello),
            None => Ok(()),
        }
    }

    fn be_let_in(&mut self, hello: Pending) -> Result<(), Trouble> {
        let line = self.line()?;
        if !line.starts_with(b"OK ") {
            return Err(Trouble::NotLetIn("refuses us"));
        }
        self.answer(hello).map(drop)
    }

    fn line(&mut self) -> Result<Vec<u8>, Trouble> {
        loop {
            let seen = &self.incoming[self.unused.clone()];
            if let Some(end) = seen.windows(2).position(|pair| pair == b"\r\n") {
                let line = seen[..end].to_vec();
                self.unused.start += end + 2;
                return Ok(line);
            }
            if seen.len() > LONGEST_LINE {
                return Err(Trouble::Malformed);
            }
            self.fill()?;
        }
    }

    /// Takes in one message: answers to calls are kept, a signal is offered to `wanted`.
    fn receive<T>(
        &mut self,
        mut wanted: impl FnMut(Incoming<'_>, Reader<'_>) -> Option<T>,
    ) -> Result<Option<T>, Trouble> {
        let message = self.message()?;
        let (incoming, body) = parse(&message)?;
        match incoming {
            Incoming::Reply(serial) if serial <= self.serial => {
                self.early.insert(Pending(serial), Ok(Answer(message)));
            }
            Incoming::Failure(serial, name) if serial <= self.serial => {
                // The name alone: an error's text may repeat what was sent.
                let name = name.chars().take(100).collect();
                self.early.insert(Pending(serial), Err(Trouble::Refused(name)));
            }
            Incoming::Signal { .. } => return Ok(wanted(incoming, body)),
            _ => {}
        }
        Ok(None)
    }

    fn message(&mut self) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        while self.unused.len() < PREFIX {
            self.fill()?;
        }
        let prefix = self.incoming[self.unused.clone()].first_chunk().ok_or(Trouble::Malformed)?;
        let length = message_length(prefix)?;
        let mut message = Zeroizing::new(Vec::with_capacity(length));
        let here = self.unused.len().min(length);
        message.extend_from_slice(&self.incoming[self.unused.start..self.unused.start + here]);
        self.unused.start += here;
        message.resize(length, 0);
        let mut got = here;
        while got < length {
            got += self.read_into(&mut message[got..])?;
        }
        Ok(message)
    }

    /// Receives more bytes behind those that are not yet used.
    fn fill(&mut self) -> Result<(), Trouble> {
        let mut buffer = std::mem::take(&mut self.incoming);
        buffer.copy_within(self.unused.clone(), 0);
        self.unused = 0..self.unused.len();
        let count = self.read_into(&mut buffer[self.unused.end..]);
        self.incoming = buffer;
        self.unused.end += count?;
        Ok(())
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<usize, Trouble> {
        loop {
            self.stream.set_read_timeout(Some(self.left()?))?;
            match self.stream.read(buffer) {
                Ok(0) => return Err(Trouble::Broken(io::ErrorKind::UnexpectedEof.into())),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn left(&self) -> Result<Duration, Trouble> {
        // A timeout of zero would mean "for ever" to the socket.
        match self.deadline.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(Trouble::Silent),
            left => Ok(left),
        }
    }
}

/// Connects to one address. On Linux a send timeout bounds the wait for a bus that accepts nobody.
fn open(address: &Address, within: Duration) -> io::Result<UnixStream> {
    let name = match address {
        Address::Path(path) => SocketAddrUnix::new(path)?,
        Address::Abstract(name) => SocketAddrUnix::new_abstract_name(name)?,
    };
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    set_socket_timeout(&socket, Timeout::Send, Some(within))?;
    connect(&socket, &name)?;
    Ok(UnixStream::from(socket))
}

fn unreachable(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound => Trouble::NoBus("its socket does not exist"),
        io::ErrorKind::ConnectionRefused => Trouble::NoBus("nobody listens on its socket"),
        _ => error.into(),
    }
}
