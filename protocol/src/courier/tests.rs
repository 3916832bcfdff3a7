use super::*;
use crate::{
    id::{CaseId, FederationId, Hash, LogId, NodeId, OrgId},
    key::SecretKey,
    random::{Random, SystemRandom},
    seal::ContactKey,
    sync::Frame,
    time::Time,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn contact() -> ContactKey {
    ContactKey::from_seed(&SystemRandom.secret()).expect("a key")
}

fn cover(key: &SecretKey) -> Cover {
    Cover {
        federation: FederationId([1; 32]),
        from: NodeId(key.public().0),
        to: OrgId([2; 32]),
        courier: vec![3; 16],
        volume: 1,
        slots: Hash([0; 32]),
        created: Time(4),
    }
}

/// Heights of many logs: frames of a few hundred bytes.
fn frame(n: u64) -> Frame {
    Frame::Ack((0..20).map(|i| (LogId([5; 16]), n + i)).collect())
}

fn pack(recipients: &[&ContactKey], frames: u64) -> Vec<u8> {
    let key = SecretKey::from_seed(SystemRandom.secret());
    let publics: Vec<_> = recipients.iter().map(|k| k.public().clone()).collect();
    let (mut writer, mut bytes) =
        VolumeWriter::new(cover(&key), &key, &publics, &SystemRandom).expect("begun");
    for n in 0..frames {
        bytes.extend(writer.push(&Item::Frame(frame(n))).expect("pushed"));
    }
    bytes.extend(writer.finish(false).expect("finished"));
    bytes
}

fn read(contact: &ContactKey, bytes: &[u8], piece: usize) -> Result<Vec<Frame>, Error> {
    let mut reader = VolumeReader::new(contact);
    let mut frames = Vec::new();
    for piece in bytes.chunks(piece) {
        frames.extend(reader.feed(piece)?);
    }
    let (_, last, more) = reader.finish()?;
    assert!(!more);
    frames.extend(last);
    let frame = |content| match content {
        Content::Frame(frame) => frame,
        other => panic!("{other:?}"),
    };
    Ok(frames.into_iter().map(frame).collect())
}

#[test]
fn each_node_of_the_recipient_reads_what_was_packed_and_nobody_else() {
    let (a, b, other) = (contact(), contact(), contact());
    let bytes = pack(&[&a, &b], 700);
    let expected: Vec<Frame> = (0..700).map(frame).collect();
    for key in [&a, &b] {
        assert_eq!(read(key, &bytes, 10_000).as_ref(), Ok(&expected));
    }
    assert_eq!(read(&other, &bytes, 10_000), Err(Error::NotForThisNode));
}

#[test]
fn the_cover_is_known_before_the_first_frame() {
    let key = contact();
    let bytes = pack(&[&key], 700);
    let mut reader = VolumeReader::new(&key);
    assert_eq!(reader.cover(), None);
    for piece in bytes.chunks(1_000) {
        let frames = reader.feed(piece).expect("good");
        assert!(frames.is_empty() || reader.cover().is_some());
    }
    assert_eq!(reader.cover().map(|c| c.to), Some(OrgId([2; 32])));
}

#[test]
fn a_volume_tells_neither_its_recipients_nor_how_many_they_are() {
    let keys: Vec<ContactKey> = (0..SLOTS).map(|_| contact()).collect();
    let one = pack(&[&keys[0]], 3);
    let all = pack(&keys.iter().collect::<Vec<_>>(), 3);
    assert_eq!(one.len(), all.len());
    let too_many: Vec<_> = (0..=SLOTS).map(|_| keys[0].public().clone()).collect();
    let key = SecretKey::from_seed(SystemRandom.secret());
    let begun = VolumeWriter::new(cover(&key), &key, &too_many, &SystemRandom);
    assert_eq!(begun.err(), Some(Error::TooManyRecipients));
    // A few frames more or less hide in the padding.
    let lengths: BTreeSet<usize> = (400..420).map(|n| pack(&[&keys[0]], n).len()).collect();
    assert!(lengths.len() < 4, "{lengths:?}");
}

#[test]
fn a_volume_with_room_for_an_item_stays_within_its_limit() {
    let (reader, key) = (contact(), SecretKey::from_seed(SystemRandom.secret()));
    let publics = [reader.public().clone()];
    let limit = 3 << 20;
    let (mut writer, mut bytes) =
        VolumeWriter::new(cover(&key), &key, &publics, &SystemRandom).expect("begun");
    // About as large as an item can be.
    let large = Item::Frame(Frame::Ack(vec![(LogId([5; 16]), u64::MAX); 36_000]));
    let mut items = 0;
    while writer.has_room(limit) {
        bytes.extend(writer.push(&large).expect("pushed"));
        items += 1;
    }
    bytes.extend(writer.finish(true).expect("finished"));
    assert!(
        items > 0 && bytes.len() <= limit,
        "{items} in {}",
        bytes.len()
    );
    assert!(bytes.len() > limit / 3, "{} of {limit}", bytes.len());
}

#[test]
fn a_volume_that_was_cut_off_says_so_after_what_is_whole() {
    let key = contact();
    let bytes = pack(&[&key], 700);
    for cut in [0, 10, 19_000, 90_000, bytes.len() - 1] {
        let result = read(&key, &bytes[..cut], 8_192);
        assert!(
            matches!(result, Err(Error::NotForThisNode | Error::Damaged(_))),
            "{cut}"
        );
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(read(&key, &longer, 8_192).is_err());
}

#[test]
fn a_cover_of_another_volume_or_a_forged_one_is_refused() {
    let reader = contact();
    let (honest, forger) = (
        SecretKey::from_seed(SystemRandom.secret()),
        SecretKey::from_seed(SystemRandom.secret()),
    );
    let publics = [reader.public().clone()];
    // Signed with a key that is not the sender's.
    let (writer, mut bytes) =
        VolumeWriter::new(cover(&honest), &forger, &publics, &SystemRandom).expect("begun");
    bytes.extend(writer.finish(false).expect("finished"));
    assert!(matches!(read(&reader, &bytes, 4_096), Err(Error::Cover(_))));
}

#[test]
fn pieces_of_files_travel_as_they_are() {
    let key = contact();
    let signer = SecretKey::from_seed(SystemRandom.secret());
    let publics = [key.public().clone()];
    let (mut writer, mut bytes) =
        VolumeWriter::new(cover(&signer), &signer, &publics, &SystemRandom).expect("begun");
    let piece = Piece {
        case: CaseId([7; 32]),
        attachment: Hash([8; 32]),
        chunk: Some(9),
        bytes: vec![1; crate::limits::CHUNK_SEALED],
    };
    let holding = Holding {
        attachment: Hash([8; 32]),
        pieces: Pieces::of(40, |chunk| chunk == Some(9)),
    };
    bytes.extend(writer.push(&Item::Piece(piece.clone())).expect("pushed"));
    let holds = Item::Holds(vec![holding.clone()]);
    bytes.extend(writer.push(&holds).expect("pushed"));
    bytes.extend(writer.finish(false).expect("finished"));
    let mut reader = VolumeReader::new(&key);
    let mut out = reader.feed(&bytes).expect("good");
    out.extend(reader.finish().expect("whole").1);
    assert_eq!(out, [Content::Piece(piece), Content::Holds(vec![holding])]);
}

#[test]
fn what_asks_for_something_has_no_place_in_a_volume() {
    let key = contact();
    let signer = SecretKey::from_seed(SystemRandom.secret());
    let publics = [key.public().clone()];
    let (mut writer, mut bytes) =
        VolumeWriter::new(cover(&signer), &signer, &publics, &SystemRandom).expect("begun");
    let want = Frame::Want(LogId([1; 16]), 0);
    bytes.extend(writer.push(&Item::Frame(want)).expect("pushed"));
    bytes.extend(writer.finish(false).expect("finished"));
    assert_eq!(read(&key, &bytes, 4_096), Err(Error::Malformed));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_changed_byte_is_found_and_never_read(at in any::<prop::sample::Index>(), flip in 1u8..) {
        let key = contact();
        let mut bytes = pack(&[&key], 300);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let result = read(&key, &bytes, 5_000);
        prop_assert!(result.is_err());
    }
}
