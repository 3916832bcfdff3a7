//! A link as officers have it: narrow, far, and now and then cut.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    time::Instant,
};

/// A link before a TCP port of this machine.
#[derive(Debug)]
pub struct SlowLink {
    port: u16,
    passed: Arc<AtomicU64>,
    cuts: watch::Sender<u64>,
    way: Arc<Mutex<(Duration, u32)>>,
    down: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
}

#[derive(Debug, Clone)]
struct Shape {
    /// How long it is, and bytes per second.
    way: Arc<Mutex<(Duration, u32)>>,
    passed: Arc<AtomicU64>,
    cuts: watch::Receiver<u64>,
    silent: Arc<AtomicBool>,
}

impl SlowLink {
    /// To a port: what is sent arrives after `delay`, and no faster than the rate, in each direction.
    ///
    /// # Panics
    /// There is no free port.
    pub async fn to(target: u16, delay: Duration, bytes_per_second: u32) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let passed = Arc::new(AtomicU64::new(0));
        let (cuts, receiver) = watch::channel(0);
        let way = Arc::new(Mutex::new((delay, bytes_per_second)));
        let silent = Arc::new(AtomicBool::new(false));
        let shape = Shape {
            silent: silent.clone(),
            way: way.clone(),
            passed: passed.clone(),
            cuts: receiver,
        };
        let down = Arc::new(AtomicBool::new(false));
        let is_down = down.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if is_down.load(Ordering::SeqCst) {
                    continue;
                }
                if let Ok(far) = TcpStream::connect(("127.0.0.1", target)).await {
                    let (near_in, near_out) = near.into_split();
                    let (far_in, far_out) = far.into_split();
                    tokio::spawn(shape.clone().pass(near_in, far_out));
                    tokio::spawn(shape.clone().pass(far_in, near_out));
                }
            }
        });
        Self {
            port,
            passed,
            cuts,
            way,
            down,
            silent,
        }
    }

    /// From now on it is another one.
    pub fn reshape(&self, delay: Duration, bytes_per_second: u32) {
        *self.way.lock().unwrap_or_else(PoisonError::into_inner) = (delay, bytes_per_second);
    }

    /// The port at this end.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Bytes that have passed in both directions.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// Breaks every connection, and lets none through until [`Self::restore`].
    pub fn take_down(&self) {
        self.down.store(true, Ordering::SeqCst);
        self.cut();
    }

    /// Nothing arrives any more, in either direction, and nobody is told: connections stay open, and new ones are taken.
    pub fn fall_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    /// The link is there again.
    pub fn restore(&self) {
        if self.silent.swap(false, Ordering::SeqCst) {
            // Of what was swallowed the rest makes no sense.
            self.cut();
        }
        self.down.store(false, Ordering::SeqCst);
    }

    /// Breaks every connection that there is now.
    pub fn cut(&self) {
        self.cuts.send_modify(|n| *n += 1);
    }
}

impl Shape {
    async fn pass(mut self, mut from: OwnedReadHalf, to: OwnedWriteHalf) {
        // As much as is on its way at once: more would be a buffer that no link has.
        let (sender, receiver) = mpsc::channel(64);
        self.cuts.mark_unchanged();
        let arriving = tokio::spawn(arrive(receiver, to));
        let mut buffer = [0; 256];
        let mut free = Instant::now();
        loop {
            let read = tokio::select! {
                read = from.read(&mut buffer) => read,
                _ = self.cuts.changed() => {
                    arriving.abort();
                    return;
                }
            };
            let Ok(n @ 1..) = read else { return };
            if self.silent.load(Ordering::SeqCst) {
                continue;
            }
            let size = u32::try_from(n).unwrap_or(u32::MAX);
            let (delay, rate) = *self.way.lock().unwrap_or_else(PoisonError::into_inner);
            let takes = Duration::from_secs(1) * size / rate;
            free = free.max(Instant::now()) + takes;
            self.passed.fetch_add(n as u64, Ordering::Relaxed);
            tokio::time::sleep_until(free).await;
            if sender
                .send((free + delay, buffer[..n].to_vec()))
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

async fn arrive(mut receiver: mpsc::Receiver<(Instant, Vec<u8>)>, mut to: OwnedWriteHalf) {
    while let Some((at, bytes)) = receiver.recv().await {
        tokio::time::sleep_until(at).await;
        if to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
