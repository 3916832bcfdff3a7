//! Looks into the store where a peer may hold another history of a log.

use crate::store::{Error, Store};
use focal_protocol::{
    id::LogId,
    sync::{Input, Parting, Point, Side, compare},
};

/// Compares a peer's points with what is held of a log: what it is told, if they differ.
pub(super) fn look(store: &Store, log: LogId, theirs: &[Point]) -> Result<Option<Input>, Error> {
    let Some(row) = store.log(log)?.filter(|row| !row.cleared) else {
        return Ok(None);
    };
    let hash_at = |height| store.hash_at(log, height);
    Ok(match compare(theirs, row.head.height, hash_at)? {
        Parting::Nowhere => None,
        Parting::Within(points) => Some(Input::Points(log, points)),
        Parting::At(seq) => {
            let side = |chain| Input::Side(Box::new(Side { log, seq, chain }));
            store.chain(log, seq)?.map(side)
        }
    })
}
