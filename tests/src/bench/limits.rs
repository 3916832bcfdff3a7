//! What the machine could do.

use super::{Latency, free_port, yardstick};
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{Multiaddr, StreamProtocol, Swarm, SwarmBuilder, noise, tcp, yamux};
use ring::{
    digest,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const PROTOCOL: StreamProtocol = StreamProtocol::new("/bench/1");
const STREAM_BYTES: usize = 256 << 20;
const CHUNK: usize = 256 << 10;
const PINGS: usize = 1_000;
const VERIFIES: usize = 20_000;
/// sled's speed differs by half from one run to the next: the middle one counts.
const SLED_RUNS: usize = 5;
const HASHED: usize = 512 << 20;

/// Figures of the machine alone.
pub(super) struct Limits {
    pub(super) flush_p50: Duration,
    pub(super) round_trip_p50: Duration,
    pub(super) sled_per_s: f64,
    pub(super) sled_disk: u64,
    pub(super) stream_bytes_per_s: f64,
    pub(super) sha256_bytes_per_s: f64,
    pub(super) verify_per_s: f64,
}

impl Limits {
    pub(super) async fn measure(base: &Path, values: &[Vec<u8>]) -> Self {
        let mut alone = Vec::new();
        for n in 0..SLED_RUNS {
            let path = base.join(format!("sled-alone-{n}"));
            let took = yardstick::write_batches(&path, values).expect("sled writes");
            alone.push((took, super::size_of(&path)));
        }
        alone.sort_unstable();
        let (took, sled_disk) = alone[SLED_RUNS / 2];
        let value = values.first().cloned().unwrap_or_default();
        let flushes = yardstick::flushes(&base.join("sled-flush"), &value, 1_000).expect("flushes");
        let (round_trip_p50, stream_bytes_per_s) = stream().await;
        Self {
            flush_p50: Latency::of(flushes).p50,
            round_trip_p50,
            sled_per_s: values.len() as f64 / took.as_secs_f64(),
            sled_disk,
            stream_bytes_per_s,
            sha256_bytes_per_s: sha256(),
            verify_per_s: verify(),
        }
    }
}

fn sha256() -> f64 {
    let data = vec![7; 1 << 20];
    let start = Instant::now();
    for _ in 0..HASHED >> 20 {
        std::hint::black_box(digest::digest(&digest::SHA256, &data));
    }
    HASHED as f64 / start.elapsed().as_secs_f64()
}

fn verify() -> f64 {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key");
    let message = [7; 1024];
    let signature = pair.sign(&message);
    let key = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref());
    let start = Instant::now();
    for _ in 0..VERIFIES {
        key.verify(std::hint::black_box(&message), signature.as_ref())
            .expect("valid");
    }
    VERIFIES as f64 / start.elapsed().as_secs_f64()
}

fn swarm() -> Swarm<libp2p_stream::Behaviour> {
    SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(
            tcp::Config::default().nodelay(true),
            noise::Config::new,
            yamux::Config::default,
        )
        .expect("tcp")
        .with_behaviour(|_| libp2p_stream::Behaviour::new())
        .expect("streams")
        .with_swarm_config(|c| c.with_idle_connection_timeout(Duration::from_secs(60)))
        .build()
}

/// Round trip of a byte, and bytes a second, on a bare stream between two swarms over loopback.
pub(super) async fn stream() -> (Duration, f64) {
    let (mut near, mut far) = (swarm(), swarm());
    let address: Multiaddr = format!("/ip4/127.0.0.1/tcp/{}", free_port())
        .parse()
        .expect("an address");
    far.listen_on(address.clone()).expect("listens");
    let peer = *far.local_peer_id();
    let control = near.behaviour().new_control();
    let mut incoming = far
        .behaviour()
        .new_control()
        .accept(PROTOCOL)
        .expect("accepts");
    near.dial(address).expect("dials");
    tokio::spawn(async move { while near.next().await.is_some() {} });
    tokio::spawn(async move { while far.next().await.is_some() {} });
    let server = tokio::spawn(async move {
        let (_, mut stream) = incoming.next().await.expect("a stream");
        let mut byte = [0];
        for _ in 0..PINGS {
            stream.read_exact(&mut byte).await.expect("a ping");
            stream.write_all(&byte).await.expect("a pong");
            stream.flush().await.expect("a pong");
        }
        let mut buffer = vec![0; CHUNK];
        let mut left = STREAM_BYTES;
        while left > 0 {
            left -= stream.read(&mut buffer).await.expect("bytes");
        }
        stream.write_all(&byte).await.expect("done");
        stream.flush().await.expect("done");
    });
    let mut stream = super::until("a bare stream", || {
        let mut control = control.clone();
        async move { control.open_stream(peer, PROTOCOL).await.ok() }
    })
    .await;
    let mut times = Vec::with_capacity(PINGS);
    let mut byte = [1];
    for _ in 0..PINGS {
        let start = Instant::now();
        stream.write_all(&byte).await.expect("a ping");
        stream.flush().await.expect("a ping");
        stream.read_exact(&mut byte).await.expect("a pong");
        times.push(start.elapsed());
    }
    let chunk = vec![7; CHUNK];
    let start = Instant::now();
    for _ in 0..STREAM_BYTES / CHUNK {
        stream.write_all(&chunk).await.expect("bytes");
    }
    stream.flush().await.expect("bytes");
    stream.read_exact(&mut byte).await.expect("done");
    let rate = STREAM_BYTES as f64 / start.elapsed().as_secs_f64();
    server.await.expect("the other side");
    (Latency::of(times).p50, rate)
}
