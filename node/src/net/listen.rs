//! Addresses to listen on.

use super::{Error, Reach, relay};
use libp2p::{Multiaddr, multiaddr::Protocol};
use socket2::{Domain, Socket, Type};
use std::{
    io,
    net::{IpAddr, SocketAddr},
};

/// `EAFNOSUPPORT` of Linux, and of most others.
const NO_SUCH_FAMILY: i32 = 97;

/// Reads an address; none if the node has to do without it.
pub(super) fn address(text: &str, reach: &Reach) -> Result<Option<Multiaddr>, Error> {
    let address: Multiaddr = text.parse().map_err(|_| Error::BadAddress(text.into()))?;
    // A place at a partner's relay: there it shows its certificate.
    if relay::is_relayed(&address) {
        return Ok(Some(address));
    }
    let has = |wanted: fn(&Protocol) -> bool| address.iter().any(|part| wanted(&part));
    if has(|p| matches!(p, Protocol::Tls | Protocol::Wss(_))) && reach.tls.certificate.is_none() {
        return Err(Error::NoCertificate(text.into()));
    }
    if reach.proxy.is_some() && has(|p| matches!(p, Protocol::Udp(_))) {
        // What comes in over UDP is answered past the proxy.
        tracing::warn!("with a proxy the node does not listen on {text}");
        return Ok(None);
    }
    Ok(Some(address))
}

/// Whether the address stands for all of a machine's in IPv6.
pub(super) fn is_everywhere_in_ip6(address: &Multiaddr) -> bool {
    matches!(address.iter().next(), Some(Protocol::Ip6(ip)) if ip.is_unspecified())
}

/// libp2p binds TCP ports with `SO_REUSEPORT`, so that a second node on one port would share it in silence. A plain
/// bind finds that out.
pub(super) fn probe(address: &Multiaddr) -> io::Result<()> {
    let mut parts = address.iter();
    let (ip, port): (IpAddr, u16) = match (parts.next(), parts.next()) {
        (Some(Protocol::Ip4(ip)), Some(Protocol::Tcp(port))) => (ip.into(), port),
        (Some(Protocol::Ip6(ip)), Some(Protocol::Tcp(port))) => (ip.into(), port),
        _ => return Ok(()),
    };
    let at = SocketAddr::new(ip, port);
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, None)?;
    if at.is_ipv6() {
        // The port in IPv4 may be this node's own.
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    socket.listen(1)
}

/// Why an address cannot be listened on.
pub(super) fn error(address: &str, error: &io::Error) -> Error {
    if any(error, &|io| io.kind() == io::ErrorKind::AddrInUse) {
        return Error::AddressInUse(address.into());
    }
    let no_ip6 = |io: &io::Error| {
        io.kind() == io::ErrorKind::AddrNotAvailable || io.raw_os_error() == Some(NO_SUCH_FAMILY)
    };
    if address.starts_with("/ip6/::/") && any(error, &no_ip6) {
        return Error::NoIp6(address.into());
    }
    Error::Listen {
        address: address.into(),
        why: error.to_string(),
    }
}

/// Whether something holds for what is at the bottom of an error: transports wrap it several times.
fn any(error: &(dyn std::error::Error + 'static), holds: &dyn Fn(&io::Error) -> bool) -> bool {
    let Some(io) = error.downcast_ref::<io::Error>() else {
        return error.source().is_some_and(|inner| any(inner, holds));
    };
    // What `io::Error::other` wraps is no source of it.
    holds(io) || io.get_ref().is_some_and(|inner| any(inner, holds))
}
