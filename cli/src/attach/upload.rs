//! Chunks that the node lacks are handed to it, several at once.

use super::{Bar, Pieces};
use crate::{
    client::{Client, Kept},
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_protocol::id::Hash;
use tokio::task::JoinSet;

/// How far a file was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handed {
    /// All of it.
    All,
    /// Something else goes first; the rest goes on from there.
    Paused,
}

/// Hands a file to the node, as far as the node does not have it. Before each piece `go_on` says whether something else is to go
/// first.
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
    let lacking: Vec<u32> = client
        .post_bytes(&format!("/v1/attachments/{list}/lacking"), names)
        .await?;
    let length = |pieces: &dyn Pieces, index| pieces.chunks().length(index) as u64;
    let total: u64 = lacking.iter().map(|i| length(pieces, *i)).sum();
    let bar = Bar::of(
        &tr!("file-handed-over", name = pieces.attachment().name.as_str()),
        total,
    );
    let mut hands = Hands::of(client);
    for index in lacking {
        if !go_on() {
            hands.empty().await?;
            return Ok(Handed::Paused);
        }
        // The node named places among those that it was asked for.
        let Some(name) = pieces.names().get(index as usize).copied() else {
            return Err(
                Error::new(Exit::Failed, tr!("file-not-handed-over")).why(tr!("file-odd-answer"))
            );
        };
        let bytes = pieces.piece(index)?;
        hands.put(of(&list, &name), bytes).await?;
        bar.more(length(pieces, index));
    }
    hands.empty().await?;
    let bytes = pieces.list()?;
    let mut last = client.keep().await?;
    last.put_bytes(&of(&list, &list), bytes).await?;
    Ok(Handed::All)
}

fn of(list: &Hash, name: &Hash) -> String {
    format!("/v1/attachments/{list}/chunks/{name}")
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

    /// Begins to hand over a piece, as soon as there is a hand free.
    async fn put(&mut self, path: String, bytes: Vec<u8>) -> Result<()> {
        let mut kept = match self.free.pop() {
            Some(kept) => kept,
            None if self.busy.len() < self.client.pieces() => self.client.keep().await?,
            None => match self.next().await? {
                Some(kept) => kept,
                None => self.client.keep().await?,
            },
        };
        self.busy
            .spawn(async move { kept.put_bytes(&path, bytes).await.map(|()| kept) });
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
        while self.next().await?.is_some() {}
        Ok(())
    }
}
