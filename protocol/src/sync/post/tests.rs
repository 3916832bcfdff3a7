use super::*;
use crate::key::SecretKey;
use zeroize::Zeroizing;

const ME: u8 = 1;
const SENDER: u8 = 2;
const RECIPIENT: u8 = 3;
const CARRIER: u8 = 4;
const OTHER: u8 = 5;
const NOW: Time = Time(1_793_716_200_000);

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(Zeroizing::new([n; 32]))
}

fn node(n: u8) -> NodeId {
    NodeId(key(n).public().0)
}

fn post() -> Post {
    Post::new(node(ME), [], [])
}

/// The parcel of that number.
fn parcel(n: u16) -> Hash {
    Hash::of(&[&n.to_be_bytes()])
}

fn note(n: u16, to: u8) -> ParcelNote {
    ParcelNote {
        parcel: parcel(n),
        to: node(to),
        from: node(SENDER),
    }
}

fn receipt(n: u16, by: u8) -> Receipt {
    Receipt::sign(parcel(n), &key(by))
}

fn offered(post: &mut Post, peer: u8, notes: &[ParcelNote]) -> Answer {
    post.offered(node(peer), notes, Time(0), |_| true)
}

#[test]
fn a_parcel_is_not_taken_again_after_its_receipt() {
    let mut post = post();
    let note = note(1, RECIPIENT);
    let answer = offered(&mut post, CARRIER, &[note]);
    assert_eq!(answer.wanted, [note.parcel]);
    assert_eq!(post.came(node(CARRIER), &note), None);
    post.keep(note, NOW);
    let settled = post
        .settle(node(RECIPIENT), receipt(1, RECIPIENT), NOW)
        .expect("signed by the recipient")
        .expect("kept here");
    assert_eq!(settled.note, note);
    assert_eq!(post.get(&note.parcel), None);
    // Whoever still has it learns that it is done with, whether it offers the parcel or sends it.
    let known = receipt(1, RECIPIENT);
    let answer = offered(&mut post, OTHER, &[note]);
    assert_eq!(
        (answer.receipts, answer.wanted),
        (vec![known.clone()], vec![])
    );
    assert_eq!(post.came(node(OTHER), &note), Some(known));
}

#[test]
fn a_receipt_that_somebody_else_signed_drops_nothing() {
    let mut post = post();
    let kept = note(1, RECIPIENT);
    post.keep(kept, NOW);
    // In its own name it is a receipt for a parcel that nobody has sent.
    let own = post.settle(node(OTHER), receipt(1, OTHER), NOW);
    assert_eq!(own, Ok(None));
    let mut forged = receipt(1, OTHER);
    forged.to = node(RECIPIENT);
    let refused = post.settle(node(OTHER), forged, NOW);
    assert!(matches!(refused, Err(signed::Error::BadSignature(_))));
    // One for another parcel does not fit this one.
    let mut moved = receipt(2, RECIPIENT);
    moved.parcel = kept.parcel;
    let refused = post.settle(node(OTHER), moved, NOW);
    assert!(matches!(refused, Err(signed::Error::BadSignature(_))));
    assert_eq!(post.get(&kept.parcel), Some(kept));
    assert_eq!(post.receipts(), 0);
}

#[test]
fn a_receipt_for_a_parcel_that_was_never_here_is_not_kept() {
    let mut post = post();
    let unknown = post.settle(node(CARRIER), receipt(1, RECIPIENT), NOW);
    assert_eq!(unknown, Ok(None));
    assert_eq!(post.receipts(), 0);
}

#[test]
fn receipts_go_to_those_who_hold_the_parcel_and_to_nobody_else() {
    let mut post = post();
    let note = note(1, RECIPIENT);
    // One offers it, one has sent it, one was sent it; another one has never heard of it.
    offered(&mut post, SENDER, &[note]);
    assert_eq!(post.came(node(SENDER), &note), None);
    post.keep(note, NOW);
    offered(&mut post, CARRIER, &[note]);
    post.sent(node(OTHER), note.parcel);
    post.sent(node(RECIPIENT), note.parcel);
    let settled = post.settle(node(RECIPIENT), receipt(1, RECIPIENT), NOW);
    let tell: std::collections::BTreeSet<NodeId> = settled
        .expect("good")
        .expect("kept")
        .tell
        .into_iter()
        .collect();
    assert_eq!(tell, [SENDER, CARRIER, OTHER].map(node).into());
    assert_eq!(
        post.settle(node(OTHER), receipt(1, RECIPIENT), NOW),
        Ok(None),
        "it is told once"
    );
}

