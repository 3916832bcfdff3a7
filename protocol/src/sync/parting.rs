//! Where two histories of one log part: two nodes find the place by telling each other the hashes at a few heights, which
//! narrows it down to a fifteenth each time. As each entry names the one before, who agrees at a height agrees below it.

use crate::{
    id::{Hash, LogId},
    limits,
    log::Chain,
};
use serde::{Deserialize, Serialize};

/// What a node holds of a log up to a height: the hash of the entry below it, which stands for all before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Number of entries.
    pub height: u64,
    /// Hash of the last of them; zeros at height 0.
    pub hash: Hash,
}

/// One side of a log with two histories. With the other side it is a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// The log.
    pub log: LogId,
    /// The sequence that has two entries.
    pub seq: u64,
    /// From there on up to a signature.
    pub chain: Chain,
}

/// What comes of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parting {
    /// Nothing is seen to differ.
    Nowhere,
    /// The histories part somewhere between the first and the last of these points, which are ours and say more when the
    /// other side compares them. The last one differs.
    Within(Vec<Point>),
    /// They have everything below this sequence in common, and not the entry there.
    At(u64),
}

/// Compares points of the other side, in order of height, with a log that is held up to `held`; `hash_at` reads the hash at
/// a height from 1 to `held`, at most as often as [`limits::POINTS`] and a few times more.
///
/// # Errors
/// What `hash_at` meets.
pub fn compare<E>(
    theirs: &[Point],
    held: u64,
    mut hash_at: impl FnMut(u64) -> Result<Hash, E>,
) -> Result<Parting, E> {
    let mut ours = |height: u64| match height {
        0 => Ok(Hash([0; 32])),
        height => hash_at(height),
    };
    let theirs: Vec<&Point> = theirs.iter().filter(|p| p.height <= held).collect();
    let (mut agree, mut differ) = (0, None);
    let mut between = 0..theirs.len();
    while !between.is_empty() {
        let middle = between.start + between.len() / 2;
        let Some(point) = theirs.get(middle) else {
            break;
        };
        if ours(point.height)? == point.hash {
            agree = point.height;
            between.start = middle + 1;
        } else {
            differ = Some(point.height);
            between.end = middle;
        }
    }
    match differ {
        Some(differ) if differ > agree + 1 => {
            let heights = heights_between(agree, differ);
            let point = |height| {
                Ok(Point {
                    height,
                    hash: ours(height)?,
                })
            };
            Ok(Parting::Within(
                heights.map(point).collect::<Result<_, E>>()?,
            ))
        }
        // A peer that orders its points wrongly compares nothing.
        Some(differ) if differ == agree + 1 => Ok(Parting::At(agree)),
        _ => Ok(Parting::Nowhere),
    }
}

/// Both ends, and as many heights between them as fit, evenly.
fn heights_between(low: u64, high: u64) -> impl Iterator<Item = u64> {
    let gap = high - low;
    let steps = gap.min(limits::POINTS as u64 - 1);
    // In two terms, so that it cannot overflow: what is left of the division is less than the steps.
    (0..=steps).map(move |i| low + gap / steps * i + gap % steps * i / steps)
}

#[cfg(test)]
mod tests;
