use super::*;
use proptest::prelude::*;
use std::{cell::Cell, convert::Infallible};

/// The hash at a height of a history that leaves the common one at `parts`.
fn hash(side: u8, parts: u64, height: u64) -> Hash {
    let side = if height > parts { side } else { 0 };
    Hash::of(&[&[side], &height.to_be_bytes()])
}

/// Lets two nodes compare until they are done: what they find, and after how many messages.
fn search(parts: u64, held: [u64; 2], first: Vec<Point>) -> (Parting, usize) {
    let mut points = first;
    for message in 0.. {
        let (side, held) = if message % 2 == 0 {
            (1, held[0])
        } else {
            (2, held[1])
        };
        let reads = Cell::new(0);
        let found = compare(&points, held, |height| {
            assert!(height <= held, "only what is held is read");
            reads.set(reads.get() + 1);
            Ok::<_, Infallible>(hash(side, parts, height))
        });
        assert!(reads.get() <= limits::POINTS + 12);
        match found {
            Ok(Parting::Within(next)) => {
                assert!(next.len() <= limits::POINTS);
                assert!(next.windows(2).all(|p| p[0].height < p[1].height));
                points = next;
            }
            Ok(found) => return (found, message),
            Err(never) => match never {},
        }
    }
    unreachable!("a comparison narrows")
}

proptest! {
    #[test]
    fn the_place_is_found_at_any_depth_in_few_messages(
        parts in 0..1_000_000u64,
        more in 1..1_000_000u64,
        other in 1..1_000_000u64,
    ) {
        // The one that holds more is told the other's head.
        let (long, short) = (parts + more.max(other), parts + more.min(other));
        let head = Point { height: short, hash: hash(2, parts, short) };
        let (found, messages) = search(parts, [long, short], vec![head]);
        prop_assert_eq!(found, Parting::At(parts));
        // A fifteenth of two million each time.
        prop_assert!(messages <= 6, "{} messages", messages);
    }

    #[test]
    fn who_holds_the_same_says_nothing(long in 1..1_000u64, short in 0..1_000u64) {
        let short = short.min(long);
        let hash = if short == 0 { Hash([0; 32]) } else { hash(1, 0, short) };
        let (found, messages) = search(0, [long, short], vec![Point { height: short, hash }]);
        prop_assert_eq!((found, messages), (Parting::Nowhere, 0));
    }

    #[test]
    fn no_points_lead_anywhere_but_to_a_narrower_place(
        heights in prop::collection::vec(any::<u64>(), 0..20),
        held in 0..100u64,
    ) {
        let theirs: Vec<Point> = heights.iter().map(|h| Point { height: *h, hash: Hash([9; 32]) }).collect();
        let read = |height: u64| {
            assert!(height <= held, "only what is held is read");
            Ok::<_, Infallible>(hash(1, 0, height))
        };
        if let Ok(Parting::Within(points)) = compare(&theirs, held, read) {
            prop_assert!(points.iter().all(|p| p.height <= held));
        }
    }
}

#[test]
fn what_is_not_held_is_not_compared() {
    let theirs = [Point {
        height: 9,
        hash: Hash([9; 32]),
    }];
    let read = |_| -> Result<Hash, &str> { Err("read") };
    assert_eq!(compare(&theirs, 8, read), Ok(Parting::Nowhere));
    assert_eq!(compare(&theirs, 9, read), Err("read"));
    assert_eq!(compare(&[], 9, read), Ok(Parting::Nowhere));
}