#[test]
fn a_parcel_is_asked_for_from_one_peer_and_from_another_when_that_does_not_answer() {
    let mut post = post();
    let note = note(1, ME);
    assert_eq!(offered(&mut post, SENDER, &[note]).wanted, [note.parcel]);
    assert_eq!(offered(&mut post, CARRIER, &[note]).wanted, []);
    assert_eq!(offered(&mut post, OTHER, &[note]).wanted, []);
    assert!(post.due(Time(19_999)).is_empty());
    let due = post.due(Time(20_000));
    let asked: Vec<NodeId> = due.into_keys().collect();
    assert!(asked == [node(CARRIER)] || asked == [node(OTHER)]);
    post.lost(&asked[0]);
    let due = post.due(Time(20_001));
    assert_eq!(due.len(), 1, "whoever is left, at once");
    assert!(!due.contains_key(&node(SENDER)) && !due.contains_key(&asked[0]));
    assert!(post.due(Time(60_000)).is_empty());
    assert!(!post.is_waiting(), "nobody is left");
    // Whoever offers it again is asked again.
    assert_eq!(offered(&mut post, SENDER, &[note]).wanted, [note.parcel]);
}

#[test]
fn a_parcel_is_offered_to_those_who_are_not_known_to_hold_it() {
    let mut post = post();
    let note = note(1, RECIPIENT);
    offered(&mut post, CARRIER, &[note]);
    assert_eq!(post.came(node(CARRIER), &note), None);
    post.keep(note, NOW);
    post.announce(note.parcel);
    assert!(post.has_news());
    let news = post.take_news();
    assert_eq!(post.unknown_to(&node(OTHER), &news), [note]);
    assert_eq!(post.unknown_to(&node(CARRIER), &news), []);
    assert!(!post.has_news(), "once");
    // Settled before its turn came: it is not offered at all.
    post.announce(note.parcel);
    post.settle(node(CARRIER), receipt(1, RECIPIENT), NOW)
        .expect("good");
    assert_eq!(post.take_news(), []);
}

#[test]
fn nobody_is_asked_for_a_parcel_for_which_there_is_no_room() {
    let mut post = post();
    let most = u16::try_from(limits::PARCELS_PER_RECIPIENT).expect("few");
    for n in 0..most {
        post.keep(note(n, RECIPIENT), NOW);
    }
    let more = note(most, RECIPIENT);
    assert_eq!(offered(&mut post, CARRIER, &[more]).wanted, []);
    let fair = ParcelNote {
        from: node(OTHER),
        ..more
    };
    assert_eq!(offered(&mut post, CARRIER, &[fair]).wanted, [fair.parcel]);
}

#[test]
fn nobody_is_asked_for_a_parcel_from_or_to_a_node_that_no_manifest_lists() {
    let mut post = post();
    for unlisted in [SENDER, RECIPIENT] {
        let listed = |n: &NodeId| *n != node(unlisted);
        let answer = post.offered(node(CARRIER), &[note(1, RECIPIENT)], NOW, listed);
        assert_eq!(answer, Answer::default());
    }
    // Nor for what this node has sent itself and has dropped since.
    let own = ParcelNote {
        from: node(ME),
        ..note(2, RECIPIENT)
    };
    assert_eq!(offered(&mut post, CARRIER, &[own]).wanted, []);
    // What a node has sent that is revoked since is carried no further.
    post.keep(note(3, RECIPIENT), NOW);
    let listed = |n: &NodeId| *n != node(SENDER);
    assert_eq!(post.expire(NOW, listed), [note(3, RECIPIENT)]);
}

#[test]
fn a_parcel_from_far_ahead_is_not_carried_for_ever() {
    let mut post = post();
    let ahead = |days: u64| NOW.plus_ms(days * 24 * 3_600_000);
    post.keep(note(1, RECIPIENT), ahead(80));
    post.keep(note(2, RECIPIENT), ahead(100));
    assert_eq!(post.expire(NOW, |_| true), [note(2, RECIPIENT)]);
}

