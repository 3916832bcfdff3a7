//! A wire that records what passes, and that can be cut.

use crate::{Federation, free_port};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A recorder between a node and those who dial it.
#[derive(Debug, Clone)]
pub struct Tap {
    bytes: Option<Arc<Mutex<Vec<u8>>>>,
    passed: Arc<AtomicU64>,
    cuts: watch::Sender<u64>,
    /// Bytes each second and way; 0 if as fast as it goes.
    pace: Arc<AtomicU64>,
}

impl Tap {
    /// Puts a tap before a node of a federation: its manifest names the tap's address from now on. The other nodes'
    /// addresses are taken away, so that every connection passes the tap.
    ///
    /// # Panics
    /// There is no free port.
    pub async fn before(federation: &mut Federation, index: usize) -> Self {
        Self::put(federation, index, Some(Arc::default())).await
    }

    /// The same, which counts what passes and keeps nothing of it.
    ///
    /// # Panics
    /// There is no free port.
    pub async fn counting(federation: &mut Federation, index: usize) -> Self {
        Self::put(federation, index, None).await
    }

    async fn put(
        federation: &mut Federation,
        index: usize,
        bytes: Option<Arc<Mutex<Vec<u8>>>>,
    ) -> Self {
        let tap = Self {
            bytes,
            passed: Arc::default(),
            cuts: watch::channel(0).0,
            pace: Arc::default(),
        };
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("a port");
        let target = federation.orgs[index]
            .address()
            .rsplit('/')
            .next()
            .and_then(|p| p.parse().ok())
            .expect("a port in the address");
        for (i, org) in federation.orgs.iter_mut().enumerate() {
            let manifest = org.issue(|m| {
                m.nodes[0].addresses = if i == index {
                    vec![format!("/ip4/127.0.0.1/tcp/{port}")]
                } else {
                    Vec::new()
                };
            });
            federation.bundle.manifests.push(manifest);
        }
        for org in &federation.orgs {
            federation.hand_to(org);
        }
        let recorder = tap.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if let Ok(far) = TcpStream::connect(("127.0.0.1", target)).await {
                    let (near_in, near_out) = near.into_split();
                    let (far_in, far_out) = far.into_split();
                    tokio::spawn(recorder.clone().pass(near_in, far_out));
                    tokio::spawn(recorder.clone().pass(far_in, near_out));
                }
            }
        });
        tap
    }

    async fn pass(
        self,
        mut from: tokio::net::tcp::OwnedReadHalf,
        mut to: tokio::net::tcp::OwnedWriteHalf,
    ) {
        let mut buffer = vec![0; 64 << 10];
        let mut cuts = self.cuts.subscribe();
        loop {
            let pace = self.pace.load(Ordering::Relaxed);
            // A slow link takes a little at a time.
            let most = if pace == 0 { buffer.len() } else { 1 << 10 };
            let read = tokio::select! {
                read = from.read(&mut buffer[..most]) => read,
                _ = cuts.changed() => return,
            };
            let Ok(n @ 1..) = read else { return };
            if pace > 0 {
                let wait = std::time::Duration::from_secs(1).mul_f64(n as f64 / pace as f64);
                tokio::time::sleep(wait).await;
            }
            if to.write_all(&buffer[..n]).await.is_err() {
                return;
            }
            self.passed.fetch_add(n as u64, Ordering::Relaxed);
            if let Some(bytes) = &self.bytes {
                let mut bytes = bytes.lock().unwrap_or_else(PoisonError::into_inner);
                bytes.extend_from_slice(&buffer[..n]);
            }
        }
    }

    /// Cuts every connection that passes now.
    pub fn cut(&self) {
        self.cuts.send_modify(|n| *n += 1);
    }

    /// Lets so many bytes pass each second and way from now on.
    pub fn pace(&self, bytes_per_second: u64) {
        self.pace.store(bytes_per_second, Ordering::Relaxed);
    }

    /// Bytes that have passed so far, in both directions.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// What has passed so far, in both directions; nothing if it only counts.
    #[must_use]
    pub fn recorded(&self) -> Vec<u8> {
        let bytes = self.bytes.as_ref();
        bytes.map_or_else(Vec::new, |bytes| {
            bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
        })
    }
}
