//! A wire that records what passes.

use crate::{Federation, free_port};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A recorder between a node and those who dial it.
#[derive(Debug, Clone, Default)]
pub struct Tap {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// Puts a tap before a node of a federation: its manifest names the tap's address from now on. The other nodes'
    /// addresses are taken away, so that every connection passes the tap.
    ///
    /// # Panics
    /// There is no free port.
    pub async fn before(federation: &mut Federation, index: usize) -> Self {
        let tap = Self::default();
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
        let mut buffer = vec![0; 16 << 10];
        while let Ok(n) = from.read(&mut buffer).await {
            if n == 0 || to.write_all(&buffer[..n]).await.is_err() {
                return;
            }
            self.bytes
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(&buffer[..n]);
        }
    }

    /// What has passed so far, in both directions.
    #[must_use]
    pub fn recorded(&self) -> Vec<u8> {
        self.bytes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
