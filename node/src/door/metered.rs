//! A stream that keeps to a rate, and ends when nothing moves on it or its time is over.

use std::{
    io,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// What each piece costs beside itself: headers of TCP/IP (52), Noise (18) and Yamux (12), and the acknowledgement.
const HEADERS: usize = 100;
/// Who has to wait does so for a piece that is worth its headers, this part of a second's bytes.
const PIECE: u64 = 2;
/// How exactly silence is measured.
const GRAIN: Duration = Duration::from_secs(1);

/// What an author may still move, over all their streams: a second's worth at once, what is beyond has to wait.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Bytes per second.
    rate: u64,
    /// Bytes that may pass, and since when that is so.
    state: Mutex<(u64, Instant)>,
}

impl Bucket {
    pub(super) fn new(rate: u64) -> Self {
        Self {
            rate,
            state: Mutex::new((rate, Instant::now())),
        }
    }

    fn refilled(&self) -> std::sync::MutexGuard<'_, (u64, Instant)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, since) = *state;
        let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Whole milliseconds: the rest of one counts next time.
        if millis > 0 {
            let gained = millis.saturating_mul(self.rate) / 1000;
            *state = (
                left.saturating_add(gained).min(self.rate),
                since + Duration::from_millis(millis),
            );
        }
        state
    }

    pub(super) fn is_full(&self) -> bool {
        self.refilled().0 >= self.rate
    }

    /// How many of `wanted` bytes may pass now; none with the time at which to ask again.
    fn grant(&self, wanted: usize) -> Result<usize, Instant> {
        let left = self.refilled().0;
        let least = (self.rate / PIECE).clamp(1, wanted.max(1) as u64);
        if left < least {
            let millis = (least - left).saturating_mul(1000) / self.rate.max(1);
            return Err(Instant::now() + Duration::from_millis(millis.max(10)));
        }
        Ok(wanted.min(usize::try_from(left).unwrap_or(usize::MAX)))
    }

    fn take(&self, bytes: usize) {
        let mut state = self.refilled();
        let bytes = bytes.saturating_add(HEADERS);
        state.0 = state.0.saturating_sub(bytes as u64);
    }
}

/// A stream within bounds. `S` is held as long as it is open.
pub(crate) struct Metered<T, S> {
    io: T,
    bucket: std::sync::Arc<Bucket>,
    wait_read: Option<Pin<Box<Sleep>>>,
    wait_write: Option<Pin<Box<Sleep>>>,
    end: Pin<Box<Sleep>>,
    moved: Instant,
    silence: Duration,
    /// When the author's time is over.
    until: Option<Instant>,
    _seat: S,
}

impl<T, S> Metered<T, S> {
    pub(super) fn new(
        io: T,
        seat: S,
        bucket: std::sync::Arc<Bucket>,
        silence: Duration,
        left: Option<Duration>,
    ) -> Self {
        let now = Instant::now();
        // Further away than an `Instant` reaches is never.
        let until = left.and_then(|left| now.checked_add(left));
        let mut stream = Self {
            io,
            bucket,
            wait_read: None,
            wait_write: None,
            end: Box::pin(sleep_until(now)),
            moved: now,
            silence,
            until,
            _seat: seat,
        };
        stream.set_end();
        stream
    }

    fn set_end(&mut self) {
        let silent = self.moved + self.silence;
        let end = self.until.map_or(silent, |until| until.min(silent));
        self.end.as_mut().reset(end);
    }

    fn moved(&mut self, bytes: usize) {
        self.bucket.take(bytes);
        let now = Instant::now();
        if now - self.moved > GRAIN {
            self.moved = now;
            self.set_end();
        }
    }

    fn over(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        ready!(self.end.as_mut().poll(cx));
        Poll::Ready(io::Error::new(
            io::ErrorKind::TimedOut,
            "nothing moves on it, or the author's time is over",
        ))
    }
}

/// Waits until bytes may pass; says how many.
fn pass(
    bucket: &Bucket,
    wait: &mut Option<Pin<Box<Sleep>>>,
    wanted: usize,
    cx: &mut Context<'_>,
) -> Poll<usize> {
    loop {
        if let Some(sleep) = wait {
            ready!(sleep.as_mut().poll(cx));
            *wait = None;
        }
        match bucket.grant(wanted) {
            Ok(bytes) => return Poll::Ready(bytes),
            Err(at) => *wait = Some(Box::pin(sleep_until(at))),
        }
    }
}

impl<T: AsyncRead + Unpin, S: Unpin> AsyncRead for Metered<T, S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(e) = this.over(cx) {
            return Poll::Ready(Err(e));
        }
        let wanted = buffer.remaining();
        if wanted == 0 {
            return Poll::Ready(Ok(()));
        }
        let granted = ready!(pass(&this.bucket, &mut this.wait_read, wanted, cx));
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(granted));
        ready!(Pin::new(&mut this.io).poll_read(cx, &mut part))?;
        let read = part.filled().len();
        buffer.advance(read);
        this.moved(read);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin, S: Unpin> AsyncWrite for Metered<T, S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Poll::Ready(e) = this.over(cx) {
            return Poll::Ready(Err(e));
        }
        let granted = ready!(pass(&this.bucket, &mut this.wait_write, bytes.len(), cx));
        let part = bytes.get(..granted).unwrap_or(bytes);
        let written = ready!(Pin::new(&mut this.io).poll_write(cx, part))?;
        this.moved(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(e) = this.over(cx) {
            return Poll::Ready(Err(e));
        }
        Pin::new(&mut this.io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const RATE: u64 = 100_000;
    const LONG: Duration = Duration::from_secs(60);

    fn stream<T>(io: T, silence: Duration, left: Option<Duration>) -> Metered<T, ()> {
        Metered::new(io, (), Arc::new(Bucket::new(RATE)), silence, left)
    }

    #[tokio::test]
    async fn more_than_the_rate_has_to_wait() {
        let (near, mut far) = tokio::io::duplex(64 << 10);
        let mut near = stream(near, LONG, None);
        let start = Instant::now();
        let writing = tokio::spawn(async move {
            near.write_all(&[7; 130_000]).await.expect("written");
            near.shutdown().await.expect("closed");
        });
        let mut got = Vec::new();
        far.read_to_end(&mut got).await.expect("read");
        writing.await.expect("ended");
        assert_eq!(got.len(), 130_000);
        // The first second's worth passes at once.
        assert!(start.elapsed() >= Duration::from_millis(290));
    }

    #[tokio::test]
    async fn a_stream_on_which_nothing_moves_ends() {
        let (near, _far) = tokio::io::duplex(64);
        let start = Instant::now();
        let mut near = stream(near, Duration::from_millis(30), None);
        assert!(near.read_u8().await.is_err());
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[tokio::test]
    async fn a_stream_ends_with_its_authors_time_whatever_moves_on_it() {
        let (near, mut far) = tokio::io::duplex(64);
        let start = Instant::now();
        let mut near = stream(near, LONG, Some(Duration::from_millis(30)));
        let talking = tokio::spawn(async move { while far.write_u8(1).await.is_ok() {} });
        while near.read_u8().await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(start.elapsed() >= Duration::from_millis(30));
        talking.abort();
    }
}
