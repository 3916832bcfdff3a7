//! Why a partner's node is not reached, in words for its operator and by name.

use super::socks;
use focal_protocol::wording::{Part, Worded, Wording};
use libp2p::{
    TransportError,
    core::transport::timeout::TransportTimeoutError,
    dns,
    swarm::{ConnectionError, DialError, derive_prelude::Either},
};
use libp2p_stream::OpenStreamError;
use rustls::CertificateError;
use std::{collections::BTreeMap, error::Error, io};

/// Longest reason that is kept, characters.
const LONGEST: usize = 300;

/// Why something does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// In English.
    pub text: String,
    /// By name; none of what a library says.
    pub said: Option<Wording>,
}

/// A reason that has a name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("no transport for this address")]
    NoTransport,
    #[error("another node answers at its address")]
    OtherNode,
    #[error("its manifest lists no address")]
    NoAddress,
    #[error("its id is no key")]
    NoNode,
    #[error("nobody answers in time")]
    Late,
    #[error("its name is not found: {0}")]
    NameUnknown(String),
    #[error("its certificate has expired or is not valid yet: {0}")]
    CertificateExpired(String),
    #[error("its certificate is for another name: {0}")]
    CertificateOfOther(String),
    #[error("its certificate is not believed: {0}")]
    CertificateUntrusted(String),
    #[error("it is no multiaddress")]
    NoMultiaddress,
    #[error("the network has stopped")]
    Stopped,
    #[error("the relay is in no current manifest")]
    RelayUnknown,
    #[error("the relay is not reached, or the connection with it has ended")]
    RelayAway,
    #[error("it does not converse with this node")]
    NoConversation,
    #[error("the other side has closed it")]
    Closed,
    #[error("nothing was said over the connection for too long")]
    Idle,
    #[error("{}", list(.0))]
    Several(Vec<Reason>),
}

focal_protocol::worded! {
    Cause {
        Self::NoTransport => "dial-transport",
        Self::OtherNode => "dial-other-node",
        Self::NoAddress => "dial-no-address",
        Self::NoNode => "dial-no-node",
        Self::Late => "dial-late",
        Self::NameUnknown(text) => "dial-name-unknown" { text: text.as_str() },
        Self::CertificateExpired(text) => "certificate-expired" { text: text.as_str() },
        Self::CertificateOfOther(text) => "certificate-of-other" { text: text.as_str() },
        Self::CertificateUntrusted(text) => "certificate-untrusted" { text: text.as_str() },
        Self::NoMultiaddress => "dial-no-multiaddress",
        Self::Stopped => "network-stopped",
        Self::RelayUnknown => "relay-unknown",
        Self::RelayAway => "relay-away",
        Self::NoConversation => "dial-no-conversation",
        Self::Closed => "dial-closed",
        Self::Idle => "dial-idle",
        Self::Several(reasons) => "dial-several" { reasons: said_list(reasons) },
    }
}

/// Certificates and name servers of others have a say in what libraries say.
fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

fn list(reasons: &[Reason]) -> String {
    let texts: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    texts.join("; ")
}

/// What the system says of an error, by its number.
#[derive(Debug, thiserror::Error)]
#[error("{}", io::Error::from_raw_os_error(*.0))]
struct System(i32);

impl System {
    fn number(&self) -> u32 {
        self.0.unsigned_abs()
    }

    fn is(&self, kind: io::ErrorKind) -> bool {
        io::Error::from_raw_os_error(self.0).kind() == kind
    }
}

