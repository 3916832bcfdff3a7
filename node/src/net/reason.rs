//! Why a partner's node is not reached, in words for its operator.

use libp2p::{TransportError, swarm::DialError};
use std::{collections::BTreeSet, error::Error, io};

/// Longest reason that is kept, characters.
const LONGEST: usize = 300;

/// The innermost causes of a failed dial, each once: the layers above them only repeat the addresses.
pub(crate) fn of(error: &DialError) -> String {
    let text = match error {
        DialError::Transport(attempts) => {
            let causes: BTreeSet<String> = attempts
                .iter()
                .map(|(_, error)| match error {
                    TransportError::MultiaddrNotSupported(_) => {
                        "no transport for this address".into()
                    }
                    TransportError::Other(e) => innermost(e),
                })
                .collect();
            causes.into_iter().collect::<Vec<_>>().join("; ")
        }
        DialError::WrongPeerId { .. } => "another node answers at its address".into(),
        DialError::NoAddresses => "its manifest lists no address".into(),
        other => other.to_string(),
    };
    text.chars().take(LONGEST).collect()
}

/// What is at the bottom of an error: libp2p wraps errors in errors of several kinds; an `io::Error` hides what it holds from `source`.
pub(crate) fn innermost(error: &io::Error) -> String {
    let mut last: &(dyn Error + 'static) = error;
    loop {
        let held = last
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn Error + 'static));
        match held.or_else(|| last.source()) {
            Some(inner) => last = inner,
            None => return last.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::Multiaddr;

    fn refused() -> io::Error {
        io::Error::from_raw_os_error(111)
    }

    #[test]
    fn the_cause_is_named_once_without_addresses() {
        let at: Multiaddr = "/ip4/127.0.0.1/tcp/1".parse().expect("an address");
        let attempt = || {
            let wrapped = io::Error::other(io::Error::other(refused()));
            (at.clone(), TransportError::Other(wrapped))
        };
        let text = of(&DialError::Transport(vec![attempt(), attempt()]));
        assert_eq!(text, refused().to_string());
    }
}
