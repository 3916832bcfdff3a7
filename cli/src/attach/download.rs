//! From sealed chunks at the node to a file here: opened and checked as they come.

use super::{Bar, safe_name};
use crate::{
    client::{Client, Kept},
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use focal_protocol::{
    id::{Hash, Hashing},
    record::Attachment,
};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Where a file goes.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// Under this name.
    File(PathBuf),
    /// In this directory, under its own name made safe.
    Directory(PathBuf),
}

impl Target {
    fn path(&self, attachment: &Attachment) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Directory(dir) => dir.join(safe_name(&attachment.name)),
        }
    }
}

fn broken(attachment: &Attachment, why: impl Into<String>) -> Error {
    Error::new(
        Exit::Refused,
        tr!("attach-not-as-signed", name = attachment.name.as_str()),
    )
    .why(why)
    .next(tr!("attach-not-as-signed-next"))
}

/// Writes an attachment that is complete at the node to a new file; nothing that exists is replaced.
///
/// # Errors
/// There is such a file, or a chunk or the whole is not what the signed report says.
pub(crate) async fn download(
    client: &Client,
    attachment: &Attachment,
    target: &Target,
) -> Result<PathBuf> {
    let path = target.path(attachment);
    // Before all the work; asked again at the end.
    if path.symlink_metadata().is_ok() {
        return Err(files::exists(&path).next(tr!("attach-other-name")));
    }
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let unwritten = |e: &std::io::Error| Error::io(tr!("file-not-written"), &path, e);
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(|e| unwritten(&e))?;
    let chunks = attachment
        .chunks()
        .map_err(|e| broken(attachment, e.to_string()))?;
    let mut kept = client.keep().await?;
    let list = piece(&mut kept, attachment, &attachment.list).await?;
    let names = chunks
        .open_list(list)
        .map_err(|e| broken(attachment, e.to_string()))?;
    let bar = Bar::of(
        &tr!("attach-opening", name = attachment.name.as_str()),
        attachment.size,
    );
    let mut whole = Hashing::default();
    for (name, index) in names.iter().zip(0..) {
        let sealed = piece(&mut kept, attachment, name).await?;
        let plain = chunks
            .open(index, sealed)
            .map_err(|e| broken(attachment, tr!("attach-chunk-broken", index, error = e)))?;
        whole.update(&plain);
        file.write_all(&plain).map_err(|e| unwritten(&e))?;
        bar.more(plain.len() as u64);
    }
    if whole.finish() != attachment.hash {
        return Err(broken(attachment, tr!("attach-sha")));
    }
    file.as_file().sync_all().map_err(|e| unwritten(&e))?;
    match file.persist_noclobber(&path) {
        Ok(_) => files::sync_dir(&path)?,
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(files::exists(&path).next(tr!("attach-other-name")));
        }
        Err(e) => return Err(unwritten(&e.error)),
    }
    Ok(path)
}

/// What is in an attachment that is complete at the node, to be looked at and not kept.
///
/// # Errors
/// It is not what the signed report says.
pub(crate) async fn open(client: &Client, attachment: &Attachment) -> Result<Vec<u8>> {
    let no = |e: &dyn std::fmt::Display| broken(attachment, e.to_string());
    let chunks = attachment.chunks().map_err(|e| no(&e))?;
    let mut kept = client.keep().await?;
    let list = piece(&mut kept, attachment, &attachment.list).await?;
    let names = chunks.open_list(list).map_err(|e| no(&e))?;
    let mut whole = Vec::new();
    for (name, index) in names.iter().zip(0..) {
        let sealed = piece(&mut kept, attachment, name).await?;
        whole.extend_from_slice(&chunks.open(index, sealed).map_err(|e| no(&e))?);
    }
    if Hash::of(&[&whole]) != attachment.hash {
        return Err(broken(attachment, tr!("attach-sha")));
    }
    Ok(whole)
}

/// A sealed piece that is what its name says.
async fn piece(kept: &mut Kept, attachment: &Attachment, name: &Hash) -> Result<Vec<u8>> {
    let path = format!("/v1/attachments/{}/chunks/{name}", attachment.list);
    let bytes = kept.get_bytes(&path).await?;
    if Hash::of(&[&bytes]) != *name {
        return Err(broken(attachment, tr!("attach-chunk")));
    }
    Ok(bytes)
}