focal_protocol::worded! {
    System {
        system if system.is(io::ErrorKind::ConnectionRefused) => "system-refused" { n: system.number() },
        system if system.is(io::ErrorKind::ConnectionReset) => "system-reset" { n: system.number() },
        system if system.is(io::ErrorKind::TimedOut) => "system-timed-out" { n: system.number() },
        system if system.is(io::ErrorKind::HostUnreachable) => "system-no-route" { n: system.number() },
        system if system.is(io::ErrorKind::NetworkUnreachable) => "system-unreachable" { n: system.number() },
        system if system.is(io::ErrorKind::PermissionDenied) => "system-denied" { n: system.number() },
        system if system.is(io::ErrorKind::NotFound) => "system-missing" { n: system.number() },
        system if system.is(io::ErrorKind::StorageFull) => "system-full" { n: system.number() },
        system if system.is(io::ErrorKind::ReadOnlyFilesystem) => "system-read-only" { n: system.number() },
        system if system.is(io::ErrorKind::BrokenPipe) => "system-broken-pipe" { n: system.number() },
        system => "system-other" { text: system.to_string() },
    }
}

impl Reason {
    /// What a library says.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: short(&text.into()),
            said: None,
        }
    }

    /// What has a name.
    pub(crate) fn of(why: &impl Worded) -> Self {
        Self {
            said: Some(why.wording()),
            ..Self::new(why.to_string())
        }
    }

    /// As it stands in another sentence.
    pub(crate) fn part(&self) -> Part {
        match &self.said {
            Some(said) => said.clone().into(),
            None => self.text.as_str().into(),
        }
    }

    /// The innermost causes of a failed dial, each once: the layers above them only repeat the addresses.
    pub(crate) fn of_dial(error: &DialError) -> Self {
        let attempts = match error {
            DialError::Transport(attempts) => attempts,
            DialError::WrongPeerId { .. } => return Self::of(&Cause::OtherNode),
            DialError::NoAddresses => return Self::of(&Cause::NoAddress),
            other => return Self::new(other.to_string()),
        };
        let causes = attempts.iter().map(|(_, error)| match error {
            TransportError::MultiaddrNotSupported(_) => Self::of(&Cause::NoTransport),
            TransportError::Other(e) => Self::of_io(e),
        });
        let each: BTreeMap<String, Self> = causes.map(|one| (one.text.clone(), one)).collect();
        let mut each: Vec<Self> = each.into_values().collect();
        match each.len() {
            1 => each.remove(0),
            _ => Self::of(&Cause::Several(each)),
        }
    }

    /// What is at the bottom of an error, by its name if a layer has one.
    pub(crate) fn of_io(error: &io::Error) -> Self {
        let named = layers(error).find_map(named);
        named.unwrap_or_else(|| Self::new(innermost(error)))
    }

    /// Why no stream is opened on a connection.
    pub(crate) fn of_open(error: &OpenStreamError) -> Self {
        match error {
            OpenStreamError::Io(e) => Self::of_io(e),
            OpenStreamError::UnsupportedProtocol(_) => Self::of(&Cause::NoConversation),
            other => Self::new(other.to_string()),
        }
    }

    /// Why a connection has ended.
    pub(crate) fn of_end(error: &ConnectionError) -> Self {
        match error {
            ConnectionError::IO(e) => Self::of_io(e),
            ConnectionError::KeepAliveTimeout => Self::of(&Cause::Idle),
        }
    }
}

/// Several reasons within a sentence; those without a name as they are.
fn said_list(reasons: &[Reason]) -> Part {
    let each = reasons.iter().map(|reason| {
        let verbatim = || Wording::new("verbatim", [("text", reason.text.as_str().into())]);
        reason.said.clone().unwrap_or_else(verbatim)
    });
    Part::List(each.collect())
}

/// An error, what it holds, and what that holds: libp2p wraps errors in errors of several kinds.
pub(super) fn layers(error: &io::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    std::iter::successors(Some(first), |layer| within(*layer))
}

