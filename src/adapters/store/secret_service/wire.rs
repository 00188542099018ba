//! The D-Bus wire format, as much of it as the Secret Service needs: calls going out, answers and signals coming in.
//!
//! Source: the D-Bus specification, "Message Protocol". Whatever bytes come in, reading them ends in a value or in
//! [`Malformed`], and no length that a peer claims makes us take in more than [`LONGEST`].

use crate::domain::wiped::WipedBytes;

/// The fixed part of a message's header together with the length of its fields.
pub const PREFIX: usize = 16;
/// The longest message we take: far more than any secret of ours.
const LONGEST: usize = 32 << 20;

const METHOD_CALL: u8 = 1;
const METHOD_RETURN: u8 = 2;
const ERROR: u8 = 3;
const SIGNAL: u8 = 4;

/// What came in is not the D-Bus protocol, or not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed message")]
pub struct Malformed;

/// The method that a call names.
#[derive(Debug, Clone, Copy)]
pub struct Method<'a> {
    /// The bus name that is asked.
    pub destination: &'a str,
    /// The object.
    pub path: &'a str,
    /// The interface.
    pub interface: &'a str,
    /// The method's own name.
    pub member: &'a str,
    /// The signature of its arguments.
    pub signature: &'a str,
}

/// Messages on their way out, in one buffer that is wiped afterwards.
#[derive(Default)]
pub struct Writer {
    bytes: WipedBytes,
    /// Where the present message begins: alignment counts from there.
    start: usize,
}

impl Writer {
    /// Everything written so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds bytes that belong to no message.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Adds a call of `method` numbered `serial`, whose arguments `arguments` writes.
    pub fn call(&mut self, serial: u32, method: &Method<'_>, arguments: impl FnOnce(&mut Writer)) {
        self.start = self.bytes.len();
        self.bytes.extend(&[b'l', METHOD_CALL, 0, 1]);
        let body_length = self.bytes.len();
        self.u32(0);
        self.u32(serial);
        self.array(8, |fields| {
            fields.field(1, "o", method.path);
            fields.field(2, "s", method.interface);
            fields.field(3, "s", method.member);
            fields.field(6, "s", method.destination);
            if !method.signature.is_empty() {
                fields.align(8);
                fields.bytes.extend(&[8]);
                fields.signature("g");
                fields.signature(method.signature);
            }
        });
        self.align(8);
        let body = self.bytes.len();
        arguments(self);
        self.patch(body_length, self.bytes.len() - body);
    }

    /// A header field that is a string or an object path.
    fn field(&mut self, code: u8, kind: &str, value: &str) {
        self.align(8);
        self.bytes.extend(&[code]);
        self.signature(kind);
        self.string(value);
    }

    /// A `u`.
    pub fn u32(&mut self, value: u32) {
        self.align(4);
        self.bytes.extend(&value.to_le_bytes());
    }

    /// A `b`.
    pub fn boolean(&mut self, value: bool) {
        self.u32(value.into());
    }

    /// An `s` or an `o`.
    pub fn string(&mut self, value: &str) {
        self.u32(length(value.len()));
        self.bytes.extend(value.as_bytes());
        self.bytes.extend(&[0]);
    }

    /// A `g`, also the first half of a variant.
    pub fn signature(&mut self, value: &str) {
        self.bytes.extend(&[u8::try_from(value.len()).unwrap_or(u8::MAX)]);
        self.bytes.extend(value.as_bytes());
        self.bytes.extend(&[0]);
    }

    /// An `ay`.
    pub fn blob(&mut self, value: &[u8]) {
        self.u32(length(value.len()));
        self.bytes.extend(value);
    }

    /// An array, the alignment of whose elements is `alignment`.
    pub fn array(&mut self, alignment: usize, elements: impl FnOnce(&mut Writer)) {
        self.u32(0);
        let counter = self.bytes.len() - 4;
        self.align(alignment);
        let first = self.bytes.len();
        elements(self);
        self.patch(counter, self.bytes.len() - first);
    }

