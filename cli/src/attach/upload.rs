//! Chunks that the node lacks are handed to it, several at once; over a narrow link one after the other, in slices. What the
//! node has of one when a link breaks it keeps: the next attempt goes on behind it.

use super::{Bar, Pieces};
use crate::{
    client::{Client, Kept},
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_node::api::types::{Here, Lacking};
use focal_protocol::id::Hash;
use serde::Deserialize;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// How often a node may say that it has less of a piece than before: what it kept was damaged, or made way for other pieces.
const BACK: usize = 4;

/// How far a file was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handed {
    /// All of it.
    All,
    /// Something else goes first; the rest goes on from there.
    Paused,
}

/// What the node lacks. One of before says no more than that, and takes whole chunks only.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Lacks {
    Begun(Lacking),
    Places(Vec<u32>),
}

/// Hands a file to the node, as far as the node does not have it. Before each piece, and each slice of one, `go_on` says whether something
/// else is to go first.
///
/// # Errors
/// The file changed, or the node refuses. What was handed over stays there for the next attempt.
pub(crate) async fn upload(
    client: &Client,
    pieces: &mut impl Pieces,
    mut go_on: impl FnMut() -> bool,
) -> Result<Handed> {
    let list = pieces.attachment().list;
    let names: Vec<u8> = pieces.names().iter().flat_map(|n| n.0).collect();
    let slice = client.slice();
    let asked = slice.map_or("", |_| "?begun=true");
    let lacks: Lacks = client
        .post_bytes(&format!("/v1/attachments/{list}/lacking{asked}"), names)
        .await?;
    let (lacking, slice, mut begun) = match lacks {
        Lacks::Begun(lacks) => {
            let begun = lacks.begun.into_iter();
            let begun = begun.filter_map(|b| Some((b.chunk.parse().ok()?, b.here)));
            (lacks.lacking, slice, begun.collect())
        }
        Lacks::Places(places) => (places, None, BTreeMap::<Hash, usize>::new()),
    };
    let length = |pieces: &dyn Pieces, index| pieces.chunks().length(index) as u64;
    let total: u64 = lacking.iter().map(|i| length(pieces, *i)).sum();
    let bar = Bar::of(
        &tr!("file-handed-over", name = pieces.attachment().name.as_str()),
        total,
    );
    let mut hands = Hands::of(client);
    // Where every byte counts it is one after the other, and something urgent waits for no more than a slice.
    let alone = client.pieces() == 1;
    let mut before = 0;
    for index in lacking {
        if !go_on() {
            hands.empty().await?;
            return Ok(Handed::Paused);
        }
        // The node named places among those that it was asked for.
        let Some(name) = pieces.names().get(index as usize).copied() else {
            return Err(odd());
        };
        let piece = Piece {
            bytes: pieces.piece(index)?,
            path: of(&list, &name),
            slice,
            here: begun.remove(&name).unwrap_or_default(),
        };
        if alone {
            let mut kept = hands.hand().await?;
            let sent = |here: usize| bar.at(before + (here as u64).min(length(pieces, index)));
            if piece.hand_over(&mut kept, &mut go_on, sent).await? == Handed::Paused {
                return Ok(Handed::Paused);
            }
            hands.free.push(kept);
        } else {
            hands.put(piece).await?;
        }
        before += length(pieces, index);
        bar.at(before);
    }
    hands.empty().await?;
    let piece = Piece {
        bytes: pieces.list()?,
        path: of(&list, &list),
        slice,
        here: begun.remove(&list).unwrap_or_default(),
    };
    let mut last = hands.hand().await?;
    piece.hand_over(&mut last, &mut go_on, |_| {}).await
}

fn odd() -> Error {
    Error::new(Exit::Failed, tr!("file-not-handed-over")).why(tr!("file-odd-answer"))
}

fn of(list: &Hash, name: &Hash) -> String {
    format!("/v1/attachments/{list}/chunks/{name}")
}

/// A sealed piece on its way.
struct Piece {
    bytes: Vec<u8>,
    path: String,
    /// Bytes of it in one request; none is all of it, for a node that knows no slices.
    slice: Option<usize>,
    /// Bytes that the node has already.
    here: usize,
}

impl Piece {
    /// Hands over what the node does not have of it; `at` is told how much it has.
    async fn hand_over(
        self,
        kept: &mut Kept,
        mut go_on: impl FnMut() -> bool,
        at: impl Fn(usize),
    ) -> Result<Handed> {
        let Self { bytes, path, .. } = self;
        let Some(slice) = self.slice else {
            kept.put_bytes(&path, bytes).await?;
            return Ok(Handed::All);
        };
        let length = bytes.len();
        let (mut here, mut back) = (self.here.min(length), 0);
        loop {
            let end = here.saturating_add(slice).min(length);
            let path = format!("{path}?from={here}&of={length}");
            let part = bytes.get(here..end).unwrap_or_default().to_vec();
            let before = here;
            Here { here } = kept.put_slice(&path, part).await?;
            at(here);
            if here == length {
                return Ok(Handed::All);
            }
            if here <= before {
                back += 1;
            }
            if here > length || back > BACK {
                return Err(odd());
            }
            if !go_on() {
                return Ok(Handed::Paused);
            }
        }
    }
}

/// Connections that are handed pieces as they become free.
struct Hands<'a> {
    client: &'a Client,
    busy: JoinSet<Result<Kept>>,
    free: Vec<Kept>,
}

impl<'a> Hands<'a> {
    fn of(client: &'a Client) -> Self {
        Self {
            client,
            busy: JoinSet::new(),
            free: Vec::new(),
        }
    }

    /// A free hand, or a new one.
    async fn hand(&mut self) -> Result<Kept> {
        match self.free.pop() {
            Some(kept) => Ok(kept),
            None => self.client.keep().await,
        }
    }

    /// Begins to hand over a piece, as soon as there is a hand free.
    async fn put(&mut self, piece: Piece) -> Result<()> {
        let full = self.busy.len() >= self.client.pieces();
        let freed = if self.free.is_empty() && full {
            self.next().await?
        } else {
            None
        };
        let mut kept = match freed {
            Some(kept) => kept,
            None => self.hand().await?,
        };
        self.busy.spawn(async move {
            piece.hand_over(&mut kept, || true, |_| {}).await?;
            Ok(kept)
        });
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Kept>> {
        match self.busy.join_next().await {
            None => Ok(None),
            Some(Ok(done)) => done.map(Some),
            Some(Err(e)) => {
                Err(Error::new(Exit::Failed, tr!("file-not-handed-over")).why(e.to_string()))
            }
        }
    }

    /// Waits until all pieces have arrived.
    async fn empty(&mut self) -> Result<()> {
        while let Some(kept) = self.next().await? {
            self.free.push(kept);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_of_before_says_places_alone() {
        let of = |text: &str| serde_json::from_str::<Lacks>(text).expect("an answer");
        assert!(matches!(of("[0,2]"), Lacks::Places(places) if places == [0, 2]));
        let begun = of(r#"{"lacking":[1],"begun":[{"chunk":"00","here":7}]}"#);
        assert!(matches!(begun, Lacks::Begun(l) if l.lacking == [1] && l.begun[0].here == 7));
    }
}
