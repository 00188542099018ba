//! One connection to the session bus: calls queue up, go out together, and are answered within a deadline.
//!
//! Authentication, `Hello` and the first call need not wait for each other: the specification lets a client send
//! ahead of the server's answers.

use std::collections::HashMap;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::net::sockopt::{Timeout, set_socket_timeout, socket_peercred};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recv, send, socket_with,
};
use zeroize::{Zeroize, Zeroizing};

use super::address::Address;
use super::wire::{Incoming, Malformed, Message, Method, PREFIX, Reader, Writer, message_length, parse};
use crate::domain::text::hex;

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
    /// Nothing came within this time.
    #[error("the deadline passed")]
    Silent(Duration),
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

impl Trouble {
    /// Whether the connection can be used for nothing any more.
    pub fn ends_connection(&self) -> bool {
        !matches!(self, Trouble::Refused(_))
    }
}

/// A call that was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "a call's answer tells whether it worked"]
pub struct Pending(u32);

/// An answer, kept whole and wiped afterwards.
pub struct Answer(Zeroizing<Vec<u8>>);

impl Answer {
    /// The bus name of whoever answered.
    pub fn sender(&self) -> Result<&str, Trouble> {
        Ok(parse(&self.0)?.sender)
    }

    /// The body, which must have this signature.
    pub fn body(&self, signature: &str) -> Result<Reader<'_>, Trouble> {
        Ok(parse(&self.0)?.body.expect(signature)?)
    }
}

/// When an operation has to be over.
#[derive(Debug, Clone, Copy)]
struct Deadline {
    within: Duration,
    end: Instant,
}

impl Deadline {
    fn new(within: Duration) -> Self {
        Deadline { within, end: Instant::now() + within }
    }

    /// What is left, never zero: a timeout of zero would mean "for ever" to the socket.
    fn left(self) -> Result<Duration, Trouble> {
        match self.end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(Trouble::Silent(self.within)),
            left => Ok(left),
        }
    }

    fn trouble(self, error: io::Error) -> Trouble {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Trouble::Silent(self.within),
            _ => Trouble::Broken(error),
        }
    }
}

/// A connection of this process to the session bus.
pub struct Bus {
    stream: UnixStream,
    deadline: Deadline,
    outgoing: Writer,
    serial: u32,
    hello: Option<Pending>,
    /// Whose answers count, besides the bus's own; everyone's until it is known who provides the service.
    peer: Option<String>,
    incoming: Zeroizing<Vec<u8>>,
    /// The part of `incoming` that was received and not yet used.
    unused: std::ops::Range<usize>,
    early: HashMap<Pending, Result<Answer, Trouble>>,
}

impl Bus {
    /// Connects to the first of `addresses` that listens. Authentication goes out with the first calls.
    pub fn connect(addresses: &[Address], within: Duration) -> Result<Bus, Trouble> {
        let deadline = Deadline::new(within);
        let mut last = Trouble::NoBus("none is named in the environment");
        for address in addresses {
            match open(address, within) {
                Ok(stream) => return Bus::over(stream, deadline),
                Err(error) => last = unreachable(error, deadline),
            }
        }
        Err(last)
    }

