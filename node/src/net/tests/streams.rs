//! Streams, and connections that one side has lost before the other knows.

use super::*;
use tokio::time::Instant;

#[tokio::test]
async fn streams_that_come_at_once_are_all_taken() {
    const MANY: u8 = 5;
    let mut a = start(NodeKeys::generate(), TCP).await.expect("a");
    let mut b = start(NodeKeys::generate(), TCP).await.expect("b");
    let mut incoming = a.net.accept_chunks().expect("nobody else accepts");
    a.net.peers(vec![b.address()]);
    b.net.peers(vec![a.address()]);
    let _conversation = deadline(async { tokio::join!(a.streams.recv(), b.streams.recv()) }).await;
    let mut opened = Vec::new();
    for n in 0..MANY {
        let mut stream = deadline(b.net.open_chunks(a.node())).await.expect("opened");
        stream.write_u8(n).await.expect("sent");
        stream.flush().await.expect("sent");
        opened.push(stream);
    }
    // Nobody has looked before.
    for n in 0..MANY {
        let (_, mut stream) = deadline(incoming.next()).await.expect("a stream");
        assert_eq!(deadline(stream.read_u8()).await.expect("a byte"), n);
    }
}

/// Two nodes on a wire. The side that opens the conversation is not the one that dials.
struct Pair {
    dialler: Side,
    opener: Side,
    wire: Wire,
}

impl Pair {
    async fn new() -> Self {
        let (first, second) = (NodeKeys::generate(), NodeKeys::generate());
        let (lower, higher) = if first.node() < second.node() {
            (first, second)
        } else {
            (second, first)
        };
        let dialler = start(higher, TCP).await.expect("starts");
        let opener = start(lower, TCP).await.expect("starts");
        let wire = Wire::to(&opener.net.listening()[0]).await;
        opener.net.peers(vec![without_address(&dialler)]);
        dialler.net.peers(vec![PeerAddress {
            addresses: vec![wire.address.clone()],
            ..opener.address()
        }]);
        Self {
            dialler,
            opener,
            wire,
        }
    }

    async fn conversation(&mut self) -> [PeerStream; 2] {
        let new = deadline(self.opener.streams.recv()).await;
        let at_dialler = deadline(self.dialler.streams.recv()).await;
        [new.expect("a stream"), at_dialler.expect("a stream")]
    }
}

async fn carries([from, to]: &mut [PeerStream; 2]) {
    from.frames.send(Bytes::from("again")).await.expect("sent");
    let got = deadline(to.frames.next()).await.expect("a frame");
    assert_eq!(&got.expect("whole")[..], b"again");
}

#[tokio::test]
async fn a_partner_that_lost_the_link_first_and_dialled_again_is_spoken_to_on_the_new_one() {
    let mut pair = Pair::new().await;
    let mut incoming = pair
        .opener
        .net
        .accept_chunks()
        .expect("nobody else accepts");
    let [mut old, lost] = pair.conversation().await;
    let (dialler, opener, wire) = (&pair.dialler, &pair.opener, &pair.wire);

    wire.near.send_replace(());
    dialler.net.ended(lost.node, lost.since);
    // It is connected anew: a stream beside the conversation arrives.
    let opening = async {
        loop {
            if wire.connections.load(Ordering::Relaxed) == 2
                && let Ok(mut stream) = dialler.net.open_chunks(opener.node()).await
            {
                stream.write_all(b"here").await.expect("sent");
                stream.flush().await.expect("sent");
                return stream;
            }
            tokio::task::yield_now().await;
        }
    };
    let (_opened, _came) = deadline(async { tokio::join!(opening, incoming.next()) }).await;
    wire.far.send_replace(());
    assert!(!matches!(deadline(old.frames.next()).await, Some(Ok(_))));
    opener.net.ended(old.node, old.since);

    carries(&mut pair.conversation().await).await;
    assert_eq!(
        pair.wire.connections.load(Ordering::Relaxed),
        2,
        "on that link"
    );
}

#[tokio::test]
async fn a_connection_that_the_other_side_has_lost_gives_way_to_a_newer_one_that_stays() {
    /// Older than what two sides make that dial at once.
    const OLD: Duration = Duration::from_secs(15);
    /// A newer one stays for so long before it counts.
    const STAYS: Duration = Duration::from_secs(2);
    let mut pair = Pair::new().await;
    let [mut old, lost] = pair.conversation().await;
    // The rule is about time: nothing else happens meanwhile.
    tokio::time::sleep(OLD).await;
    pair.wire.near.send_replace(());
    pair.dialler.net.ended(lost.node, lost.since);
    deadline(async {
        while pair.wire.connections.load(Ordering::Relaxed) < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let again = Instant::now();
    // Nobody tells this side of the break: it finds out.
    assert!(!matches!(deadline(old.frames.next()).await, Some(Ok(_))));
    assert!(again.elapsed() >= STAYS, "a trial would be gone by now");
    pair.opener.net.ended(old.node, old.since);
    carries(&mut pair.conversation().await).await;
    // One more if the machine was too busy for the first to be answered in time; not one after the other.
    assert!(pair.wire.connections.load(Ordering::Relaxed) <= 3);
}
