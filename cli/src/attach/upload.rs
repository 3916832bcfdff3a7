//! The second reading: chunks that the node lacks are sealed and handed to it, several at once.

use super::{
    Bar, Sealed,
    sealed::{changed, chunk, unread},
};
use crate::{
    client::{Client, Kept},
    context::Context,
    error::Result,
};
use focal_protocol::id::Hash;
use std::io::SeekFrom;
use tokio::task::JoinSet;

/// Hands a file to the node, as far as the node does not have it.
///
/// # Errors
/// The file changed, or the node refuses. What was handed over stays there for the next attempt.
pub(crate) async fn upload(client: &Client, sealed: &Sealed, context: &Context) -> Result<()> {
    let path = &sealed.path;
    let attachment = &sealed.attachment;
    let list = attachment.list;
    let chunks = attachment
        .chunks()
        .map_err(|e| changed(path).why(e.to_string()))?;
    let names: Vec<u8> = sealed.names.iter().flat_map(|n| n.0).collect();
    let lacking: Vec<u32> = client
        .post_bytes(&format!("/v1/attachments/{list}/lacking"), names)
        .await?;
    let total: u64 = lacking.iter().map(|i| chunks.length(*i) as u64).sum();
    let bar = Bar::of(&format!("handing over {}", attachment.name), total);
    let mut source = sealed.source()?;
    let mut hands = Hands::of(client);
    for index in lacking {
        let known = sealed.plain.get(index as usize);
        let name = sealed.names.get(index as usize);
        let (Some(known), Some(name)) = (known, name) else {
            return Err(changed(path));
        };
        let from = u64::from(index) * focal_protocol::limits::CHUNK as u64;
        source
            .seek(SeekFrom::Start(from))
            .map_err(|e| unread(path, &e))?;
        let bytes = chunk(&mut *source, chunks.length(index), path)?;
        // Never another content under this key and number.
        if Hash::of(&[&bytes]) != *known {
            sealed.forget(context);
            return Err(changed(path));
        }
        let length = bytes.len() as u64;
        let bytes = chunks
            .seal(index, &bytes)
            .map_err(|e| changed(path).why(e.to_string()))?;
        hands.put(of(&list, name), bytes).await?;
        bar.more(length);
    }
    hands.empty().await?;
    let bytes = chunks
        .seal_list(&sealed.names)
        .map_err(|e| changed(path).why(e.to_string()))?;
    let mut last = client.keep().await?;
    last.put_bytes(&of(&list, &list), bytes).await
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
            Some(Err(e)) => Err(crate::error::Error::new(
                crate::error::Exit::Failed,
                "a file was not handed over",
            )
            .why(e.to_string())),
        }
    }

    /// Waits until all pieces have arrived.
    async fn empty(&mut self) -> Result<()> {
        while self.next().await?.is_some() {}
        Ok(())
    }
}
