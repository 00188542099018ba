//! A response's body: whole, or announced whole and truncated half-way.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// The body of one response.
pub(super) struct ResponseBody {
    content_length: u64,
    next: Next,
}

enum Next {
    Data {
        bytes: Bytes,
        whole: bool,
    },
    /// Makes hyper write the first half before the body breaks off: it flushes while the body is pending.
    Flush,
    Break,
    End,
}

impl ResponseBody {
    pub(super) fn whole(bytes: Bytes) -> Self {
        let content_length = bytes.len() as u64;
        let next = if bytes.is_empty() { Next::End } else { Next::Data { bytes, whole: true } };
        ResponseBody { content_length, next }
    }

    pub(super) fn truncated(bytes: Bytes) -> Self {
        // At least one announced byte is held back, so that even an empty body is truncated.
        let content_length = bytes.len().max(2) as u64;
        let half = bytes.slice(..bytes.len() / 2);
        ResponseBody { content_length, next: Next::Data { bytes: half, whole: false } }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Data { bytes, whole } => {
                self.next = if whole { Next::End } else { Next::Flush };
                if whole {
                    self.content_length = 0;
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Next::Flush => {
                self.next = Next::Break;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Next::Break => Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into()))),
            Next::End => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.next, Next::End)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content_length)
    }
}