    fn over(stream: UnixStream, deadline: Deadline) -> Result<Bus, Trouble> {
        let me = rustix::process::geteuid();
        let owner = socket_peercred(&stream).map_err(|error| Trouble::Broken(error.into()))?.uid;
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
            peer: None,
            incoming: Zeroizing::new(vec![0; CHUNK]),
            unused: 0..0,
            early: HashMap::new(),
        };
        let id = hex(me.as_raw().to_string().as_bytes());
        bus.outgoing.raw(format!("\0AUTH EXTERNAL {id}\r\nBEGIN\r\n").as_bytes());
        bus.hello = Some(bus.call(&Method { member: "Hello", ..BUS }, |_| {}));
        Ok(bus)
    }

    /// Whether the other side still holds the connection.
    pub fn is_open(&self) -> bool {
        match recv(&self.stream, &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT) {
            Ok((_, count)) => count > 0,
            Err(error) => error == rustix::io::Errno::AGAIN,
        }
    }

    /// Begins an operation, which may take until `within` from now. Answers that the one before did not wait for are
    /// of no interest any more.
    pub fn begin(&mut self, within: Duration) {
        self.early.clear();
        self.outgoing = Writer::default();
        self.extend(within);
    }

    /// Lets everything from now on take until `within` from now.
    pub fn extend(&mut self, within: Duration) {
        self.deadline = Deadline::new(within);
    }

    /// From now on, only answers from the bus itself and from the bus name `peer` count.
    pub fn trust_only(&mut self, peer: String) {
        self.peer = Some(peer);
    }

    /// Queues a call of `method`; it goes out when an answer is waited for.
    pub fn call(&mut self, method: &Method<'_>, arguments: impl FnOnce(&mut Writer)) -> Pending {
        // Zero is no serial.
        self.serial = self.serial.checked_add(1).unwrap_or(1);
        self.outgoing.call(self.serial, method, arguments);
        Pending(self.serial)
    }

    /// The answer to `call`.
    pub fn answer(&mut self, call: Pending) -> Result<Answer, Trouble> {
        self.send()?;
        loop {
            if let Some(answer) = self.early.remove(&call) {
                return answer;
            }
            self.receive(|_| None::<()>)?;
        }
    }

    /// The first thing that `wanted` makes of a signal, once `asked` was accepted or while it is.
    pub fn signal<T>(
        &mut self,
        asked: Pending,
        mut wanted: impl FnMut(&Message<'_>) -> Option<T>,
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
            let left = self.deadline.left()?;
            self.stream.set_write_timeout(Some(left)).map_err(Trouble::Broken)?;
            // A bus that went away is an error of this call, not a signal that ends the process.
            match send(&self.stream, rest, SendFlags::NOSIGNAL) {
                Ok(count) => rest = &rest[count..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(self.deadline.trouble(error.into())),
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
    fn receive<T>(&mut self, mut wanted: impl FnMut(&Message<'_>) -> Option<T>) -> Result<Option<T>, Trouble> {
        let bytes = self.message()?;
        let message = parse(&bytes)?;
        match message.incoming {
            Incoming::Signal { .. } => return Ok(wanted(&message)),
            Incoming::Reply(_) | Incoming::Failure(..) if !self.may_answer(message.sender) => {}
            Incoming::Reply(serial) if serial <= self.serial => {
                self.early.insert(Pending(serial), Ok(Answer(bytes)));
            }
            Incoming::Failure(serial, name) if serial <= self.serial => {
                // The name alone: an error's text may repeat what was sent.
                let name = name.chars().take(100).collect();
                self.early.insert(Pending(serial), Err(Trouble::Refused(name)));
            }
            _ => {}
        }
        Ok(None)
    }

    fn may_answer(&self, sender: &str) -> bool {
        sender == BUS.destination || self.peer.as_deref().is_none_or(|peer| peer == sender)
    }

    fn message(&mut self) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        while self.unused.len() < PREFIX {
            self.fill()?;
        }
        let prefix = self.incoming[self.unused.clone()].first_chunk().ok_or(Trouble::Malformed)?;
        let length = message_length(prefix)?;
        let mut message = Zeroizing::new(Vec::with_capacity(length));
        let here = self.unused.len().min(length);
        let received = &mut self.incoming[self.unused.start..self.unused.start + here];
        message.extend_from_slice(received);
        // The connection outlives the operation, and what it brought must not.
        received.zeroize();
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
        buffer[self.unused.len()..self.unused.end].zeroize();
        self.unused = 0..self.unused.len();
        let count = self.read_into(&mut buffer[self.unused.end..]);
        self.incoming = buffer;
        self.unused.end += count?;
        Ok(())
    }

    fn read_into(&mut self, buffer: &mut [u8]) -> Result<usize, Trouble> {
        loop {
            let left = self.deadline.left()?;
            self.stream.set_read_timeout(Some(left)).map_err(Trouble::Broken)?;
            match self.stream.read(buffer) {
                Ok(0) => return Err(Trouble::Broken(io::ErrorKind::UnexpectedEof.into())),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.deadline.trouble(error)),
            }
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

fn unreachable(error: io::Error, deadline: Deadline) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound => Trouble::NoBus("its socket does not exist"),
        io::ErrorKind::ConnectionRefused => Trouble::NoBus("nobody listens on its socket"),
        _ => deadline.trouble(error),
    }
}
