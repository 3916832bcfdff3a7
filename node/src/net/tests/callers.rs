//! Strangers at the door.

use super::*;
use crate::net::{callers::CALLERS, transport::ways};
use libp2p::{
    Transport,
    core::transport::{ListenerId, TransportEvent},
    identity::Keypair,
};
use std::{future::poll_fn, pin::Pin};
use tokio::net::TcpSocket;

/// Strangers at an address of this machine who call a node; each says this, and nothing after it.
async fn strangers(at: &Side, from: [u8; 4], say: &[u8]) -> Vec<TcpStream> {
    let port = port(&at.net.listening()[0]);
    let mut calls = Vec::new();
    for _ in 0..4 * CALLERS {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind((from, 0).into()).expect("an address");
        let call = socket.connect(([127, 0, 0, 1], port).into());
        let mut call = deadline(call).await.expect("it listens");
        // Who has been shown the door hears it here.
        let _ = call.write_all(say).await;
        calls.push(call);
    }
    calls
}

async fn a_partner_comes_past(from: [u8; 4], say: &[u8]) {
    let a = start(NodeKeys::generate(), TCP).await.expect("a");
    let b = start_with(NodeKeys::generate(), &[], Reach::default());
    let b = b.await.expect("b");
    let _calls = strangers(&a, from, say).await;
    let (where_a, where_b) = (a.address(), without_address(&b));
    meet(a, where_a, b, where_b).await;
}

#[tokio::test]
async fn strangers_who_say_nothing_keep_no_partner_out_not_even_one_at_their_own_address() {
    a_partner_comes_past([127, 0, 0, 1], b"").await;
}

#[tokio::test]
async fn strangers_who_begin_and_go_no_further_keep_nobody_out_who_is_elsewhere() {
    a_partner_comes_past([127, 0, 0, 2], b"\x13").await;
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let key = Keypair::generate_ed25519();
    let silence = Duration::from_millis(50);
    let mut ways = ways(&key, &Reach::default(), silence).expect("ways");
    let at = TCP.parse().expect("an address");
    ways.listen_on(ListenerId::next(), at).expect("a port");
    let mut call = None;
    let mut handshake = None;
    deadline(async {
        while handshake.is_none() {
            match poll_fn(|cx| Pin::new(&mut ways).poll(cx)).await {
                TransportEvent::NewAddress { listen_addr, .. } => {
                    let port = port(&listen_addr.to_string());
                    call = Some(TcpStream::connect(("127.0.0.1", port)).await);
                }
                TransportEvent::Incoming { upgrade, .. } => handshake = Some(upgrade),
                _ => {}
            }
        }
    })
    .await;
    let call = call.expect("called").expect("taken");
    let handshake = handshake.expect("a call");
    assert!(deadline(handshake).await.is_err());
    drop(call);
}
