//! Parcels that a node carries for others, until their recipient has signed for them: with partners played by the test.

use focal_protocol::{
    group::{Parcel, Receipt},
    id::Hash,
    key::SecretKey,
    signed::Signed,
    sync::Frame,
    time::Time,
};
use focal_tests::{DEADLINE, Federation, NodeProcess, Org, Peer, until};
use std::path::Path;
use tempfile::TempDir;
use zeroize::Zeroizing;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const CARRIER: usize = 0;
const SENDER: usize = 1;
const RECIPIENT: usize = 2;

struct Stage {
    federation: Federation,
    node: NodeProcess,
    _base: TempDir,
}

impl Stage {
    async fn new() -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), &["Norland", "Monitor", "Teres"]);
        federation.orgs.iter().for_each(|o| federation.hand_to(o));
        let node = federation.orgs[CARRIER].start(Path::new(NODE)).await;
        Self {
            federation,
            node,
            _base: base,
        }
    }

    fn org(&self, n: usize) -> &Org {
        &self.federation.orgs[n]
    }

    /// A partner that has greeted the node.
    async fn partner(&self, n: usize) -> Peer {
        Peer::greet(&self.federation, self.org(n), self.org(CARRIER)).await
    }

    /// One that nobody could open, which no carrier can tell.
    fn parcel(&self) -> Signed<Parcel> {
        let parcel = Parcel {
            from: self.org(SENDER).node,
            to: self.org(RECIPIENT).node,
            created: Time(u64::MAX),
            sealed: vec![7; 100],
        };
        Signed::new(&parcel, &self.org(SENDER).keys().identity())
    }
}

/// The first frame of which `wanted` makes something.
async fn next<T>(peer: &mut Peer, wanted: impl Fn(Frame) -> Option<T>) -> T {
    let looking = async {
        loop {
            let frame = peer.next().await.expect("the link holds");
            if let Some(found) = wanted(frame) {
                return found;
            }
        }
    };
    tokio::time::timeout(DEADLINE, looking)
        .await
        .expect("it comes in time")
}

fn offers(frame: Frame) -> Option<Vec<Hash>> {
    match frame {
        Frame::Parcels(notes) => Some(notes.iter().map(|n| n.parcel).collect()),
        _ => None,
    }
}

/// What a node answers that is sent a parcel of which it has the receipt.
async fn answer(peer: &mut Peer, parcel: &Signed<Parcel>) -> Vec<Receipt> {
    peer.send(&Frame::Parcel(Box::new(parcel.clone()))).await;
    next(peer, |frame| match frame {
        Frame::Receipts(receipts) => Some(receipts),
        Frame::Parcels(notes) => panic!("it still offers {notes:?}"),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn a_carrier_keeps_a_parcel_until_its_recipient_has_signed_for_it_and_remembers_that() {
    let mut stage = Stage::new().await;
    let parcel = stage.parcel();
    let mut sender = stage.partner(SENDER).await;
    sender.send(&Frame::Parcel(Box::new(parcel.clone()))).await;

    let mut recipient = stage.partner(RECIPIENT).await;
    assert_eq!(next(&mut recipient, offers).await, [parcel.hash()]);

    // The sender cannot sign for the recipient, nor one recipient for another.
    let own = Receipt::sign(parcel.hash(), &stage.org(SENDER).keys().identity());
    let mut forged = own.clone();
    forged.to = stage.org(RECIPIENT).node;
    sender.send(&Frame::Receipts(vec![own, forged])).await;
    until("the refusal", || async {
        let refused = stage.org(CARRIER).status().await.refused;
        refused.contains_key("bad-signature").then_some(())
    })
    .await;
    recipient
        .send(&Frame::WantParcels(vec![parcel.hash()]))
        .await;
    let sent = next(&mut recipient, |frame| match frame {
        Frame::Parcel(parcel) => Some(*parcel),
        _ => None,
    });
    assert_eq!(sent.await, parcel);

    // Its own word settles it, and whoever is known to hold the parcel is told.
    let receipt = Receipt::sign(parcel.hash(), &stage.org(RECIPIENT).keys().identity());
    recipient
        .send(&Frame::Receipts(vec![receipt.clone()]))
        .await;
    let told = next(&mut sender, |frame| match frame {
        Frame::Receipts(receipts) => Some(receipts),
        _ => None,
    });
    assert_eq!(told.await, std::slice::from_ref(&receipt));
    assert_eq!(
        answer(&mut sender, &parcel).await,
        std::slice::from_ref(&receipt)
    );

    // What was settled stays settled. The partners' links would come again by themselves, and take the place of new ones.
    drop((sender, recipient));
    stage.node.kill();
    stage.node = stage.org(CARRIER).start(Path::new(NODE)).await;
    let mut recipient = stage.partner(RECIPIENT).await;
    assert_eq!(answer(&mut recipient, &parcel).await, [receipt]);
}

#[tokio::test]
async fn a_parcel_that_is_swollen_by_signatures_is_refused_and_keeps_no_node_from_starting() {
    let mut stage = Stage::new().await;
    let honest = stage.parcel();
    // As large as a box may be: with what else is signed on it, it fits a frame, and no row.
    let mut swollen = Signed::new(
        &Parcel {
            sealed: vec![8; 905_000],
            ..honest.unverified().expect("its own")
        },
        &stage.org(SENDER).keys().identity(),
    );
    for n in 0..400_u16 {
        let mut seed = [9; 32];
        seed[..2].copy_from_slice(&n.to_be_bytes());
        swollen.countersign(&SecretKey::from_seed(Zeroizing::new(seed)));
    }
    let mut sender = stage.partner(SENDER).await;
    for parcel in [&swollen, &honest] {
        sender.send(&Frame::Parcel(Box::new(parcel.clone()))).await;
    }
    until("the refusal", || async {
        let refused = stage.org(CARRIER).status().await.refused;
        refused.contains_key("bad-signature").then_some(())
    })
    .await;
    let mut recipient = stage.partner(RECIPIENT).await;
    assert_eq!(next(&mut recipient, offers).await, [honest.hash()]);

    drop((sender, recipient));
    stage.node.kill();
    stage.node = stage.org(CARRIER).start(Path::new(NODE)).await;
    let mut recipient = stage.partner(RECIPIENT).await;
    assert_eq!(next(&mut recipient, offers).await, [honest.hash()]);
}