    /// An `a{ss}`.
    pub fn strings(&mut self, pairs: &[(&str, &str)]) {
        self.array(8, |entries| {
            for (key, value) in pairs {
                entries.align(8);
                entries.string(key);
                entries.string(value);
            }
        });
    }

    /// The padding before a value aligned to `to`, a power of two. A struct or an entry begins with `align(8)`.
    pub fn align(&mut self, to: usize) {
        while !(self.bytes.len() - self.start).is_multiple_of(to) {
            self.bytes.extend(&[0]);
        }
    }

    fn patch(&mut self, at: usize, value: usize) {
        self.bytes[at..at + 4].copy_from_slice(&length(value).to_le_bytes());
    }
}

/// A length as it is written. One that does not fit is refused by the other side; callers bound theirs.
fn length(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The length of the whole message that begins with `prefix`.
///
/// # Errors
/// When it is no message, of another protocol version, or longer than we take.
pub fn message_length(prefix: &[u8; PREFIX]) -> Result<usize, Malformed> {
    let mut reader = Reader::new(prefix, is_little(prefix[0])?);
    reader.at = 3;
    if reader.u8()? != 1 {
        return Err(Malformed);
    }
    let body = reader.u32()? as usize;
    reader.at = 12;
    let fields = reader.u32()? as usize;
    if body > LONGEST || fields > LONGEST {
        return Err(Malformed);
    }
    Ok((PREFIX + fields).next_multiple_of(8) + body)
}

fn is_little(mark: u8) -> Result<bool, Malformed> {
    match mark {
        b'l' => Ok(true),
        b'B' => Ok(false),
        _ => Err(Malformed),
    }
}

/// What a message that came in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// The answer to the call with this serial.
    Reply(u32),
    /// The call with this serial failed; the error's name.
    Failure(u32, &'a str),
    /// A signal.
    Signal {
        /// The object it is about.
        path: &'a str,
        /// Its interface.
        interface: &'a str,
        /// Its name.
        member: &'a str,
    },
    /// A call to us or a kind of message yet unknown; neither concerns us.
    Other,
}

/// One whole message.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// What it is.
    pub incoming: Incoming<'a>,
    /// The bus name of whoever sent it, which the bus itself fills in; empty where it did not.
    pub sender: &'a str,
    /// What it holds.
    pub body: Reader<'a>,
}

/// Reads one whole message.
///
/// # Errors
/// When the header is not well-formed or lacks a field that its kind must have.
pub fn parse(message: &[u8]) -> Result<Message<'_>, Malformed> {
    let little = is_little(*message.first().ok_or(Malformed)?)?;
    let mut reader = Reader::new(message, little);
    reader.at = 1;
    let kind = reader.u8()?;
    reader.at = 12;
    let fields_end = PREFIX.checked_add(reader.u32()? as usize).filter(|end| *end <= message.len()).ok_or(Malformed)?;
    let (mut path, mut interface, mut member, mut error) = ("", "", "", "");
    let (mut sender, mut answers, mut signature) = ("", None, "");
    while reader.at < fields_end {
        reader.align(8)?;
        let code = reader.u8()?;
        let what = reader.signature()?;
        match (code, what) {
            (1, "o") => path = reader.string()?,
            (2, "s") => interface = reader.string()?,
            (3, "s") => member = reader.string()?,
            (4, "s") => error = reader.string()?,
            (5, "u") => answers = Some(reader.u32()?),
            (7, "s") => sender = reader.string()?,
            (8, "g") => signature = reader.signature()?,
            _ => reader.skip(what)?,
        }
    }
    reader.align(8)?;
    let incoming = match kind {
        METHOD_RETURN => Incoming::Reply(answers.ok_or(Malformed)?),
        ERROR if !error.is_empty() => Incoming::Failure(answers.ok_or(Malformed)?, error),
        SIGNAL if !path.is_empty() && !member.is_empty() => Incoming::Signal { path, interface, member },
        ERROR | SIGNAL => return Err(Malformed),
        _ => Incoming::Other,
    };
    let body = message.get(reader.at..).ok_or(Malformed)?;
    Ok(Message { incoming, sender, body: Reader { bytes: body, at: 0, little, signature } })
}

