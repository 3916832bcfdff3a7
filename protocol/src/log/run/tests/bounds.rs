//! Limits.

use super::*;

// ---- limits

#[test]
fn a_batch_over_the_limits_is_refused() {
    let (entries, _) = write(Head::EMPTY, 1, b"text");
    let mut many = run(&entries);
    many.entries = vec![entries[0].raw().clone(); limits::BATCH_ENTRIES + 1];
    assert_eq!(
        many.verify(&Head::EMPTY),
        Err(Error::TooLarge(limits::BATCH_ENTRIES))
    );
    let big = sign(header(&Head::EMPTY), &vec![0; limits::ENTRY]);
    assert_eq!(
        run(std::slice::from_ref(&big)).verify(&Head::EMPTY),
        Err(Error::TooLarge(limits::ENTRY))
    );
    assert_eq!(
        Entry::from_bytes(&big.to_bytes()),
        Err(Error::TooLarge(limits::ENTRY))
    );
}

#[test]
fn nobody_begins_a_log_under_the_id_of_another_writers() {
    let thief = SecretKey::from_seed(Zeroizing::new([5; 32]));
    let stolen = Header {
        node: NodeId(thief.public().0),
        ..header(&Head::EMPTY)
    };
    let bytes = codec::encode_packed(&stolen);
    let entry = Entry::sign(stolen, bytes, vec![1; 80], &thief);
    let mut stolen = run(&[entry]);
    stolen.writer.node = NodeId(thief.public().0);
    assert_eq!(stolen.verify(&Head::EMPTY), Err(Error::Misplaced));
    let (own, _) = write(Head::EMPTY, 1, b"own");
    assert!(run(&own).verify(&Head::EMPTY).is_ok());
}

#[test]
fn a_header_swollen_with_unknown_fields_is_refused() {
    let plain = header(&Head::EMPTY);
    let mut bytes = codec::encode_packed(&plain);
    // One more field, number 11, of 200 bytes: a later version might, within limits.
    bytes[0] += 1;
    bytes.extend_from_slice(&[0x0b, 0x58, 40]);
    bytes.extend_from_slice(&[0; 40]);
    assert!(bytes.len() <= limits::HEADER);
    let later = Entry::sign(plain.clone(), bytes.clone(), vec![], &key());
    assert_eq!(
        Entry::from_raw(later.raw().clone()).expect("read").header,
        plain
    );
    let at = bytes.len() - 41;
    bytes[at] = 200;
    bytes.extend_from_slice(&[0; 160]);
    let swollen = Entry::sign(plain, bytes, vec![], &key());
    assert!(matches!(
        Entry::from_raw(swollen.raw().clone()),
        Err(Error::Codec(codec::Error::TooLong {
            limit: limits::HEADER,
            ..
        }))
    ));
}

#[test]
fn the_largest_proof_fits_a_frame() {
    let start = Head {
        height: u64::MAX - 9_999,
        lamport: u64::MAX - 9_999,
        manifest: u64::MAX,
        generation: u32::MAX,
        hash: Hash([255; 32]),
    };
    let mut widest = header(&start);
    widest.epoch = u64::MAX;
    let pad = |header: &Header| {
        let mut bytes = codec::encode_packed(header);
        assert!(bytes.len() <= 191, "{}", bytes.len());
        let room = limits::HEADER - bytes.len() - 3;
        bytes[0] += 1;
        bytes.extend_from_slice(&[0x0b, 0x58, u8::try_from(room).expect("fits")]);
        bytes.resize(limits::HEADER, 0);
        bytes
    };
    let entry = Entry::sign(widest.clone(), pad(&widest), vec![], &key());
    let chain = Chain::of(&vec![entry; limits::BATCH_ENTRIES]).expect("signed");
    let proof = Equivocation {
        log: log(),
        node: writer().node,
        seq: start.height,
        first: chain.clone(),
        second: chain.clone(),
    };
    let frame = crate::sync::Frame::Proof(Box::new(proof));
    assert!(frame.to_bytes().len() <= limits::FRAME);
    let longer = Chain {
        links: [chain.links.clone(), chain.links[..1].to_vec()].concat(),
        ..chain
    };
    let frame = Equivocation {
        log: log(),
        node: writer().node,
        seq: 0,
        first: longer.clone(),
        second: longer,
    };
    assert!(!frame.holds());
}

#[test]
fn the_smallest_entries_fill_a_batch_before_they_are_too_many() {
    let smallest = sign(header(&Head::EMPTY), &[0; 80]);
    assert!(smallest.raw().len() * limits::BATCH_ENTRIES > limits::BATCH);
    assert!(!smallest.raw().is_empty());
}
