//! The ways over which bytes come and go: TCP, WebSocket over TLS, QUIC, or all of it through a proxy. Each ends in Noise (QUIC in
//! libp2p's own TLS) with the key of the node, so that the way itself need not be trusted.

use super::{Error, Reach, callers::heard, login::Login, socks::Socks, tls};
use futures::{AsyncRead, AsyncWrite};
use libp2p::{
    PeerId, Transport,
    core::{muxing::StreamMuxerBox, transport::Boxed, upgrade::Version},
    dns,
    identity::Keypair,
    noise, quic,
    swarm::derive_prelude::Either,
    tcp, websocket, yamux,
};
use std::{io, time::Duration};

/// Anything that connects this node with another one.
pub(super) type Ways = Boxed<(PeerId, StreamMuxerBox)>;

/// A connection speaks in Noise packets, which have at most 64 KiB; one WebSocket frame holds one write.
const WEBSOCKET_FRAME: usize = 1 << 20;
/// What the other side of a QUIC connection may send before it is read, bytes: of a stream, and of all of them.
const QUIC_STREAM: u32 = 1 << 20;
const QUIC_CONNECTION: u32 = 4 << 20;

/// All ways. Who comes by TCP and says nothing for so long is left.
///
/// # Errors
/// TLS files that are not good, or no list of DNS servers.
pub(super) fn ways(key: &Keypair, reach: &Reach, silence: Duration) -> Result<Ways, Error> {
    let tls = tls::config(&reach.tls)?;
    let tcp = || tcp::tokio::Transport::new(tcp::Config::default().nodelay(true));
    let login = reach.proxy_login.as_deref().map(Login::read).transpose()?;
    if login.is_some() && reach.proxy.is_none() {
        return Err(Error::LoginAlone);
    }
    if let Some(proxy) = reach.proxy {
        let socks = || heard(Socks::new(proxy, login.clone(), tcp()), silence);
        return Ok(either(
            secured(websocket(socks(), tls), key)?,
            secured(socks(), key)?,
        ));
    }
    let tcp = || heard(tcp(), silence);
    let mut config = quic::Config::new(key);
    // What the other side may send before anybody here reads it.
    (config.max_stream_data, config.max_connection_data) = (QUIC_STREAM, QUIC_CONNECTION);
    let quic = quic::tokio::Transport::new(config)
        .map(|(peer, connection), _| (peer, StreamMuxerBox::new(connection)))
        .boxed();
    // TLS asks for the name in the address, so that must not be replaced before. What `/dnsaddr` leads to comes in below the
    // names: there the address says it in `/tls/sni/NAME/ws`.
    let named = dns::tokio::Transport::system(tcp()).map_err(|e| setup(&e))?;
    let named = secured(websocket(named, tls.clone()), key)?;
    let numbered = secured(websocket(tcp(), tls), key)?;
    let rest = either(either(secured(tcp(), key)?, quic), numbered);
    let rest = dns::tokio::Transport::system(rest).map_err(|e| setup(&e))?;
    Ok(either(named, rest.boxed()))
}

fn websocket<T>(below: T, tls: websocket::tls::Config) -> websocket::Config<T>
where
    T: Transport + Send + Unpin + 'static,
    T::Error: Send,
    T::Dial: Send,
    T::ListenerUpgrade: Send,
    T::Output: AsyncRead + AsyncWrite + Send + Unpin,
{
    let mut config = websocket::Config::new(below);
    config.set_tls_config(tls);
    config.set_max_data_size(WEBSOCKET_FRAME);
    config
}

pub(super) fn secured<T>(below: T, key: &Keypair) -> Result<Ways, Error>
where
    T: Transport + Send + Unpin + 'static,
    T::Error: Send + Sync,
    T::Dial: Send,
    T::ListenerUpgrade: Send,
    T::Output: AsyncRead + AsyncWrite + Send + Unpin,
{
    let noise = noise::Config::new(key).map_err(|e| setup(&e))?;
    Ok(below
        .upgrade(Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux::Config::default())
        .map(|(peer, muxer), _| (peer, StreamMuxerBox::new(muxer)))
        // What lies in an `Either` is passed over by its `source`: which way it went wrong is to be seen.
        .map_err(|error| match error {
            Either::Left(Either::Left(below)) => io::Error::other(below),
            Either::Left(Either::Right(noise)) => io::Error::other(noise),
            Either::Right(yamux) => io::Error::other(yamux),
        })
        .boxed())
}

pub(super) fn either(first: Ways, second: Ways) -> Ways {
    first
        .or_transport(second)
        .map(|way, _| way.into_inner())
        .boxed()
}

fn setup(error: &dyn std::fmt::Display) -> Error {
    Error::Setup(error.to_string())
}