/// Values out of a message's body, in the order they come.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    little: bool,
    signature: &'a str,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], little: bool) -> Self {
        Reader { bytes, at: 0, little, signature: "" }
    }

    /// Makes sure that the body holds what is about to be read.
    ///
    /// # Errors
    /// When the sender says that it holds something else.
    pub fn expect(self, signature: &str) -> Result<Self, Malformed> {
        if self.signature == signature { Ok(self) } else { Err(Malformed) }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(count).ok_or(Malformed)?;
        let taken = self.bytes.get(self.at..end).ok_or(Malformed)?;
        self.at = end;
        Ok(taken)
    }

    /// Skips the padding before a value aligned to `to`.
    pub fn align(&mut self, to: usize) -> Result<(), Malformed> {
        let padding = self.at.next_multiple_of(to) - self.at;
        // The last padding may be missing where nothing follows, as after the fields of a message without a body.
        self.at = (self.at + padding).min(self.bytes.len());
        Ok(())
    }

    /// A `y`.
    pub fn u8(&mut self) -> Result<u8, Malformed> {
        self.take(1)?.first().copied().ok_or(Malformed)
    }

    /// A `u`.
    pub fn u32(&mut self) -> Result<u32, Malformed> {
        self.align(4)?;
        let bytes = self.take(4)?.try_into().map_err(|_| Malformed)?;
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// A `b`.
    pub fn boolean(&mut self) -> Result<bool, Malformed> {
        match self.u32()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }

    /// An `s` or an `o`.
    pub fn string(&mut self) -> Result<&'a str, Malformed> {
        let length = self.u32()? as usize;
        self.text(length)
    }

    /// A `g`, also the first half of a variant.
    pub fn signature(&mut self) -> Result<&'a str, Malformed> {
        let length = self.u8()?.into();
        self.text(length)
    }

    fn text(&mut self, length: usize) -> Result<&'a str, Malformed> {
        let text = self.take(length)?;
        if self.u8()? != 0 || text.contains(&0) {
            return Err(Malformed);
        }
        std::str::from_utf8(text).map_err(|_| Malformed)
    }

    /// An `ay`.
    pub fn blob(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    /// An `o`.
    pub fn path(&mut self) -> Result<&'a str, Malformed> {
        let path = self.string()?;
        let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'/');
        if plain && path.starts_with('/') { Ok(path) } else { Err(Malformed) }
    }

    /// An `ao`.
    pub fn paths(&mut self) -> Result<Vec<&'a str>, Malformed> {
        let length = self.u32()? as usize;
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or(Malformed)?;
        let mut paths = Vec::new();
        while self.at < end {
            paths.push(self.path()?);
        }
        if self.at == end { Ok(paths) } else { Err(Malformed) }
    }

    /// A variant that holds one of the basic types; its value is of no interest.
    pub fn skip_variant(&mut self) -> Result<(), Malformed> {
        let what = self.signature()?;
        self.skip(what)
    }

    /// A variant that holds a `b`.
    pub fn boolean_variant(&mut self) -> Result<bool, Malformed> {
        if self.signature()? == "b" { self.boolean() } else { Err(Malformed) }
    }

    /// A variant that holds an `ao`.
    pub fn paths_variant(&mut self) -> Result<Vec<&'a str>, Malformed> {
        if self.signature()? == "ao" { self.paths() } else { Err(Malformed) }
    }

    fn skip(&mut self, what: &str) -> Result<(), Malformed> {
        match what {
            "y" => self.u8().map(drop),
            "b" | "u" | "i" | "h" => self.u32().map(drop),
            "n" | "q" => self.align(2).and_then(|()| self.take(2)).map(drop),
            "x" | "t" | "d" => self.align(8).and_then(|()| self.take(8)).map(drop),
            "s" | "o" => self.string().map(drop),
            "g" => self.signature().map(drop),
            "ay" => self.blob().map(drop),
            _ => Err(Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const METHOD: Method<'_> =
        Method { destination: "org.x", path: "/x", interface: "org.x.I", member: "Do", signature: "sayao" };

    /// A method return to serial 7 with a `u` for a body, as a big-endian peer writes it.
    fn big_endian_reply() -> Vec<u8> {
        let mut message = vec![b'B', METHOD_RETURN, 1, 1, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0, 15];
        message.extend([5, 1, b'u', 0, 0, 0, 0, 7, 8, 1, b'g', 0, 1, b'u', 0, 0]);
        message.extend([0, 0, 1, 2]);
        message
    }

    #[test]
    fn both_byte_orders_are_read() {
        let message = big_endian_reply();
        assert_eq!(message_length(message[..PREFIX].try_into().unwrap()), Ok(message.len()));
        let message = parse(&message).unwrap();
        assert_eq!(message.incoming, Incoming::Reply(7));
        assert_eq!(message.body.expect("u").unwrap().u32(), Ok(0x102));
    }

    #[test]
    fn a_body_of_another_type_is_refused() {
        let message = big_endian_reply();
        assert!(parse(&message).unwrap().body.expect("s").is_err());
    }

    #[test]
    fn each_message_in_a_batch_is_aligned_to_its_own_start() {
        let mut writer = Writer::default();
        writer.raw(b"AUTH\r\n?");
        let first = writer.bytes().len();
        writer.call(1, &METHOD, |body| body.string("odd"));
        let second = writer.bytes().len();
        writer.call(2, &METHOD, |body| body.string("odd"));
        let (one, two) = (&writer.bytes()[first..second], &writer.bytes()[second..]);
        assert_eq!(one[PREFIX..], two[PREFIX..]);
        assert_eq!(message_length(one[..PREFIX].try_into().unwrap()), Ok(one.len()));
    }

    #[test]
    fn a_length_beyond_any_secret_is_refused_before_anything_is_allocated() {
        let mut message = big_endian_reply();
        message[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(message_length(message[..PREFIX].try_into().unwrap()), Err(Malformed));
    }

    fn read_everything(mut body: Reader<'_>) {
        let _ = body.clone().paths();
        let _ = body.clone().skip_variant();
        let _ = body.clone().boolean_variant();
        let _ = body.clone().paths_variant();
        let _ = body.clone().blob();
        while body.string().is_ok() {}
        let _ = body.u32();
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..200)) {
            if let Ok(message) = parse(&bytes) {
                read_everything(message.body);
            }
            if let Some(prefix) = bytes.first_chunk() {
                let _ = message_length(prefix);
            }
        }

        #[test]
        fn no_change_of_a_good_message_makes_the_reader_panic(at in 0usize..36, byte: u8, cut in 0usize..=36) {
            let mut message = big_endian_reply();
            message[at] = byte;
            message.truncate(cut);
            if let Ok(message) = parse(&message) {
                read_everything(message.body);
            }
        }

        #[test]
        fn what_is_written_is_read(text in "[^\0]{0,40}", blob in vec(any::<u8>(), 0..40), paths in vec("/[a-z_/]{0,9}", 0..5)) {
            let mut writer = Writer::default();
            writer.call(3, &METHOD, |body| {
                body.string(&text);
                body.blob(&blob);
                body.array(4, |elements| paths.iter().for_each(|path| elements.string(path)));
            });
            prop_assert_eq!(message_length(writer.bytes()[..PREFIX].try_into().unwrap()), Ok(writer.bytes().len()));
            let message = parse(writer.bytes()).unwrap();
            prop_assert_eq!(message.incoming, Incoming::Other);
            let mut body = message.body.expect("sayao").unwrap();
            prop_assert_eq!(body.string().unwrap(), text);
            prop_assert_eq!(body.blob().unwrap(), blob);
            prop_assert_eq!(body.paths().unwrap(), paths);
        }
    }
}
