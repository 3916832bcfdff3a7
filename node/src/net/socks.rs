//! TCP that leaves through a SOCKS5 proxy (RFC 1928), and never past it. Names are the proxy's to look up.

use super::{login::Login, reason::Reason};
use futures::future::BoxFuture;
use libp2p::{
    Multiaddr, Transport,
    core::transport::{DialOpts, ListenerId, TransportError, TransportEvent},
    multiaddr::Protocol,
    tcp,
};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};
use tokio_socks::{Error as SocksError, IntoTargetAddr, TargetAddr, tcp::Socks5Stream};

/// Why a dial through the proxy fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The proxy itself is not reached.
    #[error("the proxy {0} does not answer: {1}")]
    Silent(SocketAddr, io::Error),
    /// It answers, and does not connect.
    #[error("the proxy {0} refuses: {1}")]
    Refused(SocketAddr, Refusal),
}

/// Why a proxy does not connect.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct Refusal(#[from] tokio_socks::Error);

focal_protocol::worded! {
    Error {
        Self::Silent(proxy, why) => "proxy-silent" {
            proxy: proxy.to_string(),
            why: Reason::of_io(why).part(),
        },
        Self::Refused(proxy, why) => "proxy-refuses" { proxy: proxy.to_string(), why: why.wording() },
    }
}

focal_protocol::worded! {
    Refusal {
        Self(SocksError::NoAcceptableAuthMethods) => "socks-methods",
        Self(SocksError::PasswordAuthFailure(code)) => "socks-password" { code: u32::from(*code) },
        Self(SocksError::GeneralSocksServerFailure) => "socks-failure",
        Self(SocksError::ConnectionNotAllowedByRuleset) => "socks-ruleset",
        Self(SocksError::NetworkUnreachable) => "socks-network",
        Self(SocksError::HostUnreachable) => "socks-host",
        Self(SocksError::ConnectionRefused) => "socks-refused",
        Self(SocksError::TtlExpired) => "socks-expired",
        Self(other) => "socks-other" { text: other.to_string() },
    }
}

impl Error {
    /// Whether the proxy wants another user name and password, or any.
    pub(super) fn is_of_login(&self) -> bool {
        let Self::Refused(_, Refusal(why)) = self else {
            return false;
        };
        matches!(
            why,
            SocksError::NoAcceptableAuthMethods | SocksError::PasswordAuthFailure(_)
        )
    }
}

/// Dials through a proxy; listens as ever, for what a tunnel or a hidden service brings.
pub(super) struct Socks {
    proxy: SocketAddr,
    login: Option<Login>,
    listening: tcp::tokio::Transport,
}

impl Socks {
    pub(super) fn new(
        proxy: SocketAddr,
        login: Option<Login>,
        listening: tcp::tokio::Transport,
    ) -> Self {
        Self {
            proxy,
            login,
            listening,
        }
    }
}

impl Transport for Socks {
    type Output = tcp::tokio::TcpStream;
    type Error = io::Error;
    type ListenerUpgrade = <tcp::tokio::Transport as Transport>::ListenerUpgrade;
    type Dial = BoxFuture<'static, io::Result<Self::Output>>;

    fn listen_on(
        &mut self,
        id: ListenerId,
        at: Multiaddr,
    ) -> Result<(), TransportError<io::Error>> {
        self.listening.listen_on(id, at)
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.listening.remove_listener(id)
    }

    fn dial(
        &mut self,
        to: Multiaddr,
        _: DialOpts,
    ) -> Result<Self::Dial, TransportError<io::Error>> {
        let target = target(&to).ok_or(TransportError::MultiaddrNotSupported(to))?;
        Ok(Box::pin(connect(self.proxy, self.login.clone(), target)))
    }

    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<TransportEvent<Self::ListenerUpgrade, io::Error>> {
        Pin::new(&mut self.listening).poll(cx)
    }
}

async fn connect(
    proxy: SocketAddr,
    login: Option<Login>,
    target: TargetAddr<'static>,
) -> io::Result<tcp::tokio::TcpStream> {
    let silent = |e| io::Error::other(Error::Silent(proxy, e));
    let stream = tokio::net::TcpStream::connect(proxy)
        .await
        .map_err(silent)?;
    stream.set_nodelay(true).map_err(silent)?;
    let stream = match &login {
        Some(login) => {
            let (name, password) = (login.name(), login.password());
            Socks5Stream::connect_with_password_and_socket(stream, target, name, password).await
        }
        None => Socks5Stream::connect_with_socket(stream, target).await,
    };
    let stream = stream.map_err(|e| io::Error::other(Error::Refused(proxy, e.into())))?;
    Ok(tcp::tokio::TcpStream(stream.into_inner()))
}

/// Where a TCP address leads. `/dnsaddr` leads nowhere: its records would have to be looked up here.
fn target(address: &Multiaddr) -> Option<TargetAddr<'static>> {
    let mut parts = address.iter();
    let (host, Some(Protocol::Tcp(port))) = (parts.next()?, parts.next()) else {
        return None;
    };
    match parts.next() {
        None | Some(Protocol::P2p(_)) => {}
        Some(_) => return None,
    }
    Some(match host {
        Protocol::Ip4(ip) => TargetAddr::Ip((ip, port).into()),
        Protocol::Ip6(ip) => TargetAddr::Ip((ip, port).into()),
        Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name) => {
            (name.to_string(), port).into_target_addr().ok()?
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_handed_on_as_they_are_and_only_tcp_leads_anywhere() {
        let lead = |text: &str| target(&text.parse().expect("an address"));
        assert_eq!(
            lead("/dns4/focal.example.org/tcp/443"),
            Some(TargetAddr::Domain("focal.example.org".into(), 443))
        );
        assert_eq!(
            lead("/ip6/2001:db8::1/tcp/4711"),
            "[2001:db8::1]:4711".parse().ok().map(TargetAddr::Ip)
        );
        for none in [
            "/ip4/192.0.2.1/udp/4711/quic-v1",
            "/dnsaddr/focal.example.org",
            "/ip4/192.0.2.1/tcp/443/tls/ws",
        ] {
            assert_eq!(lead(none), None, "{none}");
        }
    }
}
