//! The second reading: chunks that the node lacks are sealed and handed to it.

use super::{
    Bar, Sealed,
    sealed::{changed, chunk},
};
use crate::{client::Client, context::Context, error::Result};
use focal_protocol::id::Hash;
use std::{
    fs::File,
    io::{Seek, SeekFrom},
};

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
    let mut file = File::open(path).map_err(|e| {
        crate::error::Error::io(format!("{} was not attached", path.display()), path, &e)
    })?;
    for index in lacking {
        let known = sealed.plain.get(index as usize);
        let name = sealed.names.get(index as usize);
        let (Some(known), Some(name)) = (known, name) else {
            return Err(changed(path));
        };
        let from = u64::from(index) * focal_protocol::limits::CHUNK as u64;
        file.seek(SeekFrom::Start(from)).map_err(|e| {
            crate::error::Error::io(format!("{} was not attached", path.display()), path, &e)
        })?;
        let bytes = chunk(&mut file, chunks.length(index), path)?;
        // Never another content under this key and number.
        if Hash::of(&[&bytes]) != *known {
            sealed.forget(context);
            return Err(changed(path));
        }
        let length = bytes.len() as u64;
        let bytes = chunks
            .seal(index, &bytes)
            .map_err(|e| changed(path).why(e.to_string()))?;
        client.put_bytes(&of(&list, name), bytes).await?;
        bar.more(length);
    }
    let bytes = chunks
        .seal_list(&sealed.names)
        .map_err(|e| changed(path).why(e.to_string()))?;
    client.put_bytes(&of(&list, &list), bytes).await
}

fn of(list: &Hash, name: &Hash) -> String {
    format!("/v1/attachments/{list}/chunks/{name}")
}