fn within<'a>(layer: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // One of two ways: its `source` is that of what it holds, which would be passed over.
    if let Some(either) = layer.downcast_ref::<Either<io::Error, io::Error>>() {
        return Some(either.as_ref().into_inner());
    }
    // An `io::Error` hides what it holds from `source`.
    let held = layer
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
        .map(|inner| inner as &(dyn Error + 'static));
    held.or_else(|| layer.source())
}

/// What is at the bottom of an error.
fn innermost(error: &io::Error) -> String {
    let last = layers(error).last();
    last.map(ToString::to_string).unwrap_or_default()
}

type TooLong = TransportTimeoutError<io::Error>;

fn named(layer: &(dyn Error + 'static)) -> Option<Reason> {
    if let Some(error) = layer.downcast_ref::<socks::Error>() {
        return Some(Reason::of(error));
    }
    if let Some(rustls::Error::InvalidCertificate(error)) = layer.downcast_ref() {
        let text = short(&error.to_string());
        return Some(Reason::of(&match error {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Cause::CertificateExpired(text),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Cause::CertificateOfOther(text)
            }
            _ => Cause::CertificateUntrusted(text),
        }));
    }
    if let Some(error) = layer.downcast_ref::<dns::Error<io::Error>>() {
        return of_names(error);
    }
    if let Some(TransportTimeoutError::Timeout) = layer.downcast_ref::<TooLong>() {
        return Some(Reason::of(&Cause::Late));
    }
    let number = layer.downcast_ref::<io::Error>()?.raw_os_error()?;
    Some(Reason::of(&System(number)))
}

/// A name leads to several addresses, and what is wrong with the last of them is no source of the error.
fn of_names(error: &dns::Error<io::Error>) -> Option<Reason> {
    match error {
        dns::Error::Dial(all) => all.last().and_then(of_names),
        dns::Error::Transport(below) => Some(Reason::of_io(below)),
        dns::Error::MultiaddrNotSupported(_) => Some(Reason::of(&Cause::NoTransport)),
        dns::Error::ResolveError(_) | dns::Error::TooManyLookups => {
            Some(Reason::of(&Cause::NameUnknown(short(&error.to_string()))))
        }
    }
}

/// What is said here by name.
pub(crate) const SENTENCES: &[&[focal_protocol::wording::Sentence]] = &[
    Cause::SENTENCES,
    System::SENTENCES,
    socks::Error::SENTENCES,
    socks::Refusal::SENTENCES,
    &[("verbatim", &["text"])],
];

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::Multiaddr;

    fn refused() -> io::Error {
        io::Error::from_raw_os_error(111)
    }

    fn attempt(error: io::Error) -> (Multiaddr, TransportError<io::Error>) {
        let at = "/ip4/127.0.0.1/tcp/1".parse().expect("an address");
        let wrapped = io::Error::other(io::Error::other(error));
        (at, TransportError::Other(wrapped))
    }

    #[test]
    fn the_cause_is_named_once_without_addresses() {
        let reason = Reason::of_dial(&DialError::Transport(vec![
            attempt(refused()),
            attempt(refused()),
        ]));
        assert_eq!(reason.text, refused().to_string());
        let said = reason.said.expect("a name");
        assert_eq!(said.code, "system-refused");
        assert_eq!(said.with.get("n"), Some(&Part::Number(111)));
    }

    #[test]
    fn several_causes_are_each_named_and_what_a_library_says_stays_as_it_is() {
        let proxy = ([127, 0, 0, 1], 9050).into();
        let reason = Reason::of_dial(&DialError::Transport(vec![
            attempt(io::Error::other("something else")),
            attempt(io::Error::other(socks::Error::Silent(proxy, refused()))),
        ]));
        let text = format!(
            "something else; the proxy {proxy} does not answer: {}",
            refused()
        );
        assert_eq!(reason.text, text);
        let said = reason.said.expect("a name");
        let Some(Part::List(each)) = said.with.get("reasons") else {
            panic!("{said:?}");
        };
        let codes: Vec<_> = each.iter().map(|one| &*one.code).collect();
        assert_eq!(codes, ["verbatim", "proxy-silent"]);
        assert!(matches!(&each[1].with["why"], Part::Wording(why) if why.code == "system-refused"));
    }
}
