//! What is wrong with a way to a node, as a kind that somebody can act on.

use super::{
    reason::{Reason, layers},
    relay, socks,
};
use focal_protocol::wording::{Worded, Wording};
use libp2p::{
    TransportError,
    core::transport::timeout::TransportTimeoutError,
    dns,
    relay::{client::transport::Error as ByRelay, outbound::hop::ConnectError},
    swarm::DialError,
};
use rustls::CertificateError;
use serde::{Deserialize, Serialize};
use std::{error::Error, io};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Not a multiaddress.
    BadAddress,
    /// Nothing here speaks what the address says; with a proxy: UDP and `/dnsaddr`.
    NoTransport,
    /// The name is not known, or no name server answers.
    NameUnknown,
    /// The machine answers that nobody listens there.
    PortClosed,
    /// Nobody answers: a filter, a NAT, or a machine that is off.
    Silent,
    /// There is no way to such addresses from here, as without IPv6.
    NoRoute,
    /// Another node answers.
    OtherNode,
    /// The certificate's time has not come or is over.
    CertificateExpired,
    /// The authority of the certificate is not believed here.
    CertificateUntrusted,
    /// The certificate names another host.
    CertificateOfOther,
    /// The proxy does not answer.
    ProxySilent,
    /// The proxy does not connect.
    ProxyRefused,
    /// The proxy wants a user name and a password, or others than it was given.
    ProxyLogin,
    /// The relay does not pass on: the node has no place there, or the relay has as many connections as it may.
    RelayRefused,
    /// A way stands, and no conversation begins.
    NotLetIn,
    /// This node has no place at the relay where its manifest says it is.
    NoPlace,
    /// The clocks differ.
    ClockOff,
    /// Nobody has told where the node is.
    NoAddress,
    /// There was no time to try.
    Untried,
    /// Something else; the reason says what.
    Other,
}

/// A kind of trouble, and why, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind.
    pub trouble: Trouble,
    /// Why.
    pub why: String,
    /// The same by name; none of what a library or the system says.
    pub said: Option<Wording>,
}

impl Failure {
    /// With a reason that has a name.
    pub(crate) fn because(trouble: Trouble, why: &impl Worded) -> Self {
        Self::new(trouble, Reason::of(why))
    }

    pub(crate) fn new(trouble: Trouble, why: Reason) -> Self {
        Self {
            trouble,
            why: why.text,
            said: why.said,
        }
    }

    /// Why a dial of one address has failed.
    pub(super) fn of(error: &DialError) -> Self {
        let trouble = match error {
            DialError::Transport(attempts) => attempts
                .iter()
                .map(|(address, error)| match error {
                    TransportError::MultiaddrNotSupported(_) => Trouble::NoTransport,
                    TransportError::Other(e) if relay::is_relayed(address) => {
                        kind(e).unwrap_or(Trouble::RelayRefused)
                    }
                    TransportError::Other(e) => kind(e).unwrap_or(Trouble::Other),
                })
                .next()
                .unwrap_or(Trouble::Other),
            DialError::WrongPeerId { .. } => Trouble::OtherNode,
            DialError::NoAddresses => Trouble::NoAddress,
            _ => Trouble::Other,
        };
        Self::new(trouble, Reason::of_dial(error))
    }
}

type TooLong = TransportTimeoutError<io::Error>;

/// The first layer of an error that is of a known kind.
fn kind(error: &io::Error) -> Option<Trouble> {
    layers(error).find_map(of_layer)
}

/// A name leads to several addresses, and what is wrong with the last of them is no source of the error.
fn of_names(error: &dns::Error<io::Error>) -> Option<Trouble> {
    match error {
        dns::Error::Dial(all) => all.last().and_then(of_names),
        dns::Error::Transport(below) => kind(below),
        dns::Error::MultiaddrNotSupported(_) => Some(Trouble::NoTransport),
        dns::Error::ResolveError(_) | dns::Error::TooManyLookups => Some(Trouble::NameUnknown),
    }
}

fn of_layer(layer: &(dyn Error + 'static)) -> Option<Trouble> {
    if let Some(error) = layer.downcast_ref::<socks::Error>() {
        return Some(match error {
            socks::Error::Silent(..) => Trouble::ProxySilent,
            error if error.is_of_login() => Trouble::ProxyLogin,
            socks::Error::Refused(..) => Trouble::ProxyRefused,
        });
    }
    if let Some(rustls::Error::InvalidCertificate(error)) = layer.downcast_ref() {
        return Some(match error {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Trouble::CertificateExpired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Trouble::CertificateOfOther
            }
            _ => Trouble::CertificateUntrusted,
        });
    }
    if let Some(error) = layer.downcast_ref::<dns::Error<io::Error>>() {
        return of_names(error);
    }
    if layer.is::<ConnectError>() || layer.is::<ByRelay>() {
        return Some(Trouble::RelayRefused);
    }
    if let Some(TransportTimeoutError::Timeout) = layer.downcast_ref::<TooLong>() {
        return Some(Trouble::Silent);
    }
    match layer.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset => {
            Some(Trouble::PortClosed)
        }
        io::ErrorKind::TimedOut => Some(Trouble::Silent),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => Some(Trouble::NoRoute),
        _ => None,
    }
}
