//! The addresses on which the node listens.

use super::Actor;
use crate::net::{Error, NetConfig, listen, relay, seen};
use futures::StreamExt;
use libp2p::{Multiaddr, swarm::SwarmEvent};
use std::time::Duration;

/// No address takes longer to answer that it is bound.
const LISTEN: Duration = Duration::from_secs(10);

impl Actor {
    /// Binds every address before anything else happens.
    pub(in crate::net) async fn listen(&mut self, config: &NetConfig) -> Result<(), Error> {
        for text in &config.listen {
            let Some(address) = listen::address(text, &config.reach)? else {
                continue;
            };
            if relay::is_relayed(&address) {
                if relay::of(&address).is_none() {
                    return Err(Error::BadAddress(text.clone()));
                }
                self.listen_by.push(address);
                continue;
            }
            match self.bind(text, address).await {
                // It is among the addresses of every new node, and not every machine has IPv6.
                Err(e @ Error::NoIp6(_)) => tracing::warn!("{e}"),
                bound => bound?,
            }
        }
        self.set_own(&[]);
        Ok(())
    }

    async fn bind(&mut self, text: &str, address: Multiaddr) -> Result<(), Error> {
        listen::probe(&address).map_err(|e| listen::error(text, &e))?;
        // A machine may have IPv6 and no address of it yet: nothing to wait for, what comes is told when it comes.
        let everywhere = listen::is_everywhere_in_ip6(&address);
        let listener = self.swarm.listen_on(address).map_err(|e| match &e {
            libp2p::TransportError::MultiaddrNotSupported(_) => Error::BadAddress(text.into()),
            libp2p::TransportError::Other(io) => listen::error(text, io),
        })?;
        if everywhere {
            return Ok(());
        }
        let bound = tokio::time::timeout(LISTEN, async {
            loop {
                match self.swarm.select_next_some().await {
                    SwarmEvent::NewListenAddr {
                        listener_id,
                        address,
                    } => {
                        seen(&self.seen).listening.push(address.to_string());
                        if listener_id == listener {
                            return Ok(());
                        }
                    }
                    SwarmEvent::ListenerClosed {
                        listener_id,
                        reason: Err(e),
                        ..
                    } if listener_id == listener => return Err(listen::error(text, &e)),
                    _ => {}
                }
            }
        });
        bound.await.unwrap_or_else(|_| {
            Err(Error::Listen {
                address: text.into(),
                why: "it takes too long".into(),
            })
        })
    }
}