#[test]
fn receipts_are_bounded_and_one_recipient_does_not_take_the_places_of_others() {
    let mut post = post();
    let mut forgotten = 0;
    let mut settle = |post: &mut Post, n: u16, by: u8| {
        post.keep(note(n, by), NOW.plus_ms(n.into()));
        let settled = post.settle(node(by), receipt(n, by), NOW.plus_ms(1 << 20));
        forgotten += settled.expect("good").expect("kept").forgotten.len();
    };
    settle(&mut post, 1, RECIPIENT);
    let most = u16::try_from(limits::RECEIPTS_PER_RECIPIENT).expect("few");
    for n in 10..most + 20 {
        settle(&mut post, n, OTHER);
    }
    assert_eq!(post.receipts(), limits::RECEIPTS_PER_RECIPIENT + 1);
    assert!(post.receipt(&note(1, RECIPIENT)).is_some());
    // Those that end first have gone.
    assert!(post.receipt(&note(10, OTHER)).is_none());
    assert!(post.receipt(&note(most + 19, OTHER)).is_some());
    assert_eq!(forgotten, 10);
}

#[test]
fn all_receipts_of_others_have_so_many_places_and_a_nodes_own_have_theirs() {
    let (most, of_one) = (limits::RECEIPTS_KEPT, limits::RECEIPTS_PER_RECIPIENT);
    let mut post = post();
    let done = |post: &mut Post, n: u16, by: u8| {
        post.done(note(n, by), NOW, receipt(n, by), NOW).forgotten
    };
    for n in 0..3 {
        assert_eq!(done(&mut post, n, ME), []);
    }
    let mut n = 3;
    for by in 10..=u8::try_from(10 + most / of_one).expect("few") {
        for _ in 0..of_one {
            done(&mut post, n, by);
            n += 1;
        }
    }
    assert_eq!(post.receipts(), most + 3);
    assert!((0..3).all(|n| post.receipt(&note(n, ME)).is_some()));
}

#[test]
fn what_is_old_goes_and_what_this_node_sent_itself_stays_until_it_is_taken() {
    let mut post = post();
    let own = ParcelNote {
        from: node(ME),
        ..note(2, RECIPIENT)
    };
    post.keep(note(1, RECIPIENT), NOW);
    post.keep(own, NOW);
    post.done(note(3, ME), NOW.plus_ms(1 << 50), receipt(3, ME), NOW);
    let last = NOW.plus_ms(limits::PARCEL_AGE_MS);
    assert_eq!(post.expire(last, |_| true), []);
    assert_eq!(post.expire_receipts(last), []);
    let later = last.plus_ms(1);
    assert_eq!(post.expire(later, |_| true), [note(1, RECIPIENT)]);
    assert_eq!(
        post.expire_receipts(later),
        [(node(ME), parcel(3))],
        "a sender's clock that is ahead keeps no receipt longer"
    );
    assert_eq!(post.get(&own.parcel), Some(own));
    assert_eq!(post.expire(later, |_| false), [own], "nobody lists it");
}

#[test]
fn it_goes_on_from_what_the_store_holds() {
    let kept = note(1, ME);
    let known = receipt(2, RECIPIENT);
    let mut post = Post::new(node(ME), [(kept, NOW)], [(known.clone(), NOW)]);
    assert!(post.waits_here());
    assert_eq!(post.all(), [], "what is for this node is offered to nobody");
    let answer = offered(&mut post, CARRIER, &[kept, note(2, RECIPIENT)]);
    assert_eq!((answer.receipts, answer.wanted), (vec![known], vec![]));
}

#[test]
fn a_peer_that_offers_without_end_takes_no_room_without_end() {
    let mut post = post();
    for n in 0..3 {
        let most = u16::try_from(limits::PARCELS_KEPT).expect("few");
        let notes: Vec<ParcelNote> = (0..most).map(|i| note(n * most + i, ME)).collect();
        offered(&mut post, CARRIER, &notes);
    }
    assert_eq!(post.peers.asked(), limits::PARCELS_KEPT);
}
